"""The files of School Data Sync v2.1, their columns, and its words (Microsoft Learn, "SDS V2.1 CSV file format" and "Default
list of values")."""

from __future__ import annotations

from collections.abc import Mapping

from openhouse.sync.sources.oneroster_csv.layouts import Layout


def _layout(columns: str, required: str) -> Layout:
    return Layout((tuple(columns.split()),), tuple(required.split()))


LAYOUTS: Mapping[str, Layout] = {
    "orgs.csv": _layout("sourcedId name type parentSourcedId", "sourcedId name type"),
    "users.csv": _layout(
        "sourcedId username givenName familyName password activeDirectoryMatchId email phone sms",
        "sourcedId username givenName familyName",
    ),
    "roles.csv": _layout(
        "userSourcedId orgSourcedId role sessionSourcedId grade isPrimary roleStartDate roleEndDate",
        "userSourcedId orgSourcedId role",
    ),
    "demographics.csv": _layout(
        "userSourcedId sex birthDate birthCity birthState birthCountry ethnicityCodes raceCodes",
        "userSourcedId birthDate",
    ),
    "relationships.csv": _layout(
        "userSourcedId relationshipUserSourcedId relationshipRole",
        "userSourcedId relationshipUserSourcedId relationshipRole",
    ),
}
NEEDED = ("orgs.csv", "users.csv", "roles.csv", "relationships.csv")
"""SDS itself does without relationships.csv; a portal for guardians does not."""
EMPLOYEES = frozenset(
    {
        "adjunct", "administrator", "advisor", "affiliate", "aide", "assistant", "chair", "coach", "counselor", "faculty",
        "instructor", "itAdmin", "lecturer", "nurse", "occupationalTherapist", "officeStaff", "paraprofessional",
        "physicalTherapist", "principal", "proctor", "professor", "researcher", "specialServices", "speechTherapist", "staff",
        "substitute", "teacher", "teacherAssistant", "visionTherapist",
    }
)  # fmt: skip
"""Roles of the group *Staff*."""
NO_PART = frozenset({"alumni", "other"})
"""Roles that make nobody anything here."""
GUARDIANS = frozenset({"parent", "guardian", "relative"})
"""Relationships that make a guardian. None says that they are a legal one."""
NO_GUARDIANS = frozenset({"aide", "doctor", "other", "child", "administrator"})
"""Relationships that set nothing: who treats or helps a student is not let in by it."""
