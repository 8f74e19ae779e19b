"""Questions come and go while one types, before any answer of the server; the server's answer stands above that."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.domain.texts import Text
from app.services import grants, revisions, submissions
from tests.e2e.service import NAMES, Service
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

AT_ONCE = 1500  # milliseconds in which nothing but the page itself can have decided
HIDDEN = "nodes => Object.fromEntries(nodes.map(node => [node.id || node.dataset.group, node.hidden]))"


def draft(service: Service) -> UUID:
    with service.people() as people:
        office = service.actor(people, "office")
        grant = grants.find(people.session, office, people.grant("aoba").id)
        return submissions.open_(people.session, office, grant, people.requirement("application").id).id


@pytest.fixture
def office(service: Service, browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(browser, service.address, "ja", scripts=True)
    yield visitor.sign_in("office@aoba.example.jp")
    visitor.close()


class Line:
    """The way to the server: what is sent waits here until it is let through."""

    def __init__(self, page: Page):
        self.page, self.held, self.open = page, [], False
        page.route("**/submissions/**", self._met)

    def _met(self, route: Route) -> None:
        if self.open or route.request.method != "POST":
            route.continue_()
        else:
            self.held.append(route)

    def let_through(self) -> None:
        self.open = True
        for route in self.held:
            route.continue_()


def test_an_item_appears_before_any_answer_and_the_server_agrees(service: Service, office: Visitor) -> None:
    submission_id = draft(service)
    with service.people() as people:
        actor = service.actor(people, "office")
        items = revisions.find(people.session, actor, submission_id).compiled.checklist.items
    page, t = office.page, office.words

    def question(name: str, within: Locator | None = None) -> Locator:
        return (
            (within or page.locator("main")).locator(".item").filter(has=page.get_by_text(said(items[name].text)))
        )

    def choose(name: str, value: str, within: Locator | None = None) -> None:
        label = next(option.label for option in items[name].choices if option.value == value)
        question(name, within).get_by_label(said(label), exact=True).check()

    def said(text: Text) -> str:
        return text.ja

    def agrees() -> None:
        """What the page decided stays when the server answers, and when the page comes anew."""
        line.let_through()
        expect(page.locator("[data-save-status]")).to_have_attribute("data-tone", "good")
        decided = page.locator("[data-item], [data-group]").evaluate_all(HIDDEN)
        page.unroute_all()
        office.open(page.url)
        assert page.locator("[data-item], [data-group]").evaluate_all(HIDDEN) == decided

    office.open(f"/submissions/{submission_id}/sections/scope")
    line = Line(page)
    depending = question("scope.core-technology")
    because = depending.locator("[data-because]")
    expect(because).to_have_text(t("Shown because it is not decided yet whether this applies."))
    choose("scope.large-grant", "no")
    expect(depending).to_be_hidden(timeout=AT_ONCE)
    choose("scope.large-grant", "yes")
    expect(depending).to_be_visible(timeout=AT_ONCE)
    expect(because).to_be_hidden()
    assert len(line.held) == 1, "one request under way, and no answer yet"
    agrees()
    expect(because).to_contain_text(said(items["scope.large-grant"].text))
    # in the rows of a group: only where it was answered
    office.open(f"/submissions/{submission_id}/sections/declarations")
    line = Line(page)
    rows = page.locator(".group__row")
    mine = rows.filter(has_text=NAMES["pi"])
    for row in rows.all():
        expect(question("declaration.talent-detail", row)).to_be_hidden()
    choose("declaration.talent-programme", "yes", mine)
    expect(question("declaration.talent-detail", mine)).to_be_visible(timeout=AT_ONCE)
    shown = page.locator(".item:visible").filter(has_text=said(items["declaration.talent-detail"].text))
    expect(shown).to_have_count(1)
    agrees()
    office.quiet()
