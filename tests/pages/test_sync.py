"""The District tab's Sync: what a District Administrator sees of runs, and what they decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openhouse.access import foresight
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.environment import SisAddress
from openhouse.sync.models import SyncRun
from tests import cast as make
from tests.cast import DAY, NOW, Cast
from tests.pages import syncs
from tests.pages.syncs import State
from tests.pages.test_statements import questions

SYNC = "/staff/district/sync/"


@pytest.fixture(autouse=True)
def looking_ahead(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(foresight, "of", lambda **_given: syncs.foreseen(cast))


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def last_entry() -> Entry:
    return Entry.objects.latest("position")


def test_before_the_first_sync_the_page_says_what_will_stand_there(cast: Cast, visit: Any):
    assert "No sync yet" in text(visit(cast.dora), SYNC)


def test_the_console_s_first_page_sends_a_district_administrator_to_the_district_tab(cast: Cast, visit: Any):
    for address in ("/staff/", "/"):
        assert visit(cast.dora).get(address).url == "/staff/district/"


def test_tabs_are_those_that_the_roles_open(cast: Cast, visit: Any):
    dora, olga = text(visit(cast.dora), SYNC), text(visit(cast.olga), f"/staff/found/{cast.alma.key}/")
    assert ">District</a>" in dora and ">Find a Student</a>" not in dora
    assert ">Find a Student</a>" in olga and ">District</a>" not in olga


def test_school_staff_find_no_sync(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    for end in ("", "differences/", "access/", "set-aside/", "set-aside/rows/", "set-aside/file/", "accept/"):
        assert visit(cast.olga).get(f"{SYNC}{run.key}/{end}").status_code == 404
    assert visit(cast.olga).get(SYNC).status_code == 404


def test_a_list_of_runs_says_how_each_went_and_who_decided(cast: Cast, visit: Any):
    syncs.run(State.FAILED, NOW - DAY)
    syncs.run(State.THROWN_AWAY, NOW - 2 * DAY, decided_by=str(cast.dora.key), decided_at=NOW)
    dora = visit(cast.dora)
    dora.get(f"{SYNC}{syncs.waiting(cast).key}/differences/")  # from now on the trail knows Dora's name
    page = text(dora, SYNC)
    assert "Refused" in page and "Thrown away" in page and "2 minutes" in page and "Dora Office" in page


def test_the_run_that_waits_stands_on_top_with_what_it_waits_for(cast: Cast, visit: Any):
    syncs.waiting(cast)
    page = text(visit(cast.dora), SYNC)
    assert page.index("Guardianships would end") < page.index("<table") and "40 of 400, 10.0 %" in page


def test_a_running_sync_shows_how_far_it_is_and_comes_up_to_date_until_told_to_stop(cast: Cast, visit: Any):
    syncs.run(State.RUNNING, step="reading", done=30, total=120, beat_at=NOW)
    dora = visit(cast.dora)
    answer = dora.get(SYNC)
    assert answer["Refresh"] == "15" and b"25 %" in answer.content and b"?still=1" in answer.content
    still = dora.get(f"{SYNC}?still=1")
    assert "Refresh" not in still.headers and b"25 %" in still.content


def test_nothing_running_nothing_refreshes(cast: Cast, visit: Any):
    syncs.run()
    assert "Refresh" not in visit(cast.dora).get(SYNC).headers


def test_the_list_asks_as_much_for_many_runs_as_for_one(cast: Cast, visit: Any):
    dora = visit(cast.dora)
    syncs.run()
    before = questions(dora, SYNC)
    for days in range(1, 30):
        syncs.run(at=NOW - days * DAY, decided_by=str(cast.dora.key), actor=f"somebody {days}")
    assert questions(dora, SYNC) == before


def test_a_run_s_report_stands_on_its_page(cast: Cast, visit: Any):
    page = text(visit(cast.dora), f"{SYNC}{syncs.run().key}/")
    for words in ("1,200", "a tolerance", "students have no birth date", "missing_birth_date", "No row was set aside"):
        assert words in page or words.replace(",", "") in page, words


def test_a_refused_run_says_why(cast: Cast, visit: Any):
    run = syncs.run(State.FAILED, reason="users.csv: a column is missing.")
    assert "users.csv: a column is missing." in text(visit(cast.dora), f"{SYNC}{run.key}/")


def test_a_waiting_run_offers_the_three_decisions_and_a_landed_one_none(cast: Cast, visit: Any):
    waits, landed = (
        text(visit(cast.dora), f"{SYNC}{run.key}/") for run in (syncs.waiting(cast), syncs.run(at=NOW - DAY))
    )
    for end in ("accept/", "let-in/", "throw-away/"):
        assert end in waits and end not in landed
    assert "mean for access" in waits and "mean for access" not in landed


def test_differences_name_people_and_mark_students_with_a_restriction(cast: Cast, visit: Any):
    address = f"{SYNC}{syncs.waiting(cast).key}/differences/?entity=guardianship&change="
    ended, changed, new = (text(visit(cast.dora), address + change) for change in ("ended", "changed", "new"))
    assert "Alma Reyes" in ended and "Ana Reyes" in ended and "Restriction on record" not in ended
    assert "Bella Novak" in changed and "Restriction on record" in changed and "aunt" in changed and "mother" in changed
    assert "Newton Reyes" in new and "Arturo Reyes" in new


def test_a_restriction_that_is_only_coming_marks_the_student_too(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    run.would_change.filter(key=cast.alma.sourced_id).update(change="changed", after={"restriction": "no contact"})
    page = text(visit(cast.dora), f"{SYNC}{run.key}/differences/?entity=guardianship&change=changed")
    assert page.count("Restriction on record") == 2


def test_looking_at_differences_is_on_record_without_a_name(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    visit(cast.dora).get(f"{SYNC}{run.key}/differences/?entity=student&change=new")
    assert (last_entry().event, last_entry().actor) == (Event.SYNC_SEEN, str(cast.dora.key))
    assert last_entry().detail == {"run": run.pk, "what": "new student", "page": 1}


def test_differences_ask_as_much_for_many_as_for_one(cast: Cast, visit: Any):
    run, dora = syncs.waiting(cast), visit(cast.dora)
    address = f"{SYNC}{run.key}/differences/?entity=guardianship&change=ended"
    before = questions(dora, address)
    for child in cast.carlas_children:
        run.would_change.create(
            entity="guardianship", change="ended", key=child.sourced_id, other=cast.carla.sourced_id
        )
    assert questions(dora, address) == before


def test_long_lists_come_in_pages(cast: Cast, visit: Any):
    run = syncs.run(State.REHEARSED)
    for number in range(60):
        run.would_change.create(entity="student", change="ended", key=f"gone-{number:02}")
    address = f"{SYNC}{run.key}/differences/?entity=student&change=ended"
    first, second = text(visit(cast.dora), address), text(visit(cast.dora), f"{address}&page=2")
    assert "gone-49" in first and "gone-50" not in first and "gone-50" in second and "Page 2 of 2" in second


@pytest.mark.parametrize("query", ["entity=nonsense", "change=nonsense"])
def test_a_kind_that_is_none_is_not_found(query: str, cast: Cast, visit: Any):
    assert visit(cast.dora).get(f"{SYNC}{syncs.waiting(cast).key}/differences/?{query}").status_code == 404


def test_who_gains_and_loses_access_is_told_by_name_and_on_record(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    page = text(visit(cast.dora), f"{SYNC}{run.key}/access/")
    assert "Bruna Novak" in page and "Ana Reyes" in page and "gain access" in page and "lose access" in page
    assert last_entry().event == Event.SYNC_SEEN
    assert visit(cast.dora).get(f"{SYNC}{syncs.run(at=NOW - DAY).key}/access/").status_code == 404


@pytest.mark.parametrize(
    "end, state, typed",
    [
        ("accept", State.ACCEPTED, {}),
        ("let-in", State.LET_IN, {}),
        ("throw-away", State.THROWN_AWAY, {"reason": "cut short"}),
    ],
)
def test_a_decision_is_asked_for_then_made_once(end: str, state: str, typed: dict[str, str], cast: Cast, visit: Any):
    run, dora = syncs.waiting(cast), visit(cast.dora)
    address = f"{SYNC}{run.key}/{end}/"
    text(dora, address)
    assert SyncRun.objects.get(pk=run.pk).state == State.WAITING
    assert dora.post(address, typed).url == f"{SYNC}{run.key}/"
    decided = SyncRun.objects.get(pk=run.pk)
    assert (decided.state, decided.decided_by) == (state, str(cast.dora.key))
    assert dora.get(address).status_code == 409 and dora.post(address, typed).status_code == 409


@pytest.mark.parametrize("end", ["accept", "let-in"])
def test_where_a_sis_is_named_a_decision_is_followed_at_once(end: str, cast: Cast, visit: Any, settings: Any):
    run, dora = syncs.waiting(cast), visit(cast.dora)
    address = f"{SYNC}{run.key}/{end}/"
    assert "The next sync within 24 hours" in text(dora, address)
    settings.SIS = SisAddress("oneroster-csv", "/srv/drop")
    asked = text(dora, address)
    assert "within minutes" in asked and "24 hours" not in asked
    dora.post(address)
    assert "within minutes" in text(dora, f"{SYNC}{run.key}/")


def test_throwing_away_needs_a_reason(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    answer = visit(cast.dora).post(f"{SYNC}{run.key}/throw-away/", {"reason": " "})
    assert b"Say why" in answer.content and SyncRun.objects.get(pk=run.pk).state == State.WAITING


def test_the_colleague_who_comes_second_is_told(cast: Cast, visit: Any):
    run = syncs.waiting(cast)
    SyncRun.objects.update(state=State.SUPERSEDED, decided_at=NOW)
    answer = visit(cast.dora).post(f"{SYNC}{run.key}/accept/")
    assert answer.status_code == 409 and b"Replaced by a later one" in answer.content


def test_rows_set_aside_are_grouped_and_held_against_the_night_before(cast: Cast, visit: Any):
    before, tonight = syncs.run(at=NOW - DAY), syncs.run()
    for run, lines in ((before, (2, 3)), (tonight, (3, 4, 5))):
        for line in lines:
            syncs.aside(run, line, digest=line * 100)
    page = text(visit(cast.dora), f"{SYNC}{tonight.key}/set-aside/")
    figures = [f"<strong>{count}</strong> {what}" for count, what in ((3, "set aside"), (2, "new"), (1, "there again"))]
    assert all(figure in page for figure in [*figures, "<strong>1</strong> mended"]) and "value-" not in page


def test_a_value_is_shown_in_its_group_and_the_look_is_on_record_without_it(cast: Cast, visit: Any):
    run = syncs.run()
    syncs.aside(run, 7), syncs.aside(run, 9, "another reason", value="a secret")
    page = text(visit(cast.dora), f"{SYNC}{run.key}/set-aside/rows/?group=2")
    assert "value-7" in page and "a secret" not in page
    assert last_entry().event == Event.SET_ASIDE_SEEN and "value" not in str(last_entry().detail)
    assert visit(cast.dora).get(f"{SYNC}{run.key}/set-aside/rows/?group=3").status_code == 404


def test_nothing_set_aside_says_so(cast: Cast, visit: Any):
    assert "Nothing was set aside" in text(visit(cast.dora), f"{SYNC}{syncs.run().key}/set-aside/")


def test_the_file_for_the_sis_team_holds_all_rows_and_no_formula(cast: Cast, visit: Any):
    run = syncs.run()
    syncs.aside(run, 2, value='=HYPERLINK("https://evil.example")'), syncs.aside(run, 3, value='a "b", c', reason="why")
    answer = visit(cast.dora).get(f"{SYNC}{run.key}/set-aside/file/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert content.splitlines() == [
        "file,line,column,reason,value",
        """users.csv,2,agentSourcedIds,refers to nobody,"'=HYPERLINK(""https://evil.example"")\"""",
        'users.csv,3,agentSourcedIds,why,"a ""b"", c"',
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="set-aside-2026-11-20.csv"'
    assert (last_entry().event, last_entry().detail) == (Event.SET_ASIDE_EXPORTED, {"run": run.pk, "rows": 2})


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_cell_begins_as_a_formula_does(begin: str):
    from openhouse.reports.files import harmless

    assert harmless(f"{begin}1+1") == f"'{begin}1+1"
    assert harmless("1-1") == "1-1" and harmless("") == ""


@pytest.mark.parametrize(
    "seconds, words", [(0, "0 seconds"), (59, "59 seconds"), (60, "1 minute"), (3720, "1 hour 2 minutes")]
)
def test_how_long_it_took_is_said_in_words(seconds: int, words: str):
    from openhouse.pages.templatetags.sync import lasting

    assert lasting(NOW, NOW + timedelta(seconds=seconds)) == words


def test_history_is_found_by_student_id_also_of_those_who_left(cast: Cast, visit: Any):
    make.end(cast.alma, at=NOW - DAY)
    answer = visit(cast.dora).post("/staff/district/history/", {"student_number": cast.alma.number})
    assert answer.url == f"/staff/students/{cast.alma.key}/history/"
    assert b"never known" in visit(cast.dora).post("/staff/district/history/", {"student_number": "S-NOBODY"}).content


def test_a_student_id_of_two_students_offers_both(cast: Cast, visit: Any):
    make.end(cast.alma, at=NOW - DAY)
    make.student("Heir", "Of Number", cast.maple, number=cast.alma.number, sourced_id="heir")
    answer = visit(cast.dora).post("/staff/district/history/", {"student_number": cast.alma.number})
    assert b"Alma Reyes" in answer.content and b"Heir Of Number" in answer.content
