"""Every kind of source is rendered for the contract's tests, and described on a page of its own."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from openhouse.sync import sources
from tests.sync.contract import renderings

ROOT = Path(__file__).parents[2]


def offered() -> list[str]:
    """The modules that offer to open a source."""
    names = [module.name for module in pkgutil.iter_modules(sources.__path__)]
    modules = {name: importlib.import_module(f"{sources.__name__}.{name}") for name in names}
    return [name for name, module in modules.items() if any(word.startswith("open_") for word in vars(module))]


def test_every_source_is_rendered_for_the_contract():
    assert set(offered()) <= {form.module for form in renderings()}


@pytest.mark.parametrize("form", renderings(), ids=str)
def test_a_page_describes_every_source(form):
    text = (ROOT / form.page).read_text()
    assert re.search(rf"^#+ .*{re.escape(form.heading)}", text, re.MULTILINE)


def test_the_example_of_a_source_stays_short():
    """A page's worth: who reads it should see the whole."""
    from tests.sync.sources.comma_sis import shown

    assert len([line for line in shown().splitlines() if line.strip()]) < 80
