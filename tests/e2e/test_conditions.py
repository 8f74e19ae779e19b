"""The browser's conditions are those of Python: the same vectors, and hundreds of made-up ones."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.domain.vectors import vectors, verdict
from tests.e2e.service import ROOT

pytestmark = pytest.mark.e2e

SCRIPT = ROOT / "app/web/static/conditions.js"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    page = browser.new_page()
    for path in (SCRIPT, ROOT / "tests/e2e/vectors.js"):
        page.add_script_tag(path=path)
    return page


def verdicts(page: Page, asked: list[dict[str, Any]]) -> list[bool | None]:
    """Return what the browser decides, all in one call."""
    found: list[bool | None] = page.evaluate("(asked) => asked.map(verdict)", asked)
    return found


def test_the_browser_decides_as_every_vector_says(page: Page) -> None:
    asked = vectors()
    found = verdicts(page, asked)
    assert [one["id"] for one, said in zip(asked, found, strict=True) if said is not one["expected"]] == []


def test_the_script_is_short_and_strict() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert '"use strict";' in text


# made-up conditions: few names and few values, so that they meet

TEXTS = ["", "a", "b", "ab", "0.25", "10", "はい", "ｶ", "豈", "𠮷", "a𠮷", "2026-04-01", "2026-10-01", "JP", "FR"]
NUMBERS = [-2, 0, 1, 9, 10, 2026, 999_999_999_999_999]
DECIMALS = ["0", "-0.0", "0.25", "0.250", "9.5", "10", "10.25", "-3.5", "12345678901234567890.1"]
POOLS: dict[str, list[Any]] = {"text": TEXTS, "integer": NUMBERS, "decimal": DECIMALS}
# what each name usually holds, and is usually compared with
KINDS = {"a": "text", "b": "integer", "c": "decimal", "g.a": "text", "g.b": "decimal", "h.a": "integer"}
KINDS |= {"f": "text", "year": "integer"}
ITEMS, FACTS = list(KINDS)[:6], list(KINDS)[6:]
texts = st.sampled_from(TEXTS)
scalars = texts | st.sampled_from(NUMBERS) | st.booleans() | st.sampled_from(DECIMALS)


def leaves_about(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return comparisons of one item or fact: with what fits in most, with anything in the rest."""
    fitting = st.sampled_from(POOLS[KINDS[name]])
    sortable = texts | st.sampled_from(NUMBERS)
    operands = st.one_of(
        st.tuples(st.sampled_from(["gt", "gte", "lt", "lte", "eq", "ne"]), fitting),
        st.tuples(st.sampled_from(["gt", "gte", "lt", "lte"]), fitting | sortable),
        st.tuples(st.sampled_from(["eq", "ne"]), fitting | scalars),
        st.tuples(st.just("in"), st.lists(fitting | scalars, min_size=1, max_size=4)),
        st.tuples(st.just("in_list"), st.sampled_from(["near", "none"])),
        st.tuples(st.just("has"), texts),
        st.tuples(st.just("answered"), st.booleans()),
    )
    head = "item" if name in ITEMS else "fact"
    return operands.map(lambda operand: dict([(head, name), operand]))


leaves = st.one_of([leaves_about(name) for name in KINDS])
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda head, parts: {head: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=4),
        ),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(
            lambda head, group, part: {head: group, "where": part},
            st.sampled_from(["some", "every"]),
            st.sampled_from(["g", "h"]),
            inner,
        ),
    ),
    max_leaves=10,
)


def values_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return what an item holds: a value of its kind in most, anything in the rest."""
    mark = {"kind": "decimal"} if KINDS[name] == "decimal" else {}
    fitting = st.sampled_from(POOLS[KINDS[name]]).map(lambda value: {"value": value, **mark})
    return st.one_of(
        fitting,
        fitting,
        scalars.map(lambda value: {"value": value}),
        st.lists(texts, max_size=3).map(lambda value: {"value": value}),
        st.just({"value": None, **mark}),
        st.just({"hidden": True}),
    )


def held(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: values_of(name) for name in names})


rows = st.none() | st.fixed_dictionaries(
    {
        "complete": st.booleans(),
        "each": st.lists(held(ITEMS[3:]).map(lambda items: {"items": items}), max_size=3),
    }
)
scopes = st.fixed_dictionaries(
    {
        "items": held(ITEMS),
        "facts": st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(POOLS[KINDS[name]]) | scalars for name in FACTS}
        ),
        "rows": st.fixed_dictionaries({"g": rows, "h": rows}),
        "lists": st.just({"near": ["JP", "はい", "𠮷"], "none": []}),
    }
)
# every item and fact is asked in each scope, and some conditions that combine them
cases = st.fixed_dictionaries(
    {
        "scope": scopes,
        "conditions": st.builds(
            lambda simple, combined: [*simple, *combined],
            st.tuples(*(leaves_about(name) for name in KINDS)),
            st.lists(conditions, min_size=2, max_size=4),
        ),
    }
)


def batch(number: int) -> list[dict[str, Any]]:
    """Return so many made-up scopes with conditions, the same at every run."""
    found: list[dict[str, Any]] = []

    @seed(20261124)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def collect(case: dict[str, Any]) -> None:
        found.append(case)

    collect()
    return found


def parts(written: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a condition and every condition inside it."""
    yield written
    inner = [*written.get("all", []), *written.get("any", [])]
    for part in (*inner, *(written[name] for name in ("not", "where") if name in written)):
        yield from parts(part)


def test_no_made_up_condition_divides_python_and_the_browser(page: Page) -> None:
    """Each part is asked by itself too: a difference in a leaf must not vanish in a large tree."""
    made = batch(400)
    asked = [
        {"condition": part, "scope": case["scope"]}
        for case in made
        for written in case["conditions"]
        for part in parts(written)
    ]
    decided = [verdict(one) for one in asked]
    # a batch in which everything is unknown would prove little
    assert len(made) >= 300
    assert all(decided.count(one) >= 500 for one in (True, False, None))
    found = verdicts(page, asked)
    apart = [one for one, here, there in zip(asked, decided, found, strict=True) if here is not there]
    assert not apart, json.dumps(min(apart, key=lambda one: len(json.dumps(one))), ensure_ascii=False)
