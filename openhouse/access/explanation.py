"""Why an account may or may not see a student at a moment: the decision, put beside every fact that it rests on.

Nothing is decided here: `access.decide` has decided. Each fact says where it came from and since when the portal knew it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from openhouse import access
from openhouse.access.decision import Decision, held_at
from openhouse.access.models import Association, Tie
from openhouse.access.standing import GROUNDS_AT_18, Standing, adult_since, grace_end
from openhouse.accounts.models import Account
from openhouse.district import moments
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import Reading, in_effect, is_legal, reading
from openhouse.policy import values
from openhouse.policy.values import Policy


@dataclass(frozen=True)
class Fact:
    """One fact: what it is about, what it says, where it came from, and from when until when (None: still) it held."""

    what: str
    says: str
    source: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Explanation:
    """The decision (None: no account to decide about), the reason in words, and the facts."""

    decision: Decision | None
    reason: str
    facts: list[Fact] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        """Whether the account could see the student."""
        return self.decision is not None and self.decision.allowed


def of_account(
    *, account: Account, student: Student, within: QuerySet[Student], sis_name: str, at: datetime
) -> Explanation:
    """Why this account could or could not see the student at that moment. Other students are named only `within` a reach.

    `sis_name` is what the district calls the SIS now: nobody knows it by the name it had then.
    """
    decided = access.decide(account=account, student=student, at=at)
    policy = replace(values.at(at), sis_name=sis_name)
    facts = [*_account(account, at), *_ties(account, student, at), *_association(decided, within, policy, at)]
    tied = [tie.guardian_id for tie in held_at(account.ties.all(), at)]
    facts += _said(student, tied, policy, at)
    return Explanation(decided, REASONS[decided.standing](policy.sis_name), facts)


def of_guardianship(
    *, guardianship: Guardianship, within: QuerySet[Student], sis_name: str, at: datetime
) -> Explanation:
    """The same for whoever the SIS says is this guardian: by the account tied to them then, if there was one."""
    tie = held_at(Tie.objects.filter(guardian=guardianship.guardian_id), at).select_related("account").first()
    if tie is not None:
        return of_account(account=tie.account, student=guardianship.student, within=within, sis_name=sis_name, at=at)
    policy = replace(values.at(at), sis_name=sis_name)
    reason = _(
        "No account was tied to this guardian: nobody had entered a PIN as this person, or staff had ended the tie."
    )
    return Explanation(None, reason, list(_said(guardianship.student, [guardianship.guardian_id], policy, at)))


REASONS: dict[Standing | None, Any] = {
    None: lambda sis: _("The account had not added this student."),
    Standing.ACCOUNT_INACTIVE: lambda sis: _("The account was deactivated, or its email was not confirmed."),
    Standing.RESTRICTED: lambda sis: (
        _("%(sis)s restricted this guardian. That comes before every other fact.") % {"sis": sis}
    ),
    Standing.HELD: lambda sis: (
        _(
            "%(sis)s had a restriction for this guardian that the portal cannot read. It holds until it is resolved there."
        )
        % {"sis": sis}
    ),
    Standing.ENDED: lambda sis: (
        _("%(sis)s named no current legal guardianship of this person, or no current enrolment of the student.")
        % {"sis": sis}
    ),
    Standing.ELIGIBLE_STUDENT: lambda sis: (
        _("The student was 18 or older and held the rights; %(sis)s gave no ground to go on.") % {"sis": sis}
    ),
    Standing.REVALIDATE: lambda sis: _("A new PIN had to be entered first."),
    Standing.DISABLED: lambda sis: _(
        "The account came from the earlier portal, its grace period was over, and no PIN was entered."
    ),
    Standing.GRACE: lambda sis: _("The account came from the earlier portal and was within its grace period."),
    Standing.ACTIVE: lambda sis: (
        _(
            "%(sis)s named this person as a legal guardian of an enrolled student, and the student was added to the account."
        )
        % {"sis": sis}
    ),
}
"""In words, for each standing."""


def _account(account: Account, at: datetime) -> Iterator[Fact]:
    own = _("the account")
    if account.email_confirmed_at and account.email_confirmed_at <= at:
        yield Fact(_("Email"), _("confirmed"), own, account.email_confirmed_at)
    else:
        yield Fact(_("Email"), _("not confirmed"), own)
    if account.deactivated_at and account.deactivated_at <= at:
        yield Fact(_("Account"), _("deactivated"), _("staff"), account.deactivated_at)
    for past in account.past_deactivations.filter(valid_from__lte=at, valid_until__gt=at):
        yield Fact(_("Account"), _("deactivated"), _("staff"), past.valid_from, past.valid_until)


def _ties(account: Account, student: Student, at: datetime) -> Iterator[Fact]:
    found = held_at(account.ties.all(), at).select_related("guardian").order_by("pk")
    for tie in found.filter(guardian__guardianships__student=student):
        yield Fact(_("Tied to"), tie.guardian.name, tie.get_way_display(), tie.valid_from, tie.valid_until)


def _association(decided: Decision, within: QuerySet[Student], policy: Policy, at: datetime) -> Iterator[Fact]:
    association: Association | None = decided.association
    if association is None:
        return
    way = _way(association, within)
    yield Fact(_("Student added"), _("yes"), way, association.valid_from, association.valid_until)
    if association.revalidate_since and association.revalidate_since <= at:
        yield Fact(_("New PIN asked for"), _("yes"), _("staff"), association.revalidate_since)
    if decided.facts and decided.facts.imported_on:
        until = grace_end(policy, decided.facts.imported_on)
        yield Fact(
            _("Grace until"), formats.date_format(until), _("the portal's policy"), values.since("grace_days", at)
        )


def _way(association: Association, within: QuerySet[Student]) -> str:
    if association.through is None:
        return association.get_way_display()
    student = within.filter(pk=association.through.student_id).first()
    if student is None:
        return _("one PIN per family, through the PIN for a student at another school")
    return _("one PIN per family, through the PIN for %(name)s") % {"name": student.name}


def _said(student: Student, guardians: list[int], policy: Policy, at: datetime) -> Iterator[Fact]:
    """What the SIS said of these guardians of the student, and of the student."""
    pairs = (
        Guardianship.objects.filter(student=student, guardian__in=guardians).select_related("guardian").order_by("pk")
    )
    for pair in pairs:
        yield from _pair(pair, policy, at)
    for row in student.enrolments.select_related("school").order_by("pk"):
        if version := moments.version(row, at):
            says = _span(f"{row.school.name}, {version.grade}", version)
            yield Fact(_("Enrolled"), says, policy.sis_name, version.valid_from, version.valid_until)
    known = moments.version(student, at)
    if known and known.birth_date and policy.rights_pass_at_18:
        adult = known.birth_date <= adult_since(timezone.localdate(at))
        says = _("18 or older") if adult else _("under 18")
        yield Fact(_("Age"), says, policy.sis_name, known.valid_from, known.valid_until)
        if adult and known.eligible_ground in GROUNDS_AT_18:
            yield Fact(
                _("Ground to go on"), known.eligible_ground, policy.sis_name, known.valid_from, known.valid_until
            )


def _pair(pair: Guardianship, policy: Policy, at: datetime) -> Iterator[Fact]:
    version = moments.version(pair, at)
    name = pair.guardian.name
    if version is None:
        yield Fact(_("Guardianship"), _("%(name)s: not named") % {"name": name}, policy.sis_name)
        return
    legal = is_legal(version, policy) and in_effect(version, timezone.localdate(at))
    says = (
        _("%(name)s, %(relation)s: legal guardian") if legal else _("%(name)s, %(relation)s: no current legal guardian")
    )
    told = says % {"name": name, "relation": version.relation or _("no relation")}
    yield Fact(_("Guardianship"), _span(told, version), policy.sis_name, version.valid_from, version.valid_until)
    if version.legal is None:
        says = _("a blank legal flag counts by relation") if legal else _("a blank legal flag does not count")
        yield Fact(_("Legal flag"), says, _("the portal's policy"), values.since("blank_legal_flag", at))
    found = reading(version.restriction, policy)
    if found is not Reading.NONE:
        says = _("restricted") if found is Reading.RESTRICTED else _("held: policy cannot read it")
        yield Fact(_("Restriction"), says, policy.sis_name, version.valid_from, version.valid_until)


def _span(text: str, version: Any) -> str:
    """With the SIS's own dates, where it gives them."""
    begin, end = (
        formats.date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (version.begin_date, version.end_date)
    )
    if begin and end:
        return f"{text} ({begin} – {end})"
    if begin:
        return _("%(text)s (from %(day)s)") % {"text": text, "day": begin}
    return _("%(text)s (until %(day)s)") % {"text": text, "day": end} if end else text
