"""Settings come from the environment, fail loudly, and make a portal that keeps its cookies and its pages to itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast, join

PUBLIC = "https://families.example.org"
PRODUCTION = {"OPENHOUSE_URL": PUBLIC, "OPENHOUSE_MAIL_URL": "smtps://portal:secret@mail.example.org"}
POLICY = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"}
ANSWER = """
import django
django.setup()
from openhouse import tables
tables.bring_up_to_date()
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openhouse.accounts.models import Account
from allauth.account.models import EmailAddress
call_command("collectstatic", interactive=False, verbosity=0)
there = {"headers": {"host": "families.example.org"}, "secure": True}
guardian = Account(email="a@home.example", email_confirmed_at=timezone.now())
guardian.set_password("seven quiet lanterns")
guardian.save()
EmailAddress.objects.create(user=guardian, email=guardian.email, verified=True, primary=True)
given = {"login": guardian.email, "password": "seven quiet lanterns"}
print(Client().post("/accounts/login/", given, **there).cookies.output())
plain = Client().get("/accounts/login/", headers={"host": "families.example.org"})
print(plain.status_code, plain["Location"])
answer = Client().get("/accounts/login/", **there)
print(answer.cookies.output())
print(answer.headers)
"""


def portal(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder of its own, with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENHOUSE_", "DATABASE_"))}
    (folder / "static").mkdir(exist_ok=True)
    environment = kept | {"OPENHOUSE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "openhouse.settings"} | settings
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, timeout=60)


def manage(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one of Django's own commands through the program."""
    return portal(folder, "-m", "openhouse", "manage", *command, **settings)


def test_the_deployment_check_has_nothing_to_say_in_production(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in ("", "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("OPENHOUSE_URL", "families.example.org", "https://families.example.org"),
        ("OPENHOUSE_URL", "https://[families", "https://families.example.org"),
        ("OPENHOUSE_URL", "https://example.org/families", "https://families.example.org"),
        ("OPENHOUSE_DIR", "/dev/null/portal", "/var/lib/openhouse"),
        ("OPENHOUSE_PIN_KEYS", "not-a-key", "openhouse keys new"),
        ("OPENHOUSE_PIN_KEY_FILE", "/dev/null", "/etc/openhouse/pin-keys"),
        ("OPENHOUSE_PIN_KEY_FILE", "/dev/null/keys", "/etc/openhouse/pin-keys"),
        ("OPENHOUSE_TRUSTED_PROXIES", "-1", "for example 1"),
        ("OPENHOUSE_TIME_ZONE", "Mars/Olympus", "America/Los_Angeles"),
        ("OPENHOUSE_MAIL_URL", "smtp://portal:hush@mail.example.org:999999", "smtp://name:password@"),
        ("DATABASE_URL", "mysql://portal:hush@localhost/portal", "postgresql://openhouse@localhost/openhouse"),
        ("DATABASE_URL", "portal", "postgresql://openhouse@localhost/openhouse"),
    ],
)
def test_a_wrong_setting_fails_with_its_name_and_an_example(
    name: str, value: str, example: str, tmp_path: Path
) -> None:
    done = portal(tmp_path, "-c", "import openhouse.settings", **{name: value})
    told = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert f"{name} " in told
    assert example in told
    assert "hush" not in done.stderr


def test_the_demo_s_sign_in_is_refused_where_others_can_reach_it(tmp_path: Path) -> None:
    for address in (PUBLIC, "http://families.example.org"):
        done = portal(tmp_path, "-c", "import openhouse.settings", OPENHOUSE_DEMO="1", OPENHOUSE_URL=address)
        assert "OPENHOUSE_DEMO is set by openhouse demo alone" in done.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "OPENHOUSE_URL", "OPENHOUSE_MAIL_URL", "OPENHOUSE_PIN_KEYS"])
def test_a_blank_setting_is_one_that_is_not_set(name: str, tmp_path: Path) -> None:
    assert portal(tmp_path, "-c", "import openhouse.settings", **{name: ""}).returncode == 0


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    keys = set()
    for _time in range(2):
        portal(tmp_path, "-c", "import openhouse.settings")
        keys.add(((tmp_path / "secret-key").read_text(), (tmp_path / "pin-keys").read_text()))
    assert len(keys) == 1
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secret-key", tmp_path / "pin-keys")} == {0o600}


def test_https_brings_cookies_that_no_other_site_and_no_script_may_have(tmp_path: Path) -> None:
    done = portal(tmp_path, "-c", ANSWER, **PRODUCTION)
    assert done.stderr == ""
    cookies = [line for line in done.stdout.splitlines() if line.startswith("Set-Cookie")]
    assert {line.split("=")[0].removeprefix("Set-Cookie: ") for line in cookies} == {"__Host-session", "__Host-csrf"}
    for line in cookies:
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in line
        assert "Domain" not in line
    assert f"301 {PUBLIC}/accounts/login/" in done.stdout
    assert "'Strict-Transport-Security': 'max-age=63072000; includeSubDomains; preload'" in done.stdout


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/family/", "/staff/", "/nothing-here/"])
def test_every_page_forbids_what_it_does_not_need(address: str, cast: Cast, visit: Any) -> None:
    for account in (None, cast.ana_account, cast.olga):
        headers = visit(account).get(address).headers
        assert set(headers["Content-Security-Policy"].split("; ")) >= POLICY
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_of_people_are_kept_in_no_cache(cast: Cast, visit: Any) -> None:
    join(cast.ana_account, cast.ana, cast.alma)
    for account, address in (
        (cast.ana_account, f"/family/students/{cast.alma.key}/"),
        (cast.olga, f"/staff/students/{cast.alma.key}/pins/"),
        (cast.ana_account, "/accounts/email/"),
    ):
        answer = visit(account).get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_log_says_where_something_broke_and_never_with_what_values() -> None:
    from openhouse.logs import Discreet

    try:
        try:
            raise LookupError("ana@home.example")
        except LookupError as error:
            raise ValueError("445875D767") from error
    except ValueError:
        told = Discreet().formatException(sys.exc_info())
    assert "home.example" not in told
    assert "445875D767" not in told
    assert told.index("LookupError") < told.index("ValueError")
    assert "test_settings.py" in told


def test_a_mail_server_s_address_says_how_to_speak_to_it(tmp_path: Path) -> None:
    done = portal(tmp_path, "-c", "from openhouse.settings import MAILERS; print(MAILERS)", **PRODUCTION)
    assert "'use_ssl': True" in done.stdout
    assert "'port': 465" in done.stdout
