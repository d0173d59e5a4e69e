"""**Activity on your account**: the part of the trail about a guardian's own access (domain rule 16).

It tells the guardian's own steps, and what staff did with their account or their PINs. It never tells of another guardian, of a
refusal that a restriction may be behind, or of a student whom they may not see now; a member of staff is named by school, and
that only where one of the students they may see goes: a child may have moved away from whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import associations
from openhouse.access.standing import Standing
from openhouse.audit import search, trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.search import Sought
from openhouse.audit.trail import Subject
from openhouse.district.models import School, Student
from openhouse.pages import doors, enrolments
from openhouse.roles.models import Grant

ROWS = 50
OWN: Mapping[str, Promise] = {
    Event.GUARDIAN_REGISTERED: gettext_lazy("You registered."),
    Event.EMAIL_CONFIRMED: gettext_lazy("You confirmed your email address."),
    Event.SIGNED_IN: gettext_lazy("You signed in."),
    Event.SIGNED_OUT: gettext_lazy("You signed out."),
    Event.PASSWORD_CHANGED: gettext_lazy("You changed your password."),
    Event.EMAIL_CHANGED: gettext_lazy("You changed your email address."),
    Event.FACTOR_ADDED: gettext_lazy("You set up a second step at sign-in."),
    Event.FACTOR_REMOVED: gettext_lazy("You turned a second step at sign-in off."),
    Event.RECOVERY_CODES_MADE: gettext_lazy("You made recovery codes."),
    Event.RECOVERY_CODE_USED: gettext_lazy("You signed in with a recovery code."),
    Event.SESSIONS_ENDED: gettext_lazy("You signed other devices out."),
    Event.STUDENT_SEEN: gettext_lazy("You opened {student}'s page."),
    Event.EMERGENCY_CARD_SEEN: gettext_lazy("You opened {student}'s emergency card."),
    Event.DISCLOSURES_SEEN: gettext_lazy("You looked at who received {student}'s records."),
    Event.PIN_USED: gettext_lazy("You used a PIN to add {student}."),
    Event.ASSOCIATION_MADE: gettext_lazy("You added {student} without another PIN."),
    Event.LIMIT_REACHED: gettext_lazy("You could not add {student}: your account has as many students as it may."),
    Event.PIN_REFUSED: gettext_lazy("You entered something that did not match, and no student was added."),
    Event.TRIES_EXCEEDED: gettext_lazy("You tried to add a student too often, and had to wait."),
}
"""What the guardian did."""
STAFF: Mapping[str, Promise] = {
    Event.PARENT_SEEN: gettext_lazy("{staff} opened your account's page."),
    Event.PARENT_STUDENTS_SEEN: gettext_lazy("{staff} looked at the students on your account."),
    Event.ACCOUNT_ACTIVATED: gettext_lazy("{staff} activated your account."),
    Event.ACCOUNT_DEACTIVATED: gettext_lazy("{staff} deactivated your account."),
    Event.ACCOUNT_UNLOCKED: gettext_lazy("{staff} unlocked your account."),
    Event.FACTORS_REMOVED: gettext_lazy("{staff} removed your second step at sign-in, after checking who you are."),
    Event.ACCOUNTS_MERGED: gettext_lazy("{staff} merged another account of yours into this one."),
    Event.CONFIRMATION_SENT: gettext_lazy("{staff} had the email with your confirmation code sent again."),
    Event.LIMIT_LIFTED: gettext_lazy("{staff} let you have more students than the limit."),
    Event.LIMIT_RESTORED: gettext_lazy("{staff} ended your exception to the limit of students."),
    Event.PIN_SHOWN: gettext_lazy("{staff} looked up your PIN for {student}."),
    Event.PIN_PRINTED: gettext_lazy("{staff} printed your PIN for {student}."),
    Event.PIN_REPLACED: gettext_lazy("{staff} made you a new PIN for {student}."),
}
"""What staff did with the guardian's account or PINs."""
ANYBODY: Mapping[str, Promise] = {
    Event.SIGN_IN_FAILED: gettext_lazy("Somebody tried to sign in with your email and a wrong password."),
    Event.FACTOR_REFUSED: gettext_lazy("Somebody who gave your password gave a wrong code for the second step."),
    Event.ADULT_NOTICE_SENT: gettext_lazy("We wrote to you that {student} turns 18 soon."),
}
"""What happened to the account, whoever did it."""


@dataclass(frozen=True)
class Told:
    """One line: when, what, and from which network address, where it was the guardian's own step."""

    at: datetime
    sentence: str
    address: str


@doors.guardian
def page(request: doors.Visit) -> HttpResponse:
    """The newest lines. The look is on record."""
    students = _students(request)
    account = str(request.user.key)
    tied = [str(key) for key in request.user.ties.filter(valid_until=None).values_list("guardian__key", flat=True)]
    mine = search.entries(Sought(people=[account, *tied])).filter(_told(account))
    rows = [each for each in mine[: 4 * ROWS] if not each.student or each.student in students or each.actor == account]
    trail.look(event=Event.OWN_TRAIL_SEEN, by=request.actor, at=request.now, about=Subject(account=account))
    return render(request, "family/activity.html", {"rows": _sentences(request, rows[:ROWS], students)})


def _told(account: str) -> Q:
    """Own steps by whoever holds the account; the rest by employees alone: of another guardian nothing is told."""
    own = Q(event__in=list(OWN), actor=account)
    return own | Q(event__in=list(STAFF), actor_kind="employee") | Q(event__in=list(ANYBODY), account=account)


def _students(request: doors.Visit) -> dict[str, Student]:
    """Those whom the account may see now."""
    cards = associations.of(account=request.user, at=request.now)
    return {str(card.student.key): card.student for card in cards if Standing(card.standing).lets_in}


def _sentences(request: doors.Visit, entries: Iterable[Entry], students: Mapping[str, Student]) -> list[Told]:
    account, entries = str(request.user.key), list(entries)
    staff = _Staff(request, entries, students)
    told = []
    for each in entries:
        sentence = {**OWN, **STAFF, **ANYBODY}[each.event]
        student = students.get(each.student)
        words = {"student": student.first_name if student else _("a student"), "staff": staff.of(each)}
        own = each.actor == account
        told.append(Told(each.at, str(sentence).format(**words), each.address if own else ""))
    return told


class _Staff:
    """Members of staff by their school at that time, where the family's students go; else of the district."""

    def __init__(self, request: doors.Visit, entries: Iterable[Entry], students: Mapping[str, Student]) -> None:
        shown = enrolments.shown(request).filter(student__in=list(students.values())).values("school")
        self.schools = dict(School.objects.filter(pk__in=shown).values_list("code", "name"))
        keys = {each.actor for each in entries if each.actor_kind == "employee"}
        found = Grant.objects.filter(account__key__in=keys, school_code__in=self.schools)
        self.grants = list(found.select_related("account"))

    def of(self, entry: Entry) -> str:
        for held in self.grants:
            ends = held.ends_at
            if str(held.account.key) == entry.actor and held.valid_from <= entry.at and not (ends and ends <= entry.at):
                return _("A member of staff at %(school)s") % {"school": self.schools[held.school_code]}
        return _("A member of the district's staff")
