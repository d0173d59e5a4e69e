"""The contract's district as Ed-Fi interchange files: of Data Standard 5 with references by `ref`, of 4 by identity."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from openhouse.sync.sources import Source
from openhouse.sync.sources.edfi_xml import open_edfi_xml
from tests.sync.contract import PASSWORD, SOCIAL_SECURITY_NUMBER, WRITTEN, District, Rendering

GRADES = {"05": "Fifth grade", "KG": "Kindergarten", "12": "Twelfth grade"}
CODES = {"oak": "1001", "elm": "1002"}
AGENCY = "9"


def tag(name: str, *within: str, **attributes: str) -> str:
    """An element; text must be escaped already."""
    said = "".join(f' {word}="{value}"' for word, value in attributes.items())
    return f"<{name}{said}>{''.join(within)}</{name}>\n"


def text(name: str, value: object) -> str:
    """An element with text, or nothing where there is no value."""
    said = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return tag(name, escape(said)) if said else ""


def descriptor(name: str, value: str, *, of: str = "") -> str:
    return text(name, f"uri://ed-fi.org/{of or name}Descriptor#{value}") if value else ""


def name(one) -> str:
    return tag("Name", text("FirstName", one.given_name), text("LastSurname", one.family_name))


def refer(kind: str, unique_id: str, *, key: str = "") -> str:
    """A reference by identity."""
    return tag(f"{kind}Reference", tag(f"{kind}Identity", text(key or f"{kind}UniqueId", unique_id)))


def language(code: str) -> str:
    words = {"es": "Spanish"}
    use = descriptor("LanguageUse", "Home language")
    return tag("Language", descriptor("Language", words[code]), use) if code else ""


def mail(address: str, kind: str) -> str:
    said = text("ElectronicMailAddress", address), descriptor("ElectronicMailType", kind)
    return tag("ElectronicMail", *said) if address else ""


def phone(number: str, kind: str) -> str:
    said = text("TelephoneNumber", number), descriptor("TelephoneNumberType", kind)
    return tag("Telephone", *said) if number else ""


def organizations(district: District) -> Iterator[str]:
    yield tag("LocalEducationAgency", text("NameOfInstitution", "The district"), text("LocalEducationAgencyId", AGENCY))
    for it in district.schools:
        kind = descriptor("InstitutionTelephoneNumberType", "Main")
        main = tag("InstitutionTelephone", text("TelephoneNumber", it.telephone), kind) if it.telephone else ""
        yield tag("School", text("NameOfInstitution", it.name), main, text("SchoolId", it.code))


def students(district: District) -> Iterator[str]:
    for it in district.students:
        born = tag("BirthData", text("BirthDate", it.birth_date))
        yield tag("Student", text("StudentUniqueId", it.number), name(it), born, text("LoginId", PASSWORD))


def numbers(district: District) -> dict[str, str]:
    return {it.key: it.number for it in district.students}


def contacts(district: District, adult: str, *, by_ref: bool) -> Iterator[str]:
    pairs = [pair(district, it, adult, by_ref=by_ref) for it in district.guardianships]
    yield from pairs[:1]  # before the contact that it refers to
    for it in district.guardians:
        home = tag(
            "Address",
            text("StreetNumberName", it.street), text("City", it.city),
            descriptor("StateAbbreviation", it.state), text("PostalCode", it.postal_code),
            descriptor("AddressType", "Home"),
        ) if it.street else ""  # fmt: skip
        yield tag(
            adult, text(f"{adult}UniqueId", it.key), name(it), home,
            phone(it.phone, "Home"), phone("818-555-0199", "Fax"), phone(it.mobile, "Mobile"),
            mail(it.email, "Home/Personal"), language(it.home_language), text("LoginId", PASSWORD), id=f"C-{it.key}",
        )  # fmt: skip
    yield from pairs[1:]


def pair(district: District, it, adult: str, *, by_ref: bool) -> str:
    to = tag(f"{adult}Reference", ref=f"C-{it.guardian}") if by_ref else refer(adult, it.guardian)
    return tag(
        f"Student{adult}Association",
        refer("Student", numbers(district)[it.student]), to, descriptor("Relation", it.relation),
        text("LivesWith", it.lives_with), text("EmergencyContactStatus", it.emergency_contact),
        text("ContactPriority", it.priority), text("ContactRestrictions", it.restriction),
        text("LegalGuardian", it.legal),
    )  # fmt: skip


def enrolments(district: District) -> Iterator[str]:
    for it in district.enrolments:
        who = refer("Student", numbers(district)[it.student])
        where = refer("School", CODES[it.school], key="SchoolId")
        grade = descriptor("EntryGradeLevel", GRADES[it.grade], of="GradeLevel")
        yield tag("StudentSchoolAssociation", who, where, text("EntryDate", it.begin_date), grade)
    for it in district.students:
        secret = tag(
            "StudentIdentificationCode", text("IdentificationCode", SOCIAL_SECURITY_NUMBER),
            descriptor("StudentIdentificationSystem", "SSN"),
        )  # fmt: skip
        where = refer("EducationOrganization", AGENCY, key="EducationOrganizationId")
        who = refer("Student", it.number)
        yield tag("StudentEducationOrganizationAssociation", where, who, language(it.home_language), secret)


def staff(district: District) -> Iterator[str]:
    for it in district.employees:
        code = tag("StaffIdentificationCode", text("IdentificationCode", SOCIAL_SECURITY_NUMBER))
        yield tag("Staff", text("StaffUniqueId", it.number), code, name(it), mail(it.email, "Work"))
    for it in district.employees:
        where = refer("EducationOrganization", CODES[it.school], key="EducationOrganizationId")
        word = descriptor("StaffClassification", "Teacher")
        who, begin = refer("Staff", it.number), text("BeginDate", "2020-08-01")
        yield tag("StaffEducationOrganizationAssignmentAssociation", where, who, word, begin)


def write(district: District, folder: Path, version: str = "5.2.0") -> Path:
    """Write the files into a folder."""
    adult = "Parent" if version.startswith("4.") else "Contact"
    files = {
        "EducationOrganization": organizations(district),
        "Student": students(district),
        adult: contacts(district, adult, by_ref=adult == "Contact"),
        "StudentEnrollment": enrolments(district),
        "StaffAssociation": staff(district),
    }
    for word, within in files.items():
        path = folder / f"{word}.xml"
        root = tag(f"Interchange{word}", "\n", *within, xmlns=f"http://ed-fi.org/{version}")
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{root}')
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return folder


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


def rendering(version: str) -> Rendering:
    """One version of the form."""

    @contextmanager
    def rendered(district: District, folder: Path) -> Iterator[Source]:
        yield open_edfi_xml(write(district, folder, version))

    def ruined(folder: Path) -> object:
        path = write(District(), folder, version) / "Student.xml"
        path.write_bytes(path.read_bytes()[:-40])
        from openhouse.policy.values import Policy
        from openhouse.sync.memory import Memory
        from openhouse.sync.sources import Notices

        return list(open_edfi_xml(folder).batches(Policy(), Notices(), Memory()))

    return Rendering(
        f"Ed-Fi {version} XML", "edfi_xml", "docs/sources/edfi-xml.md", "Ed-Fi XML", rendered, ruined, {}, ids
    )


RENDERINGS = (rendering("5.2.0"), rendering("4.0.0"), rendering("6.0.0"))
