"""Does a sync that dies ever leave half a night, or take anything with it? A trial by kill -9, many times over.

    python -m bench.chaos [--kills 50] [--postgresql-kills 10] [--students 4000] [--seed 1] [--databases sqlite postgresql]

On SQLite and on PostgreSQL, one after the other: the sync is killed at so many random moments, the first of them during the
first sync, the others while the mirror goes forth and back between two nights; on PostgreSQL the server too, with every
process of its own (a private one, bench.cluster), while a sync goes on. All the while families and schools go on giving and
entering PINs (bench.families). After every kill:

- the mirror says exactly what it said before or, where the kill came too late, what the night says: its digest is that of an
  undisturbed portal (bench.state);
- nothing that the sync had started runs on;
- the next run completes, and nobody had to help.

At the end everything that was confirmed to a family or a school is there, and `openhouse audit verify` holds. Returns 1, and
says what, where any of that is not so. Leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import cluster, databases, state
from bench.cluster import Cluster
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.processes import CHECKOUT, OPENHOUSE, ProgramFailed, alive_in, measure

NIGHTS = (1, 6)
"""Two exports of one district: far enough apart for a landing that takes a while, near enough to be a night."""
PATIENCE = 60.0
"""Seconds in which a sync must notice that its database is gone, and the next one be let in."""
FIRST = 0.2
"""The share of the kills that hit the first sync."""


@dataclass
class Trial:
    """What was found on one database. `wrong` is what must not be: empty, if all is well."""

    database: str
    killed: Counter[str] = field(default_factory=Counter)
    over_before: int = 0
    longest: float = 0.0
    died: Mapping[str, int] = field(default_factory=dict)
    confirmed: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        """In words."""
        kills = ", ".join(f"{count} of {what}" for what, count in sorted(self.killed.items()))
        steps = ", ".join(f"{count} {step or 'before the first step'}" for step, count in sorted(self.died.items()))
        lines = [
            f"Killed: {kills}; {self.over_before} of them came when the night was in already.",
            f"What those that died were doing: {steps or 'nothing yet'}.",
            f"The next run was let in after {self.longest:.1f} s at most.",
            f"Confirmed meanwhile: {self.confirmed.get('pins', 0)} PINs, {self.confirmed.get('associations', 0)} associations; "
            f"{self.confirmed.get('failed', 0)} times the database did not answer.",
            *(f"WRONG: {each}" for each in self.wrong or ()),
            "All is well." if not self.wrong else f"{len(self.wrong)} things are wrong.",
        ]
        return "\n".join(f"- {line}" for line in lines)


class Mirror:
    """One portal whose mirror goes forth and back between two nights; `says` is the digest of what it says now, `seconds` how
    long a whole run takes from the moment at which it is written down."""

    def __init__(
        self, home: Home, nights: Sequence[Path], known: Sequence[str], seconds: float, dice: random.Random
    ) -> None:
        self.home, self.nights, self.known, self.seconds, self.dice = home, nights, known, seconds, dice
        self.trial, self.says = Trial(home.database), state.of(home).digest

    @property
    def tonight(self) -> int:
        """Which night comes next: the one that the mirror does not say."""
        return 1 if self.says == self.known[0] else 0

    def start(self, night: int) -> subprocess.Popen[str]:
        """A sync of a night, in a process group of its own."""
        command = [*OPENHOUSE, "sync", str(self.nights[night]), "--json", "--older"]
        return subprocess.Popen(
            command, env=self.home.environment, cwd=CHECKOUT, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def until_a_random_moment(self) -> subprocess.Popen[str]:
        """Start a sync and wait until somewhere between the beginning and the end of its run."""
        before, process = state.runs(self.home), self.start(self.tonight)
        while state.runs(self.home) == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(self.dice.uniform(0, 1.0) * self.seconds)
        return process

    def kill_sync(self) -> None:
        """Kill a sync at a random moment, and see what it left behind."""
        process = self.until_a_random_moment()
        over = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if over:  # too late: it does not count
            return self.look("a sync that was over")
        self.trial.killed["the sync" if self.says in self.known else "the first sync"] += 1
        self.nobody_left(process.pid)
        self.look("a kill of the sync")

    def kill_server(self, server: Cluster) -> None:
        """Kill PostgreSQL at a random moment of a sync, start it again, and see what is left."""
        process = self.until_a_random_moment()
        over = process.poll() is not None
        server.kill()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.trial.wrong.append("a sync did not notice within a minute that its database was gone")
            process.kill()
            process.communicate()
        server.start()
        self.trial.killed["PostgreSQL between syncs" if over else "PostgreSQL"] += 1
        self.nobody_left(process.pid)
        self.look("a kill of PostgreSQL")

    def nobody_left(self, group: int) -> None:
        """Whatever the sync had started ends by itself."""
        until = time.monotonic() + 10
        while alive_in(group):
            if time.monotonic() > until:
                self.trial.wrong.append("a process that the killed sync had started ran on")
                os.killpg(group, signal.SIGKILL)
            time.sleep(0.02)

    def look(self, after: str) -> None:
        """The mirror says what it said, or what tonight's export says, and nothing in between."""
        before, expected, found = self.says, self.known[self.tonight], state.of(self.home)
        if found.digest == expected:
            self.trial.over_before += after.startswith("a kill")
        elif found.digest != before:
            self.trial.wrong.append(f"after {after} the mirror says neither night: {found.rows}")
        if found.torn:
            self.trial.wrong.append(f"after {after} {found.torn} rows have moments at which no sync landed")
        self.says, self.trial.died = found.digest, found.died

    def complete(self, *, again: bool = False) -> None:
        """The next run completes without help, and the mirror says its night: the next, or (`again`) the one it says already."""
        tonight, started = self.known.index(self.says) if again else self.tonight, time.monotonic()
        while True:
            began = time.monotonic()
            process = self.start(tonight)
            told, _error = process.communicate()
            if process.returncode == 0:
                break
            if time.monotonic() - started > PATIENCE:
                self.trial.wrong.append("the run after a kill did not complete")
                return
            time.sleep(0.2)
        self.trial.longest = max(self.trial.longest, began - started)
        self.seconds = self.seconds if again else json.loads(told)["seconds"]
        self.look("a run that completed")
        if self.says != self.known[tonight]:
            self.trial.wrong.append("a run that completed did not bring its night in")


def _portal(home: Home, module: str, *arguments: str) -> str:
    environment = home.environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}
    return measure(sys.executable, "-m", module, *arguments, environment=environment).output


def undisturbed(home: Home, nights: Sequence[Path]) -> tuple[list[str], float]:
    """The digests of both nights on a portal where nothing dies, and how many seconds the first run took."""
    found, seconds = [], []
    for night in nights:
        told = measure(*OPENHOUSE, "sync", str(night), "--json", environment=home.environment).output
        seconds.append(json.loads(told)["seconds"])
        found.append(state.of(home).digest)
    if found[0] == found[1]:
        raise ProgramFailed("the two nights do not make two mirrors")
    return found, seconds[0]


@contextmanager
def going_on(home: Home, trial: Trial) -> Iterator[None]:
    """Families and schools go on meanwhile; afterwards all that was confirmed to them is looked for."""
    log = str(home.folder / "confirmed.jsonl")
    environment = home.environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}
    command = [sys.executable, "-m", "bench.families", "live", log]
    families = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdin=subprocess.PIPE)
    try:
        yield
        if families.poll() is not None:
            trial.wrong.append("the families' own program died")
    finally:
        families.communicate()
    trial.confirmed = json.loads(_portal(home, "bench.families", "check", log))
    trial.wrong += [f"lost: {each}" for each in trial.confirmed["lost"]]
    trial.wrong += [
        f"no {each} were confirmed: nothing was tried" for each in ("pins", "associations") if not trial.confirmed[each]
    ]
    try:
        measure(*OPENHOUSE, "audit", "verify", environment=home.environment)
    except ProgramFailed as error:
        trial.wrong.append(f"the trail does not hold: {error}")


def tried(database: str, nights: Sequence[Path], *, kills: int, server_kills: int, dice: random.Random) -> Trial:
    """The whole trial on one database."""
    with ExitStack() as rest:
        server = rest.enter_context(cluster.private()) if database == "postgresql" else None
        where = {"server": server.url} if server else {}
        folder = Path(rest.enter_context(tempfile.TemporaryDirectory(prefix="openhouse-chaos-")))
        with databases.fresh(database, folder / "undisturbed", **where) as home:
            known, seconds = undisturbed(home, nights)
        home = rest.enter_context(databases.fresh(database, folder / "disturbed", **where))
        mirror = Mirror(home, nights, known, seconds, dice)
        first = max(1, round(FIRST * kills))
        while mirror.trial.killed.total() < first and mirror.says not in known:
            mirror.kill_sync()
        if mirror.says not in known:
            mirror.complete()
        with going_on(home, mirror.trial):
            disturb(mirror, kills=kills, server=server, server_kills=server_kills)
    return mirror.trial


def disturb(mirror: Mirror, *, kills: int, server: Cluster | None, server_kills: int) -> None:
    """Kill until there were enough, a whole run after each."""
    mirror.complete()
    while mirror.trial.killed.total() < kills:
        mirror.kill_sync()
        mirror.complete()
        say(f"chaos: {mirror.trial.database}: {mirror.trial.killed.total()} of {kills} kills")
    for number in range(server_kills if server else 0):
        assert server
        mirror.kill_server(server)
        if (
            number % 2 and mirror.says in mirror.known
        ):  # the night that is in already, from a memory that a crash may have emptied
            mirror.complete(again=True)
        mirror.complete()
        say(f"chaos: PostgreSQL: {number + 1} of {server_kills} kills")


def main(arguments: Sequence[str]) -> int:
    """Make the nights, try, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description="Kill the sync and PostgreSQL.")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="of the sync (default: %(default)s)")
    parser.add_argument("--postgresql-kills", type=int, default=10, metavar="N", help="default: %(default)s")
    parser.add_argument("--students", type=int, default=4000, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments (default: %(default)s)")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="openhouse-bench-"))
    well = True
    try:
        nights = [District(folder, chosen.students).night(number) for number in NIGHTS]
        for database in chosen.databases:
            kills, dice = chosen.kills, random.Random(chosen.seed)
            found = tried(database, nights, kills=kills, server_kills=chosen.postgresql_kills, dice=dice)
            print(
                f"\n### Chaos, {chosen.students:,} students, {database}, seed {chosen.seed}\n\n{found.text()}",
                flush=True,
            )
            well &= not found.wrong
    except ProgramFailed as error:
        print(f"bench.chaos: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
