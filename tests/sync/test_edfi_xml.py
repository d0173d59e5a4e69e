"""Ed-Fi XML as a file format: what attacks its reader is refused, references hold in their own file, several files are one."""

from __future__ import annotations

import zipfile

import pytest

from openhouse.policy.values import Policy
from openhouse.sync.batches import UNREADABLE, Held, Pair, Person, Role, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api.reading import Choices
from openhouse.sync.sources.edfi_xml import elements, is_edfi_xml, open_edfi_xml
from openhouse.sync.sources.oneroster_csv.package import unpack
from tests.sync.contract import District
from tests.sync.export import Export
from tests.sync.sources.edfi_xml import write

SPACE = "http://ed-fi.org/5.2.0"


@pytest.fixture
def folder(tmp_path):
    return write(District(), tmp_path)


def spoil(folder, name, old, new):
    path = folder / f"{name}.xml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def rows(folder, notices=None):
    return [
        row for _, batch in open_edfi_xml(folder).batches(Policy(), notices or Notices(), Memory()) for row in batch
    ]


def pair(found, guardian):
    (only,) = [row for row in found if isinstance(row, Pair) and row.guardian == f"contact:{guardian}"]
    return only


def refused(folder):
    with pytest.raises(SourceRefused) as refusal:
        rows(folder)
    return str(refusal.value)


@pytest.mark.parametrize(
    "attack",
    [
        "<!DOCTYPE a><",
        '<!DOCTYPE a [<!ENTITY b "c">]><',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><',
        '<!DOCTYPE a SYSTEM "http://sis.example/a.dtd"><',
    ],
)
def test_document_types_and_entities_are_refused(folder, attack):
    spoil(folder, "Student", "<InterchangeStudent", f"{attack}InterchangeStudent")
    assert "Student.xml, line 2: it defines a document type" in refused(folder)


def test_an_entity_that_nobody_defined_is_refused(folder):
    spoil(folder, "Student", "Maya", "&maya;")
    line = (folder / "Student.xml").read_text().partition("&maya;")[0].count("\n") + 1
    assert f"Student.xml, line {line}: it is no well-formed XML" in refused(folder)


def test_a_truncated_file_is_refused_with_its_line(folder):
    spoil(folder, "Contact", "</InterchangeContact>", "")
    line = (folder / "Contact.xml").read_text().count("\n") + 1
    assert f"Contact.xml, line {line}: it is no well-formed XML, or ends too soon" in refused(folder)


def test_bytes_that_are_no_text_are_refused(folder):
    path = folder / "Student.xml"
    path.write_bytes(path.read_bytes().replace(b"Maya", b"Ma\xffya"))
    assert "no well-formed XML" in refused(folder)


@pytest.mark.parametrize(
    ("monster", "reason"),
    [
        ("<x>" * 30 + "</x>" * 30, "nested deeper"),
        ("<MiddleName>" + "a" * 70_000 + "</MiddleName>", "a text that is longer"),
        ("<x>" + "a" * 70_000 + "</x>", "a text that is longer"),
        (f'<x y="{"a" * 600_000}"/>', "a tag or a comment"),
        (f"<!--{'a' * 600_000}-->", "a tag or a comment"),
        ("<MiddleName/>" * 6_000, "more in one record"),
    ],
    ids=["deep", "long text", "long unread text", "long tag", "long comment", "many elements"],
)
def test_what_no_ed_fi_file_holds_is_refused(folder, monster, reason):
    spoil(folder, "Student", "<FirstName>Maya</FirstName>", f"<FirstName>Maya</FirstName>{monster}")
    assert reason in refused(folder)


def test_a_reference_may_come_before_what_it_points_to(folder):
    text = (folder / "Contact.xml").read_text()
    assert text.index('ContactReference ref="C-ana"') < text.index('Contact id="C-ana"')
    assert {(row.student, row.guardian) for row in rows(folder) if isinstance(row, Pair)} >= {
        ("student:S1", "contact:ana"), ("student:S2", "contact:ana"), ("student:S1", "contact:leo"),
    }  # fmt: skip


def test_a_reference_to_nobody_is_set_aside_and_restricts_all_the_same(folder):
    spoil(folder, "Contact", 'ContactReference ref="C-leo"', 'ContactReference ref="C-nobody"')
    found = rows(folder)
    (aside,) = [row for row in found if isinstance(row, SetAside)]
    assert (aside.file, aside.column_name) == ("Contact.xml", "contactReference.contactUniqueId")
    assert Held("pair", "student:S1", "", "no contact") in found


def test_an_id_holds_in_its_own_file_alone(folder):
    """The same id names somebody else in another file."""
    other = (
        '<InterchangeContact xmlns="http://ed-fi.org/5.2.0"><Contact id="C-leo"><ContactUniqueId>eve</ContactUniqueId>'
    )
    name = "<Name><FirstName>Eve</FirstName><LastSurname>Moss</LastSurname></Name>"
    (folder / "A.xml").write_text(f"{other}{name}</Contact></InterchangeContact>")
    found = rows(folder)
    assert pair(found, "leo").restriction == "no contact"
    assert not [row for row in found if isinstance(row, Pair) and row.guardian == "contact:eve"]


def test_a_reference_that_contradicts_its_identity_is_set_aside(folder):
    identity = '<ContactReference ref="C-leo"><ContactIdentity><ContactUniqueId>kim</ContactUniqueId></ContactIdentity>'
    spoil(folder, "Contact", '<ContactReference ref="C-leo">', identity)
    found = rows(folder)
    assert [row.column_name for row in found if isinstance(row, SetAside)] == ["contactReference.contactUniqueId"]


def test_a_legal_flag_that_is_absent_is_not_false(folder):
    found = rows(folder)
    assert [pair(found, guardian).legal for guardian in ("leo", "kim")] == [False, None]


@pytest.mark.parametrize(("text", "legal"), [("1", True), ("0", False), (" true ", True)])
def test_flags_are_read_as_xml_schema_writes_them(folder, text, legal):
    spoil(folder, "Contact", "<LegalGuardian>false</LegalGuardian>", f"<LegalGuardian>{text}</LegalGuardian>")
    assert pair(rows(folder), "leo").legal is legal


@pytest.mark.parametrize("twice", ["LegalGuardian", "ContactRestrictions"])
def test_a_fact_that_stands_twice_is_set_aside_and_restricts(folder, twice):
    spoil(folder, "Contact", f"<{twice}>", f"<{twice}>false</{twice}><{twice}>")
    found = rows(folder)
    (aside,) = [row for row in found if isinstance(row, SetAside)]
    assert aside.column_name.lower() == twice.lower()
    (held,) = [row for row in found if isinstance(row, Held)]
    assert held.restriction == (UNREADABLE if twice == "ContactRestrictions" else "")


@pytest.mark.parametrize("text", ["a" * 300, "no contact<b/>", "<b>no contact</b>", "no <b>contact</b> at all"])
def test_a_restriction_that_cannot_be_read_restricts(folder, text):
    spoil(folder, "Contact", "no contact", text)
    assert Held("pair", "student:S1", "contact:leo", UNREADABLE) in rows(folder)


def test_a_comment_in_a_text_is_no_part_of_it(folder):
    spoil(folder, "Contact", "no contact", "no <!-- not now --> con<![CDATA[tact]]>")
    assert pair(rows(folder), "leo").restriction == "no  contact"


def test_elements_of_another_namespace_are_passed_over(folder):
    spoil(folder, "Student", "<Name>", '<Name xmlns="http://state.example/1"><FirstName>Zoe</FirstName></Name><Name>')
    names = {row.given_name for row in rows(folder) if isinstance(row, Person)}
    assert "Maya" in names
    assert "Zoe" not in names


def test_a_student_s_language_comes_from_another_file_and_makes_them_news(folder):
    memory = Memory()
    list(open_edfi_xml(folder).batches(Policy(), Notices(), memory))
    spoil(folder, "StudentEnrollment", "Spanish", "Korean")
    again = Memory(lambda file: memory.learnt[file])
    found = [row for _, batch in open_edfi_xml(folder).batches(Policy(), Notices(), again) for row in batch]
    assert [row.home_language for row in found if isinstance(row, Person)] == ["ko"]
    assert len(again.gone) == 1


def test_an_association_set_aside_holds_its_student(folder):
    spoil(folder, "StudentEnrollment", "<EducationOrganizationId>9</EducationOrganizationId>", "")
    found = rows(folder)
    assert Held("person", "student:S1") in found
    assert {aside.file for aside in found if isinstance(aside, SetAside)} == {"StudentEnrollment.xml", "Student.xml"}


def test_an_interchange_in_several_files_is_read_as_one(folder):
    head, _, rest = (folder / "Student.xml").read_text().partition("<Student>")
    first, _, others = rest.partition("</Student>")
    (folder / "Student.xml").write_text(f"{head}<Student>{first}</Student></InterchangeStudent>")
    (folder / "More.xml").write_text(f"{head}{others}")
    found = [row for row in rows(folder) if isinstance(row, Person) and row.sourced_id.startswith("student:")]
    assert sorted(row.sourced_id for row in found) == ["student:S1", "student:S2", "student:S3"]
    assert len({row.line for row in found}) == 3


def test_files_of_two_versions_are_refused(folder):
    spoil(folder, "Student", SPACE, "http://ed-fi.org/6.0.0")
    assert "several versions" in refused(folder)


@pytest.mark.parametrize(
    "space", ["http://ed-fi.org/0100", "http://ed-fi.org/3.3.0", "http://ed-fi.org.example/5.2.0", ""]
)
def test_another_namespace_is_no_interchange_that_is_read(folder, space):
    spoil(folder, "Student", SPACE, space)
    assert "There is no InterchangeStudent file" in refused(folder)


@pytest.mark.parametrize(
    "name", ["EducationOrganization", "Student", "Contact", "StudentEnrollment", "StaffAssociation"]
)
def test_every_interchange_is_needed(folder, name):
    (folder / f"{name}.xml").unlink()
    assert f"There is no Interchange{name} file" in refused(folder)


def test_an_interchange_without_records_is_refused(folder):
    (folder / "Student.xml").write_text(f'<InterchangeStudent xmlns="{SPACE}"/>')
    assert "InterchangeStudent holds no record" in refused(folder)


def test_a_zip_is_read_too(folder, tmp_path):
    path = tmp_path / "district.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.glob("*.xml"):
            archive.write(file, file.name)
    assert rows(path) == rows(folder)
    assert is_edfi_xml(unpack(path))


def test_a_oneroster_export_is_not_taken_for_one(tmp_path):
    package = unpack(Export().zip(tmp_path / "export.zip"))
    assert not is_edfi_xml(package)
    with pytest.raises(SourceRefused, match="no Ed-Fi interchange file"):
        open_edfi_xml(tmp_path / "export.zip")


def test_nothing_is_kept_but_what_is_named(folder):
    with (folder / "StaffAssociation.xml").open("rb") as file:
        records = [
            found.record for found in elements.read("StaffAssociation.xml", file) if isinstance(found, elements.Found)
        ]
    assert set(records[0]) == {"staffUniqueId", "firstName", "lastSurname", "electronicMails"}


def test_an_assignment_at_an_unknown_organization_makes_nobody_an_employee(folder):
    spoil(folder, "StaffAssociation", "<EducationOrganizationId>1001<", "<EducationOrganizationId>77<")
    notices = Notices()
    found = rows(folder, notices)
    assert not [row for row in found if isinstance(row, Role) and row.person == "staff:E1"]
    assert any("neither a school nor an agency" in warning for warning in notices.warnings)


def test_the_student_id_is_that_of_the_system_of_the_district_s_choice(folder):
    spoil(folder, "StudentEnrollment", "Descriptor#SSN", "Descriptor#Local")
    spoil(folder, "StudentEnrollment", "078-05-1120", "L-1")
    source = open_edfi_xml(folder, choices=Choices(student_number_system="Local"))
    found = [row for _, batch in source.batches(Policy(), Notices(), Memory()) for row in batch]
    assert {row.sourced_id: row.number for row in found if isinstance(row, Person)}["student:S1"] == "L-1"


@pytest.mark.parametrize("system", ["SSN", "Social Security Number"])
def test_no_student_id_is_a_social_security_number(folder, system):
    with pytest.raises(SourceRefused, match="social security numbers"):
        open_edfi_xml(folder, choices=Choices(student_number_system=system))
