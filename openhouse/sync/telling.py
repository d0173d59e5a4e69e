"""Telling of which kind the files of an export are: by a manifest, by headers, by the root of an XML file."""

from __future__ import annotations

from pathlib import Path

from openhouse.sync.sources.oneroster_csv.package import Package, unpack

PEEK = 4096
"""Bytes of a file that are looked at: a header, or an XML file's root with its namespaces."""
SDS_NAMES = {"relationships.csv", "student.csv", "guardianrelationship.csv"}
"""Files that School Data Sync has (v2.1 the first, v1 the others) and OneRoster has not."""


def kind_of(path: Path) -> str:
    """`oneroster-csv`, `sds` or `ed-fi-xml`. What cannot be told is taken for OneRoster, which says in detail what it misses.

    Raises SourceRefused for what cannot be opened at all.
    """
    if path.suffix.lower() == ".xml":
        return "ed-fi-xml"
    package = unpack(path)
    names = {name.lower(): name for name in package.sizes}
    if "manifest.csv" in names:
        return "oneroster-csv"
    if any(name.endswith(".xml") and b"Interchange" in _begins(package, names[name]) for name in names):
        return "ed-fi-xml"
    if names.keys() & SDS_NAMES:
        return "sds"
    return (
        "sds" if "roles.csv" in names and _first_column(package, names["roles.csv"]) != "sourcedid" else "oneroster-csv"
    )


def _begins(package: Package, name: str) -> bytes:
    with package.open(name) as file:
        return file.read(PEEK)


def _first_column(package: Package, name: str) -> str:
    """Of roles.csv: a role has an id of its own in OneRoster 1.2, and none in School Data Sync."""
    header = _begins(package, name).decode("utf-8-sig", errors="replace")
    return header.partition(",")[0].strip().strip('"').lower()
