"""Questions come and go while one types, before any answer of the server; the server's answer stands above that."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from app.domain.texts import Text
from app.services import grants, revisions, submissions
from tests.e2e.service import NAMES, ROOT, Service
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

AT_ONCE = 1500  # milliseconds in which nothing but the page itself can have decided
HIDDEN = "nodes => Object.fromEntries(nodes.map(node => [node.id, node.hidden]))"


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
        expect(page.locator("[data-save-status]")).to_contain_text(t("Saved {time}").split("{")[0].strip())
        expect(page.locator("[data-save-status]")).not_to_contain_text(t("Not saved yet"))
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


# a page of our own making: what no published checklist has on one page yet

ADDRESS = "http://page.test"


def control(key: str, kind: str) -> str:
    if kind == "yes-no":
        boxes = "".join(
            f'<label><input type=radio name="v-{key}" value="{value}">{value}</label>' for value in ("yes", "no")
        )
        states = "".join(
            f'<label><input type=radio name="s-{key}" value="{value}" {"checked" if value == "answered" else ""}>{value}</label>'
            for value in ("answered", "unsure")
        )
        return boxes + states
    if kind == "group":
        return f'<input type=checkbox name="v-{key}" value="complete">'
    return f'<input type="{"date" if kind == "date" else "text"}" name="v-{key}">'


def drawn(key: str, kind: str = "yes-no", shown: bool = True) -> str:
    return (
        f'<div class="item" id="item-{key}" data-item="{key}" {"" if shown else "hidden"}><p data-because></p>'
        f'<input type=hidden name="q-{key}" value="0">{control(key, kind)}</div>'
    )


class OwnPage:
    """A page with the service's scripts around made-up items, and a server that answers what the test tells it."""

    def __init__(self, browser: Browser, body: str, block: dict[str, Any]):
        self.page = browser.new_page()
        self.answers: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        whole = {"facts": {}, "codes": {}, "sections": {}, "items": {}, "groups": {}, "slots": {}} | block
        scripts = "".join(f'<script src="/{name}.js" defer></script>' for name in ("conditions", "app"))
        text = (
            f'<!DOCTYPE html><html lang=en><head>{scripts}</head><body data-text-shown="Shown" data-text-undecided="Undecided">'
            f'<form data-autosave="/save"><script type="application/json" data-conditions>{json.dumps(whole)}</script>'
            f"{body}<p data-save-status></p></form><p data-live></p></body></html>"
        )
        self.page.route("**/*", lambda route: self._serve(route, text))
        self.page.goto(ADDRESS)

    def _serve(self, route: Route, text: str) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        if path.endswith(".js"):
            route.fulfill(path=ROOT / f"app/web/static{path}")
        elif path == "/save":
            route.fulfill(json={"saved": True} | (self.answers.pop(0) if self.answers else {}))
        else:
            route.fulfill(body=text, content_type="text/html")

    def item(self, key: str) -> Locator:
        return self.page.locator(f"#item-{key}")

    def choose(self, key: str, value: str, part: str = "v") -> None:
        self.page.locator(f'[name="{part}-{key}"][value="{value}"]').check()

    def type(self, key: str, text: str) -> None:
        self.page.locator(f'[name="v-{key}"]').fill(text)

    def sees(self, key: str, shown: bool) -> None:
        expect(self.item(key)).to_be_visible(visible=shown, timeout=AT_ONCE)

    def saved(self) -> None:
        self.page.wait_for_load_state("networkidle")


def slots(*keys: str) -> dict[str, Any]:
    return {key: {"": {"key": key}} for key in keys}


def when(item: str, **operator: Any) -> dict[str, Any]:
    return {"item": item, **(operator or {"eq": "yes"})}


def test_every_kind_of_field_is_read_as_the_server_reads_it(browser: Browser) -> None:
    kinds = {"n": "integer", "d": "decimal", "on": "date", "said": "text"}
    shown = {
        "n1": when("n", gt=9),
        "d1": when("d", gte="9.5"),
        "on1": when("on", lt="2026-10-01"),
        "said1": when("said", answered=True),
        "a1": when("a"),
    }
    items = {key: {"kind": kind} for key, kind in (kinds | {"a": "single"}).items()}
    items |= {key: {"kind": "text", "show_when": asked} for key, asked in shown.items()}
    body = (
        "".join(drawn(key, kind) for key, kind in kinds.items())
        + drawn("a")
        + "".join(drawn(key, "text") for key in shown)
    )
    still = {key: {"": {"key": key, "hidden": False}} for key in (*kinds, "a")}
    page = OwnPage(browser, body, {"items": items, "slots": still | slots(*shown)})
    for key, typed in {
        "n": [
            ("9", False),
            ("10", True),
            ("1,0", True),
            ("８", False),
            ("abc", False),
            ("12", True),
            ("1.5", True),
            ("", True),
        ],
        "d": [
            ("9.4", False),
            ("10.25", True),
            ("09.40", False),
            ("９．５", True),
            ("9,4", True),
            ("-1", False),
            ("1e9", False),
        ],
        "on": [("2026-10-01", False), ("2026-09-30", True)],
        "said": [("x", True), ("  ", False), ("", False)],
    }.items():
        for text, visible in typed:
            page.type(key, text)
            page.sees(f"{key}1", visible)
    page.choose("a", "no")
    page.sees("a1", False)
    page.choose("a", "unsure", "s")
    page.sees("a1", True)
    expect(page.item("a1").locator("[data-because]")).to_have_text("Undecided")
    assert page.faults == []


def test_a_group_with_its_rows_and_what_counts_them_follow(browser: Browser) -> None:
    body = (
        drawn("a")
        + f'<section data-group="g" hidden>{drawn("x1", shown=False)}{drawn("x2", shown=False)}{drawn("g", "group", False)}</section>'
        + drawn("every", "text", False)
        + drawn("last", "text")
    )
    block = {
        "items": {
            "a": {"kind": "single"},
            "g": {"kind": "group", "show_when": when("a")},
            "g.x": {"kind": "single", "group": "g"},
            "every": {"kind": "text", "show_when": {"every": "g", "where": when("g.x")}},
            "last": {"kind": "text", "show_when": {"not": {"every": "g", "where": when("g.x")}}},
        },
        "groups": {"g": {"rows": ["1", "2"]}},
        "slots": {"a": {"": {"key": "a", "hidden": False}}, "g.x": {"1": {"key": "x1"}, "2": {"key": "x2"}}}
        | slots("g", "every", "last"),
    }
    page = OwnPage(browser, body, block)
    page.choose("a", "yes")
    expect(page.page.locator("[data-group]")).to_be_visible(timeout=AT_ONCE)
    page.sees("x1", True)
    page.sees("every", True)
    page.choose("x1", "no")
    page.sees("every", False)
    page.choose("x1", "yes")
    page.choose("x2", "yes")
    page.sees("last", True)
    page.choose("g", "complete")
    page.sees("every", True)
    page.sees("last", False)
    page.choose("a", "no")
    expect(page.page.locator("[data-group]")).to_be_hidden(timeout=AT_ONCE)
    page.sees("every", False)
    page.sees("last", True)
    assert page.faults == []


def test_a_computed_item_is_the_first_case_that_holds(browser: Browser) -> None:
    cases = [{"if": when("a"), "then": "yes"}, {"if": when("b"), "then": "no"}, {"then": "yes"}]
    block = {
        "items": {
            "a": {"kind": "single"},
            "b": {"kind": "single"},
            "sum": {"kind": "derived", "value_when": cases},
            "c": {"kind": "text", "show_when": when("sum")},
            "d": {"kind": "text", "show_when": when("sum", answered=True)},
        },
        "slots": {key: {"": {"key": key, "hidden": False}} for key in ("a", "b")}
        | {"sum": {"": {}}}
        | slots("c", "d"),
    }
    page = OwnPage(browser, drawn("a") + drawn("b") + drawn("c", "text") + drawn("d", "text", False), block)
    page.choose("b", "no")
    page.sees("c", True)  # a is not answered, so nothing is decided yet
    page.sees("d", False)
    page.choose("a", "no")
    page.sees("d", True)
    page.choose("b", "yes")
    page.sees("c", False)
    page.choose("a", "yes")
    page.sees("c", True)
    assert page.faults == []


def test_the_answer_of_the_server_stands_above_what_the_page_decided(browser: Browser) -> None:
    block = {
        "items": {"a": {"kind": "single"}, "b": {"kind": "text", "show_when": when("a")}},
        "slots": {"a": {"": {"key": "a", "hidden": False}}} | slots("b"),
    }
    page = OwnPage(browser, drawn("a") + drawn("b", "text") + drawn("c", "text"), block)
    page.answers = [{"shown": {"b": False, "c": False}, "because": {"b": ["Why"]}}, {"shown": {"b": True}}]
    page.choose("a", "yes")
    page.sees("c", False)
    page.sees("b", False)  # the page would show it; the server knows better
    page.type("c", "x") if page.item("c").is_visible() else page.choose("a", "unsure", "s")
    page.sees("b", True)
    assert page.faults == []


def test_an_answer_to_what_was_typed_before_does_not_take_away_what_was_typed_since(browser: Browser) -> None:
    block = {
        "items": {"a": {"kind": "single"}, "b": {"kind": "text", "show_when": when("a")}},
        "slots": {"a": {"": {"key": "a", "hidden": False}}} | slots("b"),
    }
    page = OwnPage(browser, drawn("a") + drawn("b", "text", False), block)
    held: list[Route] = []
    page.page.route("**/save", lambda route: held.append(route))
    page.choose("a", "no")
    expect(page.page.locator("[data-save-status]")).to_have_text("")
    page.page.wait_for_timeout(100)
    page.choose("a", "yes")
    page.sees("b", True)
    assert len(held) == 1
    held[0].fulfill(json={"saved": True, "shown": {"b": False}})
    page.page.wait_for_timeout(300)
    page.sees("b", True)
    assert len(held) == 2
    held[1].fulfill(json={"saved": True, "shown": {"b": True}})
    page.sees("b", True)
    assert page.faults == []
