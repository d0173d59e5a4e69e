"""Associations, and the decision's twin for lists: the same standing, computed by the database for many at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from openhouse.access import guardianships, texts
from openhouse.access.models import Association, Way
from openhouse.access.standing import GROUNDS_AT_18, Standing, adult_since, grace_end
from openhouse.accounts.models import Account
from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Guardianship, Student
from openhouse.policy import values
from openhouse.policy.values import Policy

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Stood(TypedDict):
    """What `with_standing` adds to a row."""

    standing: str


type WithStanding = WithAnnotations[Association, Stood]


def associate(
    *,
    account: Account,
    student: Student,
    way: Way,
    at: datetime,
    revalidate_since: datetime | None = None,
    through: Association | None = None,
) -> Association:
    """Begin an association, ending the one before it. The caller holds the account's lock and writes the entry."""
    Association.objects.filter(account=account, student=student, valid_until=None).update(valid_until=at)
    return Association.objects.create(
        account=account, student=student, way=way, valid_from=at, revalidate_since=revalidate_since, through=through
    )


def students_of(account: Account) -> QuerySet[Student]:
    """The students whom the account has now, whatever that is worth."""
    return Student.objects.filter(associations__account=account, associations__valid_until=None)


def family_of(account: Account) -> QuerySet[Student]:
    """Those, and all students of the guardians that the account is tied to."""
    tied = Guardianship.objects.filter(
        valid_until=None, guardian__ties__account=account, guardian__ties__valid_until=None
    )
    own = Association.objects.filter(account=account, valid_until=None)
    return Student.objects.filter(pk__in=own.values("student").union(tied.values("student")))


def of(*, account: Account, at: datetime) -> QuerySet[WithStanding]:
    """The account's current associations with their standing, for the family's home."""
    return with_standing(current(account), at=at)


def current(account: Account) -> QuerySet[Association]:
    """The account's current associations with their students, by first name."""
    rows = Association.objects.filter(account=account, valid_until=None).select_related("student")
    return rows.order_by("student__given_name", "student__pk")


def visible(*, account: Account, at: datetime) -> QuerySet[Student]:
    """The students whom the account may see now: the queryset twin of `access.decide`."""
    current = with_standing(Association.objects.filter(account=account, valid_until=None), at=at)
    let_in = current.filter(standing__in=[each for each in Standing if each.lets_in])
    return Student.objects.filter(pk__in=let_in.values("student"))


def with_standing(rows: QuerySet[Association], *, at: datetime) -> QuerySet[WithStanding]:
    """Associations annotated with `standing`, from the mirror as it is: for a past moment ask `access.decide`."""
    return rows.annotate(standing=standing_of(rows, policy=values.at(at), at=at))


def standing_of(rows: QuerySet[Association], *, policy: Policy, at: datetime) -> Case:
    """The table of standings as one expression over these rows, under the district's policy or one that is being considered."""
    on = timezone.localdate(at)
    pairs = Guardianship.objects.filter(
        valid_until=None,
        student=OuterRef("student"),
        guardian__ties__account=OuterRef("account"),
        guardian__ties__valid_until=None,
    )
    read = texts.of(rows, policy)
    counting = enrolling.counting(policy, on)
    enrolled = Enrolment.objects.filter(counting, student=OuterRef("student"), student__valid_until=None)
    adult = Q(student__birth_date__lte=adult_since(on)) & ~Q(student__eligible_ground__in=GROUNDS_AT_18)
    whens = [
        When(~active(at), then=Value(Standing.ACCOUNT_INACTIVE)),
        When(Exists(pairs.filter(restriction__in=read.restricting)), then=Value(Standing.RESTRICTED)),
        When(Exists(pairs.exclude(restriction__in=read.harmless)), then=Value(Standing.HELD)),
        When(
            ~Exists(pairs.filter(guardianships.legal(on, read.legal))) | ~Exists(enrolled), then=Value(Standing.ENDED)
        ),
        *([When(adult, then=Value(Standing.ELIGIBLE_STUDENT))] if policy.rights_pass_at_18 else []),
        When(revalidate_since__lte=at, then=Value(Standing.REVALIDATE)),
        When(~Q(way=Way.IMPORTED), then=Value(Standing.ACTIVE)),
        When(_graced(policy, at), then=Value(Standing.GRACE)),
    ]
    return Case(*whens, default=Value(Standing.DISABLED), output_field=CharField())


def active(at: datetime) -> Q:
    """Whether the association's account is active and its email confirmed."""
    return Q(account__email_confirmed_at__lte=at) & (
        Q(account__deactivated_at=None) | Q(account__deactivated_at__gt=at)
    )


def _graced(policy: Policy, at: datetime) -> Q:
    on = timezone.localdate(at)
    if policy.grace_from:
        return Q(pk__isnull=not on < grace_end(policy, policy.grace_from))
    first_graced = on - (grace_end(policy, on) - on)
    return Q(valid_from__date__gt=first_graced)
