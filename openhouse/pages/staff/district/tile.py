"""One link tile: add or edit it with form fields, look at it, save it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.district.models import School
from openhouse.letters import languages
from openhouse.pages import doors, messages, tiles
from openhouse.policy import readings, values
from openhouse.policy.values import Policy
from openhouse.roles.roles import Permission


class TileForm(forms.Form):
    """A tile's names, icon, address, and for whom it is. `tile()` is the tile as policy holds it."""

    address = forms.CharField(
        label=gettext_lazy("Address"), help_text=gettext_lazy("It begins with https://."), max_length=1000
    )
    icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=[(each, each) for each in sorted(tiles.ICONS)])
    grades = forms.CharField(
        label=gettext_lazy("Grades"),
        help_text=gettext_lazy("As the SIS writes them, with commas between them: 09, 10. Blank: all grades."),
        max_length=200,
        required=False,
    )
    school_codes = forms.CharField(
        label=gettext_lazy("School codes"),
        help_text=gettext_lazy("With commas between them. Blank: all schools."),
        max_length=4000,
        required=False,
    )

    def __init__(self, policy: Policy, tile: Mapping[str, Any], data: Any = None) -> None:
        listed = {name: ", ".join(tile.get(name, [])) for name in ("grades", "school_codes")}
        named = {f"name_{tag}": name for tag, name in tile.get("name", {}).items()}
        super().__init__(data, initial={"icon": "link", **tile, **listed, **named})
        self.tags = list(dict.fromkeys((*policy.letter_languages, *tile.get("name", {}))))
        for tag in self.tags:
            language = languages.of(tag)
            label = _("Name in %(language)s") % {"language": language.name if language else tag}
            self.fields[f"name_{tag}"] = forms.CharField(label=label, max_length=60, required=tag == "en")
        self.order_fields(["name_en"])

    @property
    def in_others(self) -> list[str]:
        """The fields of the names in other languages than English, which a district may leave blank."""
        return [f"name_{tag}" for tag in self.tags if tag != "en"]

    def clean_address(self) -> str:
        """An https address alone: a tile can never run a script."""
        try:
            return readings.https(self.cleaned_data["address"])
        except ValueError:
            raise ValidationError(_("Enter an address such as https://library.example/catalog.")) from None

    def clean_school_codes(self) -> str:
        """Codes of schools that there are."""
        codes = _parts(self.cleaned_data["school_codes"])
        known = set(School.objects.filter(valid_until=None, code__in=codes).values_list("code", flat=True))
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(_("No school has the code %(codes)s.") % {"codes": ", ".join(unknown)})
        return ", ".join(codes)

    def tile(self) -> dict[str, Any]:
        """The tile as policy holds it."""
        given = self.cleaned_data
        names = {tag: given[f"name_{tag}"].strip() for tag in self.tags}
        return {
            "name": {tag: name for tag, name in names.items() if name},
            "address": given["address"],
            "icon": given["icon"],
            "grades": _parts(given["grades"]),
            "school_codes": _parts(given["school_codes"]),
        }


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@doors.employee(Permission.SET_POLICY, recently=True)
def page(request: doors.Visit) -> HttpResponse:
    """GET asks, `?place=` about the tile at that place, counted from 0; POST shows the tile, with `save` saves it."""
    there, place = list(request.policy.link_tiles), _place(request)
    form, moved = TileForm(request.policy, there[place] if place < len(there) else {}, request.POST or None), False
    is_right = request.method == "POST" and form.is_valid()
    if is_right and "save" in request.POST:
        chosen, seen = [*there[:place], form.tile(), *there[place + 1 :]], request.POST.get("seen") or "nothing"
        try:
            values.choose(name="link_tiles", text=chosen, by=request.actor, at=request.now, seen=seen)
            messages.success(request, _("The tile was saved."))
            return redirect("staff:tiles")
        except values.PolicyMoved:
            moved = True
    content = {
        "form": form,
        "drawn": tiles.drawn(form.tile(), request.LANGUAGE_CODE) if is_right else None,
        "moved": moved,
        "seen": request.POST.get("seen") or values.seal(request.policy),
        "is_new": place == len(there),
    }
    return render(request, "staff/district/tile.html", content, status=409 if moved else 200)


def _place(request: doors.Visit) -> int:
    """Which tile the address names; none: one more at the end."""
    named, count = request.GET.get("place"), len(request.policy.link_tiles)
    if named is None:
        return count
    if not named.isdecimal() or not named.isascii() or int(named) >= count:
        raise Http404
    return int(named)
