"""Add a student: Student ID, date of birth, PIN."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import associations, redemption, refusals, siblings
from openhouse.access.models import Association
from openhouse.district.models import Student
from openhouse.pages import doors, messages
from openhouse.pages.dates import MemorableDateField


class AddStudentForm(forms.Form):
    """Checks shapes only; whether they match is `redemption`'s to say."""

    student_number = forms.CharField(
        label=gettext_lazy("Student ID"),
        error_messages={"required": gettext_lazy("Enter the Student ID.")},
        max_length=255,
        help_text=gettext_lazy("It stands on report cards. The school office can tell you, too."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    birth_date = MemorableDateField(
        label=gettext_lazy("Date of Birth"), help_text=gettext_lazy("The student's, for example March 28 2015.")
    )
    last_name = forms.CharField(
        label=gettext_lazy("Student's last name"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Only if the school told you that it has no date of birth on file."),
    )
    code = forms.CharField(
        label=gettext_lazy("PIN"),
        error_messages={"required": gettext_lazy("Enter the PIN from the school.")},
        max_length=20,
        help_text=gettext_lazy("The digits on the slip or letter from the school."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}),
    )

    def __init__(self, *args: object, by_last_name: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if by_last_name:
            self.fields["birth_date"].required = False
        else:
            del self.fields["last_name"]

    def clean_code(self) -> str:
        """A PIN of another shape is told at once, and is no try."""
        code = redemption.plain_digits(self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{4,12}", code):
            raise ValidationError(gettext_lazy("A PIN is a row of digits. Enter all of them."))
        return code


@doors.guardian
def page(request: doors.Visit) -> HttpResponse:
    """Redeem the PIN and go to the student, or say what to do."""
    by_last_name = doors.policy(request).missing_birth_date == "last_name"
    form = AddStudentForm(request.POST or None, by_last_name=by_last_name)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            association = _redeem(request, form)
        except refusals.AccountNotActive:  # since the request began; the next one is signed out
            return redirect("account_inactive")
        except refusals.Refused as refusal:
            if own := _already(request, form):
                messages.success(request, _("%(name)s is in your account.") % {"name": own.first_name})
                return redirect("family:student", own.key)
            form.add_error(None, words(refusal))
            status = 429 if isinstance(refusal, refusals.TooManyTries) else 200
        else:
            name = association.student.first_name
            messages.success(request, _("%(name)s was added to your account.") % {"name": name})
            return redirect(_next(request, association))
    return render(request, "family/add_student.html", {"form": form}, status=status)


def _redeem(request: doors.Visit, form: AddStudentForm) -> Association:
    given = {"last_name": "", **form.cleaned_data}
    return redemption.redeem(account=request.user, by=request.actor, at=request.now, **given)


def _next(request: doors.Visit, association: Association) -> str:
    """To whom else this PIN lets in without another, where policy says so; else to the student who was added."""
    if siblings.offered(account=request.user, policy=doors.policy(request), at=request.now):
        return reverse("family:siblings")
    return reverse("family:student", args=[association.student.key])


def _already(request: doors.Visit, form: AddStudentForm) -> Student | None:
    """The student, if this account sees them already: a form that was sent twice must not frighten."""
    number = redemption.plain_number(form.cleaned_data["student_number"])
    return associations.visible(account=request.user, at=request.now).filter(number__upper=number).first()


def words(refusal: refusals.Refused) -> str:
    """A refusal in plain words: what happened, and the next step."""
    match refusal:
        case refusals.TooManyTries(until=None):
            return _(
                "Too many tries did not match. Please call or visit the school: the staff can unlock your account."
            )
        case refusals.TooManyTries():
            return _(
                "Several tries did not match. Please wait a while before you try again, or ask the school for help."
            )
        case refusals.LimitReached(limit=limit):
            text = _(
                "You have %(limit)s students now. That is the most for one account. Please call the school office "
                "and ask for an exception. Your PIN stays good."
            )
            return text % {"limit": limit}
        case refusals.GuardianTaken():
            return _(
                "Another account already uses the school's record of you. Sign in with that email, "
                "or ask the school office to move your students to this account. Your PIN stays good."
            )
        case refusals.AccountTaken():
            return _(
                "This PIN belongs to another person's record at the school, or the school has you on file twice. "
                "Please ask the school office. Your PIN stays good."
            )
    return _(
        "The Student ID, date of birth and PIN do not match. Check each one and try again. After 5 wrong tries a PIN stops "
        "working, and the school office can give you a new one."
    )
