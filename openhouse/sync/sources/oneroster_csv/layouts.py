"""The header of each file: what the standard asks for, and what the portal cannot do without."""

from __future__ import annotations

from typing import NamedTuple

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv.sheet import Sheet, forbidden

_COMMON = "sourcedId status dateLastModified"


class Layout(NamedTuple):
    """Variants of the standard's header, in order, and the columns without which the file says nothing."""

    variants: tuple[tuple[str, ...], ...]
    required: tuple[str, ...]
    extensions: tuple[str, ...] = ()


def _columns(*words: str) -> tuple[str, ...]:
    return tuple(" ".join(words).split())


_USERS_1_1 = _columns(
    _COMMON, "enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms phone",
    "agentSourcedIds grades password",
)  # fmt: skip
_USERS_HEAD = (
    f"{_COMMON} enabledUser username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password userMasterIdentifier"
)
_USERS_TAIL = "preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns"
_USERS_EXTENSIONS = _columns(
    "metadata.addressStreet metadata.addressCity metadata.addressState metadata.addressPostalCode metadata.homeLanguage",
    "metadata.eligibleGround",
)
_ORGS = Layout(
    (_columns(_COMMON, "name type identifier parentSourcedId"),),
    _columns("sourcedId name type"),
    _columns(
        "metadata.principal metadata.telephone metadata.fax metadata.website metadata.boardMember metadata.localDistrict"
    ),
)
_DEMOGRAPHICS = _columns(
    _COMMON, "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander",
    "white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth",
    "publicSchoolResidenceStatus",
)  # fmt: skip
_STAMPS = ("status", "dateLastModified")
"""What a delta file's rows must have, and a bulk file's must not."""
_PAIRS = _columns(
    "studentSourcedId guardianSourcedId relation legal livesWith emergencyContact priority restriction beginDate endDate"
)
_USERS_REQUIRED = "sourcedId givenName familyName agentSourcedIds"
_SHARED = {
    "orgs.csv": _ORGS,
    "demographics.csv": Layout((_DEMOGRAPHICS,), _columns("sourcedId birthDate")),
    "guardianships.csv": Layout((_PAIRS, (*_STAMPS, *_PAIRS)), _PAIRS),
}
LAYOUTS: dict[str, dict[str, Layout]] = {
    "1.1": {
        **_SHARED,
        "users.csv": Layout((_USERS_1_1,), _columns(_USERS_REQUIRED, "orgSourcedIds role"), _USERS_EXTENSIONS),
    },
    "1.2": {
        **_SHARED,
        "users.csv": Layout(
            (_columns(_USERS_HEAD, _USERS_TAIL), _columns(_USERS_HEAD, "resourceSourcedIds", _USERS_TAIL)),
            _columns(_USERS_REQUIRED),
            _USERS_EXTENSIONS,
        ),
        "roles.csv": Layout(
            (_columns(_COMMON, "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId"),),
            _columns("sourcedId userSourcedId role beginDate endDate orgSourcedId"),
        ),
    },
}
"""By version and file."""


KEYS = {
    "orgs.csv": ("sourcedId",),
    "users.csv": ("sourcedId",),
    "roles.csv": ("sourcedId",),
    "demographics.csv": ("sourcedId",),
    "guardianships.csv": ("studentSourcedId", "guardianSourcedId"),
}
"""The columns that say what a row is about; a file states each of these once."""


def check(sheet: Sheet, layout: Layout, *, delta: bool = False) -> None:
    """Raise SourceRefused where a required column is missing; tolerate another order, columns missing and columns unknown."""
    required = (*layout.required, *(column for column in _STAMPS if delta and column not in layout.required))
    missing = [column for column in required if column not in sheet.columns]
    if missing:
        raise SourceRefused(
            f"{sheet.name}: the header has no column {', '.join(missing)}. Names count letter for letter, and the header is "
            "the first line. Export it again."
        )
    known = {column for variant in layout.variants for column in variant}
    standard = [column for column in sheet.header if column in known]
    unknown = [column for column in sheet.header if column not in known and column not in layout.extensions]
    _look_at_unknown(sheet, unknown)
    if lacking := min(len(set(variant) - set(standard)) for variant in layout.variants):
        sheet.tolerance.whole(f"{sheet.name}: column of the standard that is missing; read as blank", lacking)
    in_order = any(standard == [column for column in variant if column in standard] for variant in layout.variants)
    if not in_order or any(column not in known for column in sheet.header[: len(standard)]):
        sheet.tolerance.whole(f"{sheet.name}: columns in another order than the standard's")


def _look_at_unknown(sheet: Sheet, unknown: list[str]) -> None:
    """The standard lets an export add columns named `metadata.`, and no others."""
    text = f"{sheet.name}: column that the portal does not know; not read"
    if others := sum(not column.startswith("metadata.") for column in unknown):
        sheet.tolerance.whole(text, others)
    if added := len(unknown) - others:
        sheet.notices.warnings[text] += added
    if any(forbidden(column) and column != "password" for column in sheet.header):
        sheet.notices.warnings[
            f"{sheet.name}: column for passwords or social security numbers; never read, leave it out"
        ] += 1
