"""`openhouse make-district OUT.zip`: a made-up district as a OneRoster zip, of any size, the same for the same seed."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from openhouse.demo.district import DistrictPlan, PlanRefused, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write, how large, which district, on which day, which night."""
    parser.add_argument("out", type=Path, metavar="OUT.zip")
    parser.add_argument("--students", type=int, default=2000, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="another seed is another district (default: 1)"
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, default=None, metavar="DATE", help="the first export's day (default: today)"
    )
    parser.add_argument(
        "--night", type=int, default=1, metavar="K", help="the K-th export: each night about 1 %% changed (default: 1)"
    )


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the district cannot be made or written."""
    on = options.on or date.today()  # noqa: DTZ011 (the day where the command is typed)
    try:
        plan = DistrictPlan(students=options.students, seed=options.seed, on=on, night=options.night)
        made = write(options.out, plan=plan)
    except (PlanRefused, OSError) as error:
        print(f"openhouse make-district: {error}", file=sys.stderr)
        return 1
    print(f"{made.path}: {made.students} students, {made.guardians} guardians, {made.guardianships} guardianships,")
    print(f"{made.employees} employees, {made.schools} schools. All people are made up.")
    return 0
