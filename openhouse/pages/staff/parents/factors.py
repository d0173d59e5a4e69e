"""**Remove** beside the second step at sign-in: the parent's phone is lost, and their recovery codes with it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openhouse.access import recovery, refusals
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach, telling
from openhouse.pages.staff.parents.identity import IdentityForm
from openhouse.roles.roles import Permission


@doors.employee(Permission.REMOVE_FACTORS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks for staff's word; POST removes."""
    account = get_object_or_404(reach.accounts(request, Permission.REMOVE_FACTORS), key=key)
    form = IdentityForm(request.POST or None, policy=request.policy)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/parents/factors.html", {"account": account, "form": form})
    try:
        document = form.cleaned_data["document"]
        is_new = recovery.remove_factors(account=account, identity=document, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    done = _("The second step is removed. The parent logs in with their password alone and should set up a new one.")
    messages.success(request, done if is_new else _("This account has no second step. Nothing was changed."))
    return redirect("staff:parent", account.key)
