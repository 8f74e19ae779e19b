"""Files with answers by clicking: uploads from a real browser, nothing typed beside them lost, downloads whole.

Once in Japanese, and once in English in a browser without scripts.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, expect

from app.catalog.versions import load_version
from app.domain.texts import Text
from app.services import revisions
from app.services.opened import Opened
from tests import filing
from tests.e2e.service import Service
from tests.e2e.visitor import Visitor
from tests.filing import PDF, PNG, key

pytestmark = pytest.mark.e2e

CODES = {"ja": "aoba", "en": "seto"}
CHECKLIST = load_version(filing.FILE).checklist
CONTACT = "高木 智子 (室長)"
TABLE = "項目,値\n一,二\n".encode()


class Desk:
    """One office at its submission, in one language."""

    def __init__(self, service: Service, browser: Browser, language: str, folder: Path):
        self.service, self.browser, self.language, self.folder = service, browser, language, folder
        self.code, self.scripts = CODES[language], language == "ja"
        self.open: list[Visitor] = []
        with service.people() as people:
            self.submission_id: UUID = filing.draft(people, self.code)
        self.who = self.visitor("office")
        self.papers = f"/submissions/{self.submission_id}/sections/papers"

    def visitor(self, name: str) -> Visitor:
        visitor = Visitor(self.browser, self.service.address, self.language, scripts=self.scripts)
        self.open.append(visitor)
        return visitor.sign_in(f"{name}@{self.code}.example.jp")

    def say(self, text: Text) -> str:
        return text.in_(self.language)

    def label(self, item: str, rule: str) -> str:
        return self.say(next(one for one in CHECKLIST.items[item].evidence if one.id == rule).label)

    def now(self) -> Opened:
        with self.service.people() as people:
            office = self.service.actor(people, "office", self.code)
            return revisions.find(people.session, office, self.submission_id)

    def state(self, item: str) -> str:
        opened = self.now()
        return opened.answers[key(opened, item)].state

    def item(self, item: str) -> Locator:
        opened = self.now()
        return self.who.page.locator(f"#item-{opened.answers[key(opened, item)].id}")

    def place(self, item: str, rule: str) -> Locator:
        """Return the part of the page for one evidence rule, found by its label."""
        return self.item(item).get_by_role("group", name=self.label(item, rule), exact=True)

    def attach(self, item: str, rule: str, name: str, content: bytes, status: int = 200) -> Locator:
        t, place = self.who.words, self.place(item, rule)
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        place.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        self.who.press(f"{t('Attach')} ({self.label(item, rule)})", status)
        return self.place(item, rule)

    def write(self, item: str, text: str) -> None:
        box = self.item(item).locator(".item__control input")
        box.fill(text)
        box.blur()
        self.saved()

    def saved(self) -> None:
        """With scripts see the page say that it saved; without, save by hand."""
        t = self.who.words
        if not self.scripts:
            self.who.press(t("Save"))
            return
        status = self.who.page.locator("[data-save-status]")
        expect(status).to_contain_text(t("Saved {time}").replace("{time}", "").strip())


@pytest.fixture(params=list(CODES))
def desk(request: pytest.FixtureRequest, service: Service, browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(service, browser, request.param, tmp_path)
    yield desk
    for visitor in desk.open:
        visitor.close()


def test_files_are_attached_read_and_removed(desk: Desk) -> None:
    asks_for_a_file_when_the_answer_does(desk)
    tells_what_is_not_taken(desk)
    takes_a_file_and_loses_nothing_beside_it(desk)
    names_what_is_missing(desk)
    answers_by_files_alone(desk)
    takes_a_confirmation_back(desk)
    shows_others_what_they_may_read(desk)
    assert "Traceback" not in desk.service.log


def asks_for_a_file_when_the_answer_does(desk: Desk) -> None:
    """What is needed, and what is computed, follows the answer; with scripts at once."""
    who, t = desk.who, desk.who.words
    who.open(desk.papers)
    needed = desk.place("filing.done", "copy").get_by_text(t("File needed"))
    computed = who.page.locator("#item-filing-scope")
    expect(needed).to_be_hidden()
    expect(computed).to_contain_text(t("Not decided yet"))
    yes = desk.say(CHECKLIST.items["filing.done"].choices[0].label)
    desk.item("filing.done").get_by_label(yes, exact=True).check()
    desk.saved()
    expect(needed).to_be_visible()
    expect(computed.locator("[data-value]")).to_have_text(yes)


def tells_what_is_not_taken(desk: Desk) -> None:
    """A refusal stands at its place, and in the list at the top that leads there."""
    who, t = desk.who, desk.who.words
    place = desk.attach("filing.done", "copy", "copy.pdf", b"MZ\x90\x00 a program", 422)
    told = t("This is no PDF, PNG or JPEG picture, and no CSV file in UTF-8 or Shift_JIS.")
    summary = who.page.locator(".error-summary")
    who.sees(told, within=place)
    who.sees(told, within=summary)
    summary.get_by_role("link").click()
    expect(place.locator("input[type=file]")).to_be_focused()
    if desk.scripts:
        (desk.folder / "large.pdf").write_bytes(PDF + b"x" * (20 * 2**20))
        place.locator("input[type=file]").set_input_files(desk.folder / "large.pdf")
        who.sees(t("The file is larger than %(limit)s MB.", limit=20), within=place)
        expect(place.locator("input[type=file]")).to_have_value("")


def takes_a_file_and_loses_nothing_beside_it(desk: Desk) -> None:
    """With scripts what is typed is saved before the file is sent; without, one saves first, as the page says."""
    who, t = desk.who, desk.who.words
    desk.item("filing.contact").locator("input[type=text]").fill(CONTACT)
    if not desk.scripts:
        desk.saved()
    place = desk.attach("filing.done", "copy", "届出の写し.pdf", PDF)
    assert who.page.url.endswith(f"#{desk.item('filing.done').get_attribute('id')}")
    who.sees(t("The file is attached."))
    who.sees("届出の写し.pdf", within=place)
    expect(place.get_by_text(t("File needed"))).to_be_hidden()
    expect(desk.item("filing.contact").locator("input[type=text]")).to_have_value(CONTACT)
    place = desk.attach("filing.done", "copy", "another name.pdf", PDF, 422)
    who.sees(t("This very file is attached here already, as “%(name)s”.", name="届出の写し.pdf"), within=place)


def names_what_is_missing(desk: Desk) -> None:
    """The page before sending leads to each file that is missing."""
    who, t = desk.who, desk.who.words
    missing = t.many("%(num)s file is still missing", "%(num)s files are still missing", 1)
    who.open(desk.papers)
    desk.write("filing.certificate", "No. 1")
    who.open(f"/submissions/{desk.submission_id}/check").sees(missing)
    who.follow(desk.label("filing.certificate", "scan"), within=who.page.locator(".todo").last)
    desk.attach("filing.certificate", "scan", "screen.png", PNG)
    who.open(f"/submissions/{desk.submission_id}/check").misses(missing)
    who.sees("screen.png", "SHA-256")


def answers_by_files_alone(desk: Desk) -> None:
    """The first file answers an item of files, and without its last one it is open again."""
    who, t = desk.who, desk.who.words
    who.open(desk.papers)
    place = desk.attach("filing.plan", "plan", "plan.csv", TABLE)
    assert desk.state("filing.plan") == "answered"
    who.press(f"{t('Remove this file')} (plan.csv)", within=place)
    who.sees(t("The file is removed from the answer. It is kept in the history."))
    who.sees(t("No file yet."), within=desk.place("filing.plan", "plan"))
    assert desk.state("filing.plan") == "cleared"
    desk.attach("filing.plan", "plan", "plan.csv", TABLE)
    assert who.download("plan.csv", desk.folder / "plan.csv") == TABLE


def takes_a_confirmation_back(desk: Desk) -> None:
    """A sentence is confirmed by a tick, and no longer when the tick is taken away."""
    box = desk.item("filing.promise").locator("input[type=checkbox]")
    for tick, state in ((True, "answered"), (False, "cleared"), (True, "answered")):
        box.set_checked(tick)
        desk.saved()
        expect(box).to_be_checked(checked=tick)
        assert desk.state("filing.promise") == state


def shows_others_what_they_may_read(desk: Desk) -> None:
    """Whoever certifies reads names and hashes, takes the file whole, and finds no place to attach one."""
    attester = desk.visitor("attester").open(desk.papers)
    assert attester.page.locator("input[type=file]").count() == 0
    attester.open(f"/submissions/{desk.submission_id}/check").sees("届出の写し.pdf", "SHA-256")
    assert attester.download("届出の写し.pdf", desk.folder / "copy.pdf") == PDF
