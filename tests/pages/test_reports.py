"""The Reporting tab: whom it opens for, the school that is picked, the figures' links, lists, downloads and the trail."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor
from openhouse.policy import values
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW, SINCE, Cast

TAB = "/staff/reports/"
REPORT = f"{TAB}registered-parents/"


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def last_entry() -> Entry:
    return Entry.objects.latest("position")


def grant(account: Any, role: Role, school: Any) -> None:
    Grant.objects.create(account=account, role=role, school_code=school.code, valid_from=SINCE)


@pytest.mark.parametrize(("who", "opens"), [("olga", 200), ("rhea", 200), ("dora", 200), ("hank", 404)])
def test_the_tab_opens_for_those_who_may_see_reports(cast: Cast, visit: Any, who: str, opens: int):
    assert visit(getattr(cast, who)).get(TAB).status_code == opens
    assert visit(getattr(cast, who)).get(REPORT, follow=True).status_code == opens


def test_a_site_administrator_sees_the_reports_of_their_school(cast: Cast, visit: Any):
    sam = make.employee("Sam", Role.SITE_ADMINISTRATOR, cast.maple)
    assert visit(sam).get(REPORT).url == f"{REPORT}{cast.maple.key}/"


def test_the_tab_holds_the_report_s_link_and_the_reporting_role_begins_there(cast: Cast, visit: Any):
    assert visit(cast.rhea).get("/staff/").url == TAB
    page = text(visit(cast.rhea), TAB)
    assert f'href="{REPORT}">Registered Parents Report</a>' in page and '<a href="/staff/reports/" aria-current' in page
    assert "own dashboards" not in page


def test_the_district_s_own_dashboards_stand_beside_it(cast: Cast, visit: Any):
    values.choose(
        name="reports_address", text="https://bi.district.example/parents?a=1&b=2", by=Actor.system("tests"), at=SINCE
    )
    page = text(visit(cast.rhea), TAB)
    assert 'href="https://bi.district.example/parents?a=1&amp;b=2"' in page and ">bi.district.example<" in page
    assert "Registered Parents Report" in page


@pytest.mark.parametrize(
    "typed", ["http://bi.example", "javascript:alert(1)", "https://", "https://a b", "https://u:p@bi.example"]
)
def test_an_address_that_is_not_https_is_refused(db: None, typed: str):
    with pytest.raises(values.PolicyRefused):
        values.choose(name="reports_address", text=typed, by=Actor.system("tests"), at=SINCE)


def test_whoever_has_one_school_is_there_and_whoever_has_several_picks(cast: Cast, visit: Any):
    assert visit(cast.rhea).get(REPORT).url == f"{REPORT}{cast.cedar.key}/"
    grant(cast.rhea, Role.REPORTING, cast.maple)
    page = text(visit(cast.rhea), REPORT)
    for school in (cast.maple, cast.cedar):
        assert f'href="{REPORT}{school.key}/"><bdi>{school.name}' in page


def test_another_s_school_is_not_there(cast: Cast, visit: Any):
    for end in ("", "students/", "guardians/", "students/file/", "guardians/file/"):
        assert visit(cast.rhea).get(f"{REPORT}{cast.maple.key}/{end}").status_code == 404
        for who, school in ((cast.rhea, cast.cedar), (cast.dora, cast.maple)):
            answer = visit(who).get(f"{REPORT}{school.key}/{end}")
            assert answer.status_code == 200 and (not answer.streaming or body(answer))


def test_the_district_s_schools_are_paged_and_searched_by_name_or_code(cast: Cast, visit: Any):
    for number in range(60):
        make.school(f"5{number:03}", f"Birch {number:02}")
    dora = visit(cast.dora)
    assert "62 schools" in text(dora, REPORT) and "Page 1 of 2" in text(dora, REPORT)
    assert "Maple Elementary" in text(dora, f"{REPORT}?page=2")
    for typed in ("maple", "1001"):
        found = text(dora, f"{REPORT}?school={typed}")
        assert "Maple Elementary" in found and "Birch" not in found
    assert "None of your schools" in text(dora, f"{REPORT}?school=nowhere")


def test_a_school_without_students_says_so(cast: Cast, visit: Any):
    empty = make.school("1003", "Empty Elementary")
    assert "No students to count" in text(visit(cast.dora), f"{REPORT}{empty.key}/")
    assert "Nobody" in text(visit(cast.dora), f"{REPORT}{empty.key}/guardians/")


def test_every_figure_leads_to_a_list_of_as_many_rows(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.redeem(cast.carla_account, cast.carlas_children[0], make.give(cast.carla_of[cast.carlas_children[0]]))
    make.give(cast.arturo_of_alma)
    make.enrol(make.student("Gus", "Gray", None), cast.maple, grade="")
    olga = visit(cast.olga)
    page = text(olga, f"{REPORT}{cast.maple.key}/")
    figures = re.findall(r'class="count"><a href="([^"]+)"[^>]*>(\d+)</a>', page)
    assert len(figures) == 3 * 13 and sum(int(count) > 0 for _address, count in figures) > 15
    for address, count in figures:
        listed = text(olga, address.replace("&amp;", "&"))
        found = re.search(r'role="status">(\d+) ', listed)
        assert (found.group(1) if found else "0") == count, address
        assert found or "Nobody" in listed


def test_the_dashboard_says_what_share_is_registered(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.abel)
    assert "1 of 2 students have a registered guardian: 50%" in text(visit(cast.rhea), f"{REPORT}{cast.cedar.key}/")


def test_a_small_share_is_not_said_to_be_none(cast: Cast, visit: Any):
    for number in range(100):
        make.student(f"Gil{number}", "Gray", cast.cedar)
    address = f"{REPORT}{cast.cedar.key}/"
    assert "0 of 102 students have a registered guardian: 0%" in text(visit(cast.rhea), address)
    make.join(cast.ana_account, cast.ana, cast.abel)
    assert "1 of 102 students have a registered guardian: less than 1%" in text(visit(cast.rhea), address)


def test_a_list_shows_what_an_office_needs_and_never_a_code(cast: Cast, visit: Any):
    code = make.give(cast.ana_of_alma)
    page = text(visit(cast.olga), f"{REPORT}{cast.maple.key}/guardians/?pin=live")
    for head in ("Student Name", "Student ID", "Grade", "Parent Name", "Pin", "Date Used", "Registered"):
        assert f'<th scope="col">{head}</th>' in page
    for word in ('pins/"><bdi>Alma Reyes</bdi></a>', cast.alma.number, "Ana Reyes", ">Live</span>"):
        assert word in page
    assert code not in page and "1 legal guardian<" in page.replace(" <", "<")


def test_whoever_may_not_see_pins_at_the_school_gets_no_link_to_them(cast: Cast, visit: Any):
    grant(cast.olga, Role.REPORTING, cast.cedar)
    page = text(visit(cast.olga), f"{REPORT}{cast.cedar.key}/guardians/")
    assert "Abel Reyes" in page and "/pins/" not in page


@pytest.mark.parametrize("asked", ["grade=99", "pin=stolen", "registered=maybe", "registered=new&pin=x"])
def test_filters_that_no_link_of_ours_has_are_not_there(cast: Cast, visit: Any, asked: str):
    for end in ("", "file/"):
        assert visit(cast.olga).get(f"{REPORT}{cast.maple.key}/guardians/{end}?{asked}").status_code == 404


def test_two_hundred_rows_come_page_by_page_and_as_one_file(cast: Cast, visit: Any):
    for number in range(210):
        make.link(make.student("Kim", f"Row{number:03}", cast.cedar, "09"), cast.berta)
    rhea, address = visit(cast.rhea), f"{REPORT}{cast.cedar.key}/guardians/"
    page = text(rhea, f"{address}?grade=09&page=2")
    assert "Page 2 of 5" in page and "Row050" in page and "Row049" not in page and "grade=09&amp;page=3" in page
    answer = rhea.get(f"{address}file/?as=csv&grade=09")
    assert len(list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))) == 211


def test_a_page_asks_as_much_for_two_hundred_rows_as_for_one(cast: Cast, visit: Any):
    rhea, addresses = visit(cast.rhea), [f"{REPORT}{cast.cedar.key}/{end}" for end in ("", "students/", "guardians/")]

    def questions() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert rhea.get(address).status_code == 200
            found.append(len(asked))
        return found

    before = questions()
    for number in range(40):
        make.give(make.link(make.student("Kim", f"Row{number}", cast.cedar, f"{number % 12}"), cast.berta))
    assert questions() == before


def test_a_download_holds_the_filtered_rows_and_its_name_nobody(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.alma, at=NOW)
    make.give(cast.ana_of_alma)
    address = f"{REPORT}{cast.maple.key}/guardians/file/?as=csv&registered=yes"
    answer = visit(cast.olga).get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="registered-parents-1001-guardians-2026-11-20.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[1:] == [["Alma Reyes", cast.alma.number, "04", "Ana Reyes", "Live", "", "2026-11-20"]]


def test_a_workbook_comes_as_one_and_a_third_form_is_not_there(cast: Cast, visit: Any):
    address = f"{REPORT}{cast.cedar.key}/students/file/"
    answer = visit(cast.rhea).get(f"{address}?as=xlsx")
    sheet = zipfile.ZipFile(io.BytesIO(body(answer))).read("xl/worksheets/sheet1.xml").decode()
    assert "Abel Reyes" in sheet and answer["Content-Disposition"].endswith('-students-2026-11-20.xlsx"')
    assert visit(cast.rhea).get(f"{address}?as=pdf").status_code == 404


def test_each_look_and_each_download_is_on_record(cast: Cast, visit: Any):
    rhea, here = visit(cast.rhea), f"{REPORT}{cast.cedar.key}/"
    about = {"report": "registered parents", "school": "1002"}
    rhea.get(here)
    assert (last_entry().event, last_entry().detail) == ("report seen", about)
    rhea.get(f"{here}guardians/?grade=10")
    shown = about | {"list": "guardians", "asked": "grade=10", "page": 1, "rows": 1}
    assert (last_entry().event, last_entry().detail) == ("report seen", shown)
    body(rhea.get(f"{here}students/file/?as=xlsx"))
    taken = about | {"list": "students", "asked": "", "rows": 2, "form": "xlsx"}
    assert (last_entry().event, last_entry().detail) == ("report exported", taken)
    assert last_entry().actor == str(cast.rhea.key)
