"""Rows set aside, held against the night before: new, there again, mended."""

from openhouse.sync import mending
from openhouse.sync.models import SyncRun
from tests.cast import DAY, NOW
from tests.pages.syncs import State, aside, run


def counted(of: SyncRun) -> list[tuple[int, int, int]]:
    return [(each.new, each.again, each.mended) for each in mending.groups(of)]


def test_the_same_row_is_there_again_wherever_its_line_moved(db):
    before, tonight = run(at=NOW - DAY), run()
    aside(before, 2, digest=77), aside(tonight, 9, digest=77)
    assert counted(tonight) == [(0, 1, 0)]


def test_a_row_that_changed_is_new_and_its_old_self_is_mended(db):
    before, tonight = run(at=NOW - DAY), run()
    aside(before, 2, digest=77), aside(tonight, 2, digest=78)
    assert counted(tonight) == [(1, 0, 1)]


def test_the_same_row_at_fault_for_another_reason_is_new(db):
    before, tonight = run(at=NOW - DAY), run()
    aside(before, 2, "one reason", digest=77), aside(tonight, 2, "another reason", digest=77)
    assert counted(tonight) == [(1, 0, 0), (0, 0, 1)]


def test_without_digests_the_line_decides(db):
    before, tonight = run(at=NOW - DAY), run()
    aside(before, 2), aside(tonight, 2), aside(tonight, 3)
    assert counted(tonight) == [(1, 1, 0)]


def test_of_a_file_that_was_not_stated_whole_nothing_counts_as_mended(db):
    before, tonight = run(at=NOW - DAY), run(files={"users.csv": "delta"})
    aside(before, 2, digest=77)
    assert counted(tonight) == []


def test_only_a_landed_run_of_the_same_source_is_the_night_before(db):
    landed = run(at=NOW - 3 * DAY)
    run(State.WAITING, NOW - 2 * DAY), run(at=NOW - DAY, source="Ed-Fi 7")
    assert mending.before(run()) == landed
    assert mending.before(landed) is None


def test_groups_that_have_rows_are_numbered_and_mended_ones_are_not(db):
    before, tonight = run(at=NOW - DAY), run()
    aside(before, 2, "a mended reason", digest=1), aside(tonight, 2, "b", digest=2), aside(tonight, 2, "c", digest=3)
    assert [each.number for each in mending.groups(tonight)] == [0, 1, 2]
