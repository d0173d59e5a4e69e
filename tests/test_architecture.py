"""What import-linter cannot see of the house: doors, kinds of tables, who writes, sizes, names, words."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "openhouse"
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
FLOOR = {room.strip(): floor for floor, row in enumerate(reversed(LAYERS)) for room in row.split("|")}
KINDS = {"mirrored", "append-only", "ordinary"}
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "set_password", "set_unusable_password", "raw", "select_for_update",
    "asave", "acreate", "aupdate", "adelete", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
}  # fmt: skip
DULL = {"utils", "util", "helpers", "helper", "services", "service", "common", "managers", "manager", "misc", "base"}
SECRETS = [
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
    r"\bgh[pousr]_\w{20}",
    r"\bAKIA[0-9A-Z]{16}",
    r"(?<![\w/.])/(home|root|Users)/\w",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """Every file of the house but the migrations."""
    return [path for path in sorted(HOUSE.rglob("*.py")) if "migrations" not in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    """Every function and method with its full name; one inside another has `<locals>` in it, as Python says it."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield f"{name}.{child.name}", child
                yield from walk(child, f"{name}.{child.name}.<locals>")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, f"{name}.{child.name}")

    yield from walk(tree(path), shown(path).removesuffix(".py").replace("/", "."))


def is_view(function: Function) -> bool:
    """Whether it has a door."""
    return any("doors." in ast.unparse(decorator) for decorator in function.decorator_list)


def lines(function: Function) -> int:
    """How many lines a function has, its docstring left out."""
    first, last = function.lineno, function.end_lineno or function.lineno
    head = function.body[0]
    documented = isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant)
    return last - first + 1 - ((head.end_lineno or head.lineno) - head.lineno + 1 if documented else 0)


def patterns(resolver=None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        yield from [each] if isinstance(each, URLPattern) else patterns(each)


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("openhouse.")]


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def test_every_page_has_a_door():
    views = [each.callback for each in patterns()]
    assert len(views) > 10
    assert not [f"{view.__module__}.{view.__name__}" for view in views if not hasattr(view, "door")]


def test_every_page_of_the_console_asks_for_a_permission_and_every_family_page_for_a_guardian():
    from openhouse.roles.roles import Permission

    for view in (each.callback for each in patterns()):
        if view.__module__.startswith("openhouse.pages.staff."):
            assert isinstance(view.door, Permission), view.__module__
        if view.__module__.startswith("openhouse.pages.family."):
            assert view.door == "guardian", view.__module__


def test_ids_in_addresses_are_random_keys():
    for each in patterns():
        assert not re.search(r"<(int|str|slug|path):", str(each.pattern)), each.pattern


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_table_says_of_which_kind_it_is(model):
    assert getattr(model, "kind", None) in KINDS


def test_the_only_append_only_table_is_the_trails():
    found = {model._meta.label for model in own_models() if getattr(model, "kind", "") == "append-only"}
    assert "audit.Entry" in found


def test_no_foreign_key_climbs_to_an_upper_room():
    for model in own_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model in own_models():
                here, there = room_of(model), room_of(field.related_model)
                assert here == there or FLOOR[here] > FLOOR[there], field


def test_the_trail_has_no_foreign_keys_at_all():
    for model in apps.get_app_config("audit").get_models():
        assert not [field for field in model._meta.get_fields() if field.is_relation]


def test_foreign_keys_are_never_named_by_a_string_across_rooms():
    """A name in quotes would slip past import-linter. Within a room `"self"` and the room's own are fine."""
    for path in HOUSE.rglob("models.py"):
        for found in re.findall(r"(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*\"(\w+)\.", path.read_text()):
            assert found == path.parent.name, shown(path)


def test_pages_write_no_rows():
    for path in (HOUSE / "pages").rglob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in WRITES, f"{shown(path)}:{node.lineno}"


def test_nobody_but_the_sync_writes_the_mirror():
    """`district.mirror` is the sync's alone by contract; here the tables' own writing methods."""
    mirrored = {model.__name__ for model in own_models() if getattr(model, "kind", "") == "mirrored"}
    for path in modules():
        room = path.relative_to(HOUSE).parts[0]
        if room in ("sync", "district", "demo"):
            continue
        text = path.read_text()
        for name in mirrored:
            found = re.search(
                rf"\b{name}(\.objects\.(create|bulk_create|update|get_or_create|update_or_create)\b|\()", text
            )
            assert not found, f"{shown(path)}: {name}"


def test_a_file_stays_under_three_hundred_lines():
    sizes = {shown(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name: size for name, size in sizes.items() if size > 300} == {}


def test_half_of_all_files_are_short():
    sizes = sorted(len(path.read_text().splitlines()) for path in modules())
    assert sizes[len(sizes) // 2] < 80


def test_a_function_stays_under_forty_lines():
    long = {name: lines(node) for path in modules() for name, node in functions(path) if lines(node) > 40}
    assert long == {}


def test_a_view_stays_under_twenty_five_lines():
    views = {name: lines(node) for path in modules() for name, node in functions(path) if is_view(node)}
    assert len(views) > 10
    assert {name: size for name, size in views.items() if size > 25} == {}


def test_modules_are_nouns_of_the_district():
    assert not [shown(path) for path in modules() if path.stem in DULL or path.parent.name in DULL]


def test_every_room_and_module_has_a_docstring():
    packages = [path for path in modules() if path.name == "__init__.py"]
    assert not [shown(path) for path in {*modules(), *packages} if not ast.get_docstring(tree(path))]


def test_every_public_function_has_a_docstring():
    missing = [
        f"{shown(path)}: {node.name}"
        for path in modules()
        for node in tree(path).body
        if isinstance(node, Function) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert missing == []


def test_every_room_has_a_floor():
    rooms = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert rooms == set(FLOOR)


def test_no_secret_and_no_machines_path_is_kept():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in {".png", ".woff2", ".ico", ".lock"} or not path.is_file() or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for secret in SECRETS:
            assert not re.search(secret, text), f"{name}: {secret}"
