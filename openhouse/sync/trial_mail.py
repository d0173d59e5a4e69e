"""A test mail to whom alarms are mailed, so that nobody finds out in a bad night that the mail server turns them away."""

from __future__ import annotations

from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy import values


class NobodyToTell(Exception):
    """Policy names nobody whom alarms are mailed to."""

    def __str__(self) -> str:
        return _("Nobody is told of alarms yet. Name somebody first.")


class NotTaken(Exception):
    """The mail server did not take the mail: what it said, or why it was not reached."""

    def __str__(self) -> str:
        return _("The mail server did not take the mail: %(why)s") % {"why": self.args[0]}


def send(*, by: Actor, at: datetime) -> tuple[str, ...]:
    """Send it now, and return to whom. Raises NobodyToTell and NotTaken."""
    policy = values.at(at)
    if not policy.alarm_emails:
        raise NobodyToTell
    content = {"policy": policy, "url": settings.URL.geturl()}
    subject = render_to_string("mail/alarm_test_subject.txt", content).strip()
    try:
        send_mail(subject, render_to_string("mail/alarm_test.txt", content), None, list(policy.alarm_emails))
    except (SMTPException, OSError) as error:
        raise NotTaken(error) from error
    record(event=Event.ALARM_TESTED, by=by, at=at, detail={"recipients": len(policy.alarm_emails)})
    return policy.alarm_emails
