"""Lists of guardianships say the same as the pure rules do, in every world that chance can think of."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhouse.access import guardianships, pins
from openhouse.access.models import Pin, PinEnd
from openhouse.district.models import Guardianship
from openhouse.district.restrictions import in_effect, is_legal
from openhouse.policy.values import Policy
from tests import cast as make
from tests.access.test_twins import legal_flags, near_days, relations
from tests.cast import DAY, NOW

worlds = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
lives = st.fixed_dictionaries(
    {
        "end": st.sampled_from(["", *PinEnd]),
        "wrong_tries": st.sampled_from([0, 4, 5, 6]),
        "expires_at": st.sampled_from([NOW - DAY, NOW, NOW + timedelta(microseconds=1), NOW + DAY]),
        "ended_at": st.sampled_from([NOW - 2 * DAY, NOW]),
    }
)


def a_pin(guardianship: Guardianship, facts: dict) -> Pin:
    """A PIN as the tables allow it."""
    ended = facts | ({"sealed": None} if facts["end"] else {"sealed": b"x", "ended_at": None})
    return Pin.objects.create(guardianship=guardianship, made_at=NOW - 9 * DAY, **ended)


@given(earlier=st.lists(lives, max_size=2), newest=st.none() | lives)
@worlds
def test_a_pin_s_state_in_a_list_is_the_state_on_pin_details(cast, earlier, newest):
    with transaction.atomic():
        for facts in earlier:
            a_pin(cast.ana_of_alma, facts | {"end": facts["end"] or PinEnd.REPLACED})
        if newest:
            a_pin(cast.ana_of_alma, newest)
        row = guardianships.with_pin(Guardianship.objects.filter(pk=cast.ana_of_alma.pk), at=NOW).get()
        pin = pins.newest(cast.ana_of_alma)
        assert row.pin_state == pins.state(pin, NOW)
        assert row.pin_used_at == (pin.ended_at if pin and pin.end == PinEnd.USED else None)
        transaction.set_rollback(True)


@given(
    legal=legal_flags, relation=relations, begin=near_days, end=near_days,
    blank=st.sampled_from(["not_legal", "legal_for_relations"]),
)  # fmt: skip
@worlds
def test_a_list_takes_for_legal_whom_pin_details_does(cast, legal, relation, begin, end, blank):
    policy = Policy(blank_legal_flag=blank, legal_relations=("mother", "tía"))
    with transaction.atomic():
        made = make.link(cast.milo, cast.ana, legal=legal, relation=relation, begin_date=begin, end_date=end)
        rows = Guardianship.objects.filter(pk=made.pk)
        relations = guardianships.legal_relations(rows, policy)
        listed = rows.filter(guardianships.legal(NOW.date(), relations)).exists()
        assert listed is (is_legal(made, policy) and in_effect(made, NOW.date()))
        transaction.set_rollback(True)
