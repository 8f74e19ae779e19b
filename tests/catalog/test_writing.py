"""Versions written as YAML: the strict loader reads back equal data, and people read the house style."""

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from app.catalog.strict import parse
from app.catalog.versions import families, version_files
from app.catalog.writing import write_yaml
from app.domain.attestation import canonical, sha256

CHECKLISTS = Path(__file__).parents[2] / "checklists"
FILES = [file for family in families(CHECKLISTS) for file in version_files(family)]

TRICKY = [
    *(
        "yes",
        "No",
        "on",
        "off",
        "Y",
        "n",
        "true",
        "false",
        "null",
        "~",
        "",
        " ",
        "  x",
        "x ",
        "-",
        "- x",
        "?",
        "? x",
    ),
    *(
        "1.10",
        "012",
        "0x1F",
        "0o17",
        "1e3",
        "1_000",
        "22:30",
        "2026-04-01",
        "-5",
        "+5",
        ".5",
        ".inf",
        ".nan",
        "=",
        "<<",
    ),
    *("a: b", "a:", ":a", "a #b", "#a", "a#b", "{a: b}", "[a, b]", "a, b", "&a", "*a", "!a", "!!str a", "%a", "@a"),
    *(
        "`a`",
        "'a'",
        '"a"',
        "a'b",
        'a"b',
        "a\\nb",
        "\\",
        "---",
        "...",
        "--- a",
        "|",
        ">",
        "|-",
        "a\n",
        "\na",
        "a\nb",
    ),
    *("a\n\nb", "a\n  b", "  a\nb", "a \nb", "\n", "\n\n", "a\n#b", "a\n---\nb", "a\nb: c\n- d", "https://a.jp/#b"),
    *(
        "はい",
        "「はい」と答える。",
        "（注）: これ",
        "𠮷野家",
        "葛\U000e0100城",
        "👩‍🔬",
        "ﬁ",
        "a\u00a0",
        "\u3000字",
        "a\u2028b",
    ),
    *(
        "a\u0085b".replace("\u0085", "\u2029"),
        "\ufeffa",
        "\ufffe",
        "\u202ea",
        "a\u200bb",
        "\u0301a",
        "\u202e\u0301",
    ),
    *("\n\u0303", "🇯🇵", "x" * 4000, "Z" * 130 + ": " + "y" * 40),
]


def allowed(text: str) -> bool:
    """Tell whether a version may hold the text at all."""
    return unicodedata.normalize("NFC", text) == text and not any(
        unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in text
    )


texts = st.one_of(
    st.sampled_from([text for text in TRICKY if allowed(text)]),
    st.text(
        st.sampled_from(" \n:#-'\"\\{}[],?&*!|>%@`=~.ab01\u0301\u0303\u200d\u202e\u2028日本𠮷é"), max_size=12
    ).map(lambda text: unicodedata.normalize("NFC", text)),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40).map(
        lambda t: unicodedata.normalize("NFC", t)
    ),
)
# a key of a version has at most 80 characters; YAML itself takes 1,024 on one line
keys = texts.filter(lambda text: len(text) <= 80)
scalars = st.one_of(texts, st.booleans(), st.none(), st.integers(-(10**15) + 1, 10**15 - 1))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


def read(text: str) -> Any:
    return parse(text.encode(), "f/1.yaml")[0]


def same(one: Any, other: Any) -> bool:
    """Compare as the language does: 1, true and "1" are three values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@settings(max_examples=600, deadline=None)
@given(st.dictionaries(keys, values, max_size=5))
def test_what_is_written_is_read_back_equal(data: dict[str, Any]) -> None:
    assert same(read(write_yaml(data)), data)


@pytest.mark.parametrize("text", [text for text in TRICKY if allowed(text)])
def test_every_awkward_text_survives_as_value_key_and_inline(text: str) -> None:
    data = {"a": text, "b": [text], "c": {text[:80]: text}, "d": [{"e": text, "f": [text]}], "text": {"ja": text}}
    assert same(read(write_yaml(data)), data)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.sampled_from(TRICKY[:60]), max_size=5))
def test_a_common_reader_types_nothing_that_is_text(data: dict[str, str]) -> None:
    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        assert reader.load(write_yaml(data)) == data


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_real_version_survives_with_its_hash(file: Path) -> None:
    data = read(file.read_text("utf-8"))
    written = write_yaml(data)
    assert same(read(written), data)
    assert sha256(canonical(read(written))) == sha256(canonical(data))
    assert write_yaml(read(written)) == written
    assert not re.search(r"[^\S\n]$|\t", written, re.MULTILINE)


def test_the_house_style() -> None:
    data = {
        "format": "checklist/1",
        "version": "2.0.0",
        "title": {"ja": "確認", "en": "Check"},
        "sources": [{"id": "a", "note": {"ja": "注" * 140, "en": "Note: " + "x" * 10}}],
        "applies_when": {"all": [{"fact": "funder", "in": ["jst"]}, {"fact": "fiscal_year", "gte": 2026}]},
        "items": [
            {
                "id": "a.b",
                "required": True,
                "text": {"ja": "はい", "en": "Yes"},
                "options": [{"value": "no", "note": "a, b"}],
            }
        ],
        "help": {"ja": "一\n二", "en": "one\n\ntwo "},
        "empty": {"list": [], "mapping": {}, "nothing": None},
    }
    assert write_yaml(data) == (
        "format: checklist/1\n"
        'version: "2.0.0"\n'
        "title: {ja: 確認, en: Check}\n"
        "\n"
        "sources:\n"
        "  - id: a\n"
        "    note:\n"
        f"      ja: {'注' * 140}\n"
        f'      en: "Note: {"x" * 10}"\n'
        "\n"
        "applies_when: {all: [{fact: funder, in: [jst]}, {fact: fiscal_year, gte: 2026}]}\n"
        "items:\n"
        "  - id: a.b\n"
        "    required: true\n"
        "    text:\n"
        "      ja: はい\n"
        '      en: "Yes"\n'
        "    options:\n"
        '      - {value: "no", note: "a, b"}\n'
        "help:\n"
        "  ja: |-\n"
        "    一\n"
        "    二\n"
        '  en: "one\\n\\ntwo "\n'
        "empty: {list: [], mapping: {}, nothing: null}\n"
    )


def test_what_no_version_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        write_yaml({"a": 1.5})
