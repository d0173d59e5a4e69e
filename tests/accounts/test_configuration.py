"""The file that OPENHOUSE_SSO names: read whole, or refused with the place and an example."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from openhouse.accounts.single_sign_on import configuration

OIDC = """
[providers.district]
kind = "oidc"
name = "District account"
issuer = "https://login.example.org"
client_id = "openhouse"
client_secret_file = "SECRET"
district_id = "employee_id"
"""
SAML = """
[providers.adfs]
kind = "saml"
name = "ADFS"
issuer = "http://adfs.example.org/adfs/services/trust"
metadata_url = "https://adfs.example.org/FederationMetadata/2007-06/FederationMetadata.xml"
district_id = "employeeNumber"
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> str:
        (tmp_path / "secret").write_text("very secret\n")
        path = tmp_path / "sso.toml"
        path.write_text(text.replace("SECRET", str(tmp_path / "secret")))
        return str(path)

    return write


def test_several_providers_of_both_kinds_are_read(written):
    district, adfs = configuration.read(written(OIDC + SAML))
    assert (district.slug, district.client_secret, district.scopes) == (
        "district",
        "very secret",
        ("openid", "profile", "email"),
    )
    assert (adfs.kind, adfs.groups) == ("saml", "groups")
    assert configuration.read("") == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('client_id = "openhouse"', "", 'needs client_id, for example client_id = "openhouse"'),
        ("https://login.example.org", "http://login.example.org", "needs issuer"),
        ('"SECRET"', '"/nowhere"', "client_secret_file names a file that cannot be read"),
        ('kind = "oidc"', 'kind = "ldap"', 'needs kind = "oidc" or "saml"'),
        ("client_id", "cleint_id", "a key that oidc does not know"),
        ("[providers.district]", "[providers.District]", "small letters"),
        ("[providers.district]", "[providers.saml]", "small letters"),
        ('name = "District account"', "name = 7", "needs name"),
        ("[providers.district]", "[providers.district", "no TOML (at line 2"),
        ("[providers.district]", "[district]", "[providers.district]"),
        ('district_id = "employee_id"', 'district_id = "employee_id"\nscopes = ["profile"]', "needs scopes"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_an_example(written, old: str, new: str, words: str):
    with pytest.raises(ImproperlyConfigured) as refused:
        configuration.read(written(OIDC.replace(old, new)))
    assert words in str(refused.value)
    assert "OPENHOUSE_SSO" in str(refused.value) and "very secret" not in str(refused.value)


def test_a_saml_provider_needs_metadata_or_address_and_certificate(written):
    with pytest.raises(ImproperlyConfigured, match="metadata_url, or both sso_url and certificate_file"):
        configuration.read(written(SAML.replace("metadata_url", "sso_url")))


def test_a_file_that_is_not_there_is_told_by_its_name_and_an_example():
    with pytest.raises(ImproperlyConfigured, match=r"OPENHOUSE_SSO names a TOML file .* /etc/openhouse/sso.toml"):
        configuration.read("/nowhere/sso.toml")
