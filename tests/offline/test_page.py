"""The page in a real browser, opened from a file: it comes to what the vectors say, and asks nobody."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.visitor import launch
from tests.offline.page import PAGE, finished
from tests.offline.vectors import FOLDER, every

pytestmark = pytest.mark.e2e

VECTORS = [vector.name for vector in every() if "pdf" not in vector.held]
# what JSON of a browser does not tell apart: 2026.0 and 2026 are one number there
ALSO = {"bad-record-float": "record_not_canonical"}
_JUDGE = """async ({held, vkeys, notes, at}) => {
  const bytes = held.record_base64 ? Uint8Array.from(atob(held.record_base64), one => one.charCodeAt(0))
    : held.record === undefined ? null : new TextEncoder().encode(held.record);
  const statement = held.statement ?? (held.qr === undefined ? null : statementOf(held.qr));
  return (await judge({record: bytes, statement, proofs: held.proofs}, vkeys, notes, new Date(at))).lines;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(PAGE.as_uri())
    yield page
    assert asked == [PAGE.as_uri()]
    assert troubles == []
    page.close()


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def test_the_page_has_the_words_of_the_verifier_and_lets_nothing_else_run() -> None:
    text = PAGE.read_text("utf-8")
    assert finished(text) == text
    assert "http://" not in text
    assert "https://" not in text.replace(r"https:\/\/orcid", "")


def test_every_vector_of_data_comes_to_the_same_in_a_browser(page: Page) -> None:
    wrong = []
    for name in VECTORS:
        case = vector(name)
        notes = [one["note"] for one in case["known"].get("checkpoints", [])]
        given = {"held": case["held"], "vkeys": case["trust"].get("ledgers", []), "notes": notes, "at": case["at"]}
        found = {line["check"]: line for line in page.evaluate(_JUDGE, given)}
        expected = {line["check"]: line for line in case["expected"]["lines"] if line["check"] in found}
        if name in ALSO:
            expected["record"]["reason"] = ALSO[name]
        if "standing" in expected and case["known"].get("lists"):
            del expected["standing"], found["standing"]
        if found != expected:
            wrong.append((name, found, expected))
    assert wrong == []


def test_what_is_typed_in_is_told_in_both_languages(page: Page) -> None:
    case = vector("good-record-statement-proof")
    page.fill("#vkey", case["trust"]["ledgers"][0])
    page.fill("#record", case["held"]["record"])
    page.fill("#statement", f"https://vectors.kakunin.example/verify/X#{case['held']['statement']}")
    page.fill("#proof", case["held"]["proofs"][0]["proof"])
    page.click("#check")
    page.wait_for_selector("#outcome li")
    assert page.locator("#outcome li.failed").count() == 0
    assert page.locator("#outcome li.passed").count() == 4
    shown = page.inner_text("#outcome")
    assert "記録が台帳に載っている" in shown
    assert "国立大学法人青嵐大学" in shown
    page.click("#language")
    assert "The record is in the ledger" in page.inner_text("#outcome")


def test_files_are_taken_as_they_are(page: Page) -> None:
    case = vector("good-record-statement-proof")
    held = case["held"]
    page.set_input_files(
        "#files",
        [
            {"name": "attestation.json", "mimeType": "application/json", "buffer": held["record"].encode()},
            {"name": "attestation.jws", "mimeType": "text/plain", "buffer": held["statement"].encode()},
            {"name": "a.tlog-proof", "mimeType": "text/plain", "buffer": held["proofs"][0]["proof"].encode()},
            {"name": "ledger.vkey", "mimeType": "text/plain", "buffer": case["trust"]["ledgers"][0].encode()},
        ],
    )
    expect(page.locator("#vkey")).not_to_have_value("")
    page.click("#check")
    page.wait_for_selector("#outcome li")
    assert page.locator("#outcome li.passed").count() == 4


def test_a_changed_record_is_refused_before_everybodys_eyes(page: Page) -> None:
    case = vector("bad-changed-count")
    page.fill("#vkey", case["trust"]["ledgers"][0])
    page.fill("#record", case["held"]["record"])
    page.fill("#statement", case["held"]["statement"])
    page.click("#check")
    page.wait_for_selector("#outcome li.failed")
    assert "statement_differs" in page.inner_text("#outcome li.failed")


def test_a_key_that_is_none_and_a_browser_without_ed25519_are_told(page: Page) -> None:
    page.fill("#vkey", "hello")
    page.click("#check")
    page.wait_for_selector("#outcome p.failed")
    case = vector("good-qr-alone")
    page.fill("#vkey", case["trust"]["ledgers"][0])
    page.fill("#statement", case["held"]["qr"])
    page.evaluate("() => { SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('unknown')); }")
    page.click("#check")
    page.wait_for_selector("#outcome li")
    assert "no_ed25519" in page.inner_text("#outcome")
    assert page.locator("#outcome li.failed").count() == 0
