"""The contract's district as an Ed-Fi API on this machine: contacts of Data Standard 5 and 6, parents of 4."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openhouse.sync.sources import Source
from openhouse.sync.sources.edfi_api import open_api
from openhouse.sync.wire import Credentials, Limits
from tests.sync.contract import PASSWORD, SOCIAL_SECURITY_NUMBER, District, Rendering
from tests.sync.sources import edfi_server as edfi
from tests.sync.sources.edfi_server import Api, serving_api, word

GRADES = {"05": "Fifth grade", "KG": "Kindergarten", "12": "Twelfth grade"}
CODES = {"oak": 1001, "elm": 1002}
CLIENT = Credentials("", "client", PASSWORD)
QUICK = Limits(seconds=10, tries=2)


def languages(tag: str) -> list[dict[str, Any]]:
    """A home language."""
    use = [{"languageUseDescriptor": word("LanguageUse", "Home language")}]
    return [{"languageDescriptor": word("Language", "spa"), "uses": use}] if tag else []


def phones(**numbers: str) -> list[dict[str, Any]]:
    """Phones by type, and a fax that nobody is to read."""
    found = {"Fax": "818-555-0199"} | numbers
    kind = "telephoneNumberTypeDescriptor"
    return [{"telephoneNumber": n, kind: word("TelephoneNumberType", word_)} for word_, n in found.items() if n]


def contact(it: Any) -> dict[str, Any]:
    """A guardian."""
    address = {
        "addressTypeDescriptor": word("AddressType", "Home"), "streetNumberName": it.street, "city": it.city,
        "stateAbbreviationDescriptor": word("StateAbbreviation", it.state), "postalCode": it.postal_code,
    }  # fmt: skip
    return edfi.person(
        "contact", it.key, it.given_name, lastSurname=it.family_name, loginId=PASSWORD,
        addresses=[address] if it.street else [], languages=languages(it.home_language),
        telephones=phones(Home=it.phone, Mobile=it.mobile), electronicMails=[edfi.mail(it.email)] if it.email else [],
    )  # fmt: skip


def association(it: Any, number: str) -> dict[str, Any]:
    """What is known of a guardianship; what is not is absent."""
    said = {
        "legalGuardian": it.legal, "livesWith": it.lives_with, "emergencyContactStatus": it.emergency_contact,
        "contactPriority": it.priority, "contactRestrictions": it.restriction or None,
    }  # fmt: skip
    record = edfi.pair(number, it.guardian, it.relation) | said
    return {name: value for name, value in record.items() if value is not None}


def records(district: District) -> dict[str, list[dict[str, Any]]]:
    """The district by resource."""
    numbers = {it.key: it.number for it in district.students}
    telephone = "institutionTelephoneNumberTypeDescriptor"
    secret = {
        "assigningOrganizationIdentificationCode": "9", "identificationCode": SOCIAL_SECURITY_NUMBER,
        "studentIdentificationSystemDescriptor": word("StudentIdentificationSystem", "SSN"),
    }  # fmt: skip
    return {
        "localEducationAgencies": [edfi.agency()],
        "schools": [
            edfi.school(CODES[it.key], it.name, institutionTelephones=[
                {"telephoneNumber": it.telephone, telephone: word("InstitutionTelephoneNumberType", "Main")}
            ] if it.telephone else [])
            for it in district.schools
        ],
        "students": [
            edfi.student(it.number, it.given_name, lastSurname=it.family_name, birthDate=it.birth_date)
            for it in district.students
        ],
        "contacts": [contact(it) for it in district.guardians],
        "studentSchoolAssociations": [
            edfi.enrolment(
                numbers[it.student], CODES[it.school], it.begin_date,
                entryGradeLevelDescriptor=word("GradeLevel", GRADES[it.grade]),
            )
            for it in district.enrolments
        ],
        "studentEducationOrganizationAssociations": [
            edfi.about(it.number, languages=languages(it.home_language), studentIdentificationCodes=[secret],
                       loginId=PASSWORD)
            for it in district.students
        ],
        "studentContactAssociations": [association(it, numbers[it.student]) for it in district.guardianships],
        "staffs": [
            edfi.person("staff", it.number, it.given_name, lastSurname=it.family_name, loginId=PASSWORD,
                        electronicMails=[edfi.mail(it.email, "Work")])
            for it in district.employees
        ],
        "staffEducationOrganizationAssignmentAssociations": [
            edfi.assignment(it.number, CODES[it.school]) for it in district.employees
        ],
    }  # fmt: skip


@contextmanager
def provider(district: District, standard: str = "5.2.0", *, cursors: bool = False) -> Iterator[Source]:
    """The district at a server, opened."""
    api = Api(standard, records(district))
    api.cursors = cursors
    with serving_api(api) as server:
        yield open_api(server.root, CLIENT, limits=QUICK)


def ruined(standard: str) -> object:
    """What cannot be read as a whole: a page of students that is none."""
    from openhouse.policy.values import Policy
    from openhouse.sync.memory import Memory
    from openhouse.sync.sources import Notices
    from tests.sync.sources.server import Reply

    api = Api(standard, records(District()))
    api.overrides["/data/v3/ed-fi/students"] = lambda asked: Reply(200, b'[{"firstName": "Maya", "lastSurname": "Lop')
    with serving_api(api) as server:
        return list(open_api(server.root, CLIENT, limits=QUICK).batches(Policy(), Notices(), Memory()))


def ids(kind: str, key: str) -> str:
    """What the source makes of a plain key."""
    plain = District()
    numbered = {it.key: it.number for it in (plain.students if kind == "student" else plain.employees)}
    return {
        "student": f"student:{numbered.get(key, key)}",
        "guardian": f"contact:{key}",
        "employee": f"staff:{numbered.get(key, key)}",
        "school": f"school:{CODES.get(key, key)}",
    }[kind]


def rendering(standard: str, *, cursors: bool = False) -> Rendering:
    """One version of the API."""

    @contextmanager
    def rendered(district: District, folder: Path) -> Iterator[Source]:
        with provider(district, standard, cursors=cursors) as source:
            yield source

    return Rendering(
        f"Ed-Fi {standard} API", "edfi_api", "docs/sources/edfi-api.md", "Ed-Fi ODS/API", rendered,
        lambda folder: ruined(standard), {}, ids,
    )  # fmt: skip


RENDERINGS = (rendering("5.2.0"), rendering("4.0.0"), rendering("6.1.0", cursors=True))
