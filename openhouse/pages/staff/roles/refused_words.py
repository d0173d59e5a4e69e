"""Why something about a role was not done, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.pages.staff.tabs import Words
from openhouse.roles import refusals
from openhouse.roles.grants import RENEWED_FROM
from openhouse.roles.refusals import Refused
from openhouse.roles.requests import MOST

WORDS: dict[type[Refused], Words] = {
    refusals.NoSuchPlace: gettext_lazy("There is no such school or region any more."),
    refusals.NotEmployed: gettext_lazy("The district's records name this person as an employee no more."),
    refusals.HeldAlready: gettext_lazy("You have this role there already."),
    refusals.NoLongerOpen: gettext_lazy("This request was decided or withdrawn meanwhile. Nothing was changed."),
    refusals.OwnRole: gettext_lazy("Nobody decides about a role of their own. Please ask a colleague."),
    refusals.EndedAlready: gettext_lazy("This role was ended or renewed meanwhile. Nothing was changed."),
    refusals.LastAdministrator: gettext_lazy(
        "This is the district's only District Administrator. Let somebody else have the role first."
    ),
}


def of(refused: Refused) -> Words:
    """The refusal's words."""
    if isinstance(refused, refusals.Misplaced):
        return _("%(role)s is not held there. Choose another place.") % {"role": refused.role.label}
    if isinstance(refused, refusals.TooManyRequests):
        return _("You have %(most)s requests that wait. Withdraw one first.") % {"most": MOST}
    if isinstance(refused, refusals.NotDue):
        return _("A role can be renewed from %(days)s days before its end.") % {"days": RENEWED_FROM.days}
    return WORDS[type(refused)]
