"""What each event says, with places for who acted and whom it was about: one table for whoever tells the trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.audit.events import Event

PLACES = ("who", "student", "guardian", "account")
"""Who acted; the student, the SIS's guardian and the parent account that it was about."""

SENTENCES: Mapping[str, Promise] = {
    Event.SYNC_LANDED: _("{who} brought in the SIS's facts with a sync"),
    Event.SYNC_FAILED: _("A sync by {who} was refused; the facts stayed as they were"),
    Event.SYNC_SEEN: _("{who} looked at what a sync would change"),
    Event.SET_ASIDE_SEEN: _("{who} looked at rows that a sync set aside"),
    Event.SET_ASIDE_EXPORTED: _("{who} downloaded rows that a sync set aside"),
    Event.HISTORY_SEEN: _("{who} looked at what the SIS said earlier of {student}"),
    Event.REPORT_SEEN: _("{who} looked at a report"),
    Event.REPORT_EXPORTED: _("{who} downloaded a report"),
    Event.RECORDS_PRUNED: _("{who} deleted what policy keeps no longer"),
    Event.SYNC_WAITS: _("The brake held a sync of {who}; it waited for a person"),
    Event.SYNC_ACCEPTED: _("{who} accepted what a waiting sync would change"),
    Event.SYNC_THROWN_AWAY: _("{who} threw a waiting sync away"),
    Event.SYNC_LET_IN: _("{who} let in the endings and new restrictions of a waiting sync"),
    Event.ALARM_RAISED: _("{who} raised an alarm about the sync"),
    Event.ALARM_CLEARED: _("{who} said that an alarm about the sync was over"),
    Event.ALARM_TESTED: _("{who} sent a test mail to those whom alarms are mailed to"),
    Event.POLICY_SET: _("{who} set a policy value"),
    Event.ROLE_GRANTED: _("{who} granted a role"),
    Event.GUARDIAN_REGISTERED: _("{who} registered a parent account"),
    Event.EMAIL_CONFIRMED: _("{who} confirmed their email address"),
    Event.SIGNED_IN: _("{who} signed in"),
    Event.SIGNED_OUT: _("{who} signed out"),
    Event.SIGN_IN_FAILED: _("{who} tried to sign in as {account} and failed"),
    Event.PASSWORD_CHANGED: _("{who} changed their password"),
    Event.EMAIL_CHANGED: _("{who} changed the email address of their account"),
    Event.ACCOUNT_DEACTIVATED: _("{who} deactivated the account of {account}"),
    Event.ACCOUNT_ACTIVATED: _("{who} activated the account of {account}"),
    Event.ACCOUNT_UNLOCKED: _("{who} forgave the wrong tries of {account}"),
    Event.ACCOUNTS_MERGED: _("{who} merged another account of the same person into that of {account}"),
    Event.CONFIRMATION_SENT: _("{who} had {account} written to again about confirming their email"),
    Event.ACCOUNT_IMPORTED: _("{who} brought the account of {account} over from the earlier portal"),
    Event.STUDENT_LOOKED_UP: _("{who} asked the SIS about {student}"),
    Event.GUARDIAN_ADDED: _("{who} added {guardian} as a guardian of {student} after a lookup"),
    Event.STUDENT_SEARCHED: _("{who} searched for {student}"),
    Event.PARENT_SEARCHED: _("{who} searched for {account}"),
    Event.PARENT_SEEN: _("{who} opened the account of {account}"),
    Event.PARENT_STUDENTS_SEEN: _("{who} looked at the students of {account}"),
    Event.HOME_SEEN: _("{who} opened their family's home"),
    Event.STUDENT_SEEN: _("{who} opened the page of {student}"),
    Event.EMERGENCY_CARD_SEEN: _("{who} opened the emergency card of {student}"),
    Event.PIN_DETAILS_SEEN: _("{who} opened Pin Details of {student}"),
    Event.PIN_MADE: _("{who} made a PIN for {guardian} to add {student}"),
    Event.PIN_SHOWN: _("{who} showed the PIN of {student} for {guardian}"),
    Event.PIN_PRINTED: _("{who} printed the PIN of {student} for {guardian}"),
    Event.SLIP_OPENED: _("{who} opened the QR code of a slip"),
    Event.PIN_REPLACED: _("{who} replaced the PIN of {student} for {guardian} by a new one"),
    Event.PIN_REFUSED: _("{who} tried a PIN and was refused"),
    Event.PIN_LOCKED: _("The PIN of {student} for {guardian} died after too many wrong tries, the last by {who}"),
    Event.PIN_USED: _("{who} used the PIN of {student} for {guardian}"),
    Event.IDENTITY_ASKED: _("{who} asked somebody the questions of an identity check as {guardian}, for {student}"),
    Event.IDENTITY_CHECKED: _("{who} ended an identity check of {guardian}, for {student}"),
    Event.TRIES_EXCEEDED: _("A try of {who} was turned away: too many wrong ones came before it"),
    Event.LIMIT_REACHED: _("{who} was refused {student}: the account had as many students as policy allows"),
    Event.LIMIT_LIFTED: _("{who} let {account} have more students than the limit"),
    Event.LIMIT_RESTORED: _("{who} ended the exception to the limit for {account}"),
    Event.TIE_MADE: _("{who} tied the account of {account} to the guardian {guardian}"),
    Event.TIE_ENDED: _("{who} ended the tie of the account of {account} to the guardian {guardian}"),
    Event.TIE_REFUSED: _("{who} was refused a tie to the guardian {guardian}: there was one already"),
    Event.ASSOCIATION_MADE: _("{who} added {student} to the account of {account}"),
    Event.SIBLINGS_OFFERED: _("{who} was offered students without another PIN"),
    Event.SIBLING_REFUSED: _("{who} was refused {student} without another PIN"),
    Event.ADULT_NOTICE_SENT: _("{who} told {account} that {student} turns 18 soon"),
    Event.REVALIDATION_ASKED: _("{who} asked {account} for new PINs"),
    Event.CONSENT_ASKED: _("{who} asked a second person to agree to an act for {student}"),
    Event.CONSENT_GIVEN: _("{who} agreed, as the second person, to an act for {student}"),
    Event.CONSENT_REFUSED: _("{who} refused, as the second person, an act for {student}"),
    Event.CONSENTS_SEEN: _("{who} looked at what waits for a second person"),
    Event.ACCESS_EXPLAINED: _("{who} looked at why {guardian} may or may not see {student}"),
    Event.ACTION_REFUSED: _("An action of {who} was refused"),
    Event.ACCESS_REFUSED: _("{who} was not let in to {student}"),
    Event.KEYS_ROTATED: _("{who} encrypted the PINs under the newest key"),
    Event.TRAIL_SEEN: _("{who} searched the audit trail"),
    Event.TRAIL_EXPORTED: _("{who} downloaded entries of the audit trail"),
    Event.OWN_TRAIL_SEEN: _("{who} looked at what is on record about their own access"),
    Event.NAMES_ERASED: _("{who} erased names from the audit trail"),
    Event.DISCLOSURE_RECORDED: _("{who} noted a request for the record of {student}, or a disclosure of it"),
    Event.DISCLOSURE_ENDED: _("{who} marked a note of a disclosure of {student} as entered in error"),
    Event.DISCLOSURES_SEEN: _("{who} looked at the disclosure record of {student}"),
}


def of(event: str) -> str:
    """The event's sentence; of an event that a later version wrote, who did it and the event's stored word."""
    return str(SENTENCES.get(event) or "{who}: " + event.replace("{", "").replace("}", ""))
