"""What happens behind a story's scenes, in the portal's own environment: a process that is told what to do, line by line.

Each public function is a verb. A line is JSON, `[verb, arguments]`, and so is the answer; `Portal.backstage` writes and reads.
"""

from __future__ import annotations

import json
import sys
import traceback
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

PASSWORD = "seven quiet lanterns"


def open_district(folder: str) -> dict[str, Any]:
    """Make a small district and appoint its employees; who they are, and who the hard families are."""
    from django.utils import timezone

    from openhouse import tables
    from openhouse.demo import opening
    from openhouse.demo.district import cast

    tables.bring_up_to_date()
    plan = opening.plan_of(Path(folder), students=60, seed=7, on=timezone.localdate())
    opening.open_district(Path(folder), plan, lambda text: None)
    opening.appoint_employees(plan)
    return {"employees": opening.appointed(), "cast": {name: _told(each) for name, each in cast(plan).items()}}


def _told(case: Any) -> dict[str, Any]:
    children = [
        {"student": each.number, "birth_date": each.birth_date, "school": each.school.code, "first_name": each.given}
        for each in case.students
    ]
    guardians = [f"{each.given} {each.family}" for each in case.guardians]
    ids = [each.sourced_id for each in case.guardians]
    first = {"guardian": guardians[0], "guardian_id": ids[0]} if guardians else {}
    return children[0] | first | {"children": children, "guardians": guardians, "guardian_ids": ids}


def number_of(name: str) -> str:
    """The SIS's number of an employee who has an account."""
    from openhouse.accounts.models import Account
    from openhouse.district.models import Employee

    keys = [each.employee_key for each in Account.objects.exclude(employee_key=None) if each.name == name]
    return Employee.objects.get(sourced_id__in=keys, valid_until=None).number


def sync_half_an_export(folder: str) -> str:
    """Sync an export of the next night whose users.csv broke off, each time a little earlier: the state that came of it."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import runs
    from openhouse.sync.models import SyncRun
    from openhouse.sync.sources.oneroster_csv import open_package

    whole, half = Path(folder, "night-2.zip"), Path(folder, "half.zip")
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as taken:
        for info in given.infolist():
            lines = given.read(info).splitlines(keepends=True)
            kept = len(lines) // 2 - SyncRun.objects.count() if info.filename == "users.csv" else len(lines)
            taken.writestr(info, b"".join(lines[:kept]), zipfile.ZIP_DEFLATED)
    return str(runs.land(open_package(half), at=timezone.now(), by=Actor.system("sync")).state)


def run_a_sync_for_ever() -> None:
    """A sync that reads and reads."""
    from django.utils import timezone

    from openhouse.sync.models import SyncRun

    now = timezone.now()
    SyncRun.objects.create(
        source="OneRoster 1.2 CSV", snapshot=now.date(), actor="sync", started_at=now, step="reading", done=35, total=100,
        beat_at=now,
    )  # fmt: skip


def end_the_sync_that_runs_for_ever() -> None:
    """Its process died."""
    from django.utils import timezone

    from openhouse.sync import runs

    runs.bury(timezone.now())


def make_account(email: str, given_name: str = "Rosa", family_name: str = "Quiroga") -> None:
    """A guardian's account, its email confirmed."""
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from openhouse.accounts.models import Account

    account = Account(email=email, given_name=given_name, family_name=family_name, email_confirmed_at=timezone.now())
    account.set_password(PASSWORD)
    account.save()
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)


def let_go(guardian_id: str) -> None:
    """Take a guardian from other stories' accounts, and give every PIN anew: a story begins."""
    _release(guardian_id, but="")
    give_pins(guardian_id)


def _release(guardian_id: str, but: str) -> None:
    """End what accounts have of a guardian and the guardian's students; the account with this email keeps them."""
    from django.utils import timezone

    from openhouse.access.models import Association, Tie

    ties = Tie.objects.filter(guardian__sourced_id=guardian_id, valid_until=None).exclude(account__email=but)
    students = list(ties.values_list("guardian__guardianships__student", flat=True))
    held = Association.objects.filter(account__in=ties.values("account"), student__in=students, valid_until=None)
    held.update(valid_until=timezone.now())
    ties.update(valid_until=timezone.now())


def give_pins(guardian_id: str) -> dict[str, str]:
    """Print the PINs of all students of a guardian, new ones where they are over: the codes by Student ID."""
    from django.utils import timezone

    from openhouse.access import pins, refusals
    from openhouse.access.models import Given
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Guardianship

    by, codes, at = Actor.system("tests"), {}, timezone.now()
    for each in Guardianship.objects.filter(guardian__sourced_id=guardian_id).select_related("student"):
        try:
            _pin, codes[each.student.number] = pins.give(guardianship=each, given=Given.PRINTED, by=by, at=at)
        except refusals.PinNotLive:
            pins.renew(guardianship=each, by=by, at=at)
            _pin, codes[each.student.number] = pins.give(guardianship=each, given=Given.PRINTED, by=by, at=at)
    return codes


def make_pin_before_the_restriction(guardian_id: str) -> None:
    """A PIN that was printed while nothing restricted the student's other guardian."""
    from openhouse.district.models import Guardianship

    restricted = Guardianship.objects.exclude(restriction="").filter(
        student__guardianships__guardian__sourced_id=guardian_id
    )
    texts = dict(restricted.values_list("pk", "restriction"))
    restricted.update(restriction="")
    give_pins(guardian_id)
    for pk, text in texts.items():
        Guardianship.objects.filter(pk=pk).update(restriction=text)


def associate(email: str, guardian_id: str, number: str, way: str = "pin", days: int = 0) -> None:
    """Tie an account to a guardian and associate a student, so many days ago. Another story's account gives the guardian up."""
    from django.utils import timezone

    from openhouse.access.models import Association, Tie
    from openhouse.accounts.models import Account
    from openhouse.district.models import Guardian, Student

    account, at = Account.objects.get(email=email), timezone.now() - timedelta(days=days)
    guardian = Guardian.objects.get(sourced_id=guardian_id)
    _release(guardian_id, but=email)
    tie = {"account": account, "guardian": guardian, "valid_until": None}
    Tie.objects.get_or_create(**tie, defaults={"way": way, "valid_from": at})
    Association.objects.create(account=account, student=Student.objects.get(number=number), way=way, valid_from=at)


def ask_to_revalidate(email: str, number: str) -> None:
    """What New Pin does to an association."""
    from django.utils import timezone

    from openhouse.access.models import Association

    rows = Association.objects.filter(account__email=email, student__number=number)
    rows.update(revalidate_since=timezone.now())


def let_turn_18(number: str, days: int) -> None:
    """The SIS says another birth date of a student: one whose bearer turns 18 in so many days."""
    from django.utils import timezone

    from openhouse.district.models import Student

    day = timezone.localdate() + timedelta(days=days)
    Student.objects.filter(number=number).update(birth_date=day.replace(year=day.year - 18, day=min(day.day, 28)))


def end_pin(guardian_id: str, end: str) -> None:
    """End a guardian's open PINs: used, expired or locked."""
    from django.utils import timezone

    from openhouse.access import pins
    from openhouse.access.models import Pin, PinEnd

    opened = Pin.objects.filter(guardianship__guardian__sourced_id=guardian_id)
    pins.close(opened, end=PinEnd(end), at=timezone.now())


def renew_pin(guardian_id: str) -> None:
    """What New Pin does, for each student of a guardian."""
    from django.utils import timezone

    from openhouse.access import pins
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Guardianship

    for each in Guardianship.objects.filter(guardian__sourced_id=guardian_id):
        pins.renew(guardianship=each, by=Actor.system("tests"), at=timezone.now())


def said_by(guardian_id: str, number: str) -> dict[str, str]:
    """What a guardian answers in an identity check about a student, by the label of the question."""
    from openhouse.district.models import Guardianship

    rows = Guardianship.objects.filter(student__number=number).select_related("student", "guardian")
    own, other = rows.get(guardian__sourced_id=guardian_id), rows.exclude(guardian__sourced_id=guardian_id)
    student, guardian = own.student, own.guardian
    emergency = other.filter(emergency_contact=True).first()
    return {
        "birth_date": str(student.birth_date),
        "Student's first and last name": f"{student.given_name} {student.family_name}".upper(),
        "Student's grade": student.enrolments.get().grade,
        "Address": f"{guardian.street.replace('Apt', 'Apartment')}, {guardian.city} {guardian.postal_code}",
        "Phone number": guardian.phone.replace("-", " "),
        "Emergency contact's phone number": emergency.guardian.phone if emergency else "",
    }


def deactivate(email: str) -> None:
    """What the help desk does to an account."""
    from django.utils import timezone

    from openhouse.accounts import activity
    from openhouse.accounts.models import Account
    from openhouse.audit.trail import Actor

    account = Account.objects.get(email=email)
    activity.deactivate(account=account, for_cause=False, by=Actor.system("tests"), at=timezone.now())


def events(about: str = "") -> dict[str, int]:
    """How often each kind of event stands on the trail, about one account where its email is given."""
    from openhouse.accounts.models import Account
    from openhouse.audit.models import Entry

    entries = Entry.objects.filter(account=str(Account.objects.get(email=about).key)) if about else Entry.objects.all()
    return dict(Counter(entries.values_list("event", flat=True)))


def pins_of(number: str) -> list[tuple[str, int]]:
    """The state of each PIN of a student, and the wrong tries against it."""
    from django.utils import timezone

    from openhouse.access import pins
    from openhouse.access.models import Pin

    rows = Pin.objects.filter(guardianship__student__number=number).order_by("pk")
    return [(str(pins.state(each, timezone.now())), each.wrong_tries) for each in rows]


def let_roles_end_soon() -> int:
    """Let every role that ends with the school year end in two weeks; how many."""
    from django.utils import timezone

    from openhouse.roles.models import Grant

    rows = Grant.objects.exclude(expires_at=None).filter(valid_until=None)
    return rows.update(expires_at=timezone.now() + timedelta(days=14))


def main(verbs: dict[str, Any]) -> None:
    """Do what each line says with these verbs and print the answer: an empty line where it failed."""
    import django

    django.setup()
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        try:
            answer = json.dumps(verbs[verb](**arguments))
        except Exception:  # the story that asked fails, and the next one goes on
            traceback.print_exc()
            answer = ""
        print(answer, flush=True)


if __name__ == "__main__":
    main(globals())
