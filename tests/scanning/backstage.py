"""What is done behind a scanned district's scenes besides what the stories do: it brings about what some form stands for alone.

Each public function is a verb, as in `tests.journeys.backstage`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

from tests.journeys.backstage import *  # noqa: F403
from tests.journeys.backstage import PASSWORD, main


def appoint(name: str, code: str) -> None:
    """Let an employee give PINs at one more school."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.roles import grants
    from openhouse.roles.places import Place
    from openhouse.roles.roles import Role

    place, by = Place(school_code=code), Actor.system("tests")
    account, role = _employee(name), Role.PARENT_ACCESS_ADMINISTRATOR
    grants.give(account=account, role=role, place=place, by=None, actor=by, at=timezone.now())


def _employee(name: str):
    from openhouse.accounts.models import Account

    return next(each for each in Account.objects.exclude(employee_key=None) if each.name == name)


def ask(name: str, guardian_id: str, number: str) -> None:
    """An employee asks for a second person's word on a PIN of a student on whose record a restriction stands."""
    from django.utils import timezone

    from openhouse.access import consents
    from openhouse.access.models import Act
    from openhouse.accounts import actor

    pair, by = _pair(guardian_id, number), _employee(name)
    about = {"act": Act.GIVE_PIN, "students": [pair.student], "guardian": pair.guardian}
    consents.ask(by=by, actor=actor.of(by), at=timezone.now(), **about)


def _pair(guardian_id: str, number: str):
    from openhouse.district.models import Guardianship

    rows = Guardianship.objects.select_related("student", "guardian")
    return rows.get(guardian__sourced_id=guardian_id, student__number=number)


def verify(name: str, guardian_id: str, number: str) -> str:
    """An employee has just verified a guardian at the counter; the address of the check."""
    from django.utils import timezone

    from tests import cast

    check = cast.verified(_pair(guardian_id, number), by=_employee(name), at=timezone.now())
    return f"/staff/identity-checks/{check.key}/pin/"


def disclose(name: str, number: str) -> None:
    """A note stands in a student's disclosure record."""
    from django.utils import timezone

    from openhouse.access import disclosures
    from openhouse.accounts import actor
    from openhouse.district.models import Student

    at, by = timezone.now(), _employee(name)
    told = {
        "party": "a clinic",
        "interest": "an ambulance",
        "what": "allergies",
        "threat": "a sting",
        "recipients": "a doctor",
    }
    student = Student.objects.get(number=number)
    basis = disclosures.Basis.EMERGENCY
    disclosures.note(student=student, on=at.date(), basis=basis, employee=by, by=actor.of(by), at=at, **told)


def mend_account(email: str) -> None:
    """Let a guardian sign in as at first, whatever was done to the account."""
    from django.utils import timezone

    from openhouse.accounts.models import Account

    account = Account.objects.get(email=email)
    account.set_password(PASSWORD)
    account.deactivated_at = account.deactivated_for_cause = None
    account.last_active_at = timezone.now()
    account.save()
    account.authenticator_set.all().delete()


def restore(families: list[list[str]]) -> None:
    """Let each account sign in as at first, tied to its guardian and with its student, whatever was done to it."""
    from openhouse.access.models import Association

    for email, guardian_id, number in families:
        mend_account(email)
        held = Association.objects.filter(account__email=email, student__number=number, valid_until=None)
        if not held.exists():
            associate(email, guardian_id, number)  # noqa: F405


def lock(email: str) -> None:
    """So many wrong tries that only staff unlock the account."""
    from django.utils import timezone

    from openhouse.access.models import Try
    from openhouse.accounts.models import Account
    from tests.scanning.addresses import TRIES

    account, at = Account.objects.get(email=email), timezone.now()
    missing = TRIES - Try.objects.filter(account=account, counted=Try.Counted.ACCOUNT).count()
    Try.objects.bulk_create([Try(account=account, at=at) for _try in range(missing)], batch_size=1000)


def forget_to_confirm(email: str) -> None:
    """A guardian's email was never confirmed."""
    from allauth.account.models import EmailAddress

    from openhouse.accounts.models import Account

    Account.objects.filter(email=email).update(email_confirmed_at=None)
    EmailAddress.objects.filter(email=email).update(verified=False)


def addresses() -> list[str]:
    """Every address of the portal, as its route."""
    from django.urls import URLResolver, get_resolver

    def below(patterns: Any, before: str = "") -> Iterator[str]:
        for each in patterns:
            route = f"{before}{each.pattern}"
            yield from below(each.url_patterns, route) if isinstance(each, URLResolver) else [route]

    return list(below(get_resolver().url_patterns))


def protect(email: str) -> str:
    """Give an account every second factor anew; one of its recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from allauth.mfa.webauthn.internal.auth import WebAuthn

    from openhouse.accounts.models import Account

    account = Account.objects.get(email=email)
    account.authenticator_set.all().delete()
    TOTP.activate(account, generate_totp_secret())
    WebAuthn.add(account, "Phone", _passkey())
    return str(RecoveryCodes.activate(account).get_unused_codes()[0])


def _passkey() -> dict[str, object]:
    """What a device answers when a passkey is made on it: nobody holds its key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from fido2.cose import ES256
    from fido2.utils import sha256, websafe_encode
    from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    key = secrets.token_bytes(32)
    made = AttestedCredentialData.create(b"\0" * 16, key, public)
    known = AuthenticatorData.create(sha256(b"localhost"), 0x45, 0, made)
    said = json.dumps({"type": "webauthn.create", "challenge": "", "origin": "http://localhost"}).encode()
    answer = {"attestationObject": AttestationObject.create("none", known, {}), "clientDataJSON": said}
    return {
        "id": websafe_encode(key),
        "rawId": websafe_encode(key),
        "type": "public-key",
        "response": {name: websafe_encode(value) for name, value in answer.items()},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


if __name__ == "__main__":
    main(globals())
