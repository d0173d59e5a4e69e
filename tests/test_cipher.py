"""PINs at rest: several keys are read, the newest writes."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from openhouse import cipher, cli
from tests import cast as make

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_the_newest_key_writes_and_all_keys_read(settings):
    settings.PIN_KEYS = [OLD]
    before = cipher.seal("123456")
    settings.PIN_KEYS = [NEW, OLD]
    after = cipher.seal("123456")
    assert cipher.unseal(before) == cipher.unseal(after) == "123456"
    settings.PIN_KEYS = [NEW]
    assert (cipher.unseal(before), cipher.unseal(after)) == (None, "123456")


def test_a_sealed_code_that_was_tampered_with_is_no_code():
    sealed = bytearray(cipher.seal("123456"))
    sealed[40] ^= 1
    assert cipher.unseal(bytes(sealed)) is None


def test_sealing_again_needs_a_key_that_fits(settings):
    settings.PIN_KEYS = [OLD]
    sealed = cipher.seal("123456")
    settings.PIN_KEYS = [NEW]
    assert cipher.reseal(sealed) is None


@pytest.mark.parametrize("keys", [["not a key"], [""], []])
def test_a_wrong_key_fails_loudly_and_names_its_setting(settings, keys):
    settings.PIN_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="OPENHOUSE_PIN_KEYS") as caught:
        cipher.seal("123456")
    assert "123456" not in str(caught.value)


def test_the_command_makes_a_key_and_rotates(settings, cast, capsys):
    code = make.give(cast.ana_of_alma)
    assert cli.main(["keys", "new"]) == 0
    settings.PIN_KEYS = [capsys.readouterr().out.strip(), *settings.PIN_KEYS]
    assert cli.main(["keys", "rotate"]) == 0
    assert "1 PINs are under the newest key. 0 had" in capsys.readouterr().out
    settings.PIN_KEYS = settings.PIN_KEYS[:1]
    assert make.give(cast.ana_of_alma) == code
