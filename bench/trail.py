"""What does the audit trail cost? Proving it, writing to it meanwhile, asking it, and what an entry adds to a page. PostgreSQL.

    python -m bench.trail --entries 10000000 --writers 4 --seconds 60

A made chain of that length, true to the last digest, in a database of its own that is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import databases, machine, pages
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.processes import CHECKOUT, OPENHOUSE, Measured, ProgramFailed, measure
from bench.tables import table

ENTRIES = (sys.executable, "-m", "bench.entries")
MIB = 1 << 20


def environment(home: Home) -> dict[str, str]:
    """What a program of the bench needs to meet the portal."""
    return home.environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}


def run(home: Home, *command: str) -> Any:
    """The figures of one of bench.entries."""
    return json.loads(measure(*ENTRIES, *command, environment=environment(home)).output)


def proof(home: Home) -> tuple[Measured, int]:
    """One `openhouse audit verify`, and how many entries held."""
    verified = measure(*OPENHOUSE, "audit", "verify", environment=home.environment)
    return verified, int(re.findall(r"All (\d+) entries", verified.output)[0])


def under_load(home: Home, writers: int, seconds: int) -> Sequence[str]:
    """Writers for so many seconds while verification runs again and again beside them."""
    command = [*ENTRIES, "write", str(seconds)]
    started = [
        subprocess.Popen(command, env=environment(home), cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        for _number in range(writers)
    ]
    rounds, began = 0, time.monotonic()
    while any(each.poll() is None for each in started):
        proof(home)
        rounds += 1
    outputs = [json.loads(each.communicate()[0]) for each in started]
    say(f"trail: verified {rounds} times in {time.monotonic() - began:.0f} s")
    written = sum(each["entries"] for each in outputs)
    median = statistics.median(each["median"] for each in outputs) * 1000
    longest = max(each["longest"] for each in outputs) * 1000
    return [
        f"{writers} writers, verification beside them",
        f"{written / seconds:,.0f}",
        f"{median:.1f}",
        f"{longest:,.0f}",
    ]


def figures(home: Home, entries: int, writers: int, seconds: int) -> str:
    """The tables for one length."""
    say(f"trail: making {entries:,} entries")
    size = run(home, "fill", str(entries))
    home.settle()
    say("trail: verifying")
    verified, held = proof(home)
    proved = table(
        ("Verification", "Wall s", "Entries/s", "CPU s", "Peak MiB"),
        [
            [
                f"{held:,} entries",
                f"{verified.wall:.1f}",
                f"{held / verified.wall:,.0f}",
                f"{verified.cpu:.1f}",
                f"{verified.peak / MIB:.0f}",
            ]
        ],
    )
    say("trail: asking")
    taken = run(home, "ask", "15").items()
    asked = table(
        ("Search, one page", "Median ms", "Slowest ms"),
        [[name, f"{statistics.median(each) * 1000:.1f}", f"{max(each) * 1000:.1f}"] for name, each in taken],
    )
    say("trail: writing under verification")
    wrote = table(("Writing", "Entries/s", "Median ms", "Longest ms"), [under_load(home, writers, seconds)])
    sizes = f"Table {size['table'] / MIB:,.0f} MiB, indexes {size['indexes'] / MIB:,.0f} MiB."
    return f"{proved}\n\n{asked}\n\n{wrote}\n\n{sizes}"


def cost(home: Home, folder: Path, students: int, rounds: int) -> str:
    """What an entry adds to a page, on a small district with its people."""
    say("trail: pages with and without their entries")
    people = pages.open_portal(home, District(folder, students).first_night)
    measure(*OPENHOUSE, "manage", "collectstatic", "--noinput", "-v", "0", environment=home.environment)
    command = [*ENTRIES, "pages", str(rounds)]
    done = subprocess.run(
        command, env=environment(home), cwd=CHECKOUT, input=json.dumps(people), capture_output=True, text=True
    )
    if done.returncode:
        raise ProgramFailed(done.stderr[-2000:])
    rows = [
        [
            path,
            f"{each['with'] * 1000:.2f}",
            f"{each['without'] * 1000:.2f}",
            f"{(1 - each['without'] / each['with']) * 100:.0f} %",
        ]
        for path, each in json.loads(done.stdout).items()
    ]
    return table(("Page", "With ms", "Without ms", "The entry's share"), rows)


def main(arguments: list[str]) -> int:
    """Returns 1 where something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.trail", description="Measure what the audit trail costs.")
    parser.add_argument("--entries", type=int, default=1_000_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--writers", type=int, default=4, metavar="N", help="default: %(default)s")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="of writing (default: %(default)s)")
    parser.add_argument(
        "--students", type=int, default=2000, metavar="N", help="behind the pages (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="of each page (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="openhouse-bench-"))
    try:
        print(machine.described(arguments).replace("bin/bench", "python -m bench.trail"), flush=True)
        with databases.fresh("postgresql", folder / "pages") as home:
            print(f"\n{cost(home, folder, chosen.students, chosen.rounds)}", flush=True)
        with databases.fresh("postgresql", folder / "trail") as home:
            print(f"\n{figures(home, chosen.entries, chosen.writers, chosen.seconds)}", flush=True)
    except (databases.Unreachable, ProgramFailed) as error:
        print(f"bench.trail: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n- Load when it ended: {machine.load()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
