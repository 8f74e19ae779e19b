"""Python passes the vectors that the browser passes too, and the vectors leave nothing out."""

from collections import Counter
from itertools import product
from typing import Any

import pytest

from app.domain.conditions import OPERATORS
from tests.domain.samples import condition
from tests.domain.vectors import vectors, verdict

VECTORS = vectors()
WORDS = ("yes", "no", "unknown")
# which operator meets which kind of value when a version is published; answered meets them all
MEETINGS = {
    "text": {"eq", "ne", "in", "gt", "gte", "lt", "lte"},
    "integer": {"eq", "ne", "in", "gt", "gte", "lt", "lte"},
    "decimal": {"eq", "ne", "in", "gt", "gte", "lt", "lte"},
    "date": {"eq", "ne", "in", "gt", "gte", "lt", "lte"},
    "multi": {"has"},
    "code": {"eq", "ne", "in", "in_list"},
}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_python_decides_as_the_vector_says(vector: dict[str, Any]) -> None:
    assert verdict(vector) is vector["expected"]


def test_vectors_bear_names_of_their_own() -> None:
    assert [name for name, times in Counter(vector["id"] for vector in VECTORS).items() if times > 1] == []
    assert len(VECTORS) >= 120


def test_every_operator_meets_every_kind_of_value_and_every_verdict() -> None:
    ids = {tuple(vector["id"].split("/")[:2]) for vector in VECTORS}
    wanted = {(kind, operator) for kind, each in MEETINGS.items() for operator in {*each, "answered"}}
    assert wanted - ids == set()
    written = {operator.rstrip("_") for operator in OPERATORS}
    assert set().union(*MEETINGS.values(), {"answered"}) == written
    for operator in written - {"answered"}:
        assert {("unknown", "item"), ("hidden", "item")} <= ids
        assert {f"unknown/item/{operator}", f"hidden/item/{operator}"} <= {vector["id"] for vector in VECTORS}
    assert {vector["expected"] for vector in VECTORS} == {True, False, None}


def test_the_tables_of_three_values_are_there_in_full() -> None:
    ids = {vector["id"] for vector in VECTORS}
    for head, left, right in product(("all", "any"), WORDS, WORDS):
        assert f"{head}/{left}-{right}" in ids
    for head, state, rows in product(("some", "every"), ("complete", "open"), ("none", *WORDS, "yes-no")):
        assert f"{head}/{state}/{rows}" in ids
    assert {f"not/{word}" for word in WORDS} <= ids


def test_the_vectors_hold_every_shape_of_a_condition() -> None:
    parts = [part for vector in VECTORS for part in condition(vector["condition"]).walk()]
    for head in ("all", "any", "not_", "some", "every", "item", "fact"):
        assert any(getattr(part, head) is not None for part in parts), head
