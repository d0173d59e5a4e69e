"""Notices to guardians by mail, sent by the worker. A task's only argument is an id: no personal data waits in the queue."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from openhouse import access
from openhouse.access import adulthood
from openhouse.access.models import AdultNotice, Association
from openhouse.accounts.models import Account
from openhouse.policy import values


@task
def student_added(association_id: int) -> None:
    """Tell the guardian that a student was added to their account (NIST SP 800-63A-4: notice of proofing)."""
    association = Association.objects.select_related("account", "student").get(pk=association_id)
    policy = values.at(timezone.now())
    content = {
        "district_name": policy.district_name,
        "help_phone": policy.help_phone,
        "student_first_name": association.student.first_name,
        "url": settings.URL.geturl(),
    }
    subject = render_to_string("mail/student_added_subject.txt", content).strip()
    text = render_to_string("mail/student_added.txt", content)
    send_mail(subject, text, None, [str(association.account.email)])


@task
def accounts_merged(kept_id: int, given_id: int) -> None:
    """Tell both addresses that the second account was merged into the first: who did not ask for it can call."""
    kept, given = Account.objects.get(pk=kept_id), Account.objects.get(pk=given_id)
    policy = values.at(timezone.now())
    content = {"district_name": policy.district_name, "help_phone": policy.help_phone, "url": settings.URL.geturl()}
    subject = render_to_string("mail/accounts_merged_subject.txt", content).strip()
    for account in (kept, given):
        text = render_to_string("mail/accounts_merged.txt", content | {"is_kept": account == kept})
        send_mail(subject, text, None, [str(account.email)])


@task
def student_turns_18(notice_id: int) -> None:
    """Tell a guardian when a student's rights pass to them, and what the school can record; not where that is no longer so."""
    notice = AdultNotice.objects.select_related("account", "student").get(pk=notice_id)
    now = timezone.now()
    policy, account, student = values.at(now), notice.account, notice.student
    still = adulthood.coming(student, policy, timezone.localdate(now)) == notice.adult_date
    if not still or not access.decide(account=account, student=student, at=now).allowed:
        return
    content = {
        "district_name": policy.district_name,
        "help_phone": policy.help_phone,
        "student_first_name": student.first_name,
        "adult_date": notice.adult_date,
        "url": settings.URL.geturl(),
    }
    subject = render_to_string("mail/student_turns_18_subject.txt", content).strip()
    text = render_to_string("mail/student_turns_18.txt", content)
    send_mail(subject, text, None, [str(account.email)])


@task
def factors_removed(account_id: int) -> None:
    """Tell the guardian that staff removed their second factors: who did not ask for it can call."""
    account, policy = Account.objects.get(pk=account_id), values.at(timezone.now())
    content = {"district_name": policy.district_name, "help_phone": policy.help_phone, "url": settings.URL.geturl()}
    subject = render_to_string("mail/factors_removed_subject.txt", content).strip()
    send_mail(subject, render_to_string("mail/factors_removed.txt", content), None, [str(account.email)])
