"""Vectors of PDF files: sealed, archived, and manipulated in the ways that are known."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from app.domain.attestation import sha256
from app.domain.ledger import Kind
from app.domain.texts import utc_text
from app.signing.keys import fingerprint
from tests.offline import keys, papers
from tests.offline.good import held
from tests.offline.keys import HANAKO, LOOKALIKE, NOBODY, OTHER, person
from tests.offline.parts import b64, entry, issue, note, own, proof, record, tree, vkey
from tests.offline.vectors import Vector

SEALS, TIMES, PERSONS = "seals.pem", "time-stamps.pem", "persons.pem"
TRUST = {"seals": [SEALS], "times": [TIMES], "ledgers": [vkey()]}
_SOUND = {
    "file": "P",
    "seal": "P",
    "whole": "P",
    "authority": "P",
    "institution": "P",
    "stamp": "P",
    "order": "P",
}
# of a file that cannot be read nothing more is told
_UNREAD = {
    "record": "N no_record",
    "statement": "N no_statement",
    "entry": "N no_proof",
    "ledger": "N not_signed",
    "sample": "",
    "order": "N no_time",
}
_UNSEALED = {"authority": "N no_seal", "institution": "", "stamp": "N no_seal", "order": "N time_claimed"}


def anchors() -> dict[str, bytes]:
    """Return the roots of the test authorities, as the vectors name them."""
    found = papers.believed()
    seals, times = (b"".join(one.public_bytes(Encoding.PEM) for one in each) for each in (found.seals, found.times))
    return {SEALS: seals, TIMES: times, PERSONS: (keys.PERSONS / f"{HANAKO}.root.pem").read_bytes()}


def vector(
    name: str, about: str, content: bytes, exit_: int, verdicts: str, lines: dict[str, str], **more: Any
) -> Vector:
    beside = {"pdf": f"{name}.pdf"} | more.pop("held", {})
    files = {f"{name}.pdf": content} | anchors()
    return Vector(name, about, beside, exit_, verdicts, _SOUND | lines, files=files, **({"trust": TRUST} | more))


def vectors() -> Iterator[Vector]:
    yield from _good()
    yield from _broken()
    yield from _manipulated()
    yield from _sealed_otherwise()
    yield from _enclosing_otherwise()
    yield from _stamped()
    yield from _signed()


def _signed() -> Iterator[Vector]:
    """Yield files that persons signed beside the seal: they change no line, and each is told with what is wrong."""
    data = record(personal_signatures=2)
    invited = papers.sealed(papers.plain(papers.enclosures(data), persons=2), persons=True)
    one = papers.signed(invited, HANAKO, 1)
    believed = _person(HANAKO, "Hanako Aoki", "CN=People CA,O=Seiran University,C=JP", None)
    trust = {"trust": TRUST | {"persons": [PERSONS]}}
    about = "A person signed beside the seal, with a certificate of an authority that is believed for persons."
    yield vector("pdf-good-person", about, one, 5, "PWPN", {}, persons=(believed,), **trust)
    about = "The same archived: the time-stamp around it proves when the person had signed."
    proven = believed | {"proven_at": utc_text(papers.ARCHIVED_AT)}
    archived = papers.archived_of(one)
    yield vector("pdf-good-person-archived", about, archived, 5, "PWPN", {}, persons=(proven,), **trust)
    about = "A second person's certificate is of an authority that nobody believes: told, and nothing else changes."
    both = (believed, _person(NOBODY, "Taro Nobody", "", "untrusted"))
    yield vector(
        "pdf-good-person-unknown", about, papers.signed(one, NOBODY, 2), 5, "PWPN", {}, persons=both, **trust
    )


def _person(name: str, called: str, authority: str, fault: str | None) -> dict[str, Any]:
    return {
        "name": called,
        "organization": "Seiran University",
        "fingerprint": fingerprint(person(name).certificate),
        "authority": authority,
        "claimed_at": utc_text(papers.SIGNED_AT),
        "proven_at": None,
        "fault": fault,
    }


def _stamped() -> Iterator[Vector]:
    """Yield what time-stamps over a checkpoint tell: no file is needed, the record and its proof are."""
    data = record()
    text = note(tree({papers.PLACE: issue(data)}, 11))
    given = {"held": held(data), "files": anchors(), "trust": TRUST}
    untrusted = "N stamp_untrusted"
    for name, about, tokens, exit_, verdicts, line in (
        ("good", "A time-stamp over the checkpoint.", [papers.stamp(text.encode())], 5, "PWPN", "P"),
        ("bad-other", "A time-stamp over something else.", [papers.stamp(b"hello")], 4, "PWFN", "F stamp_digest"),
        ("bad-unreadable", "What is no time-stamp.", [b"hello"], 4, "PWFN", "F stamp_unreadable"),
        (
            "unknown-authority",
            "A time-stamp of an authority with the same names as the trusted one: it tells nothing.",
            [papers.stamp(text.encode(), times=LOOKALIKE)],
            5,
            "PWNN",
            untrusted,
        ),
        (
            "good-one-of-two",
            "Of two time-stamps one is of a trusted authority.",
            [papers.stamp(text.encode(), times=LOOKALIKE), papers.stamp(text.encode())],
            5,
            "PWPN",
            "P",
        ),
    ):
        known = {"checkpoints": [{"note": text, "tokens": [b64(token) for token in tokens]}]}
        lines = {"checkpoint": line}
        yield Vector(f"checkpoint-{name}", about, exit=exit_, verdicts=verdicts, lines=lines, known=known, **given)


def _good() -> Iterator[Vector]:
    right, archived = papers.right(), papers.archived()
    about = "A sealed and stamped file with all that it encloses; the page is a stand-in."
    yield vector("pdf-good-sealed", about, right, 5, "PWPN", {})
    about = "The same a day later, with revocation data and one more time-stamp around it (PAdES B-LTA)."
    yield vector("pdf-good-archived", about, archived, 5, "PWPN", {})
    about = "A line end after the file: white space changes nothing."
    yield vector("pdf-good-line-end", about, right + b"\n", 5, "PWPN", {})
    sealing = entry(Kind.SEAL, record(), sha256(right))
    made = tree({papers.PLACE: issue(record()), 11: sealing}, 12)
    beside = {"proofs": [{"proof": proof(made, 11).text, "entry": None}]}
    about = "With the proof, beside the file, that the ledger has this very file as sealed."
    yield vector("pdf-good-issued", about, right, 5, "PWPN", {"issued": "P"}, held=beside)
    about = "The archived file with the proof of the sealed one, which is its beginning."
    yield vector("pdf-good-archived-issued", about, archived, 5, "PWPN", {"issued": "P"}, held=beside)
    about = "Ten years on the seal has expired; its time-stamp has not, so it was sealed in time."
    lines = {"standing": "W expired"}
    later = "2035-01-01T00:00:00Z"
    yield vector("pdf-good-seal-expired-later", about, archived, 3, "PWPW", lines, status="expired", at=later)
    about = "No root is trusted: the seal vouches for nothing, and the ledger for the record but not for the page."
    lines = {"authority": "N no_anchors", "stamp": "N no_anchors", "order": "N time_claimed"}
    ledger = {"ledgers": [vkey()]}
    yield vector("pdf-no-roots", about, right, 5, "NNNN", lines, trust=ledger)
    about = "No root is trusted, and the ledger has this very file: it vouches for all of it."
    yield vector("pdf-no-roots-issued", about, right, 5, "PWNN", lines | {"issued": "P"}, trust=ledger, held=beside)
    about = "A look-alike sealed a changed page around a right record; no root is trusted, so nothing is told."
    page = papers.plain(papers.enclosures()).replace(b"SAMPLE", b"LOOKED")
    around = papers.sealed(page, keys=LOOKALIKE, times=LOOKALIKE)
    yield vector("pdf-no-roots-lookalike", about, around, 5, "NNNN", lines, trust=ledger)
    about = "Nothing at all is trusted."
    lines |= {"statement": "N no_ledger_key", "entry": "N no_ledger_key", "ledger": "N no_ledger_key"}
    yield vector("pdf-no-trust", about, right, 5, "NNNN", lines, trust={})


def _broken() -> Iterator[Vector]:
    right = papers.right()
    for name, about, content, reason in (
        ("not-pdf", "Not a PDF.", b"PK\x03\x04", "not_pdf"),
        ("unreadable", "It begins like a PDF.", b"%PDF-1.7\n", "unreadable"),
        ("cut", "Its second half is missing.", right[: len(right) // 2], "unreadable"),
    ):
        lines = (
            _UNREAD
            | {"file": f"F {reason}"}
            | dict.fromkeys(("seal", "whole", "authority", "institution", "stamp"), "")
        )
        yield vector(f"pdf-bad-{name}", about, content, 4, "FNNN", lines)


def _manipulated() -> Iterator[Vector]:
    right, archived = papers.right(), papers.archived()
    about = "A byte of the page was changed."
    lines = {"seal": "F digest_mismatch", "authority": "N no_seal"}
    yield vector("pdf-bad-page-byte", about, papers.flipped(right, b"/MediaBox"), 4, "FNPN", lines)
    about = "Bytes were appended."
    lines = {"whole": "F not_whole_file"}
    yield vector("pdf-bad-appended", about, right + b"%junk\n", 4, "FNPN", lines)
    about = "The page was changed by an incremental update."
    yield vector("pdf-bad-page-updated", about, papers.updated(right, papers.turned), 4, "FNPN", lines)
    about = "The page of an archived file was changed by an incremental update."
    yield vector("pdf-bad-archived-updated", about, papers.updated(archived, papers.turned), 4, "FNPN", lines)
    about = "Another record was put in by an incremental update."
    swapped = lines | {"statement": "F statement_differs", "entry": "F proof_path", "ledger": "N not_signed"}
    yield vector("pdf-bad-record-swapped", about, papers.updated(right, papers.swapped), 4, "FNPN", swapped)
    about = "The seal was taken out by an incremental update; what it encloses is in the ledger, its page is not."
    gone = _UNSEALED | {"seal": "F no_signature"}
    yield vector("pdf-bad-seal-removed", about, papers.updated(right, papers.unsealed), 4, "FNNN", gone)
    about = "It was never sealed."
    yield vector("pdf-bad-unsealed", about, papers.plain(papers.enclosures()), 4, "FNNN", gone)


def _sealed_otherwise() -> Iterator[Vector]:
    content = papers.plain(papers.enclosures())
    about = "Sealed by an authority with the same names as the trusted one."
    forged = papers.sealed(content, keys=LOOKALIKE)
    yield vector("pdf-bad-lookalike", about, forged, 4, "NFPN", {"authority": "F untrusted"})
    about = "Sealed by another institution, of the same trusted authority."
    other = papers.sealed(content, code=OTHER)
    yield vector("pdf-bad-other-institution", about, other, 4, "PFPN", {"institution": "F other_institution"})
    about = "The time is claimed by the seal alone."
    claimed = papers.sealed(content, times=None)
    lines = {"stamp": "F time_missing", "order": "N time_claimed"}
    yield vector("pdf-bad-no-stamp", about, claimed, 4, "PWFN", lines)
    about = "Stamped by an authority with the same names as the trusted one."
    stamped = papers.sealed(content, times=LOOKALIKE)
    lines = {"stamp": "F time_untrusted", "order": "N time_claimed"}
    yield vector("pdf-bad-lookalike-stamp", about, stamped, 4, "PWFN", lines)
    about = "Sealed and stamped a day before the record says that it was attested."
    early = papers.sealed(content, at=papers.SEALED_AT - timedelta(days=1))
    lines = {"order": "F stamped_before_attested"}
    yield vector("pdf-bad-stamped-before", about, early, 4, "PWFN", lines)


def _enclosing_otherwise() -> Iterator[Vector]:
    right, other = papers.enclosures(), papers.enclosures(own())
    json_, jws, proof_ = papers.NAMES
    about = "The statement that it encloses is about another record."
    mixed = papers.sealed(papers.plain(right | {jws: other[jws]}))
    yield vector("pdf-bad-encloses-other-statement", about, mixed, 4, "FWPN", {"statement": "F statement_differs"})
    about = "The proof that it encloses is of another record."
    mixed = papers.sealed(papers.plain(right | {proof_: other[proof_]}))
    yield vector("pdf-bad-encloses-other-proof", about, mixed, 4, "FWPN", {"entry": "F proof_path"})
    about = "The record that it encloses is not canonical."
    mixed = papers.sealed(papers.plain(right | {json_: right[json_] + b"\n"}))
    lines = {
        "record": "F record_not_canonical",
        "statement": "F statement_differs",
        "entry": "N no_record",
        "ledger": "N not_signed",
        "institution": "N no_record",
        "sample": "",
        "order": "N no_time",
    }
    yield vector("pdf-bad-encloses-newline", about, mixed, 4, "FNPN", lines)
    about = "It encloses nothing."
    nothing = papers.sealed(papers.plain({}))
    lines = _UNREAD | {"record": "F record_missing", "institution": "N no_record"}
    yield vector("pdf-bad-encloses-nothing", about, nothing, 4, "FNPN", lines)
    about = "It encloses something more."
    more = papers.sealed(papers.plain(right | {"more.txt": b"hello"}))
    lines = _UNREAD | {"record": "F several_records", "institution": "N no_record"}
    yield vector("pdf-bad-encloses-more", about, more, 4, "FNPN", lines)
    about = "It encloses the record alone: that is enough for the seal to vouch for it."
    alone = papers.sealed(papers.plain({json_: right[json_]}))
    lines = {"statement": "N no_statement", "entry": "N no_proof", "ledger": "N not_signed"}
    yield vector("pdf-good-record-alone", about, alone, 5, "PWPN", lines)
