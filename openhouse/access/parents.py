"""Parent Search: accounts, and guardians who have none yet. Whose rows somebody may reach is said by whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.db.models.lookups import Exact

from openhouse.access.models import LimitException, Tie, Try
from openhouse.accounts.models import Account
from openhouse.district.models import Guardian
from openhouse.folding import LETTERS, Initials, between, bounds
from openhouse.questions import Given
from openhouse.sql import Text

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Tied(TypedDict):
    """What `with_account` adds to a guardian."""

    account_id: int | None


type WithAccount = WithAnnotations[Guardian, Tied]


PAIRED = Text(
    "SELECT pair.student_id FROM district_guardianship pair WHERE pair.guardian_id = {} AND pair.valid_until IS NULL",
    (F("pk"),),
)
"""SQL: a guardian's students, as `scope.linked_at` asks for them."""
OWN_AND_TIED = Text(
    "SELECT own.student_id FROM access_association own WHERE own.account_id = {} AND own.valid_until IS NULL"
    " UNION ALL SELECT pair.student_id FROM access_tie tie, district_guardianship pair"
    " WHERE tie.account_id = {} AND tie.valid_until IS NULL AND pair.guardian_id = tie.guardian_id AND pair.valid_until IS NULL",
    (F("pk"), F("pk")),
)
"""SQL: an account's, its own and those of guardians whom it is tied to."""


ENDS = ("first", "last")
NO_NAME = ("", "\x01")
"""Between these stands no name but a blank one."""


def called(way: int) -> Q:
    """In a question: whose names begin as this one of `names` says, for accounts and guardians alike."""
    columns = ("family_name", "given_name")
    begin = (between(each, *(Given(f"{each}_{end}_{way}", CharField()) for end in ENDS)) for each in columns)
    return Q(Exact(Initials("family_name"), Given(f"initials_{way}", CharField())), *begin)


def names(given_name: str, family_name: str) -> tuple[int, dict[str, str]]:
    """In how many ways somebody may be called whose names begin so, and the values of `called` for all of them. The one place that
    says how names are compared.

    Where both are one name, it may be the only one that somebody has: in the SIS that is a family name.
    """
    given, family = bounds(given_name), bounds(family_name)
    ways = [(given, family)]
    if given[0].startswith(family[0]) or family[0].startswith(given[0]):
        ways.append((NO_NAME, max(given, family)))
    values = {
        f"{column}_{end}_{way}": bound
        for way, names in enumerate(ways)
        for column, both in zip(("given_name", "family_name"), names, strict=True)
        for end, bound in zip(ENDS, both, strict=True)
    }
    return len(ways), values | {
        f"initials_{way}": family[:LETTERS] for way, (_given, (family, _last)) in enumerate(ways)
    }


def listed(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Guardians' accounts in order of name, each with `excepted` (the limit is lifted) and `wrong_tries`."""
    excepted = LimitException.objects.filter(account=OuterRef("pk"), valid_until=None)
    wrong = Try.objects.filter(account=OuterRef("pk"), counted=Try.Counted.ACCOUNT).order_by().values("account")
    count = Subquery(wrong.annotate(found=Count("pk")).values("found"), output_field=IntegerField())
    rows = accounts.filter(employee_key=None).annotate(excepted=Exists(excepted), wrong_tries=Coalesce(count, 0))
    return rows.order_by("family_name", "given_name", "pk")


def with_account(guardians: QuerySet[Guardian]) -> QuerySet[WithAccount]:
    """Current guardians in order of name, each with `account_id` of the account that is tied to them, or None."""
    tied = Tie.objects.filter(guardian=OuterRef("pk"), valid_until=None).values("account")
    rows = guardians.filter(valid_until=None).annotate(account_id=Subquery(tied[:1]))
    return rows.order_by("family_name", "given_name", "pk")


def with_email(guardians: QuerySet[Guardian], email: str) -> QuerySet[Guardian]:
    """Those whose email in the SIS is this one, in whatever case. Expects `email` in lower case."""
    return guardians.alias(lowered=Lower("email")).filter(lowered=email)
