"""Notices 90, 30 and 7 days before a student turns 18 (domain rule 14), to each account that sees the student. Each goes once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from openhouse.access import adulthood, associations, notices
from openhouse.access.models import AdultNotice, Association
from openhouse.access.standing import Standing
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.policy import values


def due(*, at: datetime) -> list[AdultNotice]:
    """The notices that are due and have not been made, not in the database yet: of each account and student the nearest one."""
    return [] if not values.at(at).rights_pass_at_18 else list(_due(at))


def _due(at: datetime) -> Iterator[AdultNotice]:
    on = timezone.localdate(at)
    rows = Association.objects.filter(adulthood.approaching(on, "student__"), valid_until=None)
    seeing = associations.with_standing(rows, at=at).filter(standing__in=[each for each in Standing if each.lets_in])
    names = ("account_id", "student_id", "adult_date", "days")
    made = set(AdultNotice.objects.filter(adult_date__gt=on).values_list(*names))
    for each in seeing.select_related("account", "student").order_by("pk"):
        if each.student.birth_date is None:
            continue
        day = adulthood.adult_on(each.student.birth_date)
        days = adulthood.due(day, on)
        if (each.account_id, each.student_id, day, days) not in made:
            yield AdultNotice(account=each.account, student=each.student, adult_date=day, days=days, made_at=at)


def send(*, by: Actor, at: datetime) -> int:
    """Make the notices that are due and hand them to the mails. Returns how many; who comes second at once makes none."""
    return sum(_send(each, by=by, at=at) for each in due(at=at))


def _send(notice: AdultNotice, *, by: Actor, at: datetime) -> bool:
    account, student = notice.account, notice.student
    same = {"account": account, "student": student, "adult_date": notice.adult_date, "days": notice.days}
    with transaction.atomic():
        made, is_new = AdultNotice.objects.get_or_create(**same, defaults={"made_at": at})
        if is_new:
            notices.student_turns_18.enqueue(made.pk)
            about = Subject(str(account.key), str(student.key), names={str(student.key): student.name})
            record(event=Event.ADULT_NOTICE_SENT, by=by, at=at, about=about, detail={"days": notice.days})
    return is_new
