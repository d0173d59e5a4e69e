"""The SIS's free text, read once for a whole query: no two databases fold case and blanks alike, so none of them is asked to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from openhouse.access.models import Association
from openhouse.district.models import Guardianship
from openhouse.district.restrictions import Reading, is_legal_relation, reading
from openhouse.policy.values import Policy


@dataclass(frozen=True)
class Texts:
    """Texts as they stand in the mirror: restrictions that shut out, restrictions that are none, relations that are legal."""

    restricting: list[str]
    harmless: list[str]
    legal: list[str]


def of(rows: QuerySet[Association], policy: Policy) -> Texts:
    """What policy makes of the texts on the guardianships of these associations' accounts. A text not named here holds."""
    stated = Guardianship.objects.filter(
        valid_until=None,
        guardian__ties__account__in=rows.order_by().values("account"),
        guardian__ties__valid_until=None,
    )
    pairs = list(stated.values_list("restriction", "relation").distinct())
    read = {text: reading(text, policy) for text, _relation in pairs}
    return Texts(
        restricting=[text for text, found in read.items() if found is Reading.RESTRICTED],
        harmless=[text for text, found in read.items() if found is Reading.NONE],
        legal=list({relation for _text, relation in pairs if is_legal_relation(relation, policy)}),
    )
