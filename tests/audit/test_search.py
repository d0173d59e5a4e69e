"""Entries are found by any of student, person, employee, kind and time, newest first."""

from datetime import timedelta

import pytest

from openhouse.audit import search, sentences, trail
from openhouse.audit.events import Event
from openhouse.audit.models import Name
from openhouse.audit.search import Sought
from openhouse.audit.trail import Actor, Subject
from tests.cast import NOW, SYSTEM

ANA = Actor("guardian", "a-1", "Ana Reyes")
OLGA = Actor("employee", "e-1", "Olga Office")
DAY = timedelta(days=1)


@pytest.fixture
def written(db):
    """One entry a day for five days."""
    for number, (event, by, about) in enumerate(
        [
            (Event.SIGNED_IN, ANA, Subject(account="a-1")),
            (Event.STUDENT_SEEN, ANA, Subject(account="a-1", student="s-1")),
            (Event.PIN_MADE, OLGA, Subject(student="s-1", guardian="g-1")),
            (Event.PIN_MADE, OLGA, Subject(student="s-2", guardian="g-2")),
            (Event.PARENT_SEEN, OLGA, Subject(account="a-1")),
        ]
    ):
        trail.record(event=event, by=by, at=NOW + number * DAY, about=about)


def positions(**asked):
    return list(search.entries(Sought(**asked)).values_list("position", flat=True))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"students": ["s-1"]}, [3, 2]),
        ({"students": []}, []),
        ({"people": ["a-1"]}, [5, 2, 1]),
        ({"people": ["a-1", "g-1"]}, [5, 3, 2, 1]),
        ({"employees": ["e-1"]}, [5, 4, 3]),
        ({"event": Event.PIN_MADE}, [4, 3]),
        ({"event": Event.PIN_MADE, "students": ["s-1", "s-2"], "employees": ["e-1"], "since": NOW + 3 * DAY}, [4]),
        ({"since": NOW + DAY, "until": NOW + 3 * DAY}, [3, 2]),
        ({"without": ["s-1"]}, [5, 4, 1]),
    ],
)
def test_entries_are_found_by_any_of_these_newest_first(written, asked, found):
    assert positions(**asked) == found


def test_an_employee_is_found_by_what_they_did_and_by_what_others_did_to_them(written):
    dora = Actor("employee", "e-2", "Dora District")
    trail.record(event=Event.ROLE_REVOKED, by=dora, at=NOW + 4 * DAY, about=Subject(account="e-1"))
    assert (positions(employees=["e-1"]), positions(employees=["e-2"])) == ([6, 5, 4, 3], [6])


def test_a_page_begins_below_a_position(written):
    assert [each.position for each in search.entries(Sought(), before=3)] == [2, 1]


def test_an_entry_that_was_written_hours_after_its_moment_is_found_in_its_time(written):
    trail.record(event=Event.SYNC_LANDED, by=SYSTEM, at=NOW + 3 * DAY + timedelta(hours=2))
    assert positions(since=NOW + 3 * DAY, until=NOW + 3 * DAY + timedelta(hours=3)) == [6, 4]


def test_all_come_in_batches_each_once(written, monkeypatch):
    monkeypatch.setattr(search, "AT_ONCE", 2)
    assert [len(batch) for batch in search.in_batches(Sought())] == [2, 2, 1]


@pytest.mark.parametrize("event", Event)
def test_every_event_has_a_sentence_that_renders(event):
    told = sentences.SENTENCES[event].format(**{place: place.upper() for place in sentences.PLACES})
    assert "{" not in told and not told.endswith(".")


def test_what_a_later_version_wrote_is_told_too():
    assert sentences.of("moon landed").format(who="Ana") == "Ana: moon landed"


def test_an_erased_name_stays_erased_and_the_chain_holds(written):
    assert trail.erase(keys=["a-1"], by=SYSTEM, at=NOW) == 1
    trail.record(event=Event.SIGNED_IN, by=ANA, at=NOW)
    assert Name.objects.get(subject="a-1").name == trail.ERASED
    assert trail.names(["a-1", "e-1"]) == {"a-1": trail.ERASED, "e-1": "Olga Office"}
    assert trail.verify().broken_at is None


def test_erasing_is_itself_on_record_without_a_name(written):
    trail.erase(keys=["a-1"], by=SYSTEM, at=NOW)
    entry = search.entries(Sought())[0]
    assert (entry.event, entry.detail) == (Event.NAMES_ERASED, {"keys": ["a-1"]})


def test_a_name_that_was_never_known_can_be_kept_from_being_written(written):
    assert trail.erase(keys=["g-9"], by=SYSTEM, at=NOW) == 0
    trail.record(event=Event.PIN_MADE, by=OLGA, at=NOW, about=Subject(guardian="g-9", names={"g-9": "Gus Roe"}))
    assert Name.objects.get(subject="g-9").name == trail.ERASED


def test_a_part_is_verified_since_a_head_noted_earlier(written):
    noted = trail.head()
    trail.record(event=Event.SIGNED_IN, by=ANA, at=NOW)
    assert (trail.verify(since=noted).entries, trail.verify(since=noted).broken_at) == (1, None)


def test_those_who_write_meanwhile_do_not_break_the_proof(written, monkeypatch):
    monkeypatch.setattr(trail, "AT_ONCE", 2)
    came = iter(range(3))

    def told(position):
        if next(came, None) is not None:
            trail.record(event=Event.SIGNED_IN, by=ANA, at=NOW)

    assert (trail.verify(told=told).entries, trail.verify().broken_at) == (8, None)
