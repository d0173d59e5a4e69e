"""The roles, what each may do, and where it can be held."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = str | Promise


class Permission(models.TextChoices):
    """One thing that an employee's page or button needs, in the words of *Who may do what*."""

    FIND_STUDENTS = "find students", _("Find a student and open their page")
    SEE_PINS = "see pins", _("Open Pin Details")
    GIVE_PINS = "give pins", _("Print, show and renew PINs")
    VERIFY_IDENTITY = "verify identity", _("Verify a person's identity")
    SEE_REQUESTS = "see requests", _("Ask a colleague to agree")
    AGREE = "agree", _("Agree to what a colleague asks")
    SEARCH_PARENTS = "search parents", _("Search parents and see their students")
    LIFT_LIMITS = "lift limits", _("Add an exception to the limit of students")
    RESTORE_LIMITS = "restore limits", _("End an exception to the limit of students")
    ACTIVATE = "activate", _("Activate parent accounts")
    DEACTIVATE = "deactivate", _("Deactivate parent accounts")
    UNLOCK = "unlock", _("Unlock parent accounts after wrong tries")
    REMOVE_FACTORS = "remove factors", _("Remove a parent's second factors after an identity check")
    MAKE_TIES = "make ties", _("Tie parent accounts to guardians, and merge them")
    EXPLAIN = "explain", _("See why somebody may or may not see a student")
    SEE_REPORTS = "see reports", _("See and download reports")
    SET_POLICY = "set policy", _("Set the district's policy")
    SEE_SYNC = "see sync", _("See what came in from the SIS")
    DECIDE_SYNC = "decide sync", _("Decide about a sync that waits")
    SEE_HISTORY = "see history", _("See what the SIS said of a student earlier")
    SEE_TRAIL = "see trail", _("Read the audit trail")
    KEEP_DISCLOSURES = "keep disclosures", _("Keep the record of disclosures")
    DECIDE_ROLES = "decide roles", _("Decide who has a role, and see who may do what")
    APPOINT = "appoint", _("Appoint Site Administrators, and decide roles of a region or the district")
    PICK_SCHOOL = "pick school", _("Work at one of several schools at a time")


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
            Permission.KEEP_DISCLOSURES,
            Permission.PICK_SCHOOL,
        }
    ),
    Role.SITE_ADMINISTRATOR: frozenset({Permission.SEE_REPORTS, Permission.DECIDE_ROLES, Permission.PICK_SCHOOL}),
    Role.REPORTING: frozenset({Permission.SEE_REPORTS, Permission.PICK_SCHOOL}),
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
            Permission.PICK_SCHOOL,
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
            Permission.SEE_TRAIL,
            Permission.KEEP_DISCLOSURES,
            Permission.DECIDE_ROLES,
            Permission.APPOINT,
            Permission.PICK_SCHOOL,
        }
    ),
}
WHAT_FOR: dict[Role, Words] = {
    Role.PARENT_ACCESS_ADMINISTRATOR: _("Gives families of the school their PINs and helps them at the counter."),
    Role.SITE_ADMINISTRATOR: _("Decides who at the school has which role."),
    Role.REPORTING: _("Sees how many families have access, and downloads lists."),
    Role.HELP_DESK: _("Helps families by telephone and video, whatever their school."),
    Role.DISTRICT_ADMINISTRATOR: _("Runs the portal for the district."),
}
"""What each role is for, in a sentence."""


class Reach(models.TextChoices):
    """How far a role is held."""

    SCHOOL = "school", _("one school")
    REGION = "region", _("a region")
    DISTRICT = "district", _("the whole district")


HELD: dict[Role, frozenset[Reach]] = {
    Role.PARENT_ACCESS_ADMINISTRATOR: frozenset({Reach.SCHOOL}),
    Role.SITE_ADMINISTRATOR: frozenset({Reach.SCHOOL}),
    Role.REPORTING: frozenset(Reach),
    Role.HELP_DESK: frozenset({Reach.REGION, Reach.DISTRICT}),
    Role.DISTRICT_ADMINISTRATOR: frozenset({Reach.DISTRICT}),
}
"""How far each role can be held."""
DECIDED_AT_SCHOOL = frozenset({Role.PARENT_ACCESS_ADMINISTRATOR, Role.REPORTING})
"""Roles at a school that its Site Administrator decides. All else is the District Administrators' to decide."""
WITHOUT_END = frozenset({Role.DISTRICT_ADMINISTRATOR})
"""Roles that do not end with the school year, so that nobody is ever locked out (docs/decisions/0021)."""
