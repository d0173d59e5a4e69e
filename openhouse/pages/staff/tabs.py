"""The console's tabs: those, and only those, that an employee's roles open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.roles.roles import Permission
from openhouse.roles.scope import Scope

type Words = str | Promise


@dataclass(frozen=True)
class Tab:
    """A tab: its name, its first page, whom it opens for, and the beginning of all its addresses.

    `lands` is false for a tab that nobody comes to first whom another opens for. `about` is a sentence on what is there.
    """

    name: Words
    page: str
    permission: Permission
    under: str
    lands: bool = True
    about: Words = ""


TABS = (
    Tab(_("Find a Student"), "staff:find", Permission.FIND_STUDENTS, "/staff/"),
    Tab(_("Reporting"), "staff:reporting", Permission.SEE_REPORTS, "/staff/reports/", lands=False),
    Tab(_("Parent Search"), "staff:parents", Permission.SEARCH_PARENTS, "/staff/parents/"),
    Tab(_("District"), "staff:district", Permission.SEE_SYNC, "/staff/district/"),
    Tab(_("Requests"), "staff:requests", Permission.SEE_REQUESTS, "/staff/requests/"),
)
SECTIONS = (
    Tab(
        _("Policy"),
        "staff:policy",
        Permission.SET_POLICY,
        "/staff/district/policy/",
        about=_("What the district decides: PINs, limits, restrictions, grace, and what a change would do."),
    ),
    Tab(
        _("School years"),
        "staff:school_years",
        Permission.SET_POLICY,
        "/staff/district/school-years/",
        about=_("When a school year begins, the summer break, and what ends then."),
    ),
    Tab(
        _("Link tiles"),
        "staff:tiles",
        Permission.SET_POLICY,
        "/staff/district/tiles/",
        about=_("The district's own links on a student's page."),
    ),
    Tab(
        _("Languages"),
        "staff:languages",
        Permission.SET_POLICY,
        "/staff/district/languages/",
        about=_("In which languages families get letters and PIN slips."),
    ),
    Tab(
        _("Keys"),
        "staff:keys",
        Permission.SET_POLICY,
        "/staff/district/keys/",
        about=_("The keys that PINs are encrypted under, and changing to a new one."),
    ),
    Tab(
        _("Alarms"),
        "staff:alarms",
        Permission.SET_POLICY,
        "/staff/district/alarms/",
        about=_("Who is told when a sync fails, waits for a person, or the data is old."),
    ),
    Tab(
        _("Sync"),
        "staff:sync",
        Permission.SEE_SYNC,
        "/staff/district/sync/",
        about=_("What came from the SIS, what was set aside, and what waits for a decision."),
    ),
    Tab(
        _("Student history"),
        "staff:district_history",
        Permission.SEE_SYNC,
        "/staff/district/history/",
        about=_("What the SIS said about a student on any day."),
    ),
    Tab(
        _("Audit trail"),
        "staff:trail",
        Permission.SEE_TRAIL,
        "/staff/district/trail/",
        about=_("Who did what, to whom, where from and when."),
    ),
)
"""What the District tab holds; its first page lists them with `about`."""


@dataclass(frozen=True)
class Link:
    """A tab as it is shown. `current` is what `aria-current` says, or ""."""

    name: Words
    address: str
    current: str
    about: Words = ""


def of(request: HttpRequest, tabs: tuple[Tab, ...] = TABS) -> list[Link]:
    """The tabs that open for whoever asks: none for those who came through no door of the console."""
    scope: Scope | None = getattr(request, "scope", None)
    opened = [tab for tab in tabs if scope and scope.allows(tab.permission)]
    here = max(
        (tab for tab in opened if request.path.startswith(tab.under)), key=lambda tab: len(tab.under), default=None
    )
    here = here or next(iter(opened), None)
    return [Link(tab.name, reverse(tab.page), _current(tab, here, request.path), tab.about) for tab in opened]


def first(scope: Scope) -> str | None:
    """The address of the tab that an employee comes to first, or None where none opens."""
    opened = sorted((tab for tab in TABS if scope.allows(tab.permission)), key=lambda tab: not tab.lands)
    return reverse(opened[0].page) if opened else None


def _current(tab: Tab, here: Tab | None, path: str) -> str:
    if tab is not here:
        return ""
    return "page" if path == reverse(tab.page) else "true"
