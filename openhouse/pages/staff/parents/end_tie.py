"""Ending a wrong tie after an identity check: the account loses that guardian's students at once."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openhouse.access import refusals, ties
from openhouse.access.models import Tie
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach, telling
from openhouse.pages.staff.parents.identity import IdentityForm
from openhouse.roles.roles import Permission


@doors.employee(Permission.MAKE_TIES)
def page(request: doors.Visit, key: uuid.UUID, guardian: uuid.UUID) -> HttpResponse:
    """GET asks for staff's word; POST ends the tie."""
    account = get_object_or_404(reach.accounts(request, Permission.MAKE_TIES), key=key)
    person = get_object_or_404(reach.guardians(request, Permission.MAKE_TIES), key=guardian)
    tie = get_object_or_404(Tie, account=account, guardian=person, valid_until=None)
    form = IdentityForm(request.POST or None, policy=request.policy)
    if request.method != "POST" or not form.is_valid():
        content = {"account": account, "guardian": person, "form": form}
        return render(request, "staff/parents/end_tie.html", content)
    over_cause = reach.reaches(request, account, Permission.DEACTIVATE)
    identity = form.cleaned_data["document"]
    try:
        ties.end(tie=tie, identity=identity, over_cause=over_cause, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    messages.success(request, _("The tie is ended, and so is the access that came with it."))
    return redirect("staff:parent", account.key)
