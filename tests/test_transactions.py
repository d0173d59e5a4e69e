"""A transaction is of its manner from its first word to its last, and the next one is not."""

import pytest
from django.db import OperationalError, connection, transaction

from openhouse.transactions import ONE_PLAN, ONE_STATE, UNWAITED, begun

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no manners"),
]


def shown(name: str) -> str:
    """What a setting is now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def made(table: str) -> bool:
    """Whether a table is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("manner", "name", "within", "after"),
    [
        (ONE_STATE, "transaction_isolation", "repeatable read", "read committed"),
        (ONE_PLAN, "plan_cache_mode", "force_generic_plan", "auto"),
        (UNWAITED, "synchronous_commit", "off", "on"),
    ],
)
def test_a_manner_is_of_one_transaction(manner: str, name: str, within: str, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    with begun(manner):
        assert shown(name) == within
    assert shown(name) == after
    with transaction.atomic():
        assert shown(name) == after


def test_a_manner_is_taken_on_within_another_transaction() -> None:
    with begun(ONE_STATE), begun(ONE_PLAN):
        assert (shown("transaction_isolation"), shown("plan_cache_mode")) == ("repeatable read", "force_generic_plan")


def test_what_is_written_stays_written() -> None:
    with begun(UNWAITED), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE written (word text)")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE written")


def test_what_goes_out_with_the_commit_is_left_to_whoever_commits() -> None:
    with begun(UNWAITED, then="CREATE TABLE afterwards ()"):
        assert not made("afterwards")
    assert made("afterwards")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE afterwards")
    with transaction.atomic():
        with begun(UNWAITED, then="CREATE TABLE afterwards ()"):
            pass
        assert connection.in_atomic_block and not made("afterwards")
    assert not made("afterwards")


def test_what_is_taken_back_has_nothing_after_it() -> None:
    with begun(UNWAITED, then="CREATE TABLE afterwards ()"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE taken_back ()")
        transaction.set_rollback(True)
    assert not made("taken_back") and not made("afterwards")


def test_a_commit_that_is_refused_is_an_error() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE once (word text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    try:
        with (
            pytest.raises(OperationalError),
            begun(UNWAITED, then="CREATE TABLE afterwards ()"),
            connection.cursor() as cursor,
        ):
            cursor.execute("INSERT INTO once VALUES ('a'), ('a')")
        assert not connection.in_atomic_block and not made("afterwards")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM once")
            assert cursor.fetchone() == (0,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE once")


def test_a_manner_that_is_refused_leaves_nothing_behind() -> None:
    with pytest.raises(OperationalError), begun("SET LOCAL nothing = off"):
        pass
    assert not connection.in_atomic_block and shown("plan_cache_mode") == "auto"
