"""Roles that groups carry."""

import json

import pytest

from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from openhouse.policy.values import PolicyRefused
from openhouse.roles import appointment, grants, groups
from openhouse.roles.models import Grant
from openhouse.roles.places import Place
from openhouse.roles.roles import Role
from tests.cast import DAY, NOW, SYSTEM

HELP = {"group": "Help", "role": "help desk"}


def follow(account, named, mapping, at=NOW):
    values.choose(name="group_roles", text=json.dumps(mapping), by=SYSTEM, at=at)
    return groups.follow(account=account, groups=named, policy=values.at(at), by=SYSTEM, at=at)


def current(account):
    return {(each.role, each.school_code, each.origin) for each in account.grants.filter(valid_until=None)}


def test_a_group_gives_its_role_and_takes_it_again(cast):
    before = current(cast.rhea)
    follow(cast.rhea, {"Help"}, [HELP])
    assert current(cast.rhea) - before == {(Role.HELP_DESK, "", "group")}
    follow(cast.rhea, set(), [HELP], at=NOW + DAY)
    assert current(cast.rhea) == before
    ended = Grant.objects.get(account=cast.rhea, origin="group")
    assert ended.valid_until == NOW + DAY


def test_the_same_groups_again_change_nothing(cast):
    follow(cast.rhea, {"Help"}, [HELP])
    count = Entry.objects.count()
    groups.follow(account=cast.rhea, groups={"Help"}, policy=values.at(NOW), by=SYSTEM, at=NOW)
    assert Entry.objects.count() == count


def test_a_group_that_policy_no_longer_names_carries_nothing(cast):
    follow(cast.rhea, {"Help"}, [HELP])
    follow(cast.rhea, {"Help"}, [], at=NOW + DAY)
    assert not Grant.objects.filter(account=cast.rhea, origin="group", valid_until=None).exists()


def test_what_a_person_granted_is_never_touched(cast):
    before = current(cast.hank)
    follow(cast.hank, {"Help"}, [HELP])
    assert current(cast.hank) == before
    follow(cast.hank, set(), [HELP])
    assert current(cast.hank) == before


def test_an_appointment_makes_a_groups_grant_last(cast):
    follow(cast.rhea, {"Help"}, [HELP])
    appointment.appoint(email="rhea@district.example", role=Role.HELP_DESK, by=SYSTEM, at=NOW)
    follow(cast.rhea, set(), [HELP], at=NOW + DAY)
    assert (Role.HELP_DESK, "", "") in current(cast.rhea)
    assert Entry.objects.filter(event=Event.ROLE_GRANTED).count() == 1


@pytest.mark.parametrize(
    "role", [{"role": "king"}, {"role": "help desk", "school_code": "1001"}, {"role": "site administrator"}]
)
def test_a_role_that_is_none_or_held_elsewhere_is_given_to_nobody(cast, role):
    assert follow(cast.rhea, {"Help"}, [{"group": "Help"} | role]) == []


@pytest.mark.parametrize(
    "text", ["{", "{}", '["Help"]', '[{"group": "Help"}]', '[{"group": "a", "role": "b", "x": "c"}]']
)
def test_a_mapping_of_another_shape_is_refused(db, text):
    with pytest.raises(PolicyRefused):
        values.choose(name="group_roles", text=text, by=SYSTEM, at=NOW)


def test_a_sign_in_leaves_a_role_that_ran_out_to_be_renewed(cast):
    ran_out = cast.rhea.grants.get()
    Grant.objects.filter(pk=ran_out.pk).update(expires_at=NOW - DAY)
    follow(cast.rhea, {"Help"}, [HELP])
    assert list(grants.renewable(cast.rhea.grants.all(), NOW)) == [ran_out]


def test_a_group_gives_what_a_person_gave_and_what_ran_out(cast):
    Grant.objects.filter(account=cast.hank).update(expires_at=NOW - DAY)
    follow(cast.hank, {"Help"}, [HELP])
    assert current(cast.hank) == {(Role.HELP_DESK, "", "group")}
    assert Grant.objects.get(account=cast.hank, origin="").valid_until == NOW - DAY


@pytest.mark.parametrize("given_by", ["group", "person"])
def test_what_a_person_revoked_no_group_gives_again(cast, given_by):
    held = follow(cast.rhea, {"Help"}, [HELP])[0] if given_by == "group" else cast.hank.grants.get()
    dora = actor.of(cast.dora)
    grants.revoke(grant=held, reason="Moved.", by=cast.dora, actor=dora, at=NOW + DAY)
    assert follow(held.account, {"Help"}, [HELP], at=NOW + 2 * DAY) == []
    again = grants.give(
        account=held.account, role=Role.HELP_DESK, place=Place(), by=cast.dora, actor=dora, at=NOW + 2 * DAY
    )
    assert again[1]
