"""How often does somebody guess a PIN who knows a student's ID and birth date? The attacker of domain rule 4, over real HTTP.

    python -m bench.guessing [--students 400] [--accounts 200] [--lapsed 3] [--seed 1]

Scaled down so that there is something to see: PINs of four digits, one school year, and many students, each attacked as one
student would be. Every guess comes from another account and another address, as from an attacker who has plenty of both. He
does what the bound (openhouse/access/guessing.py) grants him: `lapsed` times he stops at the fourth wrong guess and the school
makes new PINs; then he kills every PIN he can, and the school makes new ones until it is asked for an identity check. So much
is counted of what the server let through: guesses that were compared with a PIN, and those that hit. A year at six digits is
extrapolated: the chance of a hit falls with the number of codes. Leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bench import databases, portal
from bench.client import Answer, Client, WrongAnswer, request
from bench.districts import District
from bench.machine import described, say
from bench.portal import Portal
from bench.processes import OPENHOUSE, ProgramFailed, measure
from bench.tables import table
from bench.visits import CSRF

DIGITS = 4
AT_ONCE = 8
COLUMNS = (
    "",
    "Students",
    "Guesses × live PINs",
    "Most for one student",
    "Bound for one",
    "Hits",
    "Expected",
    "Chance of one",
)


@dataclass
class Attack:
    """What came of one student's attack: pairs of a guess and a PIN that it was compared with, new PINs, whether one was hit."""

    pairs: int = 0
    renewed: int = 0
    hit: bool = False


class Attacker:
    """Has every account and address that he wants, and one connection."""

    def __init__(self, running: Portal, people: Mapping[str, Any], seed: int) -> None:
        self.client, self.people, self.chance = Client(running.port), people, random.Random(seed)
        self.accounts = count(seed)

    def attack(self, victim: Mapping[str, Any], lapsed: int) -> Attack:
        """One student, for one school year."""
        done, tries = Attack(), self.people["bound"]["tries"]
        for _lapse in range(lapsed):
            self._guess(victim, tries - 1, done)
            self._renew(victim, done)
        while not done.hit:
            self._guess(victim, tries, done)
            if not self._renew(victim, done):
                return done
        return done

    def _guess(self, victim: Mapping[str, Any], guesses: int, done: Attack) -> None:
        """Different codes against the PINs that live now."""
        for code in self.chance.sample(range(10**DIGITS), guesses):
            if done.hit:
                return
            year, month, day = victim["born"].split("-")
            born = {"birth_date_year": year, "birth_date_month": str(int(month)), "birth_date_day": day}
            fields = {"student_number": victim["number"], "code": f"{code:0{DIGITS}d}"} | born
            session = self.people["attackers"][next(self.accounts) * 7919 % len(self.people["attackers"])]
            answer = self._post("/family/add-a-student/", session, fields)
            if answer.status not in (200, 302):
                raise WrongAnswer(f"a guess was answered with {answer.status}")
            done.pairs += len(victim["guardianships"])
            done.hit = answer.status == 302

    def _renew(self, victim: Mapping[str, Any], done: Attack) -> bool:
        """The school presses New Pin for each guardian. Whether it got one for each."""
        if done.hit:
            return False
        paths = [f"/staff/guardianships/{key}/new-pin/" for key in victim["guardianships"]]
        statuses = [self._post(path, self.people["clerk"], {}).status for path in paths]
        done.renewed += statuses.count(302)
        return statuses.count(302) == len(paths)

    def _post(self, path: str, session: str, fields: Mapping[str, str]) -> Answer:
        cookies = {"session": session, "csrf": CSRF}
        wire = request("POST", path, cookies=cookies, fields={**fields, "csrfmiddlewaretoken": CSRF})
        address = ".".join(str(self.chance.randrange(1, 255)) for _part in range(4))
        return self.client.ask(wire.replace(b"\r\n", f"\r\nX-Forwarded-For: {address}\r\n".encode(), 1))


def attacks(running: Portal, people: Mapping[str, Any], chosen: argparse.Namespace) -> Sequence[Attack]:
    """All students, eight at a time."""

    def some(place: int) -> list[Attack]:
        attacker = Attacker(running, people, chosen.seed * AT_ONCE + place)
        return [attacker.attack(victim, chosen.lapsed) for victim in people["victims"][place::AT_ONCE]]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [attack for part in pool.map(some, range(AT_ONCE)) for attack in part]


def rows(found: Sequence[Attack], bound: Mapping[str, int], lapsed: int) -> Iterator[Sequence[str]]:
    """What was seen, and what it means for a year at six digits."""
    most = bound["killed"] * bound["tries"] + bound["guardians"] * lapsed * (bound["tries"] - 1)
    pairs, hits = sum(each.pairs for each in found), sum(each.hit for each in found)
    yield [
        f"{DIGITS} digits, one school year, seen",
        f"{len(found):,}",
        f"{pairs:,}",
        str(max(each.pairs for each in found)),
        str(most),
        str(hits),
        f"{pairs / 10**DIGITS:.1f}",
        f"1 in {len(found) / hits:,.0f}" if hits else "none",
    ]
    year = bound["year"] * pairs / len(found) / most
    chance = f"1 in {10**6 / year:,.0f}"
    yield [
        "6 digits, a year, extrapolated",
        "1",
        f"{year:.0f}",
        "",
        str(bound["year"]),
        "",
        f"{year / 10**6:.6f}",
        chance,
    ]


def main(arguments: list[str]) -> int:
    """Returns 1 where an answer came that should not."""
    parser = argparse.ArgumentParser(prog="python -m bench.guessing", description="Guess PINs over HTTP.")
    for name, default in (("students", 400), ("accounts", 200), ("lapsed", 3), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help="default: %(default)s")
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="openhouse-bench-") as folder:
            district = District(Path(folder), max(2000, 4 * chosen.students))
            with databases.fresh("postgresql", Path(folder) / "home") as home:
                measure(*OPENHOUSE, "sync", str(district.first_night), environment=home.environment)
                settings = home.environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}
                size = (str(chosen.students), str(chosen.accounts))
                told = measure(sys.executable, "-m", "bench.victims", *size, environment=settings).output
                say(f"guessing: {chosen.students:,} students")
                home.environment["OPENHOUSE_TRUSTED_PROXIES"] = "1"
                people = json.loads(told)
                with portal.serving(home) as running:
                    found = attacks(running, people, chosen)
    except (databases.Unreachable, ProgramFailed, WrongAnswer) as error:
        print(f"bench.guessing: {error}", file=sys.stderr)
        return 1
    print(f"{described(arguments)}\n\n{table(COLUMNS, rows(found, people['bound'], chosen.lapsed))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
