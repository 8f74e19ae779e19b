"""What a page reads from its fields, on a page of our own making: what no published checklist has on one page."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.e2e.service import ROOT

pytestmark = pytest.mark.e2e

AT_ONCE = 1500  # milliseconds
ADDRESS = "http://page.test"


def control(key: str, kind: str) -> str:
    if kind == "yes-no":
        boxes = "".join(
            f'<label><input type=radio name="v-{key}" value="{value}">{value}</label>' for value in ("yes", "no")
        )
        states = "".join(
            f'<label><input type=radio name="s-{key}" value="{value}"{mark}>{value}</label>'
            for value, mark in (("answered", " checked"), ("unsure", ""))
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
            f"<!DOCTYPE html><html lang=en><head>{scripts}</head>"
            f'<body data-text-shown="Shown" data-text-undecided="Undecided"><form data-autosave="/save">'
            f'<script type="application/json" data-conditions>{json.dumps(whole)}</script>'
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
        + '<section data-group="g" hidden>'
        + drawn("x1", shown=False)
        + drawn("x2", shown=False)
        + drawn("g", "group", False)
        + "</section>"
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
    page.choose("a", "no")
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
    page = OwnPage(browser, drawn("a") + drawn("b", "text") + drawn("c", "text") + drawn("d"), block)
    page.answers = [{"shown": {"b": False, "c": False}, "because": {"b": ["Why"]}}]
    page.choose("a", "yes")
    page.sees("c", False)
    page.sees("b", False)  # the page would show it; the server knows better
    expect(page.item("b").locator("[data-because]")).to_have_text("Why")
    page.choose("d", "yes")
    page.sees("b", False)  # nothing that decides it was changed
    page.choose("a", "unsure", "s")
    page.sees("b", True)
    assert page.faults == []


def test_an_answer_to_what_was_typed_before_does_not_take_away_what_was_typed_since(browser: Browser) -> None:
    block = {
        "items": {"a": {"kind": "single"}, "b": {"kind": "text", "show_when": when("a")}},
        "slots": {"a": {"": {"key": "a", "hidden": False}}} | slots("b"),
    }
    page = OwnPage(browser, drawn("a") + drawn("b", "text", False), block)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.page.route("**/save", hold)
    with page.page.expect_request("**/save"):
        page.choose("a", "no")
    page.choose("a", "yes")
    page.sees("b", True)
    with page.page.expect_request("**/save"):  # sent only when the answer to the first was taken in
        held[0].fulfill(json={"saved": True, "shown": {"b": False}})
    assert page.item("b").is_visible()
    held[1].fulfill(json={"saved": True, "shown": {"b": False}})
    page.sees("b", False)
    assert page.faults == []
