"""Vectors of statements that are not as they must be, not signed, or about something else."""

import hashlib
import hmac
import json
from collections.abc import Iterator

from app.domain import paper
from app.domain.attestation import Record, canonical
from tests.offline.good import held
from tests.offline.parts import CODE, OTHERS, OURS, flip, jws, own, record, signed
from tests.offline.vectors import Vector

_ALONE = {
    "record": "N no_record",
    "entry": "N no_proof",
    "ledger": "N not_signed",
    "sample": "",
    "order": "N no_time",
}
_NOT_ONE, _INVALID = "not_a_paper_statement", "paper_signature_invalid"


def vectors() -> Iterator[Vector]:
    for name, about, statement, reason in _alone():
        lines = _ALONE | {"statement": f"F {reason}"}
        yield Vector(f"bad-statement-{name}", about, {"statement": statement}, 4, "FNNN", lines)
    yield from _beside_a_record()


def _alone() -> Iterator[tuple[str, str, str, str]]:
    right = jws(record())
    head, claims, signature = right.split(".")
    kid = OURS.verifier.id.hex()
    header = canonical({"alg": "EdDSA", "kid": kid, "typ": paper.TYPE})
    said = json.loads(paper.unbase64url(claims))
    yield "signature", "One bit of the signature is another.", f"{head}.{claims}.{flip(signature, 10)}", _INVALID
    changed = paper.base64url(canonical(said | {"n": [13, 0, 0, 0, 0]}))
    yield "claims", "The counts are others than those signed.", f"{head}.{changed}.{signature}", _INVALID
    yield "other-key", "Another key signed under the id of ours.", jws(record(), OTHERS, kid), _INVALID
    none = canonical({"alg": "none", "kid": kid, "typ": paper.TYPE})
    yield "alg-none", "The header says that nobody signs.", f"{paper.base64url(none)}.{claims}.", _NOT_ONE
    hs256 = f"{paper.base64url(canonical({'alg': 'HS256', 'kid': kid, 'typ': paper.TYPE}))}.{claims}"
    forged = hmac.new(OURS.public, hs256.encode(), hashlib.sha256).digest() * 2
    yield (
        "alg-hs256",
        "A MAC under the public key, which everybody can make.",
        f"{hs256}.{paper.base64url(forged)}",
        _NOT_ONE,
    )
    more = canonical({"alg": "EdDSA", "crit": ["x"], "kid": kid, "typ": paper.TYPE})
    yield (
        "header-more",
        "The header says more than ours do, and is signed.",
        signed(more, paper.unbase64url(claims)),
        _NOT_ONE,
    )
    spaced = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    yield "spaces", "The claims are signed and not canonical.", signed(header, spaced), _NOT_ONE
    member = canonical(said | {"more": 1})
    yield "member", "The claims have an unknown member, and are signed.", signed(header, member), _NOT_ONE
    version = canonical(said | {"v": 2})
    yield "version", "Claims of a version that is not this one.", signed(header, version), _NOT_ONE
    yield "padded", "Base64url with padding.", f"{right}==", _NOT_ONE
    yield "two-parts", "There is no signature.", f"{head}.{claims}", _NOT_ONE
    yield "space", "A space before it.", f" {right}", _NOT_ONE


def _beside_a_record() -> Iterator[Vector]:
    data = record()
    about = "The statement, well signed, is about another record."
    lines = {"statement": "F statement_differs"}
    yield Vector("bad-statement-other-record", about, held(data) | {"statement": jws(own())}, 4, "FWNN", lines)
    about = "The statement, signed by the ledger itself, has the record's hash and other counts than the record."
    said = json.loads(paper.claims(Record.model_validate(data))) | {"n": [13, 0, 0, 0, 0]}
    header = canonical({"alg": "EdDSA", "kid": OURS.verifier.id.hex(), "typ": paper.TYPE})
    lying = signed(header, canonical(said))
    yield Vector("bad-statement-other-counts", about, held(data) | {"statement": lying}, 4, "FWNN", lines)
    about = "What stands after the # in the QR code is no statement."
    lines = _ALONE | {"statement": f"F {_NOT_ONE}"}
    qr = {"qr": f"https://vectors.kakunin.example/verify/{CODE}#hello"}
    yield Vector("bad-qr-fragment", about, qr, 4, "FNNN", lines)
