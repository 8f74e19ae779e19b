"""Vectors of what is genuine, or cannot be told: nothing in them is wrong."""

from collections.abc import Iterator
from typing import Any

from app.domain import ledger
from app.domain.checkpoints import Proof
from app.domain.ledger import Kind
from tests.offline.parts import (
    CODE,
    ELSEWHERE,
    OLDER_ID,
    SHA,
    entry,
    issue,
    jws,
    note,
    own,
    proof,
    record,
    signed_by_several,
    signed_in_ink,
    tree,
    vkey,
    written,
)
from tests.offline.vectors import Vector

PLACE = 5


def held(data: dict[str, Any], *parts: str, size: int = 11, place: int = PLACE) -> dict[str, Any]:
    """Return what is held about a record: of "record", "statement" and "proof" those that are named, or all."""
    named = parts or ("record", "statement", "proof")
    whole = {
        "record": written(data).decode(),
        "statement": jws(data),
        "proofs": [{"proof": proof(tree({place: issue(data)}, size), place).text, "entry": None}],
    }
    return {name: value for name, value in whole.items() if name.removesuffix("s") in named}


def _later(kind: Kind, hashed: str) -> dict[str, Any]:
    """Return what is held of a record with a later entry that ends it, each with its proof."""
    data = record()
    later = entry(kind, data, hashed)
    made = tree({PLACE: issue(data), 8: later}, 11)
    proofs = [
        {"proof": proof(made, PLACE).text, "entry": None},
        {"proof": proof(made, 8).text, "entry": later.content.decode()},
    ]
    return held(data, "record", "statement") | {"proofs": proofs}


def vectors() -> Iterator[Vector]:
    yield from _whole()
    yield from _parts()
    yield from _ended()
    yield from _unknown()


def _whole() -> Iterator[Vector]:
    data = record()
    about = "A record, the statement about it and the proof of its entry, by the key of its ledger."
    yield Vector("good-record-statement-proof", about, held(data), 5, "PWNN")
    about = "The same of a record about the institution itself: no grant, no last day, and not a sample."
    yield Vector("good-institution-itself", about, held(own()), 5, "PPNN", {"sample": ""})
    about = (
        "Three attested, in order: two certify the statement, one words of their own, which the record declares."
    )
    yield Vector("good-several-signatories", about, held(signed_by_several()), 5, "PWNN")
    about = "The attester signed on paper: genuine, with something to know."
    yield Vector("good-signed-in-ink", about, held(signed_in_ink()), 5, "PWNN", {"ink": "W signed_in_ink"})
    about = "A record that names a confidential annex, which no verifier is handed."
    yield Vector("good-record-annex", about, held(record(annex={"sha256": SHA})), 5, "PWNN")
    about = "The entry is the only one of its ledger: the path is empty."
    yield Vector("good-proof-only-entry", about, held(data, size=1, place=0), 5, "PWNN")
    about = "The entry is the last one of a ledger whose size is no power of two: the path is short."
    yield Vector("good-proof-last-entry", about, held(data, size=9, place=8), 5, "PWNN")
    about = "The first of 1025 entries."
    yield Vector("good-proof-first-of-many", about, held(data, size=1025, place=0), 5, "PWNN")
    about = "The proof carries an extra line, which nothing signs and nobody believes."
    made = tree({PLACE: issue(data)}, 11)
    extra = Proof(PLACE, proof(made, PLACE).path, note(made), b"hello").text
    yield Vector(
        "good-proof-extra-line", about, held(data) | {"proofs": [{"proof": extra, "entry": None}]}, 5, "PWNN"
    )
    about = "A witness, whom the verifier need not know, signed the checkpoint too."
    seen = proof(made, PLACE, note(made, witnessed=True)).text
    yield Vector(
        "good-proof-witnessed", about, held(data) | {"proofs": [{"proof": seen, "entry": None}]}, 5, "PWNN"
    )
    about = "The checkpoint has the ledger's signature alone, without the one that carries a time."
    plain = proof(made, PLACE, note(made, cosigned=False)).text
    yield Vector(
        "good-proof-one-signature", about, held(data) | {"proofs": [{"proof": plain, "entry": None}]}, 5, "PWNN"
    )
    about = "The entry of the issuing comes along with its proof."
    given = {"proof": proof(made, PLACE).text, "entry": issue(data).content.decode()}
    yield Vector("good-proof-with-entry", about, held(data) | {"proofs": [given]}, 5, "PWNN")


def _parts() -> Iterator[Vector]:
    data = record()
    paper_alone = {"record": "N no_record", "entry": "N no_proof"}
    about = "Nothing but what the QR code of a page says: the address and, after the #, the statement."
    qr = {"qr": f"https://vectors.kakunin.example/verify/{CODE}#{jws(data)}"}
    yield Vector("good-qr-alone", about, qr, 5, "PWNN", paper_alone)
    about = "Nothing but the statement."
    yield Vector("good-statement-alone", about, held(data, "statement"), 5, "PWNN", paper_alone)
    about = "A record and the proof of its entry, without a statement."
    lines = {"statement": "N no_statement"}
    yield Vector("good-record-and-proof", about, held(data, "record", "proof"), 5, "PWNN", lines)
    about = "A record and its statement, without a proof."
    yield Vector(
        "good-record-and-statement", about, held(data, "record", "statement"), 5, "PWNN", {"entry": "N no_proof"}
    )


def _ended() -> Iterator[Vector]:
    data = record()
    newer = ledger.name_of("ff" * 16, OLDER_ID)
    about = "A later entry, proven, says that a newer attestation stands in its place."
    lines = {"standing": "W superseded"}
    yield Vector(
        "good-superseded", about, _later(Kind.SUPERSEDE, ledger.superseding(newer)), 3, "PWNW", lines, "superseded"
    )
    about = "A later entry, proven, says that it was withdrawn; it commits to a reason that is not told."
    lines = {"standing": "W withdrawn"}
    gone = _later(Kind.WITHDRAW, ledger.withdrawing(data["salt"], "誤りがありました"))
    yield Vector("good-withdrawn", about, gone, 3, "PWNW", lines, "withdrawn")
    about = "A later entry, proven, says that it has expired."
    over = _later(Kind.EXPIRE, ledger.expiring(data["valid_until"]))
    yield Vector("good-expired-entry", about, over, 3, "PWNW", {"standing": "W expired"}, "expired")
    about = "Its last day has passed in Japan, where the day began at 15:00 UTC."
    lines = {"standing": "W expired"}
    yield Vector("good-last-day-passed", about, held(data), 3, "PWNW", lines, "expired", at="2027-11-23T15:00:00Z")
    about = "A second earlier it is still its last day."
    yield Vector("good-last-day", about, held(data), 5, "PWNN", at="2027-11-23T14:59:59Z")
    about = "Paper whose last day has passed."
    lines = {"record": "N no_record", "entry": "N no_proof", "standing": "W expired"}
    late = "2028-01-01T00:00:00Z"
    yield Vector("good-paper-last-day-passed", about, held(data, "statement"), 3, "PWNW", lines, "expired", at=late)


def _unknown() -> Iterator[Vector]:
    data = record()
    about = "A record alone: anybody can write one, so nothing is told of its content or its issuer."
    lines = {"statement": "N no_statement", "entry": "N no_proof", "ledger": "N not_signed"}
    yield Vector("unknown-record-alone", about, held(data, "record"), 5, "NNNN", lines)
    about = "No key of any ledger is believed."
    lines = {"statement": "N no_ledger_key", "entry": "N no_ledger_key", "ledger": "N no_ledger_key"}
    yield Vector("unknown-no-keys", about, held(data), 5, "NNNN", lines, trust={"ledgers": []})
    about = "Only the key of another ledger is believed."
    lines = {"statement": "N unknown_paper_key", "entry": "N other_ledger", "ledger": "N not_signed"}
    yield Vector("unknown-other-ledger", about, held(data), 5, "NNNN", lines, trust={"ledgers": [vkey(ELSEWHERE)]})
    about = "A statement signed by a key that the verifier does not know."
    lines = {
        "record": "N no_record",
        "statement": "N unknown_paper_key",
        "entry": "N no_proof",
        "ledger": "N not_signed",
        "sample": "",
        "order": "N no_time",
    }
    yield Vector("unknown-paper-key", about, {"statement": jws(data, ELSEWHERE)}, 5, "NNNN", lines)
    about = "A proof without the record whose entry it proves."
    lines = {
        "record": "N no_record",
        "statement": "N no_statement",
        "entry": "N no_record",
        "ledger": "N not_signed",
        "sample": "",
        "order": "N no_time",
    }
    yield Vector("unknown-proof-alone", about, held(data, "proof"), 5, "NNNN", lines)
    about = "It was attested after the moment at which it is judged."
    lines = {"order": "W in_future"}
    yield Vector("good-in-the-future", about, held(data), 5, "PWWN", lines, at="2026-11-22T00:00:00Z")
