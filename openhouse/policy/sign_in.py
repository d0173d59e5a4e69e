"""The policy values about signing in: employees', and families'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openhouse.policy import readings
from openhouse.policy.readings import value


@dataclass(frozen=True)
class SignIn:
    """A part of the policy."""

    sign_in_again_minutes: int = value(
        15,
        "How many minutes after signing in an employee may change roles or policy or take an export without signing in again.",
        readings.number(1, 480),
    )
    employee_idle_minutes: int = value(
        30,
        "After how many minutes without a click an employee is signed out.",
        readings.number(5, 240),
    )
    employee_session_hours: int = value(
        10,
        "After how many hours an employee signs in anew, however busy they were.",
        readings.number(1, 12),
    )
    second_factor_required: bool = value(
        True,
        "Whether an employee comes in only where the identity provider says that they used a second factor. Where it cannot "
        "say so (Google does not), set it to false, and enforce second factors there.",
        readings.yes_or_no,
    )
    second_factor_words: tuple[str, ...] = value(
        (
            *("mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "phr", "phrh"),
            "http://schemas.microsoft.com/claims/multipleauthn",
            "https://refeds.org/profile/mfa",
            "urn:oasis:names:tc:saml:2.0:ac:classes:mobiletwofactorcontract",
            "urn:oasis:names:tc:saml:2.0:ac:classes:mobiletwofactorunregistered",
            "urn:oasis:names:tc:saml:2.0:ac:classes:timesynctoken",
        ),
        "Which words of an identity provider (amr and acr of OpenID Connect, AuthnContextClassRef of SAML) mean that a second "
        "factor was used.",
        readings.words,
    )
    group_roles: tuple[Mapping[str, str], ...] = value(
        (),
        "Which roles the district's groups carry, read at every sign-in: a JSON list of "
        '{"group": "Office staff", "role": "parent access account administrator", "school_code": "1001"}.',
        readings.group_roles,
    )
    guardian_second_factor: str = value(
        "offered",
        "Whether families are offered a second step at sign-in (a passkey or an authenticator app), or must have one: "
        "offered, or required.",
        readings.one_of("offered", "required"),
    )
    guardian_idle_minutes: int = value(
        60, "After how many minutes without a click a family is signed out.", readings.number(5, 720)
    )
    guardian_session_hours: int = value(
        12, "After how many hours a family signs in anew, however busy they were.", readings.number(1, 720)
    )
