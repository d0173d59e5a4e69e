"""Two accounts of one person become one: nothing is deleted, nothing is won, the limit holds."""

import pytest
from django.core import mail

from openhouse import access
from openhouse.access import limits, merging, pins, refusals, siblings
from openhouse.access.models import Association, Tie, Way
from openhouse.access.standing import Standing
from openhouse.accounts import activity, actor
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Student
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


@pytest.fixture
def twice(cast):
    """Ana has Alma in one account, and with a second record in the SIS Abel in another."""
    cast.ana_again = make.guardian("Ana", "Reyes", sourced_id="guardian-ana-again")
    make.link(cast.abel, cast.ana_again)
    cast.second = make.account("ana.reyes@work.example")
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.join(cast.second, cast.ana_again, cast.abel)
    return cast


def merge(keeps, gives, by=SYSTEM, within=None):
    reach = Student.objects.all() if within is None else within
    return merging.merge(keeps=keeps, gives=gives, within=reach, identity="passport", by=by, at=NOW)


def standing(account, student):
    return access.decide(account=Account.objects.get(pk=account.pk), student=student, at=NOW).standing


def test_the_kept_account_sees_both_students_and_the_other_signs_in_no_more(twice):
    done = merge(twice.ana_account, twice.second)
    assert (done.moved, done.asked_to_revalidate) == (1, 0)
    assert {standing(twice.ana_account, each) for each in (twice.alma, twice.abel)} == {Standing.ACTIVE}
    twice.second.refresh_from_db()
    assert (twice.second.is_active, twice.second.deactivated_for_cause) == (False, False)


def test_rows_end_and_begin_and_none_is_deleted(twice):
    before = (Tie.objects.count(), Association.objects.count())
    merge(twice.ana_account, twice.second)
    assert (Tie.objects.count(), Association.objects.count()) == (before[0] + 1, before[1] + 1)
    assert twice.second.ties.get().valid_until == twice.second.associations.get().valid_until == NOW
    assert twice.ana_account.ties.get(guardian=twice.ana_again).way == Way.STAFF


def test_it_is_on_record_with_the_kind_of_id_and_for_each_student(twice):
    merge(twice.ana_account, twice.second)
    assert Entry.objects.get(event=Event.ACCOUNTS_MERGED).detail == {
        "merged": str(twice.second.key), "identity": "passport",
    }  # fmt: skip
    assert Entry.objects.get(event=Event.ASSOCIATION_MADE).student == str(twice.abel.key)
    assert Entry.objects.get(event=Event.TIE_MADE).guardian == str(twice.ana_again.key)


def test_both_addresses_are_told(twice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        merge(twice.ana_account, twice.second)
    told = {message.to[0]: message.body for message in mail.outbox}
    assert "is closed" in told["ana.reyes@work.example"] and "is closed" not in told["ana@home.example"]


def test_a_student_of_another_school_moves_without_access(twice):
    done = merge(twice.ana_account, twice.second, within=Student.objects.filter(pk=twice.alma.pk))
    assert done.asked_to_revalidate == 1
    assert standing(twice.ana_account, twice.abel) is Standing.REVALIDATE


@pytest.mark.parametrize("near", [True, False])
def test_a_moved_tie_opens_no_student_elsewhere_whom_the_kept_account_could_not_see(twice, near):
    make.link(twice.alma, make.guardian("Ana", "Before", sourced_id="guardian-ana-before"), legal=False)
    keeps = make.account("ana.before@home.example")
    make.join(keeps, twice.alma.guardianships.get(legal=False).guardian, twice.alma)
    assert standing(keeps, twice.alma) is Standing.ENDED
    merge(keeps, twice.ana_account, within=Student.objects.filter(pk=(twice.alma if near else twice.abel).pk))
    assert standing(keeps, twice.alma) is (Standing.ACTIVE if near else Standing.REVALIDATE)


def test_an_imported_association_wins_no_second_grace(twice):
    twice.second.associations.update(way=Way.IMPORTED)
    merge(twice.ana_account, twice.second)
    assert standing(twice.ana_account, twice.abel) is Standing.REVALIDATE


def test_what_waits_for_a_new_pin_goes_on_waiting(twice):
    twice.second.associations.update(revalidate_since=NOW)
    merge(twice.ana_account, twice.second)
    assert standing(twice.ana_account, twice.abel) is Standing.REVALIDATE


@pytest.mark.parametrize("revalidating", [True, False])
def test_of_two_associations_with_one_student_the_better_one_stays(twice, revalidating):
    make.associate(twice.ana_account, twice.abel)
    twice.ana_account.associations.filter(student=twice.abel).update(revalidate_since=NOW if revalidating else None)
    assert merge(twice.ana_account, twice.second).moved == int(revalidating)
    assert standing(twice.ana_account, twice.abel) is Standing.ACTIVE
    assert Association.objects.filter(student=twice.abel, valid_until=None).count() == 1


def test_a_restriction_follows_the_person(twice):
    make.change(twice.ana_again.guardianships.get(), at=NOW, restriction="no contact")
    Association.objects.create(account=twice.second, student=twice.milo, way=Way.PIN, valid_from=NOW)
    with pytest.raises(refusals.SecondPersonNeeded):
        merge(twice.ana_account, twice.second, by=actor.of(twice.olga))


def test_over_the_limit_nothing_moves_until_there_is_an_exception(cast):
    second = make.account("carla.diaz@work.example")
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:3])
    for child in cast.carlas_children[2:5]:
        make.associate(second, child)
    with pytest.raises(refusals.LimitReached):
        merge(cast.carla_account, second)
    assert second.associations.filter(valid_until=None).count() == 3
    limits.lift(account=cast.carla_account, by=SYSTEM, at=NOW)
    assert merge(cast.carla_account, second).moved == 2


@pytest.mark.parametrize("which", ["ana_account", "second"])
def test_a_deactivated_account_neither_keeps_nor_gives(twice, which):
    activity.deactivate(account=getattr(twice, which), for_cause=True, by=SYSTEM, at=NOW)
    with pytest.raises(refusals.AccountNotActive):
        merge(twice.ana_account, twice.second)


def test_an_account_is_not_merged_with_itself(twice):
    with pytest.raises(refusals.SameAccount):
        merge(twice.second, twice.second)


def test_an_employee_merges_nothing_of_their_own_family(twice):
    make.join(twice.mia_account, twice.mia, twice.milo)
    for pair in ((twice.mia_account, twice.second), (twice.second, twice.mia_account)):
        with pytest.raises(refusals.OwnFamily):
            merge(*pair, by=actor.of(twice.mia_at_work))


def test_new_pin_reaches_whom_the_pin_brought_after_a_merger_too(cast):
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    siblings.add(account=cast.ana_account, student=cast.abel, by=actor.of(cast.ana_account), at=NOW)
    kept, everybody = make.account("ana@work.example"), Student.objects.all()
    about = {"keeps": kept, "gives": cast.ana_account, "within": everybody, "identity": "passport"}
    merging.merge(by=SYSTEM, at=NOW + DAY, **about)
    pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW + 2 * DAY)
    for child in (cast.alma, cast.abel):
        assert access.decide(account=kept, student=child, at=NOW + 2 * DAY).standing is Standing.REVALIDATE
