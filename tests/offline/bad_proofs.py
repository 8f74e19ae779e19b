"""Vectors of proofs that prove nothing, and of ledgers that say two things."""

from collections.abc import Iterator

from app.domain.checkpoints import Checkpoint, Proof
from app.domain.ledger import Kind
from tests.offline.good import PLACE, held
from tests.offline.parts import (
    ELSEWHERE,
    OTHERS,
    entry,
    flip,
    issue,
    note,
    own,
    proof,
    record,
    stranger,
    tree,
)
from tests.offline.vectors import Vector


def vectors() -> Iterator[Vector]:
    data = record()
    for name, about, text, reason in _proofs():
        given = held(data) | {"proofs": [{"proof": text, "entry": None}]}
        yield Vector(f"bad-proof-{name}", about, given, 4, "FWNN", {"entry": f"F {reason}"})
    yield from _entries()
    yield from _forks()


def _proofs() -> Iterator[tuple[str, str, str, str]]:
    data = record()
    made = tree({PLACE: issue(data)}, 11)
    right, signed = proof(made, PLACE), note(made)
    path = right.path
    yield (
        "path",
        "One hash of the path is another.",
        Proof(PLACE, (bytes(32), *path[1:]), signed).text,
        "proof_path",
    )
    yield "short", "The path lacks its last hash.", Proof(PLACE, path[:-1], signed).text, "proof_path"
    yield "long", "The path has a hash too many.", Proof(PLACE, (*path, bytes(32)), signed).text, "proof_path"
    yield "index", "The number is that of the neighbour.", Proof(PLACE - 1, path, signed).text, "proof_path"
    yield "beyond", "The number is beyond the end of the ledger.", Proof(11, path, signed).text, "proof_path"
    other = proof(tree({PLACE: issue(own())}, 11), PLACE).text
    yield "other-record", "It proves the entry of another record.", other, "proof_path"
    root = Checkpoint(origin_of(signed), 11, bytes(32)).text
    forged = root + signed[signed.index("\n\n") + 1 :]
    yield "root", "The root is another than the one signed.", Proof(PLACE, path, forged).text, "note_signature"
    size = signed.replace("\n11\n", "\n12\n", 1)
    yield "size", "The size is another than the one signed.", Proof(PLACE, path, size).text, "note_signature"
    theirs = note(made, OTHERS)
    yield (
        "other-key",
        "Another key signed under the ledger's name.",
        Proof(PLACE, path, theirs).text,
        "note_unsigned",
    )
    origin = note(made, ELSEWHERE)
    yield (
        "origin",
        "The checkpoint is of a ledger that the record does not name.",
        Proof(PLACE, path, origin).text,
        "checkpoint_origin",
    )
    zero = right.text.replace(f"index {PLACE}\n", f"index 0{PLACE}\n")
    yield "zero", "The number is written with a zero before it.", zero, "note_number"
    yield "crlf", "Lines end as they do on other systems.", right.text.replace("\n", "\r\n"), "proof_form"
    yield "version", "The first line names another form.", right.text.replace("@v1", "@v2", 1), "proof_form"
    first = right.text.split("\n")[2]
    yield (
        "base64",
        "A hash is written in another base64.",
        right.text.replace(first, first.rstrip("=")),
        "note_base64",
    )
    line = right.text.index("\u2014")
    broken = flip(right.text, line + len(f"\u2014 {origin_of(signed)} ") + 20)
    yield "signature", "One bit of the ledger's signature is another.", broken, "note_signature"
    yield "empty", "There is nothing in it.", "", "proof_form"


def origin_of(signed: str) -> str:
    """Return the first line of a note: the name of the ledger."""
    return signed.split("\n", 1)[0]


def _entries() -> Iterator[Vector]:
    data = record()
    gone = entry(Kind.WITHDRAW, data, "00" * 32)
    made = tree({PLACE: issue(data), 8: stranger(8), 9: gone}, 11)
    issued = {"proof": proof(made, PLACE).text, "entry": None}

    def with_entry(text: str, content: str) -> dict[str, object]:
        return held(data) | {"proofs": [issued, {"proof": text, "entry": content}]}

    about = "An entry about another attestation, well proven, comes along."
    given = with_entry(proof(made, 8).text, stranger(8).content.decode())
    yield Vector("bad-entry-other-attestation", about, given, 4, "FWNN", {"entry": "F other_entry"})
    about = "A withdrawal comes along with the proof of something else: it is not in the ledger there."
    given = with_entry(proof(made, PLACE).text, gone.content.decode())
    yield Vector("bad-entry-not-there", about, given, 4, "FWNN", {"entry": "F proof_path"})
    about = "An entry is not written canonically."
    given = with_entry(proof(made, 9).text, gone.content.decode().replace(",", ", "))
    yield Vector("bad-entry-spaces", about, given, 4, "FWNN", {"entry": "F ledger_entry"})
    about = "An entry of a kind that there is not."
    given = with_entry(proof(made, 9).text, gone.content.decode().replace("withdraw", "restore"))
    yield Vector("bad-entry-kind", about, given, 4, "FWNN", {"entry": "F ledger_entry"})


def _forks() -> Iterator[Vector]:
    data = record()
    other = tree({}, 11)
    about = "The ledger signed two trees of the same size: one with the entry and one without."
    known = {"checkpoints": [{"note": note(other), "tokens": []}]}
    lines = {"ledger": "F ledger_forked"}
    yield Vector("bad-ledger-forked", about, held(data), 4, "PFNN", lines, known=known)
    about = "A checkpoint of another size, which nobody can compare, says nothing against it."
    known = {"checkpoints": [{"note": note(tree({}, 12)), "tokens": []}]}
    yield Vector("good-other-checkpoint", about, held(data), 5, "PWNN", known=known)
