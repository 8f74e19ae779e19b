"""Every sentence that says what is wrong with a version is known to the pages, in both languages."""

import ast
import json
from pathlib import Path

import pytest
from flask import Flask

from app.catalog import packages
from app.domain import faults
from app.web.publisher.faults import told

ROOT = Path(__file__).parents[2]
SPEAKERS = [
    *(f"app/domain/{name}.py" for name in ("compiling", "checking", "succeeding", "checklist", "rules", "sources")),
    *(f"app/domain/{name}.py" for name in ("succession", "texts", "conditions")),
    *(
        f"app/catalog/{name}.py"
        for name in ("strict", "packages", "workbooks", "spreadsheet", "gathering", "columns")
    ),
    "app/services/proposals.py",
]
CALLS = {"ValueError", "Fault", "_error", "refusal", "CellError", "fault", "_fault"}
# the sentences whose subject is itself a word of a list
LINKS = ("source", "section", "item")
WORDS = {
    "the x x is used twice": (
        "x x",
        [f"{what} x" for what in ("section id", "source id", "list id", "rule id", "evidence id")]
        + [f"{what} x" for what in ("option", "clause", "order")],
    ),
    "there is no x x": ("x x", [f"{link} x" for link in LINKS]),
    "say which x this belongs to": ("x", LINKS),
    "the file holds x, which a checklist has no use for": ("x", sorted(set(packages._FOREIGN.values()))),
}


def written(node: ast.expr) -> str | None:
    """Return a sentence as it is written, with x in its places; None for what is no sentence."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)
        case _:
            return None


def sentences(module: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        last = None
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            last = node.elts[1]
        elif isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            last = node.args[-1] if name in CALLS else None
        either = [last.body, last.orelse] if isinstance(last, ast.IfExp) else [last] if last is not None else []
        found |= {text for each in either if (text := written(each)) and " " in text}
    return found


def worded(text: str) -> list[str]:
    """Return a sentence with each of the words that may stand in it, where that is one of a list."""
    place, words = WORDS.get(text, ("", ()))
    return [text.replace(place, word, 1) for word in words] or [text]


@pytest.mark.parametrize("module", SPEAKERS)
def test_every_sentence_of_the_domain_is_known(app: Flask, module: str) -> None:
    found = sentences(module)
    assert found or module.endswith("texts.py")
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        for text in found:
            for one in worded(text):
                said = told(one)
                assert said is not None, f"{module}: {one}"
                assert said != one, f"{module}: {one} is not in Japanese"


def test_every_sentence_on_shapes_is_known(app: Flask) -> None:
    words = [*faults.WORDS.values(), faults.TEXT, faults.EMPTY, faults.SCALAR]
    words += [faults.WRITTEN.format(name="{name}", form=form) for form in faults.PATTERNS.values()]
    places = dict.fromkeys(("name", "expected", "max_length", "min_length", "ge", "le"), "x")
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        for template in words:
            one = template.format(**places)
            said = told(one)
            assert said is not None, one
            assert said != one, f"{one} is not in Japanese"


def test_what_is_named_in_a_sentence_stands_in_the_translation(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        said = told("scope.areas loses the option a, b: map it under options, "
                    "or put scope.areas under reconfirm so that it is answered anew")  # fmt: skip
        assert said is not None
        assert "scope.areas" in said
        assert "a, b" in said
        assert told("while scanning a simple key") is None
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert told("the id a.b is used twice") == "the id a.b is used twice"


BROKEN = ["", "{", '{"a"', '{"a": 1 "b"', '{"a": 1} 2', '{"a', '{"a\n": 1}', '{"a\\x": 1}', '{"a\\u12": 1}']


@pytest.mark.parametrize("text", BROKEN)
def test_what_keeps_a_cell_from_being_json_is_told_in_japanese(app: Flask, text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        said = told(f"this is no JSON: {caught.value.msg} (character 3)")
    assert said is not None
    assert caught.value.msg not in said


def test_what_a_workbook_holds_besides_is_told_in_japanese(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        for what in packages._FOREIGN.values():
            said = told(f"the file holds {what}, which a checklist has no use for")
            assert said is not None
            assert what not in said
