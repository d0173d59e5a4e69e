"""The trail: append-only, and a change, a removal or an insertion is named."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from openhouse import cli
from openhouse.audit import trail, triggers
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Head, Name
from openhouse.audit.trail import Actor, Subject
from tests.cast import NOW, SYSTEM

ANA = Actor("guardian", "a-1", "Ana Reyes", "203.0.113.5")


@pytest.fixture
def written(db):
    """Five entries."""
    for number in range(5):
        about = Subject(student="s-1", names={"s-1": "Alma Reyes"})
        detail = {"number": number, "words": ["ñ", None, True]}
        trail.record(event=Event.STUDENT_SEEN, by=ANA, at=NOW, about=about, detail=detail)


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def unlocked(written):
    """What somebody with the database's own rights can do: take the triggers away."""
    execute(*triggers.DROP[connection.vendor], *triggers.UNFOLLOW[connection.vendor])


def refused(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute(statement)
    return trail.verify().entries == 5


def test_a_whole_chain_holds(written):
    proof = trail.verify()
    assert (proof.entries, proof.broken_at, proof.digest) == (5, None, Head.objects.get().digest)


def test_an_empty_chain_holds(db):
    assert trail.verify() == trail.Proof(0, trail.START)


def test_an_entry_says_who_what_whom_where_from_and_when(written):
    entry = Entry.objects.get(position=1)
    assert (entry.actor_kind, entry.actor, entry.address) == ("guardian", "a-1", "203.0.113.5")
    assert (entry.event, entry.student, entry.at) == (Event.STUDENT_SEEN, "s-1", NOW)


def test_an_entry_holds_ids_and_the_names_stand_apart(written):
    assert "Reyes" not in repr(list(Entry.objects.values()))
    assert dict(Name.objects.values_list("subject", "name")) == {"a-1": "Ana Reyes", "s-1": "Alma Reyes"}


def test_names_can_be_erased_without_breaking_the_chain(written):
    Name.objects.all().delete()
    assert trail.verify().broken_at is None


def test_a_name_that_changed_is_shown_as_it_is_now(written):
    trail.record(event=Event.SIGNED_IN, by=Actor("guardian", "a-1", "Ana Diaz"), at=NOW)
    assert Name.objects.get(subject="a-1").name == "Ana Diaz"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'x' WHERE position = 3",
        "UPDATE audit_entry SET digest = digest",
        "DELETE FROM audit_entry WHERE position = 5",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_a_change_and_a_removal(written, statement):
    assert refused(statement)


def test_the_database_refuses_its_own_way_around_a_removal(written):
    columns = ", ".join(field.column for field in Entry._meta.fields)
    replacing = f"INSERT OR REPLACE INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE position = 3"
    assert refused({"sqlite": replacing, "postgresql": "TRUNCATE audit_entry"}[connection.vendor])


def test_an_entry_is_never_saved_twice(written):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.get(position=2).save()


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'x'",
        "address = ''",
        "student = 's-2'",
        "event = 'signed in'",
        "detail = '{}'",
        "at = '2026-11-20 18:00:01+00:00'",
        "actor_kind = 'system'",
    ],
)
def test_a_changed_entry_is_named(unlocked, change):
    execute(f"UPDATE audit_entry SET {change} WHERE position = 3")
    assert (trail.verify().entries, trail.verify().broken_at) == (2, 3)


def test_a_changed_entry_with_a_digest_made_to_fit_is_named_by_the_next(unlocked):
    entry = Entry.objects.get(position=3)
    entry.actor = "x"
    entry.digest = trail.digest(entry, Entry.objects.get(position=2).digest)
    entry.save()
    assert trail.verify().broken_at == 4


def test_a_removed_entry_is_named(unlocked):
    execute("DELETE FROM audit_entry WHERE position = 3")
    assert trail.verify().broken_at == 3


def test_a_removed_entry_is_named_although_those_after_it_moved_up(unlocked):
    execute("DELETE FROM audit_entry WHERE position = 3", "UPDATE audit_entry SET position = 3 WHERE position = 4")
    assert trail.verify().broken_at == 3


def test_removed_last_entries_are_named(unlocked):
    execute("DELETE FROM audit_entry WHERE position > 3")
    assert trail.verify().broken_at == 4


def test_removing_everything_is_named(unlocked):
    execute("DELETE FROM audit_entry")
    assert trail.verify().broken_at == 1


def test_an_entry_slipped_in_is_named(unlocked):
    last = Entry.objects.get(position=5)
    Entry(position=6, at=NOW, event=Event.SIGNED_IN, actor_kind="guardian", actor="x", digest=last.digest).save()
    assert trail.verify().broken_at == 6


def test_an_entry_appended_with_a_fitting_digest_but_past_the_head_is_named(unlocked):
    last = Entry.objects.get(position=5)
    slipped = Entry(position=6, at=NOW, event=Event.SIGNED_IN, actor_kind="guardian", actor="x")
    slipped.digest = trail.digest(slipped, last.digest)
    slipped.save()
    assert trail.verify().broken_at == 7


def test_a_lost_head_is_named(unlocked):
    Head.objects.all().delete()
    assert trail.verify().broken_at == 6


def test_an_entry_of_a_refused_action_goes_with_it(written):
    with pytest.raises(RuntimeError), transaction.atomic():
        trail.record(event=Event.SIGNED_IN, by=SYSTEM, at=NOW)
        raise RuntimeError
    assert (trail.verify().entries, trail.verify().broken_at) == (5, None)


def test_a_look_is_written_once_the_page_is_over(written, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        trail.look(event=Event.STUDENT_SEEN, by=ANA, at=NOW + timedelta(minutes=1))
        assert Entry.objects.count() == 5
    assert Entry.objects.get(position=6).at == NOW + timedelta(minutes=1)


def test_the_command_proves_the_chain(written, capsys):
    assert cli.main(["audit", "verify", "--holds", trail.head()]) == 0
    assert f"All 5 entries hold. Head: {trail.head()}" in capsys.readouterr().out
    assert cli.main(["audit", "verify", "--holds", "5:" + "f" * 64]) == 1
    assert cli.main(["audit", "verify", "--holds", "nonsense"]) == 1


def test_the_command_names_a_missing_trigger_and_a_break(unlocked, capsys):
    assert cli.main(["audit", "verify"]) == 1
    assert "trigger" in capsys.readouterr().err
    execute("UPDATE audit_entry SET address = '' WHERE position = 3")
    assert cli.main(["audit", "verify"]) == 1
    assert "broken at entry 3" in capsys.readouterr().err


def test_events_keep_their_values():
    """Values are stored for good; this list only ever grows."""
    assert len({event.value for event in Event}) == len(Event)
    assert all(len(event.value) <= 40 for event in Event)


def test_a_head_noted_elsewhere_finds_a_chain_that_was_cut_and_mended(db):
    first = trail.record(event=Event.SYNC_LANDED, by=SYSTEM, at=NOW)
    noted = trail.head()
    assert noted == f"1:{first.digest}" and trail.holds(noted)
    assert not trail.holds("1:" + "f" * 64) and not trail.holds(f"2:{first.digest}")


def test_a_trigger_that_was_taken_away_is_missed(db):
    assert trail.guarded()
    with connection.cursor() as cursor:
        cursor.execute(triggers.DROP[connection.vendor][0])
    assert not trail.guarded()
