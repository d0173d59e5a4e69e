"""Opening a demo district: its export, its policy, its facts in the mirror, its employees. Done once; run again, it goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.utils import timezone

from openhouse.accounts import actor
from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor
from openhouse.demo.district import DistrictPlan, PlanRefused, write
from openhouse.demo.schools import Employee as Staff
from openhouse.demo.schools import employees, first_teacher, survey
from openhouse.district.models import Employee
from openhouse.policy import values
from openhouse.roles import appointment, employed, requests
from openhouse.roles.models import Grant
from openhouse.roles.places import Place
from openhouse.roles.roles import Role
from openhouse.sync import freshness, runs
from openhouse.sync.sources import oneroster_csv

DEMO = Actor.system("demo")
CHOICES = {
    "district_name": "Rio Claro Unified School District",
    "sis_name": "MiSiS",
    "help_phone": "(213) 555-0143",
    "help_desk_phone": "(213) 555-0152",
    "district_email_domains": "district.example",
    "link_tiles": json.dumps(
        [
            {
                "name": {"en": "Library", "es": "Biblioteca"},
                "icon": "book",
                "address": "https://library.district.example/",
            },
            {"name": {"en": "Meal menus", "es": "Menús"}, "icon": "meal", "address": "https://meals.district.example/"},
            {
                "name": {"en": "School buses", "es": "Autobuses"},
                "icon": "bus",
                "address": "https://bus.district.example/",
            },
            {
                "name": {"en": "College and career", "es": "Universidad y carrera"},
                "icon": "cap",
                "address": "https://futures.district.example/",
                "grades": ["09", "10", "11", "12"],
            },
        ]
    ),
}
"""What this district chose: the words of a large California district, all of them made up."""


def plan_of(folder: Path, *, students: int, seed: int, on: date) -> DistrictPlan:
    """The plan this folder's district was made by; written down the first time, so that going on needs no flags.

    Raises PlanRefused for a folder whose portal the demo did not make: its people may be real.
    """
    kept = folder / "district.json"
    if not kept.exists():
        if freshness.as_of() is not None:
            raise PlanRefused("this folder holds a portal that the demo did not make: choose another with --dir")
        kept.write_text(json.dumps({"students": students, "seed": seed, "on": on.isoformat()}))
    found = json.loads(kept.read_text())
    return DistrictPlan(students=found["students"], seed=found["seed"], on=date.fromisoformat(found["on"]))


def open_district(folder: Path, plan: DistrictPlan, say: Callable[[str], None]) -> None:
    """Make the export and the next night's beside it, bring the first in, and appoint employees. Goes on where it stopped."""
    if freshness.as_of() is not None:
        return
    say(f"Making a district of {plan.students:,} made-up students in {plan.school_count} schools …")
    exports = [folder / "night-1.zip", folder / "night-2.zip"]
    for night, out in enumerate(exports, start=1):
        write(out, plan=DistrictPlan(plan.students, plan.seed, plan.on, night))
    for name, text in CHOICES.items():
        values.choose(name=name, text=text, by=DEMO, at=timezone.now())
    say("Bringing its roster in …")
    runs.land(oneroster_csv.open_package(exports[0]), at=timezone.now(), by=DEMO)


def appoint_employees(plan: DistrictPlan) -> None:
    """A clerk at each of the first schools, one who serves three schools, a teacher whose own child is at her school, a District
    Administrator, and the help desk; at the first school a Site Administrator and somebody who sees reports alone; the help desk
    of its region; and a teacher without a role who asks for one."""
    schools = survey(plan).all[:8]
    staff = list(employees(plan))
    clerks = {each.org_sourced_id: each for each in staff if each.role == "aide"}
    posts = [(clerks[school.sourced_id].email, school.code) for school in schools]
    first_clerk = next(each for each in staff if each.role == "aide")
    posts += [(first_clerk.email, school.code) for school in schools[:3]]
    posts += [(first_teacher(plan, schools[0]).email, schools[0].code)]
    for email, code in posts:
        _appoint(email, Role.PARENT_ACCESS_ADMINISTRATOR, school_code=code)
    _appoint(_first(staff, "districtAdministrator"), Role.DISTRICT_ADMINISTRATOR)
    _appoint(_first(staff, "systemAdministrator"), Role.HELP_DESK)
    _appoint(_first(staff, "siteAdministrator"), Role.SITE_ADMINISTRATOR, school_code=schools[0].code)
    _appoint(_first(staff, "principal"), Role.REPORTING, school_code=schools[0].code)
    region = schools[0].local_district
    _appoint([each.email for each in staff if each.role == "systemAdministrator"][1], Role.HELP_DESK, region=region)
    _ask([each.email for each in staff if each.role == "teacher"][1], schools[0].code)


def _first(staff: list[Staff], role: str) -> str:
    return next(each.email for each in staff if each.role == role)


def _appoint(email: str, role: Role, *, school_code: str = "", region: str = "") -> None:
    appointment.appoint(email=email, role=role, school_code=school_code, region=region, by=DEMO, at=timezone.now())


def _ask(email: str, school_code: str) -> None:
    """Once: whatever came of it stays."""
    account = employed.account_of(Employee.objects.get(email=email))
    if not account.role_requests.exists():
        requests.ask(
            account=account,
            role=Role.PARENT_ACCESS_ADMINISTRATOR,
            place=Place(school_code=school_code),
            why="I help in the office in the afternoons, when many families come for their PIN.",
            actor=actor.of(account),
            at=timezone.now(),
        )


def appointed() -> list[dict[str, object]]:
    """The employees who can be signed in as: name, email, role, and school codes or region (neither: the whole district)."""
    grants = Grant.objects.current(timezone.now()).select_related("account").order_by("account", "school_code")
    found: dict[str, dict[str, object]] = {}
    emails = dict(Employee.objects.values_list("sourced_id", "email"))
    for grant in grants:
        key = str(grant.account.employee_key)
        facts = {"name": grant.account.name, "email": emails[key], "role": str(Role(grant.role).label)}
        person = found.setdefault(key, facts | {"school_codes": [], "region": grant.region})
        if grant.school_code:
            person["school_codes"].append(grant.school_code)  # type: ignore[attr-defined]
    return list(found.values())


def without_role() -> list[str]:
    """The names of employees who have a sign-in and no role."""
    holders = Grant.objects.current(timezone.now()).values("account")
    people = Account.objects.exclude(employee_key=None).exclude(pk__in=holders).order_by("pk")
    return [each.name for each in people]
