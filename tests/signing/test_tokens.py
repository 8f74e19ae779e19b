"""Seals in a token, with a real one of SoftHSM: what seals, and what refuses with which words."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pydantic import SecretStr

from app.signing import tokens
from app.signing.errors import SealUnavailableError
from app.signing.keys import load_seal
from app.signing.rotation import bring
from app.signing.seal import seal
from app.signing.unlocking import Unlocking
from app.signing.validate import validate
from tests.signing.conftest import AT, CODE
from tests.signing.softtoken import LABEL, PIN, described, make_token, move_into, needs_softhsm

pytestmark = needs_softhsm

RIGHT = Unlocking(pin=SecretStr(PIN), strict=True)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No PIN was refused before."""
    monkeypatch.setattr(tokens, "_REFUSED", set())


@pytest.fixture
def token(tmp_path, monkeypatch):
    return make_token(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def place(tmp_path, keys, token):
    """The folder of a seal whose key lies in the token alone."""
    shutil.copytree(keys, tmp_path / "keys")
    place = tmp_path / "keys" / "seals" / CODE
    move_into(token, place)
    return place


@pytest.fixture
def other(keys) -> Path:
    """A file with another key."""
    return keys / "authority" / "key.pem"


def load(place, unlocking=RIGHT):
    return load_seal(place.parents[1], CODE, at=AT, unlocking=unlocking)


def reason(place, unlocking=RIGHT) -> str:
    with pytest.raises(SealUnavailableError) as refusal:
        load(place, unlocking)
    return refusal.value.reason


def test_a_seal_in_a_token_seals_like_any_other(place, sealed):
    pdf = seal(sealed.plain, load(place), AT, timestamper=sealed.times.timestamper(AT))
    report = validate(pdf, sealed.anchors, AT)
    assert report.good
    assert report.trusted
    assert report.record == sealed.data


def test_its_signature_is_the_one_that_the_same_key_in_a_file_makes(place, keys):
    key = load_seal(keys, CODE, at=AT).key
    opened = load(place).key
    how = padding.PKCS1v15(), hashes.SHA256()
    assert opened.sign(b"the same", *how) == key.sign(b"the same", *how)
    assert opened.key_size == 3072
    assert opened.public_key() == key.public_key()
    with pytest.raises(ValueError, match="only"):
        opened.sign(b"otherwise", padding.PKCS1v15(), hashes.SHA1())


def test_a_wrong_pin_is_told_once_and_not_again(place, monkeypatch):
    wrong = Unlocking(pin=SecretStr("5550000000"))
    assert reason(place, wrong) == "token_pin"

    def visited(*_):
        raise AssertionError("the token was asked again")

    with monkeypatch.context() as watched:
        watched.setattr(tokens, "_session", visited)
        assert reason(place, wrong) == "token_pin"
    # the right one is another PIN and is told
    assert load(place).key.key_size == 3072


@pytest.mark.parametrize("pin", ["1", "x" * 300])
def test_a_pin_of_a_wrong_length_is_a_wrong_pin(place, pin):
    assert reason(place, Unlocking(pin=SecretStr(pin))) == "token_pin"


def test_without_a_pin_nothing_is_tried(place, tmp_path):
    assert reason(place, Unlocking()) == "token_pin_missing"
    (place / "pkcs11.toml").write_text(described(pin_file=str(tmp_path / "nowhere")))
    assert reason(place) == "token_pin_missing"


def test_a_pin_may_lie_in_a_file_of_the_seal_itself(place, tmp_path):
    (tmp_path / "pin").write_text(PIN + "\n")
    (place / "pkcs11.toml").write_text(described(pin_file=str(tmp_path / "pin")))
    assert load(place, Unlocking()).development


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (described(module="/nowhere/module.so"), "token_module"),
        (described(module="/usr/bin/env"), "token_module"),
        (described(token="another"), "token_away"),
        (described(key="another"), "token_key"),
        (described(id="02"), "token_key"),
        (described(module="module.so"), "seal_unreadable"),
        (described(id="not hex"), "seal_unreadable"),
        (described(pin=PIN), "seal_unreadable"),
        ("module = [", "seal_unreadable"),
        ("", "seal_unreadable"),
    ],
)
def test_what_is_described_wrongly_is_refused_with_its_reason(place, told, expected):
    (place / "pkcs11.toml").write_text(told)
    assert reason(place) == expected


def test_two_keys_of_one_name_are_not_guessed_between(place, token, other):
    token.import_key(other, "seal", "02")
    assert reason(place) == "token_key"
    (place / "pkcs11.toml").write_text(described(id="01"))
    assert load(place).development


def test_another_key_than_the_certificates_is_refused(place, token, other):
    token.import_key(other, "other", "02")
    (place / "pkcs11.toml").write_text(described(key="other"))
    assert reason(place) == "seal_mismatch"


def test_a_key_of_another_kind_is_refused(place, token, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "ec.pem").write_bytes(key)
    token.import_key(tmp_path / "ec.pem", "curve", "03")
    (place / "pkcs11.toml").write_text(described(key="curve"))
    assert reason(place) == "token_key"


def test_a_key_in_a_file_and_in_a_token_at_once_is_refused(place, other):
    shutil.copy(other, place / "key.pem")
    assert reason(place) == "seal_unreadable"


def test_a_token_that_goes_away_between_loading_and_sealing_is_told_and_found_again(place, token, sealed):
    loaded = load(place)
    token.tokens.rename(token.folder / "elsewhere")
    token.tokens.mkdir()
    with pytest.raises(SealUnavailableError) as refusal:
        seal(sealed.plain, loaded, AT, timestamper=None)
    assert refusal.value.reason == "token_away"
    assert reason(place) == "token_away"
    token.tokens.rmdir()
    (token.folder / "elsewhere").rename(token.tokens)
    again = seal(sealed.plain, loaded, AT, timestamper=sealed.times.timestamper(AT))
    assert validate(again, sealed.anchors, AT).good


def test_a_key_that_leaves_the_token_is_told(place, token, sealed):
    loaded = load(place)
    subprocess.run(
        [sys.executable, "-c", _DELETE, str(token.folder)], check=True, env={**os.environ, "PIN": PIN}, timeout=60
    )
    with pytest.raises(SealUnavailableError) as refusal:
        seal(sealed.plain, loaded, AT, timestamper=None)
    assert refusal.value.reason == "token_key"


_DELETE = f"""
import os, pkcs11
with pkcs11.lib("/usr/lib/softhsm/libsofthsm2.so").get_token(token_label="{LABEL}").open(
    rw=True, user_pin=os.environ["PIN"]
) as session:
    for one in list(session.get_objects()):
        one.destroy()
"""


def test_a_damaged_token_is_told(place, token):
    for file in token.tokens.rglob("*.object"):
        file.write_bytes(b"damaged")
    assert reason(place) in {"token_away", "token_failed", "token_key", "token_pin", "token_pin_locked"}


def test_a_token_about_to_be_locked_is_left_alone(place, monkeypatch):
    import pkcs11

    class Token:
        flags = pkcs11.TokenFlag.USER_PIN_FINAL_TRY

        def open(self, **_):
            raise AssertionError("the last PIN was tried")

    class Library:
        def get_tokens(self, **_):
            return [Token()]

        def finalize(self):
            pass

    monkeypatch.setattr(pkcs11, "lib", lambda _: Library())
    assert reason(place) == "token_pin_locked"


def test_without_the_extra_a_token_is_refused(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    assert reason(place) == "token_unsupported"


def test_many_threads_seal_with_one_token(place):
    opened, found = load(place), []

    def act():
        found.append(opened.key.sign(b"at once", padding.PKCS1v15(), hashes.SHA256()))

    threads = [threading.Thread(target=act) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1


def test_a_process_that_was_forked_seals_with_the_seal_its_parent_loaded(place):
    opened = load(place)
    script = os.fork()
    if script == 0:
        try:
            opened.key.sign(b"in the child", padding.PKCS1v15(), hashes.SHA256())
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(script, 0)[1]) == 0
    assert opened.key.sign(b"in the parent", padding.PKCS1v15(), hashes.SHA256())


def test_a_seal_in_a_token_is_brought_like_a_file(place, tmp_path):
    source = tmp_path / "bought"
    shutil.copytree(place, source)
    (source / "starts").unlink()
    there = tmp_path / "elsewhere"
    one = bring(there, CODE, source, starts_at=AT, unlocking=RIGHT)
    assert sorted(file.name for file in one.folder.iterdir()) == ["certificate.pem", "pkcs11.toml", "starts"]
    loaded = load_seal(there, CODE, at=AT, unlocking=RIGHT)
    assert loaded.certificate == x509.load_pem_x509_certificate((place / "certificate.pem").read_bytes())


def test_neither_key_nor_seal_shows_the_pin(place):
    opened = load(place)
    assert PIN not in repr(opened) + repr(opened.key) + repr(RIGHT) + str(RIGHT)
