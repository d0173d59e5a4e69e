"""Which identity providers there are: the TOML file that OPENHOUSE_SSO names, checked to the last key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from openhouse.environment import MEANINGS, is_safe


@dataclass(frozen=True)
class Provider:
    """One identity provider. `district_id` and `groups` name the claims (SAML: attributes) that hold them."""

    slug: str
    kind: str
    name: str
    district_id: str
    groups: str = "groups"
    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    says_when: bool = True
    sign_out_url: str = ""
    metadata_url: str = ""
    sso_url: str = ""
    certificate: str = ""
    subject: str = ""


EXAMPLES: dict[str, str] = {
    "kind": '"oidc" or "saml"',
    "name": '"District account"',
    "district_id": '"employee_id"',
    "groups": '"groups"',
    "issuer": '"https://login.example.org"',
    "client_id": '"openhouse"',
    "client_secret_file": '"/etc/openhouse/sso-secret"',
    "scopes": '["openid", "profile", "email"]',
    "says_when": "true",
    "sign_out_url": '"https://login.example.org/signed-out"',
    "metadata_url": '"https://adfs.example.org/FederationMetadata/2007-06/FederationMetadata.xml"',
    "sso_url": '"https://adfs.example.org/adfs/ls/"',
    "certificate_file": '"/etc/openhouse/adfs.pem"',
    "subject": '"urn:oasis:names:tc:SAML:attribute:subject-id"',
}
BOTH = {"kind", "name", "district_id", "groups", "says_when", "sign_out_url"}
OWN = {
    "oidc": {"issuer", "client_id", "client_secret_file", "scopes"},
    "saml": {"issuer", "metadata_url", "sso_url", "certificate_file", "subject"},
}
NEEDED = {"oidc": ("issuer", "client_id", "client_secret_file"), "saml": ("issuer",)}
ADDRESSES = ("metadata_url", "sso_url", "sign_out_url")


def read(path: str) -> tuple[Provider, ...]:
    """The providers of the file, none where no file is named. Raises ImproperlyConfigured, which says what to write where."""
    if not path:
        return ()
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("providers")
    except OSError:
        raise ImproperlyConfigured(f"OPENHOUSE_SSO {MEANINGS['OPENHOUSE_SSO']}: that file cannot be read") from None
    except ValueError as error:  # the words name a place in the file, never what stands there
        found = re.search(r"at (line \d+, column \d+|end of document)", str(error))
        raise _wrong(f"the file is no TOML ({found.group(0) if found else 'wrong encoding'})") from None
    if not isinstance(tables, dict) or not tables or not all(isinstance(each, dict) for each in tables.values()):
        raise _wrong("the file needs a table for each provider, for example [providers.district]")
    return tuple(_provider(slug, table) for slug, table in tables.items())


def _provider(slug: str, table: Mapping[str, Any]) -> Provider:
    where = f"[providers.{slug}]"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", slug) or slug == "saml":  # allauth's own name for all of a kind
        raise _wrong(f"{where} is named with small letters, digits and hyphens, for example [providers.district]")
    kind = table.get("kind")
    if kind not in OWN:
        raise _wrong(f"{where} needs kind = {EXAMPLES['kind']}")
    if kind == "saml" and find_spec("onelogin") is None:
        raise _wrong(f"{where} needs the package's extra for SAML: install open-house[saml]")
    for key in table:
        if key not in BOTH | OWN[kind]:
            allowed = ", ".join(sorted(BOTH | OWN[kind]))
            raise _wrong(f"{where} has a key that {kind} does not know; it knows {allowed}")
    for key in ("name", "district_id", *NEEDED[kind]):
        _insist(table.get(key), where, key)
    for key, given in table.items():
        _check(where, key, given)
    if kind == "oidc":
        _insist(is_safe(table["issuer"]) and not re.search(r"[?#]", table["issuer"]), where, "issuer")
        _insist("openid" in table.get("scopes", ["openid"]), where, "scopes")
    elif bool(table.get("metadata_url")) == bool(table.get("sso_url") and table.get("certificate_file")):
        raise _wrong(f"{where} needs metadata_url, or both sso_url and certificate_file")
    facts = {key: given for key, given in table.items() if not key.endswith("_file")}
    for key, content in _files(where, table).items():
        facts[key] = content
    return Provider(slug=slug, **(facts | ({"scopes": tuple(facts["scopes"])} if "scopes" in facts else {})))


def _check(where: str, key: str, given: Any) -> None:
    """Raises ImproperlyConfigured where a value is not of its kind."""
    if key == "scopes":
        _insist(isinstance(given, list) and all(re.fullmatch(r"\S+", str(each)) for each in given), where, key)
    elif key == "says_when":
        _insist(isinstance(given, bool), where, key)
    else:
        _insist(isinstance(given, str), where, key)
    if key in ADDRESSES:
        _insist(is_safe(given), where, key)


def _files(where: str, table: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the files that the table names."""
    found = {}
    for key in ("client_secret_file", "certificate_file"):
        if key in table:
            try:
                found[key.removesuffix("_file")] = Path(table[key]).read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                raise _wrong(f"{where} {key} names a file that cannot be read, for example {EXAMPLES[key]}") from None
            _insist(found[key.removesuffix("_file")], where, key)
    return found


def _insist(fits: object, where: str, key: str) -> None:
    if not fits:
        raise _wrong(f"{where} needs {key}, for example {key} = {EXAMPLES[key]}")


def _wrong(words: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"OPENHOUSE_SSO: {words}. docs/single-sign-on.md has every key.")


def for_allauth(providers: Sequence[Provider]) -> dict[str, Any]:
    """The providers in allauth's words (SOCIALACCOUNT_PROVIDERS), with this room's strict classes in the place of its own."""
    strict = "openhouse.accounts.single_sign_on"
    return {
        "openid_connect": {
            "provider_class": f"{strict}.oidc.StrictProvider",
            "APPS": [_oidc(each) for each in providers if each.kind == "oidc"],
        },
        "saml": {
            "provider_class": f"{strict}.saml.StrictProvider",
            "APPS": [_saml(each) for each in providers if each.kind == "saml"],
        },
    }


def _oidc(provider: Provider) -> dict[str, Any]:
    return {
        "provider_id": provider.slug,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {"server_url": provider.issuer.rstrip("/"), "oauth_pkce_enabled": True},
    }


def _saml(provider: Provider) -> dict[str, Any]:
    if provider.metadata_url:
        idp = {"entity_id": provider.issuer, "metadata_url": provider.metadata_url}
    else:
        idp = {"entity_id": provider.issuer, "sso_url": provider.sso_url, "x509cert": provider.certificate}
    return {
        "provider_id": provider.slug,
        "name": provider.name,
        "client_id": provider.slug,
        "settings": {
            "idp": idp,
            "verified_email": True,
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                "want_attribute_statement": True,
                "allow_single_label_domains": True,
            },
        },
    }
