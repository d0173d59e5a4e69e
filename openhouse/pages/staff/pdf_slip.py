"""**PDF**: the slip as a PDF in the family's language and English, with the same code and QR code as **Print**."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from openhouse.access import refusals, slips
from openhouse.access.models import Slip
from openhouse.district.models import Guardianship
from openhouse.letters import languages, slip
from openhouse.letters.languages import Language
from openhouse.pages import doors
from openhouse.pages.staff import reached, refusal
from openhouse.policy.values import Policy
from openhouse.roles.roles import Permission


@csp_override({})  # a page's rules would shut out the viewer that browsers show a PDF in
@require_POST
@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The same live code again and again, in the language that was picked, else in the home language."""
    guardianship = reached.guardianship(request, Permission.GIVE_PINS, key)
    try:
        given, code = slips.give(guardianship=guardianship, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    content = slip.Slip(
        district=request.policy.district_name,
        student=guardianship.student.name,
        guardian=guardianship.guardian.name,
        code=code,
        good_until=timezone.localdate(given.pin.expires_at),
        portal=settings.URL.geturl().removeprefix("https://"),
        reference=address(given),
        phone=request.policy.help_phone,
    )
    picked = languages.of(request.POST.get("language", ""))
    language = picked if picked in languages.offered(request.policy) else home_language(guardianship, request.policy)
    paper = slip.typeset(content, language)
    disposition = {"Content-Disposition": 'inline; filename="pin-slip.pdf"'}
    return HttpResponse(paper.content, content_type="application/pdf", headers=disposition)


def address(given: Slip) -> str:
    """What stands in a slip's QR code."""
    return f"{settings.URL.scheme}://{settings.URL.netloc}{reverse('slip', args=[given.key])}"


def home_language(guardianship: Guardianship, policy: Policy) -> Language | None:
    """The guardian's language, else the student's; None where the SIS names neither, or one that letters are not offered in."""
    guardian, student = guardianship.guardian, guardianship.student
    found = languages.of(guardian.home_language or student.home_language)
    return found if found in languages.offered(policy) else None
