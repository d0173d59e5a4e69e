"""**Print**: a POST that looks like a link and opens the slip, with a button that opens the browser's print dialog."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from openhouse.access import refusals, slips
from openhouse.letters import codes, languages
from openhouse.pages import doors
from openhouse.pages.staff import pdf_slip, reached, refusal
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The same live code again and again; made now, if none was given yet."""
    guardianship = reached.guardianship(request, Permission.GIVE_PINS, key)
    try:
        slip, code = slips.give(guardianship=guardianship, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    reference = pdf_slip.address(slip)
    content = {
        "guardianship": guardianship,
        "pin": slip.pin,
        "code": code,
        "reference": reference,
        "qr": mark_safe(codes.svg(reference, style="slip__qr")),  # noqa: S308 - made by us of our own address
        "letter_languages": languages.offered(request.policy),
        "home_language": pdf_slip.home_language(guardianship, request.policy),
    }
    return render(request, "staff/print_pin.html", content)
