"""Passphrases, PINs and keys of seals are shown nowhere: every failure is driven, and what it left is searched."""

import base64
import contextlib
import io
import json
import logging
import re
import shutil
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select

from app import cli
from app.config import Settings
from app.models import Attestation
from app.services import attestations, revisions, seals
from app.signing import keyfiles, tokens
from app.signing.errors import SealUnavailableError
from app.signing.keys import load_seal
from app.signing.rotation import bring, encrypt
from app.signing.unlocking import Unlocking
from app.web import errors
from app.web.messages import REASONS
from tests import walking
from tests.signing.softtoken import PIN, described, make_token, move_into, needs_softhsm
from tests.web.client import StrictClient
from tests.world import NOW, World

PASSPHRASE = "the passphrase that nobody may see"
WRONG = "a wrong passphrase nobody may see"
WRONG_PIN = "5550777123"
KEPT_SECRET = "the-secret-key-of-the-form-tokens-x"


@pytest.fixture
def folder(app: Flask) -> Path:
    return walking.premises(app).keys


@pytest.fixture
def private(folder: Path) -> list[str]:
    """Parts of the private key, in the shapes in which they could be printed."""
    key = keyfiles.read_key(folder / "seals" / "aoba", "aoba")
    numbers = key.private_numbers()
    pem = [line for line in keyfiles.key_pem(key).decode().splitlines() if not line.startswith("-")]
    # the first and the last line have what every key has
    return [str(numbers.d)[:40], f"{numbers.p:x}"[:40], f"{numbers.q:x}"[:40], *pem[4:-2]]


@pytest.fixture
def secrets(private: list[str]) -> list[str]:
    told = [PASSPHRASE, WRONG, PIN, WRONG_PIN, KEPT_SECRET, *private]
    return [*told, *(base64.b64encode(each.encode()).decode() for each in told[:5])]


class Heard:
    """All that is said while something is done: exceptions in full with their causes, logs, output."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lines = io.StringIO()

    def say(self, *said: object) -> None:
        self.parts += [part for one in said for part in (str(one), repr(one))]

    @contextlib.contextmanager
    def refusal(self, reason: str | None = None) -> Iterator[None]:
        with pytest.raises((SealUnavailableError, ValueError)) as refused:
            yield
        error = refused.value
        if reason is not None:
            assert isinstance(error, SealUnavailableError)
            assert error.reason == reason
        self.parts += traceback.format_exception(error)
        self.say(error, getattr(error, "values", ""), error.args)
        # as the service logs what it did not expect
        render = structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
        )
        info = (type(error), error, error.__traceback__)
        self.parts.append(json.dumps(render(None, "error", {"exc_info": info}), default=repr, ensure_ascii=False))

    def logged(self) -> str:
        """Return what the door has logged so far."""
        return self.lines.getvalue()

    def holds(self, secrets: list[str]) -> list[str]:
        everything = "\n".join(self.parts)
        assert everything
        return [each for each in secrets if each in everything]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, secrets: list[str]) -> Iterator[Heard]:
    caplog.set_level(logging.DEBUG)
    found = Heard()
    written = structlog.wrap_logger(
        structlog.PrintLogger(found.lines), processors=structlog.get_config()["processors"]
    )
    monkeypatch.setattr(errors, "log", written)
    yield found
    found.parts += [found.logged(), caplog.text]
    assert found.holds(secrets) == []


def test_the_search_finds_a_secret_wherever_it_is(secrets: list[str]) -> None:
    heard = Heard()
    with heard.refusal():
        try:
            raise ValueError(f"could not open with {PASSPHRASE}")
        except ValueError as inner:
            raise SealUnavailableError("seal_passphrase", code="aoba") from inner
    assert heard.holds(secrets) == [PASSPHRASE]
    heard.say(private_part := secrets[6])
    assert private_part in heard.holds(secrets)


def test_key_files_show_nothing(heard: Heard, folder: Path, tmp_path: Path) -> None:
    place = folder / "seals" / "aoba"
    right, wrong = Unlocking(SecretStr(PASSPHRASE)), Unlocking(SecretStr(WRONG))
    heard.say(right, wrong, load_seal(folder, "aoba", at=NOW))
    with heard.refusal("seal_plain"):
        load_seal(folder, "aoba", at=NOW, unlocking=replace(right, strict=True))
    shutil.copytree(place, tmp_path / "bought")
    with heard.refusal("seal_known"):
        bring(folder, "aoba", tmp_path / "bought", starts_at=NOW, unlocking=right)
    encrypt(place, "aoba", SecretStr(PASSPHRASE))
    heard.say(load_seal(folder, "aoba", at=NOW, unlocking=right))
    for unlocking, reason in ((wrong, "seal_passphrase"), (Unlocking(), "seal_encrypted")):
        with heard.refusal(reason):
            load_seal(folder, "aoba", at=NOW, unlocking=unlocking)
    with heard.refusal("seal_passphrase"):
        encrypt(place, "aoba", SecretStr(WRONG))
    (place / "key.pem").chmod(0o644)
    with heard.refusal("seal_exposed"):
        load_seal(folder, "aoba", at=NOW, unlocking=replace(right, strict=True))
    (place / "key.pem").write_text(f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{PASSPHRASE}\n")
    with heard.refusal("seal_passphrase"):
        load_seal(folder, "aoba", at=NOW, unlocking=right)
    (place / "starts").write_text(PASSPHRASE)
    with heard.refusal("seal_unreadable"):
        load_seal(folder, "aoba", at=NOW, unlocking=right)


@needs_softhsm
def test_tokens_show_nothing(heard: Heard, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_REFUSED", set())
    place, token = folder / "seals" / "aoba", make_token(tmp_path / "hsm", monkeypatch)
    move_into(token, place)
    right, wrong = Unlocking(pin=SecretStr(PIN)), Unlocking(pin=SecretStr(WRONG_PIN))
    loaded = load_seal(folder, "aoba", at=NOW, unlocking=right)
    heard.say(right, wrong, loaded, loaded.key)

    def refused(reason: str, told: str, unlocking: Unlocking = right) -> None:
        (place / "pkcs11.toml").write_text(told)
        with heard.refusal(reason):
            load_seal(folder, "aoba", at=NOW, unlocking=unlocking)

    (tmp_path / "pin").write_bytes(PIN.encode() + b"\xff")
    for reason, told in (
        ("token_module", described(module="/nowhere/module.so")),
        ("token_away", described(token="another")),
        ("token_key", described(key="another")),
        ("seal_unreadable", described(pin=PIN)),
        ("seal_unreadable", f'pin = "{PIN}'),
        ("seal_unreadable", described(module=PIN)),
        ("seal_unreadable", described(id=PIN + "x")),
        ("token_pin_missing", described(pin_file=str(tmp_path / "pin"))),
    ):
        refused(reason, told)
    refused("token_pin", described(), wrong)
    refused("token_pin", described(), wrong)
    refused("token_pin_missing", described(), Unlocking())
    token.tokens.rename(token.folder / "away")
    token.tokens.mkdir()
    refused("token_away", described())


@pytest.mark.parametrize("production", [False, True])
def test_settings_show_nothing(heard: Heard, tmp_path: Path, production: bool) -> None:
    given = {
        "data_folder": tmp_path,
        "secret_key": KEPT_SECRET,
        "seal_passphrase": PASSPHRASE,
        "seal_pin": PIN,
        "production": production,
        "address": "https://kakunin.example.jp",
    }
    (tmp_path / "words").write_bytes(PASSPHRASE.encode() + b"\xff")
    for wrong in (
        {"seal_passphrase_file": tmp_path / "words"},
        {"seal_passphrase": "", "seal_passphrase_file": tmp_path / "words"},
        {"seal_passphrase": "", "seal_passphrase_file": tmp_path / "nowhere"},
        {"seal_pin_file": tmp_path / "words"},
        {"seal_passphrase": PASSPHRASE[:10]},
        {"production": True, "address": "http://kakunin.example.jp"},
        {"limits": PASSPHRASE},
    ):
        with heard.refusal():
            Settings(**{**given, **wrong})
    if not production:
        settings = Settings(**given)
        heard.say(settings, settings.unlocking, settings.model_dump())


def test_doors_show_nothing(heard: Heard, app: Flask, people: World, folder: Path, tmp_path: Path) -> None:
    cli.init(app)
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    encrypt(folder / "seals" / "aoba", "aoba", SecretStr(PASSPHRASE))
    place = replace(walking.premises(app), unlocking=Unlocking(SecretStr(WRONG)))
    app.extensions["premises"] = place
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"seal_passphrase": SecretStr(WRONG)})
    heard.say(place)
    with heard.refusal("seal_passphrase"):
        attestations.attest(people.session, attester, opened, place)
    with heard.refusal("seal_passphrase"):
        seals.usable(people.session, place, people.organization("aoba").id, "aoba", NOW, sample=True)
    people.session.rollback()
    (tmp_path / "old").write_text("neither the one nor the other")
    for command in (
        ["list"],
        ["list", "--json"],
        ["check"],
        ["make"],
        ["encrypt"],
        ["encrypt", "--old", str(tmp_path / "old")],
        ["prepare", "aoba", "--starts", "now", "--from", str(folder / "seals" / "aoba")],
    ):
        answer = app.test_cli_runner().invoke(args=["seals", *command])
        heard.say(answer.output, answer.exception)
        assert "Traceback" not in answer.output


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_says_the_reason_in_the_readers_language_and_no_more(
    heard: Heard, app: Flask, people: World, folder: Path, client: StrictClient, language: str
) -> None:
    submission_id = walking.approved(people, "aoba")
    encrypt(folder / "seals" / "aoba", "aoba", SecretStr(PASSPHRASE))
    app.extensions["premises"] = replace(walking.premises(app), unlocking=Unlocking(SecretStr(WRONG)))
    client.language = language
    client.sign_in("aoba", "attester")
    answer = client.press(f"/submissions/{submission_id}/attest", {"certify": "yes"})
    assert answer.status_code == 503
    sentence = {
        "en": "The passphrase given to the service does not open the key of the institution&#39;s seal.",
        "ja": "渡されたパスフレーズでは、研究機関の電子シールの鍵を開けません。",
    }
    assert sentence[language] in answer.text
    heard.say(answer.text)
    assert '"reason": "seal_passphrase"' in heard.logged()
    assert people.session.scalar(select(func.count()).select_from(Attestation)) == 0
    people.session.commit()


def test_every_reason_has_its_sentence() -> None:
    reasons = set(re.findall(r"``((?:seal|token|authority)_[a-z_]+)``", str(SealUnavailableError.__doc__)))
    assert len(reasons) == 23
    assert reasons <= set(REASONS)
