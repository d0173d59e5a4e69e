"""Mails about roles, to the addresses that the SIS has of employees. A task is given ids alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.policy import values
from openhouse.roles import deciding, employed
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.roles import Reach, Role


@task
def asked(request_id: int) -> None:
    """To those who decide, unless it is over already."""
    request = RoleRequest.objects.select_related("account").get(pk=request_id)
    if request.decided_at is None and request.withdrawn_at is None:
        people = deciding.approvers(request, timezone.now())
        _send("role_asked", people, request, reverse("staff:decide_role", args=[request.key]))


@task
def decided(request_id: int) -> None:
    """To who asked."""
    request = RoleRequest.objects.select_related("account").get(pk=request_id)
    _send("role_decided", [request.account], request, reverse("front:door"))


@task
def revoked(grant_id: int) -> None:
    """To who held it."""
    grant = Grant.objects.select_related("account").get(pk=grant_id)
    _send("role_revoked", [grant.account], grant, reverse("front:request_access"))


def _send(name: str, people: Iterable[Account], about: RoleRequest | Grant, address: str) -> None:
    policy = values.at(timezone.now())
    content = {
        "district_name": policy.district_name,
        "help_desk_phone": policy.help_desk_phone,
        "about": about,
        "role": Role(about.role).label,
        "place": _words(about),
        "url": f"{settings.URL.geturl()}{address}",
    }
    subject = render_to_string(f"mail/{name}_subject.txt", content).strip()
    text = render_to_string(f"mail/{name}.txt", content)
    for email in filter(None, map(employed.email_of, people)):
        send_mail(subject, text, None, [email])


def _words(about: RoleRequest | Grant) -> str:
    if about.school_code:
        return deciding.school_names({about.school_code}).get(about.school_code, about.school_code)
    return about.region or str(Reach.DISTRICT.label)
