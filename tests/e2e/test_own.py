"""The institution submits about itself, by clicking: from what an agency asks to what its officer reads.

Once in Japanese, and once in English in a browser without scripts.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from app.demo.filling import fill
from app.domain.texts import fiscal_year_with_era
from tests import own
from tests.e2e.service import Service
from tests.e2e.visitor import Visitor
from tests.walking import FILLERS

pytestmark = pytest.mark.e2e

# each language has an institution of its own: what one submits is done
CODES = {"ja": "aoba", "en": "seto"}


class Windows:
    """The browser windows of one walk."""

    def __init__(self, service: Service, browser: Browser, language: str):
        self.service, self.browser, self.language, self.code = service, browser, language, CODES[language]
        self.open: list[Visitor] = []

    def visitor(self, name: str = "", code: str = "") -> Visitor:
        visitor = Visitor(self.browser, self.service.address, self.language, scripts=self.language == "ja")
        self.open.append(visitor)
        return visitor.sign_in(f"{name}@{code or self.code}.example.jp") if name else visitor


@pytest.fixture(params=list(CODES))
def windows(request: pytest.FixtureRequest, service: Service, browser: Browser) -> Iterator[Windows]:
    windows = Windows(service, browser, request.param)
    yield windows
    for visitor in windows.open:
        visitor.close()


def test_an_institution_submits_about_itself(windows: Windows) -> None:
    service, language = windows.service, windows.language
    with service.people() as people:
        own.required(people)
    year = fiscal_year_with_era(own.YEAR, language)
    office = windows.visitor("office")
    t = office.words
    office.follow(t("Institution's submissions"))
    office.sees(year, own.DATA["title"][language], t("Needed"))
    office.press(t("Open the submission"))
    address = office.page.url
    office.sees(t("Draft"), year).follow(own.DATA["sections"][0]["title"][language])
    office.press(t("Add a row"))
    with service.people() as people:
        actors = [service.actor(people, name, windows.code) for name in FILLERS]
        fill(people.session, actors, UUID(address.rsplit("/", 1)[-1]))
    office.open(address).follow(t("Check and send"))
    office.press(t("Send for review"))
    office.follow(t("History: who did what when")).sees(t("Opened the submission"))
    second = windows.visitor("office2").open(address).follow(t("Review"))
    second.sees(year)
    second.press(t("Approve"))
    attester = windows.visitor("attester").open(address).follow(t("Read and attest"))
    attester.page.get_by_label(t("I have read the whole and certify the statement above.")).check()
    attester.press(t("Attest and issue the PDF")).sees(t("In force"))
    code = attester.page.locator("a.code").inner_text()
    windows.visitor().open(f"/verify/{code}").sees(year, t("Agency that asks"))
    officer = windows.visitor("officer", own.AGENCY)
    officer.sees(t("The institution itself")).write(t("Search by number, title or institution"), windows.code)
    officer.press(t("Search"))
    expect(officer.page.locator("#attestations tbody tr")).to_have_count(1)
    officer.follow(year).sees(t("Fiscal year"), t("As the institution certified it on that day."))
    windows.visitor("pi").open(address, 404).misses(t("Institution's submissions"))
    assert "Traceback" not in service.log
