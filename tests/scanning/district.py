"""The district that is scanned, and everybody who scans it.

Whatever a page offers only sometimes is there: a locked account, a request that waits for a second person, a sync that waits, a
family that has just enrolled, a guardian with second factors, two identity providers.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path

from tests.identity_providers import certificates
from tests.identity_providers.running import running, tell
from tests.journeys import portal as portals
from tests.journeys.backstage import PASSWORD
from tests.journeys.portal import Portal
from tests.scanning.visitor import LEAVES, Arrival, Visitor

GUARDIAN, OTHER, PROTECTED = "ana@home.example", "other@home.example", "protected@home.example"
UNCONFIRMED = "unconfirmed@home.example"
FAMILIES = (
    (GUARDIAN, "the_newly_restricted", 0),
    (OTHER, "restricted", 0),
    (PROTECTED, "three_schools", 1),
    (UNCONFIRMED, "ordinary", 0),
)
"""Each account, whose it is, and which of the guardians."""
PROVIDERS = """
[providers.district]
kind = "oidc"
name = "District account"
issuer = "OPENID"
client_id = "openhouse"
client_secret_file = "FOLDER/secret"
district_id = "employee_id"

[providers.county]
kind = "saml"
name = "County account"
issuer = "SAML/"
metadata_url = "SAML/metadata"
district_id = "employeeNumber"
"""
WITH_TWO_FACTORS = "https://refeds.org/profile/mfa"
ARRIVING = ("/employee-login/", "/sign-in-again/")
SAML = ("/employee-login/county/metadata/", "/employee-login/county/sls/?SAMLResponse=a&RelayState=a")
_numbers = count()


ROLES = (
    "nobody",
    "registering",
    "forgetful",
    "guardian",
    "asked-for-a-code",
    "with-a-code",
    "provider",
    "employee",
    "clerk",
    "site-administrator",
    "help-desk",
    "district-administrator",
)


@dataclass(frozen=True)
class District:
    """A served portal; what is typed into fields of a name, first and besides; where two identity providers lead to it."""

    portal: Portal
    typed: dict[str, str]
    others: list[dict[str, str]]
    address: str

    def visitor(self, role: str) -> Visitor:
        """Somebody of that role, who has arrived."""
        visitor = Visitor(self.portal, self._arrival(role), self.typed, self.others)
        if role == "provider":
            visitor.url, visitor.starts, visitor.within = self.address, (*ARRIVING, *SAML), ARRIVING
        if role == "clerk":
            visitor.starts = (*visitor.starts, self._check())
        if role == "nobody":
            visitor.left_out = LEAVES
        return visitor

    def _arrival(self, role: str) -> Arrival:
        portal = self.portal
        return {
            "nobody": nobody,
            "registering": registering,
            "forgetful": forgetful,
            "guardian": partial(guardian, GUARDIAN),
            "asked-for-a-code": asked_for_a_code,
            "with-a-code": with_a_code,
            "provider": lambda visitor: None,
            "employee": without_a_role,
            "clerk": partial(employee, self.typed["employee"]),
            "site-administrator": partial(employee, portal.holder("Site Administrator")),
            "help-desk": partial(employee, portal.holder("Help Desk")),
            "district-administrator": partial(employee, portal.administrator()),
        }[role]

    def _check(self) -> str:
        """The clerk has verified a guardian at the counter: where the PIN is shown then."""
        family = self.portal.cast["the_newly_restricted"]
        whose = {"guardian_id": family["guardian_id"], "number": family["student"]}
        return str(self.portal.backstage("verify", name=self.typed["employee"], **whose))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[District]:
    """Make the district in this folder and serve it, until the end of the block."""
    folder.mkdir(parents=True)
    scenes = "tests.scanning.backstage"
    portal = portals.start(folder, os.environ.get("DATABASE_URL"), "tests.scanning.settings", scenes=scenes)
    try:
        with _providers(portal) as address:
            yield District(portal, *_furnish(portal), address)
    finally:
        portals.stop(portal)


@contextlib.contextmanager
def _providers(portal: Portal) -> Iterator[str]:
    """A second server of the portal, to which an OpenID and a SAML provider bring the District Administrator."""
    address = f"http://127.0.0.1:{portals.free_port()}"
    files = certificates.write(portal.folder)
    acs = f"{address}/employee-login/county/acs/"
    with (
        running("openid.mjs", f"{address}/employee-login/district/callback/", f"{address}/") as openid,
        running("saml.mjs", *map(str, files), acs) as saml,
    ):
        number = portal.backstage("number_of", name=portal.administrator())
        tell(openid, "/people", claims={"sub": "subject-one", "employee_id": number}, amr=["pwd", "otp"])
        tell(saml, "/people", subject="subject-two", attributes={"employeeNumber": number}, context=WITH_TWO_FACTORS)
        (portal.folder / "secret").write_text("a-secret-of-the-tests")
        told = PROVIDERS.replace("OPENID", openid).replace("SAML", saml).replace("FOLDER", str(portal.folder))
        (portal.folder / "sso.toml").write_text(told)
        portal.serve(address, OPENHOUSE_SSO=str(portal.folder / "sso.toml"), OPENHOUSE_DEMO="")
        yield address


def _furnish(portal: Portal) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Put into the district what a page offers only sometimes; what is typed into the forms, first and besides."""
    family, restricted = portal.cast["the_newly_restricted"], portal.cast["restricted"]
    clerk, help_desk = portal.clerk(family["school"]), portal.holder("Help Desk")
    portal.run("policy", "set", "one_pin_per_family", "true")
    for email, name, _which in FAMILIES:
        portal.backstage("make_account", email=email)
        portal.backstage("appoint", name=clerk, code=portal.cast[name]["school"])
    restore(portal)
    portal.backstage("ask", name=help_desk, guardian_id=restricted["guardian_id"], number=restricted["student"])
    portal.backstage("disclose", name=help_desk, number=family["student"])
    portal.backstage("sync_half_an_export", folder=str(portal.folder))
    codes = portal.backstage("give_pins", guardian_id=family["guardian_id"])
    assert portal.sis
    assert portal.sis.register
    enrolled = portal.sis.register.enrol(family["school"], datetime.now(UTC).date())
    born = date.fromisoformat(family["birth_date"])
    typed = {"student_number": family["student"], "pin": codes.get(family["student"], "123456"), "login": GUARDIAN}
    typed |= {"birth_date_year": str(born.year), "birth_date_month": str(born.month), "birth_date_day": str(born.day)}
    typed |= {"email": GUARDIAN, "number": family["student"], "employee": clerk, "password": PASSWORD}
    numbers, emails = (
        ("no-such-number", restricted["student"], enrolled),
        ("nobody@home.example", OTHER, PROTECTED, UNCONFIRMED),
    )
    parent, _space, name = family["guardians"][-1].partition(" ")
    others = [{"student_number": number} for number in numbers] + [{"email": email} for email in emails]
    others.append({"given_name": family["first_name"][:2], "family_name": "", "birth_date": ""})
    others.append({"email": "", "first_name": parent[:2], "last_name": name[:2]})
    return typed, others


def restore(portal: Portal) -> None:
    """Let the accounts be as at first, whatever was done to them."""
    families = [(email, portal.cast[name], which) for email, name, which in FAMILIES]
    told = [[email, each["guardian_ids"][which], each["student"]] for email, each, which in families]
    portal.backstage("restore", families=told)
    portal.backstage("lock", email=OTHER)
    portal.backstage("protect", email=PROTECTED)
    portal.backstage("forget_to_confirm", email=UNCONFIRMED)


def nobody(visitor: Visitor) -> None:
    """For the token's cookie."""
    visitor.open("/accounts/login/")


def guardian(email: str, visitor: Visitor) -> None:
    """A guardian at two devices, on this one of a moment ago, whatever was done to the account before."""
    visitor.portal.backstage("mend_account", email=email)
    visitor.log_in(email)
    visitor.come()
    visitor.log_in(email)
    visitor.send("/accounts/reauthenticate/", {"password": PASSWORD})


def asked_for_a_code(visitor: Visitor) -> None:
    """The password was right, and the second factor is asked for."""
    visitor.portal.backstage("protect", email=PROTECTED)
    visitor.log_in(PROTECTED)


def with_a_code(visitor: Visitor) -> None:
    """A guardian with every second factor."""
    code = visitor.portal.backstage("protect", email=PROTECTED)
    visitor.log_in(PROTECTED)
    visitor.send("/accounts/second-factor/authenticate/", {"code": code})


def registering(visitor: Visitor) -> None:
    """Asked for the code that was mailed to a new address."""
    names = {"given_name": "Rosa", "family_name": "Quiroga", "password1": PASSWORD}
    visitor.send("/accounts/signup/", names | {"email": f"new{next(_numbers)}@home.example"})


def forgetful(visitor: Visitor) -> None:
    """The code that was mailed was right: a new password is asked for."""
    email = f"forgetful{next(_numbers)}@home.example"
    visitor.portal.backstage("make_account", email=email)
    visitor.send("/accounts/password/reset/", {"email": email})
    visitor.send("/accounts/password/reset/confirm/", {"code": visitor.portal.code_for(email)})


def employee(name: str, visitor: Visitor) -> None:
    """Chosen from the demo's list."""
    restore(visitor.portal)
    _choose(visitor, _listed(visitor)[name])


def without_a_role(visitor: Visitor) -> None:
    """Whoever has no role stands last on the list."""
    _choose(visitor, list(_listed(visitor).values())[-1])


def _listed(visitor: Visitor) -> dict[str, str]:
    text = visitor.open("/demo/employees/").text
    found = re.findall(r'name="employee" value="([^"]+)">Sign in as ([^<]+)<', text)
    return {unescape(name): key for key, name in found}


def _choose(visitor: Visitor, key: str) -> None:
    visitor.send("/demo/employees/", {"employee": key, "next": ""})
