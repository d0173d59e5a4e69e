"""Every address of the project, walked by everyone who must see nothing there, with every kind of id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from openhouse.access import disclosures
from openhouse.access.consents import LASTS
from openhouse.access.disclosures import Basis
from openhouse.access.models import Act, Consent, IdentityCheck
from openhouse.district.models import Employee
from openhouse.roles.models import RoleRequest
from openhouse.roles.roles import Role
from tests.cast import NOW, SYSTEM, Cast, associate, end, give, join
from tests.cast import employee as make_employee
from tests.pages import syncs

ALIKE = ("/accounts/", "/s/", "/request-access/schools/", "/staff/by-name/", "/staff/parents/names/")
"""Alike for every key: any employee may ask for a role at any school, and a list is its own session's."""
FILLERS = {"uidb36": "1", "extra_path": "x"}


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, set[str]]]:
    """Every address pattern of the project with the names of its parts."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, set(entry.pattern.converters) | set(getattr(entry.pattern, "regex", None).groupindex)


def filled(ids: list[str]) -> Iterator[str]:
    """Every address, once for each id where it takes one."""
    for path, names in addresses():
        for each in ids if names else [""]:
            plain = re.sub(r"<(?:\w+:)?(\w+)>", lambda part, each=each: FILLERS.get(part.group(1), each), path)
            plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda part, each=each: FILLERS.get(part.group(1), each), plain)
            yield re.sub(r"[\^$\\]|\(\?:|\)", "", plain)


def check_of_ana(cast: Cast, outcome: str) -> IdentityCheck:
    """An identity check that Olga made a moment ago."""
    seen = {"seen_at": NOW, "place": "video", "document": "passport"} if outcome == "verified" else {}
    facts = {"asked_at": NOW, "answers": {"name": "match"}, "outcome": outcome} | seen
    return IdentityCheck.objects.create(guardianship=cast.ana_of_alma, employee=cast.olga, **facts)


def everything_of_alma(cast: Cast) -> list[str]:
    """The key of every kind of thing that belongs to Alma's family."""
    join(cast.ana_account, cast.ana, cast.alma)
    association = cast.ana_account.associations.get()
    run = syncs.waiting(cast)
    syncs.aside(run, 2, value=cast.alma.number)
    asked = Consent.objects.create(
        act=Act.NEW_PIN, student=cast.alma, guardian=cast.ana, asked_by=cast.otto, asked_at=NOW, expires_at=NOW + LASTS
    )
    noted = disclosures.note(
        student=cast.alma, on=NOW.date(), party="Ana Reyes", interest="x", what="y", basis=Basis.COURT, employee=cast.olga,
        by=SYSTEM, at=NOW,
    )  # fmt: skip
    checked = [check_of_ana(cast, outcome) for outcome in ("answered", "verified")]
    family = [cast.alma, cast.ana, cast.ana_of_alma, association, cast.ana_account]
    role = RoleRequest.objects.create(
        account=make_employee("Theo", None), role=Role.REPORTING, school_code="1001", why="Figures", asked_at=NOW
    )
    held, employee = cast.olga.grants.get(), Employee.objects.get(sourced_id="employee-Olga")
    things = [asked, noted, *checked, *family, cast.maple, cast.olga, run, role, held, employee]
    return [str(each.key) for each in things]


def secrets_of(cast: Cast, code: str) -> list[str]:
    """Words that may stand on no page for anybody else."""
    days = ["2016-03-28", "March 28, 2016", "03/28/2016", "28/03/2016"]
    return ["Alma", "Ana Reyes", cast.alma.number, code, "ana@home.example", *days]


def refused(answer: Any) -> bool:
    """404, 405 for a POST-only page, or the way to a sign-in page."""
    there = answer.headers.get("Location", "")
    return answer.status_code in (404, 405) or (answer.status_code == 302 and "login" in there)


@pytest.mark.parametrize("who", ["nobody", "ben", "carla_account", "rhea", "arturo_account"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_shows_anything_of_another_s(who: str, method: str, cast: Cast, visit: Any) -> None:
    code, ids = give(cast.ana_of_alma), everything_of_alma(cast)
    account = None if who == "nobody" else getattr(cast, who)
    if who == "carla_account":
        join(account, cast.carla, cast.carlas_children[0])
    end(cast.ana_of_abel, at=NOW)  # or Ana's account would be one of Ben's school too
    walked = 0
    for address in filled(ids):
        answer = getattr(visit(account), method)(address)
        walked += 1
        if any(each in address for each in ids) and not address.startswith(ALIKE):
            assert refused(answer), f"{method} {address} answered {answer.status_code}"
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        page = re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"', "", body.decode()
        )  # 64 letters by chance, now and then a name
        found = [word for word in secrets_of(cast, code) if word in page]
        assert not found, f"{method} {address} shows another's data"
    assert walked > 40


def test_a_guardian_s_own_child_is_there_and_a_second_guardian_s_account_is_not(cast: Cast, visit: Any) -> None:
    join(cast.ana_account, cast.ana, cast.alma)
    associate(cast.arturo_account, cast.abel)
    assert visit(cast.ana_account).get(f"/family/students/{cast.alma.key}/").status_code == 200
    assert visit(cast.arturo_account).get(f"/family/students/{cast.alma.key}/").status_code == 404


def test_a_role_without_the_permission_finds_nothing(cast: Cast, visit: Any) -> None:
    assert visit(cast.rhea).get(f"/staff/found/{cast.abel.key}/").status_code == 404
    assert visit(cast.hank).get("/staff/reports/").status_code == 404
    for part in ("", "pins/"):
        assert visit(cast.dora).get(f"/staff/students/{cast.alma.key}/{part}").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_employee_without_a_role_is_refused_at_every_address_of_the_console(
    method: str, cast: Cast, visit: Any
) -> None:
    client, ids = visit(make_employee("Tess", None)), everything_of_alma(cast)
    walked = [address for address in filled(ids) if address.startswith("/staff/")]
    assert len(walked) > 60
    found = {address: getattr(client, method)(address).status_code for address in walked}
    assert {address: status for address, status in found.items() if status not in (404, 405)} == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_address_of_the_console_knows_another_method_than_a_form_s(method: str, cast: Cast, visit: Any) -> None:
    client = visit(cast.dora)
    for address in filled([str(cast.olga.key)]):
        if address.startswith(("/staff/", "/request-access/")):
            assert getattr(client, method)(address).status_code == 405, address


def test_an_employee_is_no_guardian_and_a_guardian_no_employee(cast: Cast, visit: Any) -> None:
    assert refused(visit(cast.olga).get("/family/"))
    assert refused(visit(cast.ana_account).get("/staff/"))


def opens(client: Any, address: str) -> bool:
    """Whether the address answers, with a file's last line too."""
    answer = client.get(address)
    return answer.status_code == 200 and (not answer.streaming or b"".join(answer.streaming_content) != b"")


def test_the_same_addresses_open_for_those_whose_they_are(cast: Cast, visit: Any) -> None:
    """Without this the walk above could pass by walking addresses that nobody could open."""
    give(cast.ana_of_alma)
    ids = everything_of_alma(cast)
    opened = {
        address.replace(key, "…")
        for account in (cast.olga, cast.ana_account, cast.dora, cast.hank)
        for key in ids
        for address in filled([key])
        if key in address and opens(visit(account), address)
    }
    assert opened == {
        "/s/…/",
        "/request-access/schools/…/",
        "/staff/roles/requests/…/",
        "/staff/roles/holders/…/revoke/",
        "/staff/roles/appoint/…/",
        "/family/students/…/",
        "/family/students/…/emergency-card/",
        "/family/students/…/disclosures/",
        "/staff/found/…/",
        "/staff/students/…/",
        "/staff/students/…/pins/",
        "/staff/students/…/history/",
        "/staff/students/…/disclosures/",
        "/staff/disclosures/…/error/",
        "/staff/guardianships/…/new-pin/",
        "/staff/guardianships/…/verify/",
        "/staff/identity-checks/…/",
        "/staff/identity-checks/…/pin/",
        "/staff/guardianships/…/why/",
        "/staff/parents/…/",
        "/staff/parents/…/found/",
        "/staff/parents/…/students/",
        "/staff/parents/…/deactivate/",
        "/staff/parents/…/second-factors/",
        "/staff/parents/…/tie/",
        "/staff/parents/…/merge/",
        "/staff/parents/…/why/",
        "/staff/requests/…/",
        "/staff/reports/registered-parents/…/",
        "/staff/reports/registered-parents/…/students/",
        "/staff/reports/registered-parents/…/students/file/",
        "/staff/reports/registered-parents/…/guardians/",
        "/staff/reports/registered-parents/…/guardians/file/",
        "/staff/district/sync/…/",
        "/staff/district/sync/…/differences/",
        "/staff/district/sync/…/access/",
        "/staff/district/sync/…/accept/",
        "/staff/district/sync/…/let-in/",
        "/staff/district/sync/…/throw-away/",
        "/staff/district/sync/…/set-aside/",
        "/staff/district/sync/…/set-aside/rows/",
        "/staff/district/sync/…/set-aside/file/",
    }


def test_every_file_asks_for_a_sign_in_of_a_moment_ago(cast: Cast, visit: Any, clock: Any) -> None:
    dora = visit(cast.dora)
    clock.shift(timedelta(minutes=16))
    files = [address for address in filled([str(cast.maple.key)]) if address.endswith("/file/")]
    assert len(files) == 4
    for address in files:
        assert "/sign-in-again/" in dora.get(address).headers.get("Location", ""), address
