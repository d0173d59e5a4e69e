"""**Link tiles**: the district's own tiles on a student's page, in their order: move them, remove them, or go on to edit one."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openhouse.pages import doors, messages, tiles
from openhouse.policy import values
from openhouse.roles.roles import Permission

MOVES = {"up": -1, "down": 1}


class MoveForm(forms.Form):
    """Which tile, where to, and the seal of the policy that the page showed."""

    place = forms.IntegerField(min_value=0)
    move = forms.ChoiceField(choices=[(each, each) for each in (*MOVES, "remove")])
    seen = forms.CharField(max_length=64)


@doors.employee(Permission.SET_POLICY, recently=True)
def page(request: doors.Visit) -> HttpResponse:
    """GET lists; POST moves or removes one tile."""
    form, moved = MoveForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        chosen = _moved(list(request.policy.link_tiles), form.cleaned_data["place"], form.cleaned_data["move"])
        seen = form.cleaned_data["seen"]
        try:
            values.choose(name="link_tiles", text=chosen, by=request.actor, at=request.now, seen=seen)
            messages.success(request, _("The tiles were changed."))
            return redirect("staff:tiles")
        except values.PolicyMoved:
            moved = True
    policy = values.at(request.now)
    drawn = [(tiles.drawn(tile, request.LANGUAGE_CODE), tile) for tile in policy.link_tiles]
    content = {"tiles": drawn, "seen": values.seal(policy), "moved": moved}
    return render(request, "staff/district/tiles.html", content, status=409 if moved else 200)


def _moved[Tile](tiles: list[Tile], place: int, move: str) -> list[Tile]:
    """The tiles in their new order; a place that is none, or a step over the end, changes nothing."""
    if place >= len(tiles):
        return tiles
    tile = tiles.pop(place)
    if move in MOVES:
        tiles.insert(max(0, place + MOVES[move]), tile)
    return tiles
