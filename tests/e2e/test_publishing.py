"""Two publishers bring a version into the world, by clicking: from its faults to what everybody reads.

Once in Japanese, and once in English in a browser without scripts.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app import models
from app.catalog.versions import lists_in, read_version
from app.domain.workflow import FRESH
from tests import drafts
from tests.e2e.service import Service
from tests.e2e.visitor import Visitor
from tests.world import PASSWORD

pytestmark = pytest.mark.e2e

# each language has a family of its own: a number is published once
FAMILIES = {"ja": "research-security-integrity", "en": "open-access-research-data"}


class Publishing:
    """One version on its way, in one language, and the people around it."""

    def __init__(self, service: Service, browser: Browser, folder: Path, language: str):
        self.service, self.browser, self.folder, self.language = service, browser, folder, language
        self.family = FAMILIES[language]
        self.text = drafts.next_version(self.family)
        file = read_version(self.text.encode(), self.family, lists_in(drafts.CHECKLISTS))
        self.sha256, self.checklist = file.sha256, file.checklist
        self.open: list[Visitor] = []

    def visitor(self, name: str = "", code: str = "jsps") -> Visitor:
        visitor = Visitor(self.browser, self.service.address, self.language, scripts=self.language == "ja")
        self.open.append(visitor)
        return visitor.sign_in(f"{name}@{code}.example.jp") if name else visitor

    def title(self) -> str:
        return self.checklist.title.in_(self.language)


@pytest.fixture(params=list(FAMILIES))
def way(request: pytest.FixtureRequest, service: Service, browser: Browser, tmp_path: Path) -> Iterator[Publishing]:
    way = Publishing(service, browser, tmp_path, request.param)
    yield way
    for visitor in way.open:
        visitor.close()


def test_two_publishers_publish_a_version_that_everybody_reads(way: Publishing) -> None:
    first = way.visitor("publisher")
    brings_and_mends(way, first)
    looks(way, first)
    tries_out(way, first)
    cannot_publish_alone(way, first)
    publishes(way)
    everybody_reads(way)
    withdraws(way, first)
    assert "Traceback" not in way.service.log


def brings_and_mends(way: Publishing, first: Visitor) -> None:
    """Upload a faulty version, read every fault at its place, mend them on the page, propose."""
    t = first.words
    first.sees(t("One person proposes a version, a second one publishes it. What is published never changes."))
    first.follow(t("Bring a version"))
    file = way.folder / "version.yaml"
    faulty = drafts.faulty(way.text)
    file.write_text(faulty, "utf-8")
    first.page.locator("input[type=file]").set_input_files(file)
    first.press(t("Check it"), 422)
    first.sees(t.many("The version has %(num)s fault.", "The version has %(num)s faults.", 2))
    for part in ("colour: blue", "disclosure: everything"):
        line = faulty[: faulty.index(part)].count("\n") + 1
        row = first.page.locator("#faults tbody tr").filter(has=first.page.locator("code", has_text=part))
        expect(row.locator("th")).to_contain_text(str(line))
    area = first.page.get_by_label(t("Text in YAML"))
    assert area.input_value() == faulty
    # written at once: a driver that types so long a text letter by letter takes minutes
    area.evaluate("(node, text) => { node.value = text; }", drafts.mended(faulty))
    first.press(t("Check it"))
    first.sees(t("The version is sound."), way.title(), way.sha256)
    first.press(t("Propose this version"))
    first.sees(t("Proposed. A second publisher can publish it now."), t("Proposed"), way.sha256)


def looks(way: Publishing, first: Visitor) -> None:
    """Read the proposal, its sources, and what it changes; nobody else finds it."""
    t = first.words
    proposal = first.page.url
    first.follow(t("Read it as anybody reads it"))
    first.sees(t("This version is proposed and not published"), drafts.ADDED[way.language])
    first.open(proposal).follow(t("Sources and items"))
    first.sees(t("Clauses and items"))
    first.open(proposal).follow(t("Compare with %(number)s", number=drafts.BEFORE))
    expect(first.page.locator("ins").first).to_contain_text(drafts.ADDED[way.language])
    first.sees(t("Minor"), drafts.SUMMARY[way.language])
    way.visitor().open(f"/checklists/{way.sha256}", 404)
    first.open(proposal)


def tries_out(way: Publishing, first: Visitor) -> None:
    """See each section of the proposal as people will have it, with invented answers; nothing is stored."""
    t = first.words
    proposal = first.page.url
    first.follow(t("Try it out with invented answers"))
    first.press(t("Fill in invented answers"))
    first.sees(t("The version applies"), t("Rules that speak"))
    moved = False
    for chip in range(first.page.locator(".chip").count()):
        with first._turn():
            first.page.locator(".chip").nth(chip).click()
        first.look()
        moved = moved or (first.scripts and moves(first))
    assert moved == first.scripts, "no answer showed or hid another question at once"
    with way.service.people() as people:
        assert people.count(models.Submission) == 0
    first.open(proposal)


def moves(first: Visitor) -> bool:
    """Return whether some answer of the page shows or hides another of its questions at once."""
    hidden = first.page.locator(".items .item[hidden]")
    before = hidden.count()
    for choice in first.page.locator(".items input[type=radio]").all():
        if choice.is_visible():
            choice.set_checked(True)
            if hidden.count() != before:
                return True
    return False


def cannot_publish_alone(way: Publishing, first: Visitor) -> None:
    t = first.words
    first.sees(t("Whoever proposed a version cannot publish it. A second publisher is needed."))
    first.open(f"/publisher/versions/{way.sha256}/publish").sees(t("You cannot publish this one"))


def publishes(way: Publishing) -> None:
    """The second publisher, whose sign-in is no longer fresh, proves it again and publishes."""
    second = way.visitor("publisher2")
    t = second.words
    second.sees(t("Waiting for a second publisher")).follow(f"{way.title()} {drafts.NEXT}")
    second.follow(t("Publish"))
    with way.service.people() as people:
        member = people.member("jsps", "publisher2")
        for record in people.session.scalars(select(models.SessionRecord).filter_by(membership_id=member.id)):
            assert record.signed_in_at
            record.signed_in_at -= FRESH + timedelta(minutes=1)
    second.press(t("Publish this version"))
    second.sees(t("Sign in again"))
    second.write(t("Password"), PASSWORD)
    second.press(t("Continue"))
    second.press(t("Publish this version"))
    second.sees(
        t("Published: %(family)s %(number)s.", family=way.family, number=drafts.NEXT),
        t("It is published. Withdrawing ends that it is started; nothing else changes."),
    )


def everybody_reads(way: Publishing) -> None:
    """Anybody finds the version in the list and under its hash, takes its file, and compares it."""
    anybody = way.visitor()
    t = anybody.words
    anybody.open("/checklists")
    with anybody._turn():
        # by the keyboard: part of the link's name is for those who hear the page
        anybody.page.get_by_role("link", name=f"{way.title()} {drafts.NEXT}", exact=True).press("Enter")
    anybody.look()
    assert anybody.page.url.endswith(f"/checklists/{way.sha256}")
    anybody.sees(drafts.ADDED[way.language], t("As published (YAML)"), way.sha256)
    taken = anybody.download(t("As published (YAML)"), way.folder / "taken.yaml")
    assert taken == way.text.encode()
    with anybody._turn():
        stages = anybody.page.get_by_role("navigation", name=t("Filter by stage"))
        stages.get_by_role("link").nth(1).click()
    anybody.look().follow(t("what differs"))
    heading = t("What changed from %(before)s to %(after)s", before=drafts.BEFORE, after=drafts.NEXT)
    anybody.sees(drafts.SUMMARY[way.language], heading)
    expect(anybody.page.locator("ins")).to_have_count(1)


def withdraws(way: Publishing, first: Visitor) -> None:
    """A publisher withdraws it with a reason; it stays readable with a notice."""
    t = first.words
    first.open(f"/publisher/versions/{way.sha256}").follow(t("Withdraw"))
    first.press(t("Withdraw this version"), 422)
    reason = {"ja": "引用した箇所に誤りがありました。", "en": "A clause was cited wrongly."}[way.language]
    first.write(t("Reason"), reason)
    first.press(t("Withdraw this version"))
    first.sees(t("Withdrawn: %(family)s %(number)s.", family=way.family, number=drafts.NEXT), reason)
    stays = t("It stays readable and is no longer started. What was attested with it stays valid as it was.")
    way.visitor().open(f"/checklists/{way.sha256}").sees(reason, stays)
