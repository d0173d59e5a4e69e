"""localEducationAgencies and schools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openhouse.sync.batches import Held, Org, Replaced
from openhouse.sync.sources.edfi_api.reader import Stated, held
from openhouse.sync.sources.edfi_api.reading import Reading
from openhouse.sync.sources.edfi_api.records import Record, code, items, key, legible_key, plain, text


class Agencies:
    """localEducationAgencies: the district, which is no school."""

    name = "localEducationAgencies"
    keys = ("localEducationAgencyId",)

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        agency = key(record, "localEducationAgencyId")
        reading.agencies.add(agency)
        name = text(record, "nameOfInstitution", needed=True)
        return (Org(0, 0, f"lea:{agency}", False, agency, name, "", "", "", "", "", ""),)

    def hold(self, record: Any) -> Iterable[Held]:
        return held("org", "lea", legible_key(record, "localEducationAgencyId"))

    def replace(self, *values: str) -> Iterable[Replaced]:
        return (Replaced("org", f"lea:{values[0]}"),)


class Schools:
    """schools."""

    name = "schools"
    keys = ("schoolId",)

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        school = key(record, "schoolId")
        reading.schools.add(school)
        phones: dict[str, str] = {}
        for item in items(record, "institutionTelephones", reading.notices):
            kind = code(item, "institutionTelephoneNumberTypeDescriptor").lower()
            phones.setdefault(kind, plain(item, "telephoneNumber", reading.notices))
        fax = phones.pop("fax", "")
        phone = phones.get("main") or next(iter(phones.values()), "")
        name, site = text(record, "nameOfInstitution", needed=True), plain(record, "webSite", reading.notices)
        return (Org(0, 0, f"school:{school}", True, school_code(record, reading), name, "", phone, fax, site, "", ""),)

    def hold(self, record: Any) -> Iterable[Held]:
        return held("org", "school", legible_key(record, "schoolId"))

    def replace(self, *values: str) -> Iterable[Replaced]:
        return (Replaced("org", f"school:{values[0]}"),)


def school_code(record: Record, reading: Reading) -> str:
    """A school's code: its id, or the code that it has in the system of the district's choice."""
    school = key(record, "schoolId")
    if not (system := reading.choices.school_code_system.lower()):
        return school
    for item in items(record, "identificationCodes", reading.notices):
        known = code(item, "educationOrganizationIdentificationSystemDescriptor").lower() == system
        if known and (found := text(item, "identificationCode")):
            return found
    reading.notices.warnings["school without a code in school_code_system: its schoolId stands in"] += 1
    return school
