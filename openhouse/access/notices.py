"""Notices to guardians by mail, sent by the worker. A task's only argument is an id: no personal data waits in the queue."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from openhouse.access.models import Association
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
def factors_removed(account_id: int) -> None:
    """Tell the guardian that staff removed their second factors: who did not ask for it can call."""
    account, policy = Account.objects.get(pk=account_id), values.at(timezone.now())
    content = {"district_name": policy.district_name, "help_phone": policy.help_phone, "url": settings.URL.geturl()}
    subject = render_to_string("mail/factors_removed_subject.txt", content).strip()
    send_mail(subject, render_to_string("mail/factors_removed.txt", content), None, [str(account.email)])
