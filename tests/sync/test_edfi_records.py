"""What an Ed-Fi record says, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.sync.batches import UNREADABLE, BirthDate, Held, Org, Pair, Person, Role
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api import reach, records, words
from openhouse.sync.sources.edfi_api.associations import Assignments, Enrolments, Pairs
from openhouse.sync.sources.edfi_api.organizations import Schools
from openhouse.sync.sources.edfi_api.people import Contacts, Staff, Students
from openhouse.sync.sources.edfi_api.reading import Choices, Reading
from openhouse.sync.sources.edfi_api.records import Fault
from tests.sync.sources.edfi_server import about, assignment, enrolment, mail, pair, person, school, student, word


def reading(**choices: Any) -> Reading:
    """A reading of a district with the agency 9 and the school 1001."""
    return Reading(Choices(**choices), Notices(), "contact", "2026-11-20", {"1001"}, {"9"})


def only(reader: Any, record: dict[str, Any], **choices: Any) -> Any:
    """The first row that a record says."""
    return next(iter(reader.read(record, reading(**choices))))


def phone(number: str, kind: str, **facts: Any) -> dict[str, Any]:
    return {"telephoneNumber": number, "telephoneNumberTypeDescriptor": word("TelephoneNumberType", kind)} | facts


def address(kind: str, street: str = "1 Palm Street", **facts: Any) -> dict[str, Any]:
    return {
        "addressTypeDescriptor": word("AddressType", kind), "streetNumberName": street, "city": "Rio Claro",
        "stateAbbreviationDescriptor": word("StateAbbreviation", "CA"), "postalCode": "90001",
    } | facts  # fmt: skip


def language(code: str, *uses: str) -> dict[str, Any]:
    said = [{"languageUseDescriptor": word("LanguageUse", use)} for use in uses]
    return {"languageDescriptor": word("Language", code)} | ({"uses": said} if uses else {})


@pytest.mark.parametrize(
    ("code", "grade"),
    [("Transitional Kindergarten", "TK"), ("Kindergarten", "KG"), ("First grade", "01"), ("Twelfth grade", "12"),
     ("9", "09"), ("Adult Education", "Adult Education")],
)  # fmt: skip
def test_grades_are_one_rosters_or_the_districts_own(code, grade):
    row = only(Enrolments(), enrolment("S-1", 1001, entryGradeLevelDescriptor=word("GradeLevel", code)))
    assert row.grade == grade


@pytest.mark.parametrize(
    ("code", "tag"),
    [("eng", "en"), ("spa", "es"), ("hye", "hy"), ("zho", "zh"), ("fas", "fa"), ("kor", "ko"), ("rus", "ru"),
     ("fil", "tl"), ("vie", "vi"), ("ara", "ar"), ("Spanish", "es"), ("mul", "")],
)  # fmt: skip
def test_languages_are_bcp_47_or_blank(code, tag):
    assert words.language(code) == tag


def test_a_language_without_a_code_is_counted():
    notices = Notices()
    assert reach.language({"languages": [language("zap")]}, reach.FAMILY_LANGUAGES, notices) == ""
    assert list(notices.warnings.values()) == [1]


@pytest.mark.parametrize(
    ("languages", "tag"),
    [
        ([language("eng", "Home language"), language("spa", "Correspondence language")], "es"),
        ([language("eng", "Spoken language"), language("kor", "Home language")], "ko"),
        ([language("vie")], "vi"),
        ([language("vie"), language("eng")], ""),
        ([], ""),
    ],
)
def test_a_contacts_language_is_the_one_of_correspondence(languages, tag):
    assert only(Contacts("contact"), person("contact", "C-1", "Ana", languages=languages)).home_language == tag


@pytest.mark.parametrize(
    ("mails", "email"),
    [
        ([mail("w@x.example", "Work"), mail("o@x.example", "Other"), mail("h@x.example")], "h@x.example"),
        ([mail("w@x.example", "Work")], ""),
        ([mail("1@x.example"), mail("2@x.example", primaryEmailAddressIndicator=True)], "2@x.example"),
        ([mail("h@x.example", doNotPublishIndicator=True), mail("o@x.example", "Other")], "o@x.example"),
        ([mail("h@x.example", doNotPublishIndicator="yes")], ""),
        ([{"electronicMailAddress": 5}, "junk"], ""),
    ],
)
def test_a_familys_email_is_a_personal_one(mails, email):
    assert only(Contacts("contact"), person("contact", "C-1", "Ana", electronicMails=mails)).email == email


def test_a_member_of_staff_has_an_email_of_work_alone():
    mails = [mail("home@x.example"), mail("org@x.example", "Organization"), mail("work@x.example", "Work")]
    vera = only(Staff(), person("staff", "E-1", "Vera", electronicMails=mails, loginId="vera"))
    assert (vera.sourced_id, vera.email, vera.employee_number) == ("staff:E-1", "work@x.example", "E-1")
    assert only(Staff(), person("staff", "E-1", "Vera", electronicMails=mails[:1])).email == ""


@pytest.mark.parametrize(
    ("phones", "found"),
    [
        ([phone("1", "Fax"), phone("2", "Work"), phone("3", "Emergency 1"), phone("4", "Unlisted")], ("", "")),
        ([phone("1", "Other"), phone("2", "Home"), phone("3", "Mobile")], ("2", "3")),
        ([phone("1", "Mobile"), phone("2", "Mobile", textMessageCapabilityIndicator=True)], ("", "2")),
        ([phone("1", "Home", orderOfPriority=2), phone("2", "Home", orderOfPriority=1)], ("2", "")),
        ([phone("1", "Home", doNotPublishIndicator=True)], ("", "")),
        ([phone("1", "Work phone (day)")], ("", "")),
    ],
)
def test_phones_are_those_that_a_family_is_reached_by(phones, found):
    ana = only(Contacts("contact"), person("contact", "C-1", "Ana", telephones=phones))
    assert (ana.phone, ana.mobile) == found


@pytest.mark.parametrize(
    ("addresses", "street"),
    [
        ([address("Physical", "p"), address("Home", "h"), address("Mailing", "m")], "m"),
        ([address("Shelter, Transitional housing, Awaiting Foster"), address("Hotels/Motels")], ""),
        ([address("Temporary"), address("Work"), address("Unsheltered"), address("Doubled - up (…)")], ""),
        ([address("Mailing", "m", doNotPublishIndicator=True), address("Home", "h")], "h"),
        ([address("Mailing", "m", periods=[{"beginDate": "2020-01-01", "endDate": "2021-01-01"}]), address("Home", "h")], "h"),
        ([address("Home", "h", periods=[{"beginDate": "2020-01-01"}])], "h"),
        ([address("Home", "h", apartmentRoomSuiteNumber="4")], "h 4"),
    ],
)  # fmt: skip
def test_an_address_is_one_that_tells_nothing_else(addresses, street):
    ana = only(Contacts("contact"), person("contact", "C-1", "Ana", addresses=addresses))
    assert (ana.street, ana.state) == (street, "CA" if street else "")


def test_a_student_has_what_the_association_says():
    notes = reading()
    notes.remember(about("S-1", addresses=[address("Home")]))
    maya, born = Students().read(student("S-1", "Maya"), notes)
    assert isinstance(maya, Person)
    assert isinstance(born, BirthDate)
    assert (maya.sourced_id, maya.number, maya.home_language, maya.city) == ("student:S-1", "S-1", "es", "Rio Claro")
    assert (born.person, born.birth_date) == ("student:S-1", "2014-05-01")


def test_the_student_id_may_be_a_local_number():
    notes = reading(student_number_system="local")
    notes.remember(about("S-1"))
    assert next(iter(Students().read(student("S-1", "Maya"), notes))).number == "L-S-1"
    assert next(iter(Students().read(student("S-9", "Ada"), notes))).number == ""


def test_the_agencys_association_speaks_before_a_schools_in_any_order():
    for order in (1, -1):
        notes = reading()
        for each in [about("S-1", 1001, languages=[language("eng")]), about("S-1", 9)][::order]:
            notes.remember(each)
        assert notes.of("S-1")[1] == "es"


def test_an_association_that_cannot_be_read_holds_its_student():
    notes = reading(student_number_system="local")
    notes.distrust(about("S-1"))
    notes.remember(about("S-1"))
    with pytest.raises(Fault):
        Students().read(student("S-1", "Maya"), notes)
    assert Students().hold(student("S-1", "Maya")) == (Held("person", "student:S-1"), Held("birth", "student:S-1"))


@pytest.mark.parametrize(
    ("facts", "inclusive", "end"),
    [
        ({}, True, None),
        ({"exitWithdrawDate": "2026-10-31"}, True, "2026-11-01"),
        ({"exitWithdrawDate": "2026-10-31"}, False, "2026-10-31"),
        ({"exitWithdrawDate": "2026-10-31T00:00:00Z"}, True, "2026-11-01"),
        ({"exitWithdrawDate": "9999-12-31"}, True, "9999-12-31"),
    ],
)
def test_the_last_day_at_school_is_the_districts_to_say(facts, inclusive, end):
    row = only(Enrolments(), enrolment("S-1", 1001, **facts), exit_date_is_last_day=inclusive)
    assert (row.person, row.org, row.begin_date, row.end_date) == ("student:S-1", "school:1001", "2026-08-13", end)


def test_a_pair_says_what_the_record_says_and_no_more():
    row = only(Pairs("contact"), pair("S-1", "C-1"))
    assert row == Pair(0, 0, "student:S-1", "contact:C-1", "Mother", True, True, None, None, "", None, None)
    bare = pair("S-1", "C-1")
    del bare["legalGuardian"], bare["livesWith"], bare["relationDescriptor"]
    row = only(Pairs("contact"), bare)
    assert (row.legal, row.lives_with, row.relation) == (None, None, "")


def test_a_restriction_arrives_in_one_line():
    row = only(Pairs("contact"), pair("S-1", "C-1", contactRestrictions=" No contact\r\nsee order ", contactPriority=2))
    assert (row.restriction, row.priority) == ("No contact see order", 2)


@pytest.mark.parametrize("restriction", ["no\0contact", "x" * 256, 5, ["no contact"], "\udcff"])
def test_a_restriction_that_cannot_be_read_restricts(restriction):
    record = pair("S-1", "C-1", contactRestrictions=restriction)
    with pytest.raises(Fault):
        only(Pairs("contact"), record)
    assert Pairs("contact").hold(record) == (Held("pair", "student:S-1", "contact:C-1", UNREADABLE),)


@pytest.mark.parametrize(
    ("reader", "record", "field"),
    [
        (Students(), student("", "Maya"), "studentUniqueId"),
        (Students(), student("S-1", "Maya", birthDate="2014-02-30"), "birthDate"),
        (Students(), student("S-1", "Maya", birthDate="2999-01-01"), "birthDate"),
        (Students(), student("S-1", "-", lastSurname="."), "lastSurname"),
        (Contacts("contact"), person("contact", "C-1", "A" * 256), "firstName"),
        (Enrolments(), enrolment("S-1", 1001, ""), "entryDate"),
        (Enrolments(), enrolment("S-1", 1001, exitWithdrawDate="2026-08-01"), "exitWithdrawDate"),
        (Pairs("contact"), pair("S-1", "C-1", legalGuardian="maybe"), "legalGuardian"),
        (Pairs("contact"), pair("S-1", "C-1", legalGuardian=1), "legalGuardian"),
        (Pairs("contact"), pair("S-1", "C-1", contactPriority=True), "contactPriority"),
        (Pairs("parent"), pair("S-1", "C-1"), "parentReference.parentUniqueId"),
        (Schools(), school(1001, " "), "nameOfInstitution"),
    ],
)
def test_a_fault_names_its_field(reader, record, field):
    with pytest.raises(Fault) as fault:
        list(reader.read(record, reading()))
    assert fault.value.field == field


def test_a_school_code_may_be_of_another_system():
    system = word("EducationOrganizationIdentificationSystem", "Cost center")
    codes = [{"educationOrganizationIdentificationSystemDescriptor": system, "identificationCode": "1770"}]
    record = school(1001, "Oak School", identificationCodes=codes)
    assert only(Schools(), record).code == "1001"
    assert only(Schools(), record, school_code_system="Cost center").code == "1770"
    assert only(Schools(), school(1001, "Oak School"), school_code_system="Cost center").code == "1001"


def test_a_schools_fax_is_not_its_phone():
    kinds = [("Fax", "1"), ("Main", "2")]
    phones = [
        {
            "institutionTelephoneNumberTypeDescriptor": word("InstitutionTelephoneNumberType", kind),
            "telephoneNumber": each,
        }
        for kind, each in kinds
    ]
    row = only(Schools(), school(1001, "Oak School", institutionTelephones=phones, webSite="oak.example"))
    assert row == Org(0, 0, "school:1001", True, "1001", "Oak School", "", "2", "1", "oak.example", "", "")


def test_an_assignment_is_at_a_school_or_the_district():
    found = [only(Assignments(), assignment("E-1", where, "Principal", endDate="2026-12-31")) for where in (1001, 9)]
    assert [(row.org, row.kind, row.word, row.end_date) for row in found] == [
        ("school:1001", "employee", "Principal", "2027-01-01"),
        ("lea:9", "employee", "Principal", "2027-01-01"),
    ]
    notes = reading()
    assert Assignments().read(assignment("E-1", 7), notes) == ()
    assert sum(notes.notices.warnings.values()) == 1


def test_a_contacts_role_says_nothing_of_a_relation():
    _, role = Contacts("contact").read(person("contact", "C-1", "Ana"), reading())
    assert isinstance(role, Role)
    assert (role.kind, role.word, role.org) == ("guardian", "contact", "lea:9")


def test_who_has_one_name_has_it_as_family_name():
    names = only(Contacts("contact"), person("contact", "C-1", "Suharto", lastSurname="-"))
    assert (names.given_name, names.family_name) == ("", "Suharto")


def test_the_same_content_has_the_same_bytes_in_any_order():
    record = pair("S-1", "C-1")
    other = {"_etag": "7", "id": "abc", "_lastModifiedDate": "now"} | dict(reversed(record.items()))
    assert records.canonical(record) == records.canonical(other)
    assert records.canonical(record) != records.canonical(record | {"livesWith": False})
