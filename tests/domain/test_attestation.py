"""The attestation record: stable bytes, forgiving codes, commitments that tell nothing."""

import json
import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.attestation import (
    AttestationStatus,
    Counts,
    Record,
    canonical,
    commitment,
    new_code,
    new_salt,
    read_code,
    record_bytes,
    sha256,
    worth,
)
from tests.domain.samples import SHA, words

COUNTS = {"answered": 1, "not_applicable": 2, "unsure": 3, "not_obtained": 4, "open": 5}
CODE = "01234-56789-ABCDE-FGHJK"
AGENCY = {"code": "mext", "name": words("Agency"), "ror": None, "fiscal_year": 2026}
STATEMENT = {"version": "1.0.0", "text": words("We confirm.")}


def record(**more: Any) -> dict[str, Any]:
    part = {
        "id": "a.b",
        "number": "1",
        "text": words("Question"),
        "state": "answered",
        "answer": words("Yes"),
        "rows": None,
        "counts": None,
        "commitment": SHA,
    }
    return {
        "id": "0199b7c2-51d0-7c3e-9a64-2f8b0d6e41aa",
        "code": CODE,
        "sample": True,
        "issuer": {"name": words("University"), "code": "aoba", "ror": None},
        "funder": {
            "code": "jsps",
            "name": words("Agency"),
            "ror": None,
            "programme": "basic",
            "programme_name": words("Basic"),
            "call_name": words("Call"),
            "fiscal_year": 2026,
        },
        "grant": {
            "number": "JP26K12345",
            "title": words("髙﨑"),
            "post_of_pi": words("Professor"),
            "participants": 2,
        },
        "stage": "award",
        "stage_name": words("Award"),
        "checklist": {"family": "sample", "version": "1.0.0", "sha256": SHA, "title": words("Sample")},
        "sections": [{"id": "a", "title": words("Part"), "counts": COUNTS, "items": [part]}],
        "counts": COUNTS,
        "lists": [{"name": words("List"), "edition": "2026-11"}],
        "acts": [
            {
                "act": "attested",
                "role": "attester",
                "role_name": words("Attester"),
                "post": words("President"),
                "orcid": None,
                "at": "2026-11-23T03:00:00Z",
                "method": "password",
                "signed_in_at": "2026-11-23T02:58:00Z",
                "seen_sha256": SHA,
                "statement_sha256": sha256(canonical(STATEMENT)),
                "ink": None,
            }
        ],
        "statement": STATEMENT,
        "snapshot_sha256": SHA,
        "supersedes": None,
        "attested_at": "2026-11-23T03:00:00Z",
        "valid_until": "2027-11-23",
        "verify_url": "https://kakunin.example/v/",
        "ledger": "kakunin.example/ledger",
        "template": {"id": "confirmation", "version": "1", "sha256": SHA},
        "salt": "0" * 32,
        **more,
    }


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        order.shuffle(names)
        return {name: shuffled(value[name], order) for name in names}
    return [shuffled(one, order) for one in value] if isinstance(value, list) else value


def test_equal_data_has_equal_bytes_whatever_its_order() -> None:
    expected = canonical(record())
    assert all(canonical(shuffled(record(), random.Random(seed))) == expected for seed in range(5))


def test_canonical_bytes_are_sorted_unspaced_utf8() -> None:
    assert (
        canonical({"b": [1, None, True], "a": "髙", "Z": "\n"}) == '{"Z":"\\n","a":"髙","b":[1,null,true]}'.encode()
    )


def test_keys_are_sorted_as_rfc_8785_says_by_utf_16_units() -> None:
    assert list(json.loads(canonical({"\U00020bb7": 1, "\ufb33": 2, "a": 3}))) == ["a", "\U00020bb7", "\ufb33"]


def test_a_record_goes_to_bytes_and_back_unchanged() -> None:
    written = record_bytes(Record.model_validate(record()))
    again = Record.model_validate_json(written)
    assert again == Record.model_validate(record())
    assert record_bytes(again) == written


def test_every_part_of_a_record_shows_in_its_bytes() -> None:
    before = record_bytes(Record.model_validate(record()))
    changed = [
        {"code": "ZZZZZ-56789-ABCDE-FGHJK"},
        {"sample": False},
        {"counts": COUNTS | {"unsure": 0}},
        {"supersedes": "0199b7c2-51d0-7c3e-9a64-2f8b0d6e41ab"},
        {"valid_until": None},
        {"salt": "1" * 32},
        {"lists": []},
    ]
    assert before not in [record_bytes(Record.model_validate(record(**change))) for change in changed]


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "kakunin-attestation/2"},
        {"surprise": 1},
        {"snapshot_sha256": SHA.upper()},
        {"attested_at": "2026-11-23 03:00:00"},
        {"attested_at": "2026-11-23T12:00:00+09:00"},
        {"valid_until": "2026/11/23"},
        {"salt": "0" * 31},
        {"counts": {"answered": 1}},
        {"grant": None},
        {"funder": AGENCY},
        {
            "grant": None,
            "funder": {"code": "mext", "name": words("Agency"), "ror": None, "programme": "x", "fiscal_year": 2026},
        },
    ],
)
def test_a_record_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Record.model_validate(record(**wrong))


ACT = record()["acts"][0]
INK = {
    "signed_on": "2026-11-20",
    "scan_sha256": SHA,
    "role": "research_office",
    "role_name": words("Office"),
    "post": words("Chief"),
    "at": "2026-11-22T03:00:00Z",
    "method": "password",
}


@pytest.mark.parametrize(
    "acts",
    [
        [],
        [ACT | {"act": "reviewed", "statement_sha256": None}],
        [ACT, ACT | {"act": "reviewed", "statement_sha256": None}],
        [ACT | {"statement_sha256": None}],
        [ACT | {"statement_sha256": SHA}],
        [ACT | {"act": "reviewed"}, ACT],
        [ACT | {"orcid": "0000-0002-1825-0097"}],
        [ACT | {"method": "ink"}],
        [ACT | {"ink": INK}],
        [ACT | {"method": "ink", "ink": INK | {"method": "ink"}}],
    ],
)
def test_acts_out_of_order_or_without_what_they_need_are_refused(acts: list[Any]) -> None:
    with pytest.raises(ValidationError):
        Record.model_validate(record(acts=acts))


@pytest.mark.parametrize(
    "acts",
    [
        [ACT | {"act": "prepared", "statement_sha256": None}, ACT, ACT],
        [ACT | {"orcid": "https://orcid.org/0000-0002-1694-233X"}],
        [ACT | {"method": "ink", "ink": INK}],
    ],
)
def test_acts_of_every_kind_are_read(acts: list[Any]) -> None:
    assert len(Record.model_validate(record(acts=acts)).acts) == len(acts)


def test_a_record_of_the_institution_itself_says_so_in_its_bytes() -> None:
    made = Record.model_validate(record(grant=None, funder=AGENCY))
    told = json.loads(record_bytes(made))
    assert told["grant"] is None
    nothing = {"programme": None, "programme_name": None, "call_name": None}
    assert told["funder"] == AGENCY | {"name": words("Agency")} | nothing
    assert Record.model_validate_json(record_bytes(made)) == made
    assert made.about == "aoba-FY2026"
    assert Record.model_validate(record()).about == "JP26K12345"


def test_the_salt_is_not_shown_when_a_record_is_printed_in_a_log() -> None:
    assert "salt" not in repr(Record.model_validate(record(salt="f" * 32)))


def test_the_total_counts_every_state() -> None:
    assert Counts(**COUNTS).total == 15


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"  {CODE}\n",
        "O1234-56789-ABCDE-FGHJK",
        "oI234-56789-ABCDE-FGHJK",
        "0l234-56789-abcde-fghjk",
        "０１２３４－５６７８９－ＡＢＣＤＥ－ＦＧＨＪＫ",
        "０１２３４ー５６７８９ーａｂｃｄｅーｆｇｈｊｋ",
        "Ｏｌ２３４\u300056789\u2010ABCDE\u2212FGHJK",
    ],
)
def test_a_code_is_read_as_the_person_meant_it(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", CODE[:-1], f"{CODE}0", CODE.replace("K", "U"), "確認" * 10, CODE.replace("A", "é")]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_are_unique_and_have_one_reading() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", code) for code in codes)
    assert all(read_code(code) == code for code in codes)


def test_salts_are_128_fresh_bits() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}", salt) for salt in salts)


def test_a_commitment_binds_salt_and_value() -> None:
    said = [["a", None, "answered", "yes", ""]]
    assert commitment("0" * 32, said) == commitment("0" * 32, list(said))
    assert commitment("0" * 32, said) != commitment("1" * 32, said)
    assert commitment("0" * 32, said) != commitment("0" * 32, [["a", None, "answered", "no", ""]])


def test_sha256_is_the_published_one() -> None:
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(PLAIN)
def test_canonical_json_says_what_the_data_says(value: Any) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


LAST = date(2027, 3, 31)


@pytest.mark.parametrize("status", list(AttestationStatus))
@pytest.mark.parametrize("last", [None, LAST])
@pytest.mark.parametrize(
    ("today", "over"), [(LAST - timedelta(1), False), (LAST, False), (LAST + timedelta(1), True)]
)
def test_only_what_was_in_force_expires_and_only_after_its_last_day(
    status: AttestationStatus, last: date | None, today: date, over: bool
) -> None:
    expires = status is AttestationStatus.IN_FORCE and last is not None and over
    assert worth(status, last, today) is (AttestationStatus.EXPIRED if expires else status)
