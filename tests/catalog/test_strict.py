"""The strict loader: text first, no surprises, and the place of everything."""

from typing import Any

import pytest

from app.catalog.strict import KEY, MAX_BYTES, MAX_DEPTH, CatalogError, Fault, parse


def value(written: str) -> Any:
    return parse(f"k: {written}\n".encode(), "f/1.yaml")[0]["k"]


def fault(data: bytes | str) -> tuple[int, int, str]:
    with pytest.raises(CatalogError) as caught:
        parse(data.encode() if isinstance(data, str) else data, "f/1.yaml")
    (one,) = caught.value.faults
    return one.line, one.column, one.message


@pytest.mark.parametrize(
    "written",
    [
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "True",
        "FALSE",
        "Null",
        "~",
        "1.10",
        "1e3",
        "0x1F",
        "0o17",
        "1_000",
        "+5",
        "012",
        "-0012",
        "22:30",
        "2026-04-01",
        "2026-04-01T09:00:00Z",
        ".inf",
        ".nan",
        "1２",
        "1234567890123456",
        "=",
    ],
)
def test_what_looks_like_something_else_stays_text(written: str) -> None:
    assert value(written) == written


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-5", -5),
        ("2026", 2026),
        ("123456789012345", 123456789012345),
    ],
)
def test_only_true_false_null_and_whole_numbers_are_typed(written: str, typed: Any) -> None:
    assert value(written) == typed
    assert type(value(written)) is type(typed)


@pytest.mark.parametrize("written", ['"true"', "'2026'", '"null"', "|-\n  1", ">-\n  false"])
def test_what_is_quoted_or_a_block_is_text(written: str) -> None:
    assert type(value(written)) is str


def test_nothing_written_is_an_empty_text_and_a_merge_key_is_a_word() -> None:
    assert value("") == ""
    assert parse(b"<<: {a: 1}\n", "f")[0] == {"<<": {"a": 1}}
    assert parse(b"no: 1\n2026: 2\n", "f")[0] == {"no": 1, "2026": 2}


def test_the_place_of_every_value_is_known_and_that_of_its_key_on_another_line() -> None:
    data, places = parse("a: 1\nb:\n  - c\n  - {d: 'い', e: 2}\n".encode(), "f")
    assert data == {"a": 1, "b": ["c", {"d": "い", "e": 2}]}
    assert places == {
        (): (1, 1),
        ("a",): (1, 4),
        ("b",): (3, 3),
        ("b", KEY): (2, 1),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "d"): (4, 9),
        ("b", 1, "e"): (4, 17),
    }


ANCHORS, TAGS = "anchors and aliases are not allowed", "tags are not allowed"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: 1\na: 2\n", (2, 1, "the key a stands twice")),
        ("a: {b: 1, c: 2, b: 3}\n", (1, 17, "the key b stands twice")),
        ('a: 1\n"a": 2\n', (2, 1, "the key a stands twice")),
        ("a: &x 1\n", (1, 4, ANCHORS)),
        ("a: 1\nb: *x\n", (2, 4, ANCHORS)),
        ("&x a: 1\n", (1, 1, ANCHORS)),
        ("a: [1, &x {b: 2}]\n", (1, 8, ANCHORS)),
        ("*x : 1\n", (1, 1, ANCHORS)),
        ("a: !!int '1'\n", (1, 4, TAGS)),
        ("a: !!python/object:os.system x\n", (1, 4, TAGS)),
        ("a: ! 1\n", (1, 4, TAGS)),
        ("!!str a: 1\n", (1, 1, TAGS)),
        ("a:\n- !!set {b}\n", (2, 3, TAGS)),
        ("? [a]\n: b\n", (1, 3, "a key is a word")),
        ("? {a: 1}\n: b\n", (1, 3, "a key is a word")),
        ("", (1, 1, "the file holds exactly one document")),
        ("# nothing\n", (1, 1, "the file holds exactly one document")),
        ("a: 1\n---\nb: 2\n", (2, 1, "the file holds exactly one document")),
        ("a: 1\nb: 2\r\n", (2, 5, "lines end with LF alone")),
        ("a: 1\rb: 2\n", (1, 5, "lines end with LF alone")),
        ("\ufeffa: 1\n", (1, 1, "the file begins with a byte order mark")),
        ("a: 1\nb: か\u3099\n", (2, 1, "text is not in Unicode NFC")),
        ("a: 1\nb: 2 # か\u3099\n", (2, 1, "text is not in Unicode NFC")),
        ('a: "\\u304b\\u3099"\n', (1, 4, "text is not in Unicode NFC")),
        ("a: 1\nb: x\x00\n", (2, 5, "text holds a control character")),
        ("a: \x1b[31m\n", (1, 4, "text holds a control character")),
        ("a: x\x85y\n", (1, 5, "text holds a control character")),
        ('a: "x\\u0000"\n', (1, 4, "text holds a control character")),
        ('a: "\\ud800"\n', (1, 4, "text holds a control character")),
        ('"\\x07": 1\n', (1, 1, "text holds a control character")),
    ],
)
def test_what_could_surprise_is_refused_at_its_place(written: str, expected: tuple[int, int, str]) -> None:
    assert fault(written) == expected


@pytest.mark.parametrize(
    "data", [b"a: 1\nb: \xff\n", "a: 1\nb: 日本\n".encode("cp932"), b"a: 1\nb: \xed\xa0\x80\n"]
)
def test_what_is_not_utf8_is_refused_with_its_line(data: bytes) -> None:
    assert fault(data) == (2, 1, "the file is not UTF-8")


@pytest.mark.parametrize("written", ["a: [1\n", "a: {b\n", "a: 'x\n", "a:\n\t- b\n", "a: b: c\n", "- a\nb: c\n"])
def test_what_is_not_yaml_is_refused_with_a_line(written: str) -> None:
    line, column, message = fault(written)
    assert 1 <= line <= 3
    assert column >= 1
    assert message


def test_nesting_has_a_limit_and_its_place_is_told() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "f")
    deep = MAX_DEPTH + 2
    assert fault(b"[" * deep + b"]" * deep) == (1, deep, f"the file is nested deeper than {MAX_DEPTH}")
    assert "deeper" in fault("\n".join(" " * i + "a:" for i in range(40)) + " 1\n")[2]


def test_a_thousandfold_nesting_is_refused_like_any_other() -> None:
    assert "deeper" in fault(b"[" * 3000 + b"]" * 3000)[2]


def test_a_file_over_the_size_limit_is_not_parsed() -> None:
    assert fault(b"a: 1\n" + b"#" * MAX_BYTES) == (1, 1, f"the file is larger than {MAX_BYTES} bytes")


def test_an_error_names_file_line_and_column_as_editors_do() -> None:
    error = CatalogError("f/1.yaml", [Fault(3, 7, "one"), Fault(9, 1, "two")])
    assert str(error) == "f/1.yaml:3:7: one\nf/1.yaml:9:1: two"
