"""What each refusal means, and the next step, in the words of a school office."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.access import refusals
from openhouse.policy.values import Policy

WORDS: dict[type[refusals.Refused], Promise] = {
    refusals.SecondPersonNeeded: _(
        "A restriction or a hold stands on this student's record. This takes two persons: a colleague has to agree first."
    ),
    refusals.NothingToAsk: _(
        "No restriction stands on this student's record any more. You need nobody's agreement: do it again."
    ),
    refusals.NotTheirs: _("This request has been decided already, or it has expired."),
    refusals.IdentityCheckNeeded: _(
        "Three PINs of this student were locked by wrong tries this school year. Verify the guardian's identity first, "
        "by video or here in person. Then a new PIN can be made within the hour."
    ),
    refusals.NotVerified: _(
        "Verify this person's identity first, by video or here in person. Then tie the account within the hour."
    ),
    refusals.TooManyChecks: _(
        "This guardian's identity was checked %(limit)s times today, and that is the most for one day. "
        "Please ask them to come back tomorrow, and say nothing about the answers."
    ),
    refusals.CheckOver: _(
        "This identity check is over: its PIN was shown already, or an hour has passed. Please start a new one."
    ),
    refusals.OwnFamily: _(
        "You are a contact of this student, or this account is your own family's. Please ask a colleague to do this."
    ),
    refusals.NoBirthDate: _(
        "%(sis)s has no date of birth for this student, so no PIN can be used. Please add it there first."
    ),
    refusals.RightsPassed: _(
        "This student is 18 and holds the rights to their own records. %(sis)s gives no ground to go on."
    ),
    refusals.GuardianRestricted: _(
        "%(sis)s restricts this person, so they get no PIN. Out of date? Please correct it there."
    ),
    refusals.PinNotLive: _("This PIN was used, has expired or is locked. Please make a new one with New Pin."),
    refusals.NotLegalGuardian: _(
        "%(sis)s does not name this person as a current legal guardian of an enrolled student. Please correct it there; "
        "the portal learns of it with the next sync."
    ),
    refusals.DeactivatedForCause: _(
        "The help desk deactivated this account for cause, and only they can activate it or end its ties. Please call them. "
        "%(help_desk)s"
    ),
    refusals.AccountNotActive: _(
        "One of the two accounts is deactivated, or its email is not confirmed. Both must be active first."
    ),
    refusals.SameAccount: _("This is one and the same account."),
    refusals.GuardianTaken: _(
        "This guardian is tied to another parent account. If both accounts are the same person's, merge them. "
        "If the other tie is wrong, end it first."
    ),
    refusals.LimitReached: _(
        "Together these are more than %(limit)s students, the most for one account. Add an exception to the account "
        "that stays, then merge them."
    ),
}
"""By the refusal's class. `%(sis)s` is the SIS's name, `%(help_desk)s` the help desk's telephone, `%(limit)s` the refusal's own."""


def of(refused: refusals.Refused, policy: Policy) -> str:
    """The words for a refusal."""
    told = {"sis": policy.sis_name, "help_desk": policy.help_desk_phone, "limit": getattr(refused, "limit", "")}
    return str(WORDS[type(refused)]) % told
