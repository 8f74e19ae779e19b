"""Key files: encrypted, for their owner's eyes alone, and whole whatever happens while they are written."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from cryptography.hazmat.primitives import serialization
from pydantic import SecretStr

from app.signing import keyfiles
from app.signing.errors import SealUnavailableError
from app.signing.keys import load_seal
from app.signing.rotation import encrypt, key_files, make_seal
from app.signing.unlocking import Unlocking, secret_in
from tests.signing.conftest import AT, CODE, NAME

WORDS = SecretStr("correct horse battery staple")
OTHER = SecretStr("another passphrase altogether")


@pytest.fixture
def place(tmp_path, keys):
    shutil.copytree(keys, tmp_path / "keys")
    return tmp_path / "keys" / "seals" / CODE


def reason(place, unlocking) -> str:
    with pytest.raises(SealUnavailableError) as refusal:
        load_seal(place.parents[1], CODE, at=AT, unlocking=unlocking)
    return refusal.value.reason


def test_an_encrypted_key_opens_with_its_passphrase_alone(place):
    plain = load_seal(place.parents[1], CODE, at=AT).key
    assert encrypt(place, CODE, WORDS)
    content = (place / "key.pem").read_bytes()
    assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    opened = load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(WORDS, strict=True)).key
    assert opened.public_key() == plain.public_key()
    assert reason(place, Unlocking()) == "seal_encrypted"
    assert reason(place, Unlocking(OTHER)) == "seal_passphrase"
    assert reason(place, Unlocking(SecretStr(""))) == "seal_passphrase"


def test_openssl_reads_what_we_encrypt_and_we_what_openssl_encrypts(place, tmp_path):
    encrypt(place, CODE, WORDS)
    secret = tmp_path / "secret"
    secret.write_text(OTHER.get_secret_value())
    env = {**os.environ, "WORDS": WORDS.get_secret_value()}
    command = ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"]
    command += ["-in", place / "key.pem", "-passin", "env:WORDS", "-passout", f"file:{secret}"]
    done = subprocess.run([*command, "-out", tmp_path / "new.pem"], env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "new.pem").replace(place / "key.pem")
    assert load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(secret_in(secret))).development


def test_production_refuses_a_plain_key_and_one_that_others_can_read_or_change(place):
    assert reason(place, Unlocking(WORDS, strict=True)) == "seal_plain"
    encrypt(place, CODE, WORDS)
    for mode, refused in (
        (0o600, False),
        (0o400, False),
        (0o440, False),
        (0o444, True),
        (0o620, True),
        (0o602, True),
    ):
        (place / "key.pem").chmod(mode)
        if refused:
            assert reason(place, Unlocking(WORDS, strict=True)) == "seal_exposed", oct(mode)
            assert load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(WORDS))
        else:
            assert load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(WORDS, strict=True))


def test_encrypting_twice_changes_nothing_and_a_new_passphrase_needs_the_old_one(place):
    assert encrypt(place, CODE, WORDS)
    before = (place / "key.pem").read_bytes()
    assert not encrypt(place, CODE, WORDS)
    assert (place / "key.pem").read_bytes() == before
    for wrong in (None, OTHER):
        with pytest.raises(SealUnavailableError) as refusal:
            encrypt(place, CODE, SecretStr("a new passphrase"), wrong)
        assert refusal.value.reason == "seal_passphrase"
        assert (place / "key.pem").read_bytes() == before
    assert encrypt(place, CODE, OTHER, WORDS)
    assert not encrypt(place, CODE, OTHER, WORDS)
    assert load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(OTHER))
    assert (place / "key.pem").stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in place.iterdir()) == ["certificate.pem", "key.pem", "starts"]


def test_the_key_that_was_parsed_with_the_right_passphrase_is_not_given_for_a_wrong_one(place):
    encrypt(place, CODE, WORDS)
    for _ in range(2):
        assert load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(WORDS))
        assert reason(place, Unlocking(OTHER)) == "seal_passphrase"
        assert reason(place, Unlocking()) == "seal_encrypted"


def test_a_seal_is_made_encrypted_when_there_is_a_passphrase(place):
    made = make_seal(place.parents[1], CODE, NAME, at=AT, unlocking=Unlocking(WORDS))
    assert keyfiles.encrypted(made.folder)
    assert [code for _, code in key_files(place.parents[1])] == [CODE, CODE]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n", b"\xff" * 9000])
def test_a_damaged_key_or_certificate_is_told(place, content):
    for name in ("key.pem", "certificate.pem"):
        good = (place / name).read_bytes()
        (place / name).write_bytes(content)
        assert reason(place, Unlocking(WORDS)) in {"seal_unreadable", "seal_passphrase"}
        (place / name).write_bytes(good)


def test_a_file_of_a_secret_gives_its_first_line_and_shows_nothing_when_it_cannot(tmp_path):
    file = tmp_path / "secret"
    for content, expected in ((b"one\r\n", "one"), (b"one\ntwo\n", "one"), (b" o ne ", " o ne ")):
        file.write_bytes(content)
        assert secret_in(file).get_secret_value() == expected
    for content in (b"", b"\n", b"secret\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="the secret file") as refusal:
            secret_in(file)
        assert "secret\\xff" not in repr(refusal.value)
        assert refusal.value.__cause__ is None
    with pytest.raises(ValueError, match="cannot be read"):
        secret_in(tmp_path / "nowhere")


# where a process can die while it makes or encrypts a seal: after each of these calls
STEPS = range(1, 9)

_DYING = """
import os, signal, sys
from pathlib import Path
from pydantic import SecretStr
from app.signing import keyfiles
step, act, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
count = 0
def dying(real):
    def call(*args, **options):
        global count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **options)
    return call
for name in ("_write", "_settle"):
    setattr(keyfiles, name, dying(getattr(keyfiles, name)))
os.rename, os.replace = dying(os.rename), dying(os.replace)
if act == "make":
    keyfiles.store(folder / "seals" / "aoba", {"key.pem": b"k" * 9000, "certificate.pem": b"c", "starts": b"s"})
else:
    keyfiles.replace(folder / "key.pem", b"new" * 3000)
print("done")
"""


def _die(step: int, act: str, folder) -> bool:
    """Return whether the act came to its end before the step at which it dies."""
    done = subprocess.run(
        [sys.executable, "-c", _DYING, str(step), act, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_while_a_seal_is_stored_leaves_it_whole_or_not_there(tmp_path, step):
    ended = _die(step, "make", tmp_path)
    place = tmp_path / "seals" / "aoba"
    if place.exists():
        assert {each.name: each.stat().st_size for each in place.iterdir()} == {
            "key.pem": 9000,
            "certificate.pem": 1,
            "starts": 1,
        }
    assert place.exists() or not ended
    # what a crash left is in nobody's way
    keyfiles.store(place, {"key.pem": b"k"})
    assert key_files(tmp_path) == [(place, "aoba")]


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_while_a_key_is_replaced_leaves_the_old_or_the_new_one(tmp_path, step):
    (tmp_path / "key.pem").write_bytes(b"old")
    ended = _die(step, "replace", tmp_path)
    content = (tmp_path / "key.pem").read_bytes()
    assert content in {b"old", b"new" * 3000}
    assert content != b"old" or not ended


def test_two_who_store_at_once_leave_one_whole(tmp_path):
    made = []

    def act(number: int) -> None:
        files = {"key.pem": bytes([number]) * 100, "certificate.pem": bytes([number]) * 100}
        made.append(keyfiles.store(tmp_path / "seals" / "aoba", files))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count(True) == 1
    place = tmp_path / "seals" / "aoba"
    assert (place / "key.pem").read_bytes() == (place / "certificate.pem").read_bytes()
    assert [each.name for each in place.parent.iterdir()] == ["aoba"]


def test_whoever_loads_while_a_key_is_encrypted_anew_finds_a_whole_one(place):
    encrypt(place, CODE, WORDS)
    words, until = [WORDS, OTHER], time.monotonic() + 1.5
    faults: list[str] = []

    def load() -> None:
        while time.monotonic() < until:
            for each in words:
                try:
                    load_seal(place.parents[1], CODE, at=AT, unlocking=Unlocking(each))
                except SealUnavailableError as refused:
                    if refused.reason != "seal_passphrase":
                        faults.append(refused.reason)

    reader = threading.Thread(target=load)
    reader.start()
    while time.monotonic() < until:
        encrypt(place, CODE, words[1], words[0])
        words.reverse()
    reader.join()
    assert faults == []


def test_what_is_written_is_pkcs8(place):
    encrypt(place, CODE, WORDS)
    key = serialization.load_pem_private_key((place / "key.pem").read_bytes(), WORDS.get_secret_value().encode())
    assert key.key_size == 3072
