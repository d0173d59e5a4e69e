"""A small made-up district, written once and read as plain rows."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from openhouse.demo import district
from openhouse.demo.district import DistrictPlan, Made

type Sheets = dict[str, list[dict[str, str]]]

PLAN = DistrictPlan(students=2000, seed=7, on=date(2026, 11, 20))


@pytest.fixture(scope="session")
def plan() -> DistrictPlan:
    """Two thousand students on an autumn day."""
    return PLAN


@pytest.fixture(scope="session")
def next_plan(plan: DistrictPlan) -> DistrictPlan:
    """The same district a night later."""
    return replace(plan, night=2)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the zips of these tests lie."""
    return tmp_path_factory.mktemp("district")


@pytest.fixture(scope="session")
def made(folder: Path, plan: DistrictPlan) -> Made:
    """The first night, written."""
    return district.write(folder / "night-1.zip", plan=plan)


@pytest.fixture(scope="session")
def sheets(made: Made) -> Sheets:
    """Rows of every file of the first night."""
    return read(made.path)


@pytest.fixture(scope="session")
def next_sheets(folder: Path, next_plan: DistrictPlan) -> Sheets:
    """Rows of every file of the second night."""
    return read(district.write(folder / "night-2.zip", plan=next_plan).path)


def read(path: Path) -> Sheets:
    """The files of a zip as dictionaries by column."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8", newline="")))
            for name in archive.namelist()
        }
