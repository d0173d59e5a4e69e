"""The roles, what each may do, and where it can be held."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing that an employee's page or button needs."""

    FIND_STUDENTS = "find students"
    SEE_PINS = "see pins"
    GIVE_PINS = "give pins"
    VERIFY_IDENTITY = "verify identity"
    SEE_REQUESTS = "see requests"
    AGREE = "agree"
    SEARCH_PARENTS = "search parents"
    LIFT_LIMITS = "lift limits"
    RESTORE_LIMITS = "restore limits"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    UNLOCK = "unlock"
    REMOVE_FACTORS = "remove factors"
    MAKE_TIES = "make ties"
    EXPLAIN = "explain"
    SEE_REPORTS = "see reports"
    SET_POLICY = "set policy"
    SEE_SYNC = "see sync"
    DECIDE_SYNC = "decide sync"
    SEE_HISTORY = "see history"


class Role(models.TextChoices):
    PARENT_ACCESS_ADMINISTRATOR = "parent access administrator", _("Parent Access Account Administrator")
    SITE_ADMINISTRATOR = "site administrator", _("Site Administrator")
    REPORTING = "reporting", _("Reporting")
    HELP_DESK = "help desk", _("Help Desk")
    DISTRICT_ADMINISTRATOR = "district administrator", _("District Administrator")


MAY: dict[Role, frozenset[Permission]] = {
    Role.PARENT_ACCESS_ADMINISTRATOR: frozenset(
        {
            Permission.FIND_STUDENTS,
            Permission.SEE_PINS,
            Permission.GIVE_PINS,
            Permission.VERIFY_IDENTITY,
            Permission.SEE_REQUESTS,
            Permission.AGREE,
            Permission.SEARCH_PARENTS,
            Permission.LIFT_LIMITS,
            Permission.ACTIVATE,
            Permission.UNLOCK,
            Permission.REMOVE_FACTORS,
            Permission.MAKE_TIES,
            Permission.EXPLAIN,
            Permission.SEE_REPORTS,
            Permission.SEE_HISTORY,
        }
    ),
    Role.SITE_ADMINISTRATOR: frozenset({Permission.SEE_REPORTS}),
    Role.REPORTING: frozenset({Permission.SEE_REPORTS}),
    Role.HELP_DESK: frozenset(
        {
            Permission.FIND_STUDENTS,
            Permission.SEE_PINS,
            Permission.VERIFY_IDENTITY,
            Permission.SEE_REQUESTS,
            Permission.SEARCH_PARENTS,
            Permission.RESTORE_LIMITS,
            Permission.ACTIVATE,
            Permission.DEACTIVATE,
            Permission.UNLOCK,
            Permission.REMOVE_FACTORS,
            Permission.EXPLAIN,
        }
    ),
    Role.DISTRICT_ADMINISTRATOR: frozenset(
        {
            Permission.SET_POLICY,
            Permission.SEE_REQUESTS,
            Permission.AGREE,
            Permission.SEE_REPORTS,
            Permission.SEE_SYNC,
            Permission.DECIDE_SYNC,
            Permission.SEE_HISTORY,
        }
    ),
}
DISTRICT_WIDE = frozenset({Role.HELP_DESK, Role.DISTRICT_ADMINISTRATOR})
"""Roles that are held for the whole district, not at schools."""
