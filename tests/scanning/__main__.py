"""wapiti and sqlmap against a made-up district, as everybody: `bin/dev scan`.

A district is made and served. Each role signs in, opens all that leads on from the front door, and sends every form once for what
it leads to; then wapiti attacks the forms and parameters of every page, and sqlmap each kind of form that no role before came to.
Reports are kept in the folder; what they found is printed, with what the portal answered.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.scanning import counting, district, scanners
from tests.scanning.forms import Form
from tests.scanning.scanners import Finding
from tests.scanning.visitor import Visitor


def options() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(prog="bin/dev scan", description=__doc__.split("\n")[0])
    parser.add_argument("--dir", type=Path, default=Path("scan-data"), help="where reports go (default: %(default)s)")
    parser.add_argument(
        "--role", action="append", choices=district.ROLES, help="this role, and no other; may be given again"
    )
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


def survey(visitor: Visitor) -> list[Form]:
    """Every kind of form with parameters that this role comes to; what changes its own account last."""
    visitor.look()
    found = [each for each in visitor.forms.values() if each.fields]
    return sorted(found, key=lambda each: "/accounts/" in each.address)


def scan(visitor: Visitor, folder: Path, chosen: argparse.Namespace, known: set[object]) -> list[Finding]:
    """Attack everything as one visitor; `known` are the kinds of form that sqlmap has tried."""
    folder.mkdir(parents=True)
    forms = survey(visitor)
    listed = [f"{each.method} {each.kind[1]} {' '.join(each.fields)}" for each in forms]
    (folder / "forms").write_text("\n".join([*listed, ""]))
    parameters = sum(len(each.fields) for each in forms)
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
        found += scanners.wapiti(visitor.again(), visitor.pages.values(), folder, chosen.seconds)
    tried = list(enumerate(new, start=1)) if "sqlmap" in (chosen.scanner or ["sqlmap"]) else []

    def attack(task: tuple[int, Form]) -> list[Finding]:
        number, form = task
        return scanners.sqlmap(visitor.again(), form, folder / "sqlmap" / str(number), chosen.level, chosen.seconds)

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
        if not chosen.list:
            say(f"wapiti {scanners.version('wapiti')}, sqlmap {scanners.version('sqlmap')}")
    except scanners.Missing as missing:
        sys.exit(f"bin/dev scan: {missing}")
    folder = chosen.dir.absolute()
    try:
        with district.served(folder / "district") as made:
            for role in chosen.role or district.ROLES:
                for each in dict.fromkeys(scan(made.visitor(role), folder / role, chosen, known)):
                    found += 1
                    say(f"{role}: {each.scanner}: {each.what} ({each.where})")
            opened = {route for _by, _method, route, _status, _is_in in counting.told(folder / "district")}
            for route in made.portal.backstage("addresses"):
                if route not in opened and not chosen.role:
                    say(f"nobody came to {route}")
    finally:
        tell(folder / "district")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
