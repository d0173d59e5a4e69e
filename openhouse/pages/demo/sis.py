"""The demo's SIS at its desk: a family enrols, a guardian comes to a student, and it can be made slow or dead for a while."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.pages import doors, messages
from openhouse.pages.demo import desk

MOODS = {
    "prompt": gettext_lazy("Answers at once"),
    "slow": gettext_lazy("Slow: answers after 8 seconds"),
    "dead": gettext_lazy("Dead: answers nobody"),
}


class FamilyForm(forms.Form):
    """At which school."""

    school = forms.ChoiceField(label=gettext_lazy("School"))

    def __init__(self, schools: list[dict[str, str]], *args: Any) -> None:
        super().__init__(*args)
        choices = [(each["code"], f"{each['name']} ({each['code']})") for each in schools]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]


class GuardianForm(forms.Form):
    """To which student."""

    student_number = forms.CharField(
        label=gettext_lazy("Student ID"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )


@doors.anyone
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the desk; a POST tells it one thing."""
    if request.method == "POST":
        _tell(request)
        return redirect("demo:sis")
    try:
        told = desk.ask()
    except desk.DeskRefused:
        return render(request, "demo/sis.html", {"told": None})
    content = {"told": told, "moods": MOODS, "family": FamilyForm(told["schools"]), "guardian": GuardianForm()}
    return render(request, "demo/sis.html", content)


def _tell(request: HttpRequest) -> None:
    """One thing, and a message of what came of it."""
    asked = request.POST
    try:
        if "school" in asked:
            number = desk.ask("families", school=asked["school"])["number"]
            said = _("A new family is enrolled. Student ID: %(number)s") % {"number": number}
        elif "student_number" in asked:
            desk.ask("guardians", student_number="".join(asked["student_number"].split()).upper())
            said = _("A guardian was added to the student.")
        else:
            desk.ask("mood", mood=asked.get("mood", ""))
            said = _("Set.")
    except desk.DeskRefused:
        said = _("Nothing was done: there is no such school or Student ID, or nobody is at the desk.")
    messages.success(request, said)
