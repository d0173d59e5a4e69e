"""The district's words where no request brings them: in mails."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils import timezone

from openhouse.policy import values
from openhouse.policy.values import Policy

register = template.Library()


@register.simple_tag(takes_context=True)
def district_policy(context: Context) -> Policy:
    """The policy: the request's, where there is one, else today's."""
    found: Policy = context.get("policy") or values.at(timezone.now())
    return found
