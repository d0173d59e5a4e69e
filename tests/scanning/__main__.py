"""wapiti and sqlmap against a made-up district, as everybody: `bin/dev scan`.

A district is made and served. Each role signs in, opens all that leads on from the front door, and sends every form once for what
it leads to; then wapiti attacks the forms and parameters of every page, and sqlmap each kind of form that no role before came to.
Reports are kept in the folder; what they found is printed, with what the portal answered.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from threading import Lock

from tests.journeys import portal as portals
from tests.journeys.backstage import PASSWORD
from tests.journeys.portal import Portal
from tests.scanning import counting, scanners
from tests.scanning.forms import Form
from tests.scanning.scanners import Finding
from tests.scanning.visitor import Visitor

GUARDIAN = "ana@home.example"
ROLES = {
    "nobody": "",
    "guardian": GUARDIAN,
    "employee": "an employee without a role",
    "clerk": "Parent Access Account Administrator",
    "site-administrator": "Site Administrator",
    "help-desk": "Help Desk",
    "district-administrator": "District Administrator",
}

TRIES = 12
"""More wrong tries than lock an account."""
ONE = Lock()
"""Who signs in again does so alone: behind the scenes there is one process."""


def options() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(prog="bin/dev scan", description=__doc__.split("\n")[0])
    parser.add_argument("--dir", type=Path, default=Path("scan-data"), help="where reports go (default: %(default)s)")
    parser.add_argument("--role", action="append", choices=ROLES, help="this role, and no other; may be given again")
    parser.add_argument("--scanner", action="append", choices=("wapiti", "sqlmap"), help="this scanner alone")
    parser.add_argument("--seconds", type=int, default=300, help="for each part of wapiti, each form of sqlmap")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="forms that sqlmap tries at once")
    parser.add_argument("--level", type=int, default=2, help="sqlmap's level (default: %(default)s)")
    parser.add_argument(
        "--form",
        action="append",
        metavar="TEXT",
        help="for sqlmap, forms with this in their address; may be given again",
    )
    parser.add_argument("--list", action="store_true", help="list the forms, and attack nothing")
    return parser.parse_args()


def furnish(portal: Portal) -> dict[str, str]:
    """A family with an account, a PIN and a sync that waits; what is typed into the forms."""
    family = portal.cast["the_newly_restricted"]
    portal.backstage("make_account", email=GUARDIAN)
    portal.backstage("make_account", email="other@home.example")
    portal.backstage("associate", email=GUARDIAN, guardian_id=family["guardian_id"], number=family["student"])
    portal.backstage("sync_half_an_export", folder=str(portal.folder))
    codes = portal.backstage("give_pins", guardian_id=family["guardian_id"])
    born = date.fromisoformat(family["birth_date"])
    typed = {"student_number": family["student"], "pin": codes.get(family["student"], "123456"), "login": GUARDIAN}
    day = {"birth_date_year": str(born.year), "birth_date_month": str(born.month), "birth_date_day": str(born.day)}
    lock(Visitor(portal, "other@home.example", typed | day))
    whom = {"email": GUARDIAN, "number": family["student"], "employee": portal.clerk(family["school"])}
    return typed | day | whom | {"password": PASSWORD}


def lock(guardian: Visitor) -> None:
    """Let a guardian's account lock by wrong tries, so that there is one to unlock."""
    for _try in range(TRIES):
        page = guardian.page("/family/add-a-student/")
        for form in page.forms:
            if "pin" in form.fields:
                guardian.submit(
                    replace(form, fields=form.fields | {"pin": "000000", "student_number": "no-such-number"})
                )


def visitor_of(role: str, portal: Portal, typed: dict[str, str]) -> Visitor:
    """Somebody of that role; a clerk at the family's school. Whoever has no role stands last among those to sign in as."""
    name = ROLES[role]
    if role == "employee":
        text = Visitor(portal, "", typed).open("/demo/employees/").text
        name = unescape(re.findall(r">Sign in as ([^<]+)<", text)[-1])
    elif role == "clerk":
        name = portal.clerk(portal.cast["the_newly_restricted"]["school"])
    elif name and "@" not in name:
        name = portal.holder(name)
    return Visitor(portal, name, typed)


def survey(visitor: Visitor) -> list[Form]:
    """Every kind of form with parameters that this role comes to; what changes its own account last."""
    visitor.look()
    found = [each for each in visitor.forms.values() if each.parameters]
    return sorted(found, key=lambda each: "/accounts/" in each.address)


def again(visitor: Visitor) -> Visitor:
    """The same person in another browser: what was tried may have ended the session, or changed the password."""
    other = copy(visitor)
    with ONE:
        if "@" in visitor.name:
            visitor.portal.backstage("mend_account", email=visitor.name)
        other.sign_in()
    return other


def scan(visitor: Visitor, folder: Path, chosen: argparse.Namespace, known: set[object]) -> list[Finding]:
    """Attack everything as one visitor; `known` are the kinds of form that sqlmap has tried."""
    folder.mkdir(parents=True)
    forms = survey(visitor)
    listed = [f"{each.method} {each.kind[1]} {' '.join(each.parameters)}" for each in forms]
    (folder / "forms").write_text("\n".join([*listed, ""]))
    parameters = sum(len(each.parameters) for each in forms)
    new = [each for each in forms if each.kind not in known]
    if chosen.form:
        new = [each for each in new if any(text in each.address for text in chosen.form)]
    say(
        f"{folder.name}: {len(visitor.pages)} kinds of page, {len(forms)} of form ({len(new)} new), {parameters} parameters"
    )
    known.update(each.kind for each in forms)
    if chosen.list:
        return []
    found = list[Finding]()
    if "wapiti" in (chosen.scanner or ["wapiti"]):
        found += scanners.wapiti(again(visitor), visitor.pages.values(), folder, chosen.seconds)
    tried = list(enumerate(new, start=1)) if "sqlmap" in (chosen.scanner or ["sqlmap"]) else []

    def attack(task: tuple[int, Form]) -> list[Finding]:
        number, form = task
        return scanners.sqlmap(again(visitor), form, folder / "sqlmap" / str(number), chosen.level, chosen.seconds)

    with ThreadPoolExecutor(chosen.at_once) as threads:
        return found + [each for some in threads.map(attack, tried) for each in some]


def tell(folder: Path) -> None:
    """What the portal answered to each scanner."""
    answers, statuses = counting.told(folder), Counter[tuple[str, int]]()
    for (by, method, route, status, _is_in), count in sorted(answers.items()):
        statuses[by, status] += count
        if status >= 500:
            say(f"{by} was answered {status} at {method} {route}, {count:,} times")
    for (by, status), count in sorted(statuses.items()):
        say(f"{by} was answered {status} {count:,} times")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def main() -> int:
    """Scan as each role; 1 where anything is reported."""
    chosen, found, known = options(), 0, set[object]()
    try:
        say(f"wapiti {scanners.version('wapiti')}, sqlmap {scanners.version('sqlmap')}")
    except scanners.Missing as missing:
        sys.exit(f"bin/dev scan: {missing}")
    folder = chosen.dir.absolute()
    (folder / "district").mkdir(parents=True)
    portal = portals.start(folder / "district", os.environ.get("DATABASE_URL"), "tests.scanning.settings")
    try:
        typed = furnish(portal)
        for role in chosen.role or ROLES:
            for each in dict.fromkeys(scan(visitor_of(role, portal, typed), folder / role, chosen, known)):
                found += 1
                say(f"{role}: {each.scanner}: {each.what} ({each.where})")
    finally:
        portals.stop(portal)
        tell(folder / "district")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
