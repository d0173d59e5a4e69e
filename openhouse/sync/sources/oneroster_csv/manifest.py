"""manifest.csv: which files there are, and how they are meant (OneRoster CSV binding 1.1 and 1.2)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv.package import Package
from openhouse.sync.sources.oneroster_csv.tolerance import Tolerance

VERSIONS = ("1.1", "1.2")
_IN_BOTH = (
    "academicSessions", "categories", "classes", "classResources", "courseResources", "courses", "demographics",
    "enrollments", "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
_SINCE_1_2 = (
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales", "roles",
    "scoreScales", "userProfiles", "userResources",
)  # fmt: skip
DATA_FILES = {"1.1": _IN_BOTH, "1.2": (*_IN_BOTH, *_SINCE_1_2)}
NEEDED = {"1.1": ("orgs", "users"), "1.2": ("orgs", "users", "roles")}
"""What a roster cannot do without, unless it states changes alone."""
MODES = ("absent", "bulk", "delta")
PAIRS = "guardianships"
"""Our own file of facts per pair, which no manifest need name: `file.guardianships` may say that it is a delta."""
READ = ("orgs", "users", "roles", "demographics", PAIRS)
"""The files that the portal reads; all others stay closed."""
LARGEST = 64 * 1024


def read(package: Package, tolerance: Tolerance) -> tuple[str, dict[str, str]]:
    """Version, and the mode of each file that the portal reads. Raises SourceRefused."""
    properties = _properties(package)
    version = properties.pop("oneroster.version", "")
    if version not in VERSIONS:
        raise SourceRefused("manifest.csv, oneroster.version: must be 1.1 or 1.2. Set the SIS's export to one of them.")
    if properties.pop("manifest.version", "") != "1.0":
        raise SourceRefused("manifest.csv, manifest.version: must be 1.0. Export it again.")
    for optional in ("source.systemName", "source.systemCode"):
        properties.pop(optional, None)
    modes = {name: properties.pop(f"file.{name}", "") for name in DATA_FILES[version]}
    pairs = properties.pop(f"file.{PAIRS}", "")
    alone = all(modes[name] == "absent" for name in NEEDED[version])
    if properties:
        raise SourceRefused(
            f"manifest.csv holds {len(properties)} unknown properties. Export it again as OneRoster {version}."
        )
    _agree(package, modes, tolerance)
    _need(version, modes, alone=alone)
    if f"{PAIRS}.csv" in package.sizes or pairs not in ("", "absent"):
        modes[PAIRS] = pairs or "bulk"
        _agree(package, {PAIRS: modes[PAIRS]}, tolerance)
    others = [name for name in package.sizes if name.removesuffix(".csv") not in modes and name != "manifest.csv"]
    if others:
        tolerance.whole("file that is not OneRoster's; not read", len(others))
    read = {f"{name}.csv": modes[name] for name in READ if modes.get(name, "absent") != "absent"}
    if not read:
        tolerance.notices.warnings["manifest.csv names no file that the portal reads: nothing changed"] += 1
    return version, read


def _properties(package: Package) -> dict[str, str]:
    if "manifest.csv" not in package.sizes:
        raise SourceRefused(
            "manifest.csv is missing, so this is not a OneRoster 1.1 or 1.2 export (the files must lie at the root). "
            "Set the SIS's export to OneRoster CSV 1.1 or 1.2."
        )
    with package.open("manifest.csv") as file:
        content = file.read(LARGEST + 1)
    try:
        rows = list(csv.reader(StringIO(content[:LARGEST].decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceRefused("manifest.csv is not a CSV file in UTF-8. Export it again.") from error
    if len(content) > LARGEST or not rows or rows[0] != ["propertyName", "value"]:
        raise SourceRefused("manifest.csv must begin with the header propertyName,value. Export it again.")
    properties: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != 2 or row[0] in properties:
            raise SourceRefused(
                f"manifest.csv, line {number}: a property stands there twice, or the line is not one property and its value."
            )
        properties[row[0]] = row[1]
    return properties


def _agree(package: Package, modes: dict[str, str], tolerance: Tolerance) -> None:
    """What the manifest says of a file, and whether it is there."""
    for name, mode in modes.items():
        present = f"{name}.csv" in package.sizes
        if mode == "" and not present:
            tolerance.whole("manifest.csv does not name a file of the standard; taken as absent")
            modes[name] = mode = "absent"
        if mode not in MODES:
            raise SourceRefused(f"manifest.csv, file.{name}: must be absent, bulk or delta. Export it again.")
        if present != (mode != "absent"):
            there, said = ("is there", "absent") if present else ("is missing", mode)
            raise SourceRefused(f"{name}.csv {there}, but manifest.csv says {said}. Export again, whole.")


def _need(version: str, modes: Mapping[str, str], *, alone: bool) -> None:
    """A roster is whole, unless it says of itself that it is not: by a delta file, or by a manifest `alone` (no changes)."""
    if "delta" in modes.values() or (alone and set(modes.values()) == {"absent"}):
        return
    for name in NEEDED[version]:
        if modes[name] != "bulk":
            raise SourceRefused(f"{name}.csv is absent, and a roster needs it. Set the SIS's export to include it.")
