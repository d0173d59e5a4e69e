"""What is asked of the trail: a form with numbers and emails, which are posted, and an address that holds keys alone."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access.models import Tie
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.search import Sought
from openhouse.district import chronicle, kin
from openhouse.district.models import Employee, Enrolment, Guardian, PastEnrolment, School, Student
from openhouse.pages import doors

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
KEYS = ("student", "person", "employee", "school")
"""What of an address holds keys; of a student, a person with their ties or an employee there may be several."""

SHOWN = ("school", "event", "since", "until")
"""What of an address the form shows again; the rest is said beside it."""


def _email(label: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={**PLAIN, "dir": "ltr"})
    return forms.EmailField(label=label, max_length=254, required=False, widget=widget)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a real day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class AskedForm(forms.Form):
    """Any of these, together. Who is found stands in `query`, as keys."""

    student = forms.CharField(
        label=gettext_lazy("Student ID"), max_length=255, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    person = _email(gettext_lazy("Guardian's email"))
    employee = _email(gettext_lazy("Employee's email"))
    school = forms.ModelChoiceField(
        School.objects.filter(valid_until=None).order_by("name"),
        label=gettext_lazy("School"),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("Any school"),
    )
    event = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(((event.value, event.label) for event in Event), key=lambda each: str(each[1]))
        self.fields["event"].choices = [("", gettext_lazy("Any kind")), *kinds]  # type: ignore[attr-defined]

    def clean_student(self) -> list[str]:
        """The keys of those who have, or once had, this Student ID."""
        if not (number := self.cleaned_data["student"]):
            return []
        if not (found := [str(each.key) for each in chronicle.find(number)]):
            raise forms.ValidationError(
                _("The portal has never known a student with this Student ID. Check the number.")
            )
        return found

    def clean_person(self) -> list[str]:
        """The keys of the parent account and of the SIS's guardians who have this email, or are tied to one another."""
        if not (email := self.cleaned_data["person"].lower()):
            return []
        ties = Tie.objects.filter(Q(account__email=email) | Q(guardian__email__iexact=email))
        accounts = Account.objects.filter(Q(email=email) | Q(ties__in=ties), employee_key=None)
        guardians = Guardian.objects.filter(Q(email__iexact=email) | Q(ties__in=ties))
        if not (found := {str(each.key) for people in (accounts, guardians) for each in people}):
            raise forms.ValidationError(_("Nobody has this email: no parent account, and no guardian of the SIS."))
        return sorted(found)

    def clean_employee(self) -> list[str]:
        """The keys of the sign-ins of those whom the SIS has with this email: one person may stand there twice."""
        if not (email := self.cleaned_data["employee"]):
            return []
        employees = Employee.objects.filter(email__iexact=email)
        found = Account.objects.filter(employee_key__in=employees.values("sourced_id"))
        if not found:
            raise forms.ValidationError(_("No employee with this email has ever signed in: nothing is on record."))
        return [str(each.key) for each in found]

    def clean(self) -> None:
        """Time runs forward."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))

    @property
    def query(self) -> str:
        """What was found, as an address holds it."""
        given = self.cleaned_data | {
            "school": [str(self.cleaned_data["school"].key)] if self.cleaned_data["school"] else []
        }
        return urlencode({name: value for name, value in given.items() if value}, doseq=True)


def sought(query: QueryDict, request: doors.Visit) -> Sought:
    """What an address asks for. Nobody looks up what is on record about their own family. Raises Http404 for no such address."""
    keys = {name: [_key(each) for each in query.getlist(name)] for name in KEYS}
    since, until = _date(query.get("since")), _date(query.get("until"))
    if (event := query.get("event", "")) and event not in Event.values:
        raise Http404
    if len(keys["school"]) > 1:  # a school's students are a list in the question, and many schools' too long for one
        raise Http404
    begin, end = (_midnight(since) if since else None), (_midnight(until + timedelta(days=1)) if until else None)
    students: list[str] | None = keys["student"] or None
    if keys["school"]:
        enrolled = _enrolled(keys["school"], begin or request.now, end or request.now)
        students = [each for each in students or enrolled if each in enrolled] if students else sorted(enrolled)
    return Sought(
        students=students,
        people=keys["person"],
        employees=keys["employee"],
        event=event,
        since=begin,
        until=end,
        without=_own_family(request.user),
    )


def detail(query: QueryDict) -> dict[str, object]:
    """What was asked, as the trail keeps it: keys, days and the kind."""
    return {name: query.getlist(name) for name in (*KEYS, "event", "since", "until", "before") if query.get(name)}


def narrowed(query: QueryDict) -> list[str]:
    """The names of those whom an address is about, for a line above the rows."""
    keys = [each for name in KEYS[:3] for each in query.getlist(name)]
    people = (Student.objects.all(), Guardian.objects.all(), Account.objects.all())
    named = {each.name or _("an account without a name") for rows in people for each in rows.filter(key__in=keys)}
    return sorted(named)


def position(query: QueryDict) -> int | None:
    """`?before=`: the page begins below this position."""
    text = query.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text) if text else None


def _enrolled(schools: list[str], begin: datetime, end: datetime) -> set[str]:
    """The students of whom the portal knew, at some moment of that time, an enrolment at the school."""
    now = Enrolment.objects.filter(school__key__in=schools, valid_from__lte=end)
    now = now.filter(Q(valid_until=None) | Q(valid_until__gt=begin))
    past = PastEnrolment.objects.filter(thing__school__key__in=schools, valid_from__lte=end, valid_until__gt=begin)
    keys = {*now.values_list("student__key", flat=True), *past.values_list("thing__student__key", flat=True)}
    return {str(key) for key in keys}


def _own_family(account: Account) -> list[str]:
    """The keys of the students of whom the employee is a contact, of all their guardians, and of these guardians' accounts."""
    mine = kin.of(kin.selves(account.employee_key)).values("student")
    students = Student.objects.filter(pk__in=list(mine.values_list("student", flat=True)))
    guardians = Guardian.objects.filter(guardianships__student__in=students, guardianships__valid_until=None)
    accounts = Account.objects.filter(ties__guardian__in=guardians, ties__valid_until=None)
    return [str(key) for rows in (students, guardians, accounts) for key in rows.values_list("key", flat=True)]


def _key(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Http404 from None


def _date(text: str | None) -> date | None:
    try:
        found = parse_date(text or "")
    except ValueError:
        found = None
    if text and not found:
        raise Http404
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
