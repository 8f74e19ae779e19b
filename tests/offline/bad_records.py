"""Vectors of records that are not as they must be, or not the ones that were vouched for."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from app.domain.attestation import canonical
from tests.offline.good import held
from tests.offline.parts import OWN, b64, item, last_with_own_words, pretty, record, words, written
from tests.offline.vectors import Vector

# a record that cannot be read has no name in the ledger, and so no entry can be looked for
_UNREAD = {"entry": "N no_record", "ledger": "P"}


def vectors() -> Iterator[Vector]:
    yield from _spelled()
    yield from _shaped()
    yield from _changed()


def _spelled() -> Iterator[Vector]:
    """Yield other ways to write the very same record: only one of them has the hash that was signed."""
    data = record()
    right = written(data)
    backwards = json.dumps(dict(reversed(json.loads(right).items())), ensure_ascii=False, separators=(",", ":"))
    ways: list[tuple[str, str, bytes, str]] = [
        ("spaces", "written over many lines", pretty(json.loads(right)).encode(), "record_not_canonical"),
        ("order", "with its members in another order", backwards.encode(), "record_not_canonical"),
        ("newline", "with a newline at the end", right + b"\n", "record_not_canonical"),
        ("twice", "with a member twice", right[:-1] + b',"stage":"award"}', "record_not_canonical"),
        (
            "escapes",
            "with letters as \\u escapes",
            json.dumps(json.loads(right), separators=(",", ":"), sort_keys=True).encode(),
            "record_not_canonical",
        ),
        ("bom", "after a byte order mark", b"\xef\xbb\xbf" + right, "record_form"),
        ("not-utf8", "with a byte that is not UTF-8", right.replace("髙".encode(), b"\xff"), "record_form"),
        (
            "float",
            "with 2026.0 for 2026",
            right.replace(b'"fiscal_year":2026', b'"fiscal_year":2026.0'),
            "record_form",
        ),
    ]
    for name, about, content, reason in ways:
        lines = (
            {"record": f"F {reason}", "statement": "F statement_differs"}
            | _UNREAD
            | {"ledger": "N not_signed", "sample": "", "order": "N no_time"}
        )
        given = held(data) | _bytes(content)
        yield Vector(f"bad-record-{name}", f"The record {about}.", given, 4, "FNNN", lines)


def _shaped() -> Iterator[Vector]:
    """Yield canonical JSON that is no record, each with nothing else, as nobody would sign it."""
    data = json.loads(written(record()))
    decomposed = unicodedata.normalize("NFD", "ががく")
    shapes: list[tuple[str, str, dict[str, Any]]] = [
        ("member", "an unknown member", data | {"surprise": 1}),
        ("missing", "no salt", {name: value for name, value in data.items() if name != "salt"}),
        ("format", "another format", data | {"format": "kakunin-attestation/2"}),
        ("nfd", "a name in Unicode NFD", data | {"stage_name": words(decomposed, "At the award")}),
        ("time", "a time with an offset", data | {"attested_at": "2026-11-23T12:00:00+09:00"}),
        ("grant", "a programme and no grant", data | {"grant": None}),
        ("annex", "null for an annex that is not there", data | {"annex": None}),
        ("acts", "nobody who attests", data | {"acts": []}),
        ("declarations", "declared words that nobody certified", data | {"declarations": [OWN]}),
        ("last", "an attester who certifies words of their own", last_with_own_words()),
        ("code", "a code with a letter that codes never have", data | {"code": "7Q2MK-4XTPA-9WD3V-H5E8U"}),
    ]
    for name, about, shape in shapes:
        lines = {
            "record": "F record_form",
            "statement": "N no_statement",
            "entry": "N no_proof",
            "ledger": "N not_signed",
            "sample": "",
            "order": "N no_time",
        }
        given = {"record": canonical(shape).decode()}
        yield Vector(f"bad-record-{name}", f"The record has {about}.", given, 4, "FNNN", lines)


def _changed() -> Iterator[Vector]:
    """Yield good records that are other ones than those vouched for."""
    right, counts = record(), record()["counts"]
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("count", "one item more answered", {"counts": counts | {"answered": 10, "unsure": 0}}),
        (
            "answer",
            "another answer",
            {"sections": [right["sections"][0] | {"items": [item(answer=words("いいえ", "No"))]}]},
        ),
        ("until", "a later last day", {"valid_until": "2036-11-23"}),
        ("grant", "another grant", {"grant": right["grant"] | {"number": "JP26H09999"}}),
    ]
    for name, about, change in changes:
        lines = {"statement": "F statement_differs", "entry": "F proof_path", "ledger": "N not_signed"}
        given = held(right) | {"record": written(record(**change)).decode()}
        yield Vector(
            f"bad-changed-{name}", f"The record has {about} than what was vouched for.", given, 4, "FNNN", lines
        )


def _bytes(content: bytes) -> dict[str, Any]:
    try:
        return {"record": content.decode("utf-8")}
    except UnicodeError:
        return {"record": None, "record_base64": b64(content)}
