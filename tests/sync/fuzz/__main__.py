"""Many damaged exports, from a seed: `python -m tests.sync.fuzz --cases 20000 --seed 1`, or one: `--seed 1 --case 17`.

Every case is read four times: good, damaged, damaged with a memory, damaged and strictly. Every twentieth lands in a
database of its own. Ends with 1 if any case fails; each failure names the command that repeats it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path


def options() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first case's number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="this case alone")
    parser.add_argument("--landed", type=int, default=20, help="every how manieth case lands in a database (0: none)")
    return parser.parse_args()


def prepare(folder: Path) -> None:
    """A home and a database of this run's own."""
    for name in [name for name in os.environ if name.startswith("OPENHOUSE_") or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ |= {"OPENHOUSE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "openhouse.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def run(chosen: argparse.Namespace, folder: Path, figures: Counter[str]) -> None:
    """Run the cases, and count what came of them."""
    from tests.sync.fuzz import cases, landing

    numbers = range(chosen.first, chosen.first + chosen.cases) if chosen.case is None else [chosen.case]
    shown = time.monotonic()
    for number in numbers:
        try:
            if chosen.landed and number % chosen.landed == 0:
                landing.run(chosen.seed, number, folder, figures)
            else:
                cases.run(chosen.seed, number, folder, figures)
        except Exception:
            figures["failed"] += 1
            print(f"\npython -m tests.sync.fuzz --seed {chosen.seed} --case {number}", flush=True)
            traceback.print_exc(limit=-4, file=sys.stdout)
            if figures["failed"] >= 20:
                break
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            print(f"{number + 1} cases; {dict(figures)}", flush=True)


def main() -> int:
    """Run, and say the figures."""
    chosen, figures, started = options(), Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        run(chosen, Path(folder), figures)
    said = ", ".join(f"{count:,} {name}" for name, count in figures.items())
    print(f"seed {chosen.seed}: {said}; {time.monotonic() - started:.0f} s")
    return 1 if figures["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
