"""Two persons (domain rule 17): where a restriction or a hold stands on a student's record, a second employee agrees first.

Who asks goes on as soon as a colleague agreed, within a day of asking, once. Who that colleague may be is `roles.colleagues`'s
to say; that it is another person than who asked, and no contact of the student, is checked here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from openhouse.access import cautions, refusals
from openhouse.access.models import Act, Consent, Tie
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district import kin
from openhouse.district.models import Guardian, Student
from openhouse.policy import values
from openhouse.policy.values import Policy

LASTS = timedelta(days=1)
"""How long a request waits, and what was agreed may be done."""


class State(models.TextChoices):
    """What has become of a request."""

    WAITING = "waiting", _("Waiting for a colleague")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused")
    OVERTAKEN = "overtaken", _("Overtaken by a new restriction")
    USED = "used", _("Done")
    EXPIRED = "expired", _("Expired")


def state(consent: Consent, at: datetime, *, restricted_at: datetime | None = None) -> State:
    """The state of a request at this moment. `restricted_at` is when the newest restriction on the student's record became known:
    what was agreed before it was agreed without it.
    """
    if consent.used_at is not None:
        return State.USED
    if consent.agreed is False:
        return State.REFUSED
    if consent.expires_at <= at:
        return State.EXPIRED
    if consent.decided_at and restricted_at and restricted_at > consent.decided_at:
        return State.OVERTAKEN
    return State.AGREED if consent.agreed else State.WAITING


def require(
    *,
    act: Act,
    students: Iterable[Student],
    by: Actor,
    at: datetime,
    guardian: Guardian | None = None,
    account: Account | None = None,
    other: Account | None = None,
) -> None:
    """Raises SecondPersonNeeded unless nothing stands on the students' records, or a colleague agreed: that is then used up.

    Must run inside the transaction of the act itself, so that an act that fails uses up nothing.
    """
    needed = cautions.restricted(students, values.at(at))
    if not needed:
        return
    about = {
        "act": act,
        "guardian": guardian,
        "account": account,
        "other": other,
        "asked_by__key": by.key if by.kind == "employee" else None,
    }
    agreed = Consent.objects.filter(agreed=True, used_at=None, expires_at__gt=at, student__in=needed, **about)
    rows = _not_overtaken(agreed.select_for_update(of=("self",)).order_by("pk"), at)
    held = {each.student_id: each for each in rows}
    if missing := [student for student in needed if student.pk not in held]:
        raise refusals.SecondPersonNeeded(act, missing, guardian=guardian, account=account, other=other)
    Consent.objects.filter(pk__in=[each.pk for each in held.values()]).update(used_at=at)


def ask(
    *,
    act: Act,
    students: Iterable[Student],
    by: Account,
    actor: Actor,
    at: datetime,
    guardian: Guardian | None = None,
    account: Account | None = None,
    other: Account | None = None,
) -> list[Consent]:
    """Ask a second person, once for each student on whose record something stands. A request that still waits stays the same.

    Raises NothingToAsk where one person is enough, OwnFamily for a contact of one of the students.
    """
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=by.pk)
        students = list(students)
        cautions.refuse_own_family(by=actor, students=students)
        needed = cautions.restricted(students, values.at(at))
        if not needed:
            raise refusals.NothingToAsk
        found = []
        same = {"act": act, "guardian": guardian, "account": account, "other": other, "asked_by": by}
        for student in needed:
            about = same | {"student": student}
            unused = Consent.objects.filter(~Q(agreed=False), used_at=None, expires_at__gt=at, **about)
            open_ = next(iter(_not_overtaken(unused, at)), None)
            found.append(open_ or Consent.objects.create(asked_at=at, expires_at=at + LASTS, **about))
            if open_ is None:
                record(event=Event.CONSENT_ASKED, by=actor, at=at, about=_about(found[-1]), detail=_detail(found[-1]))
    return found


def _not_overtaken(rows: Iterable[Consent], at: datetime) -> list[Consent]:
    found = list(rows)
    since = cautions.restricted_since([each.student_id for each in found], values.at(at))
    return [each for each in found if state(each, at, restricted_at=since.get(each.student_id)) is not State.OVERTAKEN]


def is_about_restricted(consent: Consent, policy: Policy) -> bool:
    """Whether the restriction on the student's record is one of the very person, or account, that the request is about."""
    accounts = [each for each in (consent.account, consent.other) if each]
    tied = Tie.objects.filter(account__in=accounts, valid_until=None).values_list("guardian", flat=True)
    guardians = [*tied, *([consent.guardian_id] if consent.guardian_id else [])]
    return cautions.restricts([consent.student_id], guardians, policy)


def waiting(at: datetime) -> QuerySet[Consent]:
    """Requests that nobody has decided yet, the oldest first, with all whom they name."""
    return _named(_undecided(at)).order_by("pk")


def waits_since(refused: refusals.SecondPersonNeeded, *, by: Account, at: datetime) -> datetime | None:
    """Since when all that needs a second person waits for one, asked for by this employee; None where some of it was not."""
    about = {"act": refused.act, "guardian": refused.guardian, "account": refused.account, "other": refused.other}
    found = dict(_undecided(at).filter(asked_by=by, **about).values_list("student", "asked_at"))
    return min(found.values()) if {student.pk for student in refused.students} <= found.keys() else None


def asked(account: Account, at: datetime) -> QuerySet[Consent]:
    """What an employee asked for within the last week, the newest first."""
    mine = Consent.objects.filter(asked_by=account, asked_at__gt=at - timedelta(days=7))
    return _named(mine).order_by("-pk")


def decide(*, consent: Consent, agrees: bool, reason: str = "", by: Account, actor: Actor, at: datetime) -> Consent:
    """A second person's word. Raises NotTheirs for who asked (by another of their employee records, too), and for a request that is
    decided or has expired; OwnFamily for a contact of the student.
    """
    with transaction.atomic():
        rows = Consent.objects.select_for_update(of=("self",)).select_related(
            "student", "guardian", "account", "other", "asked_by"
        )
        consent = rows.get(pk=consent.pk)
        cautions.refuse_own_family(by=actor, students=[consent.student])
        if kin.are_one(consent.asked_by.employee_key, by.employee_key) or state(consent, at) is not State.WAITING:
            raise refusals.NotTheirs
        consent.decided_by, consent.decided_at, consent.agreed, consent.reason = by, at, agrees, reason
        consent.save(update_fields=["decided_by", "decided_at", "agreed", "reason"])
        event = Event.CONSENT_GIVEN if agrees else Event.CONSENT_REFUSED
        record(event=event, by=actor, at=at, about=_about(consent), detail=_detail(consent))
    return consent


def _undecided(at: datetime) -> QuerySet[Consent]:
    return Consent.objects.filter(decided_at=None, expires_at__gt=at)


def _named(rows: QuerySet[Consent]) -> QuerySet[Consent]:
    """Each with its people. Those never missing are asked for by themselves: SQLite could begin a join with all there are."""
    named = rows.select_related("guardian", "account", "other", "decided_by")
    return named.prefetch_related("student", "asked_by")


def _about(consent: Consent) -> Subject:
    things = [each for each in (consent.student, consent.guardian, consent.account) if each]
    keys = {type(each).__name__.lower(): str(each.key) for each in things}
    return Subject(**keys, names={str(each.key): each.name for each in things})


def _detail(consent: Consent) -> dict[str, str]:
    return {"act": consent.act} | ({"other": str(consent.other.key)} if consent.other else {})
