"""One person at a browser: presses what is written on the page, and looks hard at every page that comes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from babel.support import Translations
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Locator,
    Page,
    Playwright,
    Response,
    expect,
)

from tests.e2e.service import ROOT
from tests.world import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
_TOO_WIDE = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
# what a Japanese page says itself: neither what is marked as English nor what people typed
_OWN_TEXT = """() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll('[lang=en], script, textarea, code').forEach((node) => node.remove());
  return body.textContent;
}"""
_ENGLISH = re.compile(r"\b[A-Z][a-z]*(?:[ ,;:]+[a-z’']+){4,}")
_FAILED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Words:
    """The words of the service in one language, asked for by what stands in the source."""

    def __init__(self, language: str):
        self.language = language
        self._translations = _catalogue(language)

    def __call__(self, message: str, **values: object) -> str:
        said = str(self._translations.gettext(message))
        assert self.language == "en" or said != message, f"the catalogue does not know “{message}”"
        return said % values if values else said

    def many(self, one: str, several: str, number: int) -> str:
        """Return the words for so many things."""
        return str(self._translations.ngettext(one, several, number)) % {"num": number}


@cache
def _catalogue(language: str) -> Translations:
    return Translations.load(ROOT / "app/web/translations", [language])


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


class Visitor:
    """Somebody with a browser window of their own."""

    def __init__(self, browser: Browser, address: str, language: str, *, scripts: bool):
        self.address, self.words, self.scripts = address, Words(language), scripts
        locale = {"ja": "ja-JP", "en": "en-GB"}[language]
        self.context: BrowserContext = browser.new_context(
            locale=locale, java_script_enabled=scripts, viewport=WIDE, accept_downloads=True
        )
        self.context.set_default_timeout(15_000)
        # axe is a script: what a window without scripts shows is looked at in a window with them
        self._glass = None if scripts else browser.new_context(locale=locale, viewport=WIDE).new_page()
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.seen: list[str] = []
        self.status = 0
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("dialog", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"a dialog asked: {dialog.type} {dialog.message}")
        dialog.accept()

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.status = response.status

    # ---- going about ----

    def open(self, path: str, status: int = 200) -> "Visitor":
        """Go to an address of the service."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.look(status)

    def press(self, label: str, status: int = 200, *, within: Locator | None = None) -> "Visitor":
        """Press a button that leads to another page."""
        where = within or self.page.locator("body")
        with self._turn():
            where.get_by_role("button", name=label, exact=True).first.click()
        return self.look(status)

    def follow(self, label: str, *, within: Locator | None = None) -> "Visitor":
        """Follow a link by its words; what only screen readers hear may stand after them."""
        where = within or self.page.locator("body")
        with self._turn():
            where.get_by_role("link", name=re.compile(rf"^\s*{re.escape(label)}(?:\s*[(（].*)?\s*$")).first.click()
        return self.look()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until the page after this one is there."""
        with self.page.expect_navigation(wait_until="load"):
            yield

    def unfold(self, label: str, within: Locator | None = None) -> Locator:
        """Open what is folded away under some words, and return it."""
        where = within or self.page.locator("main")
        summary = where.locator("summary").filter(has_text=label).first
        details = summary.locator("xpath=..")
        if details.get_attribute("open") is None:
            summary.click()
        return details

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """Return the field that bears a label."""
        return (within or self.page).get_by_label(label).and_(self.page.locator("input, textarea, select")).first

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose from a list the line that holds some words."""
        box = self.field(label, within)
        line = box.locator("option").filter(has_text=option).first
        box.select_option(value=line.get_attribute("value"))

    def tick(self, question: str, choice: str, within: Locator | None = None) -> None:
        """Choose an answer to a question of a form."""
        asked = (within or self.page).get_by_role("radiogroup", name=question)
        asked.get_by_label(choice, exact=True).check()

    def download(self, label: str, to: Path) -> bytes:
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=label).click()
        coming.value.save_as(to)
        return to.read_bytes()

    def sign_in(self, email: str) -> "Visitor":
        self.open("/sign-in")
        self.write(self.words("E-mail address"), email)
        self.write(self.words("Password"), PASSWORD)
        return self.press(self.words("Sign in"))

    # ---- looking ----

    def look(self, status: int = 200) -> "Visitor":
        """Judge the page: status, language, heading, accessibility, width on a phone, complaints."""
        page, here = self.page, self.page.url.removeprefix(self.address)
        assert self.status == status, f"{here} answered {self.status}, not {status}"
        assert page.locator("html").get_attribute("lang") == self.words.language, here
        expect(page.locator("h1")).to_have_count(1)
        self.seen.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", here.split("?")[0].split("#")[0]))
        if self.words.language == "ja":
            english = _ENGLISH.findall(page.evaluate(_OWN_TEXT))
            assert not english, f"{here} is not in Japanese: {english}"
        self._reach(here)
        self._fit(here)
        self.quiet(status)
        return self

    def _reach(self, here: str) -> None:
        page = self.page if self._glass is None else self._mirror(self._glass)
        found = Axe().run(page, options=_OPTIONS)
        told = [
            f"{one['id']}: {one['help']}\n"
            + "\n".join(node["html"] + node["failureSummary"] for node in one["nodes"])
            for one in found.response["violations"]
        ]
        assert not told, f"{here}\n" + "\n\n".join(told)

    def _mirror(self, glass: Page) -> Page:
        """Draw the same page in a window where axe can run; what stands for people without scripts stays."""
        content = re.sub(r"<script\b.*?</script>", "", self.page.content(), flags=re.S)
        content = re.sub(r"<(/?)noscript\b", r"<\1div", content)
        address = f"{self.address}/mirror"
        glass.route(address, lambda route: route.fulfill(body=content, content_type="text/html; charset=utf-8"))
        glass.goto(address)
        glass.unroute(address)
        return glass

    def _fit(self, here: str) -> None:
        self.page.set_viewport_size(NARROW)
        too_wide = self.page.evaluate(_TOO_WIDE)
        self.page.set_viewport_size(WIDE)
        assert too_wide <= 0, f"{here} is {too_wide} px too wide for a phone"

    def quiet(self, *expected: int) -> None:
        """Hold against the page whatever the browser complained of, but for statuses that were meant."""
        faults = [
            fault
            for fault in self.faults
            if not ((failed := _FAILED.search(fault)) and int(failed[1]) in expected and failed[1] != "200")
        ]
        assert not faults, f"{self.page.url}: {faults}"
        self.faults.clear()

    def sees(self, *texts: str, within: Locator | None = None) -> "Visitor":
        """Check that words stand on the page, visible."""
        for text in texts:
            expect(
                (within or self.page.locator("main")).get_by_text(text).filter(visible=True).first
            ).to_be_visible()
        return self

    def misses(self, *texts: str) -> "Visitor":
        for text in texts:
            expect(self.page.get_by_text(text)).to_have_count(0)
        return self

    def close(self) -> None:
        for one in (self.context, self._glass and self._glass.context):
            if one is not None:
                try:
                    one.close()
                except Error:
                    continue
