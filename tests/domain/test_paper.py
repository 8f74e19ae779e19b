"""The paper statement: what it says, and that nothing but our own spelling of it is read."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.attestation import Record, canonical, record_bytes, sha256
from app.domain.errors import InvalidError
from app.domain.paper import LONGEST, Claims, address, claims, kid_of, read, statement, unbase64url
from tests.domain.test_attestation import record

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KID = "00c0ffee"
RECORD = Record.model_validate(record())
JWS = statement(RECORD, KEY.sign, KID)


def known(kid: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if kid == KID else None


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: bytes, content: bytes, key: Ed25519PrivateKey = KEY) -> str:
    """Return a JWS over any header and content, signed as well as can be."""
    start = f"{b64(header)}.{b64(content)}"
    return f"{start}.{b64(key.sign(start.encode()))}"


def reason(jws: str, key: Callable[[str], Ed25519PublicKey | None] = known) -> str:
    with pytest.raises(InvalidError) as refused:
        read(jws, key)
    return refused.value.reason


HEADER = canonical({"alg": "EdDSA", "kid": KID, "typ": "kakunin-paper+jws"})


def test_it_says_what_the_record_says() -> None:
    found = read(JWS, known)
    assert canonical(found.model_dump(mode="json")) == claims(RECORD)
    assert found.record_sha256 == sha256(record_bytes(RECORD))
    assert found.checklist_sha256_start == RECORD.checklist.sha256[:32]
    assert json.loads(claims(RECORD)) == {
        "v": 1,
        "id": RECORD.id,
        "code": RECORD.code,
        "rec": b64(bytes.fromhex(sha256(record_bytes(RECORD)))),
        "iss": "aoba",
        "org": None,
        "name": [RECORD.issuer.name.ja, "University"],
        "grant": "JP26K12345",
        "fund": "jsps",
        "fy": 2026,
        "chk": "sample@1.0.0",
        "chkh": b64(bytes.fromhex("a" * 32)),
        "stage": "award",
        "at": "2026-11-23T03:00:00Z",
        "until": "2027-11-23",
        "n": [1, 2, 3, 4, 5],
        "sample": True,
    }


def test_the_header_is_exactly_the_agreed_one() -> None:
    assert unbase64url(JWS.split(".")[0]) == b'{"alg":"EdDSA","kid":"00c0ffee","typ":"kakunin-paper+jws"}'
    assert kid_of(JWS) == KID


def test_the_address_carries_it_where_no_server_sees_it() -> None:
    assert address(RECORD, JWS) == f"{RECORD.verify_url}#{JWS}"


def test_about_an_institution_itself_there_is_no_grant() -> None:
    funder = {"code": "mext", "name": RECORD.funder.name, "ror": None, "fiscal_year": 2026}
    own = Record.model_validate(record(grant=None, funder=funder, valid_until=None))
    found = read(statement(own, KEY.sign, KID), known)
    assert (found.grant, found.until, found.fund) == (None, None, "mext")


@pytest.mark.parametrize("place", range(0, len(JWS), 7))
def test_a_changed_character_is_refused_wherever_it_is(place: int) -> None:
    other = "B" if JWS[place] != "B" else "C"
    assert reason(JWS[:place] + other + JWS[place + 1 :]) in {
        "not_a_paper_statement",
        "unknown_paper_key",
        "paper_signature_invalid",
    }


def test_a_key_that_is_not_trusted_and_one_that_did_not_sign_are_told_apart() -> None:
    assert reason(statement(RECORD, KEY.sign, "11111111")) == "unknown_paper_key"
    other = Ed25519PrivateKey.generate()
    assert reason(statement(RECORD, other.sign, KID)) == "paper_signature_invalid"
    assert reason(JWS, lambda kid: other.public_key()) == "paper_signature_invalid"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KID, "typ": "kakunin-paper+jws"},
        {"alg": "HS256", "kid": KID, "typ": "kakunin-paper+jws"},
        {"alg": "Ed25519", "kid": KID, "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "kid": KID, "typ": "JWT"},
        {"alg": "EdDSA", "kid": KID},
        {"alg": "EdDSA", "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "kid": "00C0FFEE", "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "kid": "00c0ffee0", "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "kid": 1, "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "kid": KID, "typ": "kakunin-paper+jws", "crit": ["x"]},
        {"alg": "EdDSA", "jwk": {"kty": "OKP"}, "kid": KID, "typ": "kakunin-paper+jws"},
        {"alg": "EdDSA", "b64": False, "kid": KID, "typ": "kakunin-paper+jws"},
        [],
        "EdDSA",
        None,
    ],
)
def test_another_header_is_refused_however_well_it_is_signed(header: Any) -> None:
    assert reason(signed(canonical(header), claims(RECORD))) == "not_a_paper_statement"


@pytest.mark.parametrize(
    "header",
    [
        b'{"kid":"00c0ffee","alg":"EdDSA","typ":"kakunin-paper+jws"}',
        b'{"alg": "EdDSA","kid":"00c0ffee","typ":"kakunin-paper+jws"}',
        b'{"alg":"EdDSA","alg":"EdDSA","kid":"00c0ffee","typ":"kakunin-paper+jws"}',
        b'{"alg":"EdDS\\u0041","kid":"00c0ffee","typ":"kakunin-paper+jws"}',
        b"\xef\xbb\xbf" + HEADER,
        b"\xff",
        b"",
        b"[" * 2000,
    ],
)
def test_a_header_has_one_spelling(header: bytes) -> None:
    assert reason(signed(header, claims(RECORD))) == "not_a_paper_statement"


def test_an_unsigned_statement_is_refused() -> None:
    start = JWS.rpartition(".")[0]
    for unsigned in (start, f"{start}.", f"{start}.{b64(bytes(63))}", f"{start}.{b64(bytes(65))}"):
        assert reason(unsigned) == "not_a_paper_statement"
    assert reason(f"{start}.{b64(bytes(64))}") == "paper_signature_invalid"


@pytest.mark.parametrize(
    "spelled",
    [
        f"{JWS}=",
        f"{JWS}==",
        f" {JWS}",
        f"{JWS}\n",
        f"{JWS}.",
        f".{JWS}",
        JWS.replace(".", "..", 1),
        JWS.replace(".", "=.", 1),
        JWS.replace(".", ".\n", 1),
        JWS.replace("-", "+").replace("_", "/") + "+",
        JWS[:-1] + ("B" if JWS[-1] != "B" else "D"),
        "",
        "..",
        "確.認.書",
        "A" * (LONGEST + 1),
    ],
)
def test_another_spelling_is_refused(spelled: str) -> None:
    assert reason(spelled) == "not_a_paper_statement"


def test_characters_outside_of_ascii_are_refused_in_every_part() -> None:
    for place in range(3):
        parts = JWS.split(".")
        parts[place] += "é"
        assert reason(".".join(parts)) == "not_a_paper_statement"


GOOD = json.loads(claims(RECORD))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": "1"},
        {"v": True},
        {"v": 1.0},
        {"id": "x"},
        {"id": GOOD["id"].upper()},
        {"code": GOOD["code"].lower()},
        {"rec": "a" * 44},
        {"rec": "a" * 64},
        {"name": ["University"]},
        {"name": ["あ", ""]},
        {"name": {"ja": "あ", "en": "a"}},
        {"name": ["か\u3099", "a"]},
        {"grant": 1},
        {"fy": "2026"},
        {"fy": -1},
        {"fy": 2026.5},
        {"fy": 2**60},
        {"chk": "sample"},
        {"at": "2026-11-23T03:00:00+09:00"},
        {"at": "２０２６-11-23T03:00:00Z"},
        {"until": "2027-11-23T00:00:00Z"},
        {"n": [1, 2, 3, 4]},
        {"n": [1, 2, 3, 4, True]},
        {"n": [1, 2, 3, 4, -5]},
        {"sample": 1},
        {"sample": None},
        {"more": 1},
    ],
    ids=str,
)
def test_claims_of_another_kind_are_refused_however_well_they_are_signed(change: dict[str, Any]) -> None:
    content = json.dumps(GOOD | change, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert reason(signed(HEADER, content)) == "not_a_paper_statement"


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_claim_must_be_there(name: str) -> None:
    fewer = {key: value for key, value in GOOD.items() if key != name}
    assert reason(signed(HEADER, canonical(fewer))) == "not_a_paper_statement"


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(GOOD, ensure_ascii=False).encode(),
        json.dumps(GOOD, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode(),
        claims(RECORD) + b"\n",
        claims(RECORD).replace(b'"v":1', b'"v":1,"v":1'),
        claims(RECORD).replace(b'"v":1', b'"v":1.0'),
        claims(RECORD).replace(b'"grant":"JP26K12345"', b'"grant":"\\ud800"'),
        claims(RECORD).replace(b'"v":1', b'"v":NaN'),
        claims(RECORD)[:-1],
        b"null",
        b"",
    ],
)
def test_claims_have_one_spelling(content: bytes) -> None:
    assert reason(signed(HEADER, content)) == "not_a_paper_statement"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.lists(st.binary(max_size=60), min_size=3, max_size=3))
def test_nothing_but_a_refusal_comes_of_noise(noise: str | list[bytes]) -> None:
    jws = noise if isinstance(noise, str) else ".".join(b64(part) for part in noise)
    assert reason(jws)


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_nothing_but_a_refusal_comes_of_signed_noise(noise: Any) -> None:
    assert reason(signed(HEADER, json.dumps(GOOD | {"name": noise}).encode())) == "not_a_paper_statement"


def test_the_type_of_claims_names_every_claim() -> None:
    assert set(GOOD) == set(Claims.model_fields)
