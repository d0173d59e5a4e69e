"""A hint, and no more: accounts that look like one person's, because they share a name and a student, or the SIS's email."""

from __future__ import annotations

import unicodedata

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower

from openhouse.access import associations
from openhouse.access.models import Association, Tie
from openhouse.accounts.models import Account
from openhouse.district.models import Guardian, Guardianship


def of(account: Account, *, among: QuerySet[Account]) -> list[Account]:
    """Other active accounts with the same name that have a student in common, or whose email is the SIS's of the same person.

    Families whose parents share one email in the SIS are why an email without the name hints at nothing.
    """
    near = _sharing_students(account) | _sharing_email(account)
    candidates = among.filter(pk__in=near, deactivated_at=None).prefetch_related(_guardians())
    own = _names(Account.objects.prefetch_related(_guardians()).get(pk=account.pk))
    return [each for each in candidates.order_by("pk") if _names(each) & own]


def folded(text: str) -> str:
    """A name without case, accents and doubled spaces."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return " ".join(plain.split())


def _guardians() -> Prefetch[str]:
    return Prefetch("ties", Tie.objects.filter(valid_until=None).select_related("guardian"), to_attr="current_ties")


def _names(account: Account) -> set[str]:
    """The name that the person gave, and those that the SIS has, without middle names."""
    guardians = [tie.guardian for tie in account.current_ties]  # type: ignore[attr-defined]
    names = [account.name, *(f"{each.given_name} {each.family_name}" for each in guardians)]
    return {folded(name) for name in names} - {""}


def _sharing_students(account: Account) -> set[int]:
    students = list(associations.family_of(account).values_list("pk", flat=True))
    rows = Association.objects.filter(student__in=students, valid_until=None)
    pairs = Guardianship.objects.filter(student__in=students, valid_until=None, guardian__ties__valid_until=None)
    found = {*rows.values_list("account", flat=True), *pairs.values_list("guardian__ties__account", flat=True)}
    return {pk for pk in found if pk is not None} - {account.pk}


def _sharing_email(account: Account) -> set[int]:
    """Accounts whose email the SIS has for this account's guardians, and whose guardians have this account's."""
    emails = Guardian.objects.filter(ties__account=account, ties__valid_until=None).exclude(email="")
    theirs = Account.objects.filter(email__in=[each.lower() for each in emails.values_list("email", flat=True)])
    same = Guardian.objects.alias(lowered=Lower("email")).filter(lowered=account.email)
    tied = Tie.objects.filter(valid_until=None, guardian__in=list(same.values_list("pk", flat=True)))
    return {*theirs.values_list("pk", flat=True), *tied.values_list("account", flat=True)} - {account.pk}
