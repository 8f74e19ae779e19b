"""Every sentence that says what is wrong with a version is known to the pages, in both languages."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from app.domain import faults
from app.web.publisher.faults import told

ROOT = Path(__file__).parents[2]
SPEAKERS = [
    *(f"app/domain/{name}.py" for name in ("compiling", "checking", "succeeding", "checklist", "rules", "sources")),
    *(f"app/domain/{name}.py" for name in ("succession", "texts", "conditions")),
    "app/catalog/strict.py",
    "app/services/proposals.py",
]
CALLS = {"ValueError", "Fault", "_error"}
# the one sentence whose subject is itself a word of a list
WHAT = ("section id", "source id", "list id", "rule id", "evidence id", "option", "clause", "order")


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
        text = written(last) if last is not None else None
        if text and " " in text:
            found.add(text)
    return found


@pytest.mark.parametrize("module", SPEAKERS)
def test_every_sentence_of_the_domain_is_known(app: Flask, module: str) -> None:
    found = sentences(module)
    assert found or module.endswith("texts.py")
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        for text in found:
            each = [text.replace("the x x", f"the {what} x") for what in WHAT] if "the x x is" in text else [text]
            for one in each:
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
