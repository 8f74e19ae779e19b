"""Proofs of ledger entries: of which entry each is, and whether it leads to a checkpoint that is believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import ledger
from app.domain.attestation import Record, sha256
from app.domain.checkpoints import Checkpoint, Proof
from app.domain.errors import InvalidError
from app.domain.ledger import Entry, Kind
from app.domain.notes import read_note
from app.offline.content import line
from app.offline.holding import Trust
from app.offline.report import Check, Line, Result, Verdict

_CHECKS = {Kind.ISSUE: Check.ENTRY, Kind.SEAL: Check.ISSUED, Kind.ARCHIVE: Check.ISSUED}
# refusals that say nothing against a proof: what it takes to tell is not held
_UNKNOWN = {"no_record", "no_ledger_key", "other_ledger", "no_proof"}


@dataclass(frozen=True)
class Proven:
    """An entry, its number in the ledger, and the checkpoint under which it is proven, with its note."""

    entry: Entry
    index: int
    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True)
class About:
    """What proofs are looked at for: the record, its bytes, and the states of the file, the sealed one first."""

    data: bytes | None
    record: Record | None
    files: tuple[bytes, ...] = ()


def prove(
    proofs: Sequence[tuple[str, bytes | None]], about: About, trust: Trust
) -> tuple[list[Proven], list[Line]]:
    """Return what the proofs prove, and the lines about the record's issuing and the file's sealing."""
    proven: list[Proven] = []
    reasons: dict[Check, str] = {}
    for text, content in proofs:
        try:
            proven.append(_proven(text, content, about, trust))
        except InvalidError as refused:
            reasons[_check_of(content)] = refused.reason
    shown = {_CHECKS.get(one.entry.kind) for one in proven}
    found = []
    for check in (Check.ENTRY, Check.ISSUED):
        reason = reasons.get(check, "" if check in shown else "no_proof")
        found.append(line(check, reason, unknown=reason in _UNKNOWN))
    return proven, found


def _proven(text: str, content: bytes | None, about: About, trust: Trust) -> Proven:
    proof = Proof.read(text)
    origin = Checkpoint.of(read_note(proof.checkpoint).text).origin
    entries = _entries(content, about)
    if not trust.ledgers:
        raise InvalidError("no_ledger_key")
    keys = trust.named(about.record.ledger if about.record else None)
    if not keys:
        raise InvalidError("other_ledger")
    key = next((one for one in keys if one.name == origin), keys[0])
    for entry in entries:
        try:
            checkpoint, _ = proof.verify(entry.content, key)
        except InvalidError as wrong:
            if wrong.reason != "proof_path" or entry is entries[-1]:
                raise
        else:
            return Proven(entry, proof.index, checkpoint, proof.checkpoint)
    raise InvalidError("no_record")


def _entries(content: bytes | None, about: About) -> list[Entry]:
    """Return which entries a proof may be about: the one that came along, or what follows from what is held."""
    if about.record is None or about.data is None:
        raise InvalidError("no_record")
    name = ledger.name_of(about.record.salt, about.record.id)
    if content is not None:
        return [_bound(ledger.read(content), name, about)]
    kinds = (Kind.SEAL, *(Kind.ARCHIVE for _ in about.files[1:]))
    of_files = [Entry(kind, name, sha256(file)) for kind, file in zip(kinds, about.files, strict=False)]
    return [Entry(Kind.ISSUE, name, sha256(about.data)), *of_files]


def _bound(entry: Entry, name: str, about: About) -> Entry:
    """Refuse an entry that came along and speaks of another attestation, record or file than those held."""
    if entry.name != name or (entry.kind is Kind.ISSUE and entry.sha256 != sha256(about.data or b"")):
        raise InvalidError("other_entry")
    if entry.kind is Kind.SEAL and about.files and entry.sha256 != sha256(about.files[0]):
        raise InvalidError("other_file")
    return entry


def _check_of(content: bytes | None) -> Check:
    """Return which line a refused proof belongs to: that of its entry, or else that of issuing."""
    try:
        return _CHECKS.get(ledger.read(content).kind, Check.ENTRY) if content else Check.ENTRY
    except InvalidError:
        return Check.ENTRY


def ledger_line(proven: Sequence[Proven], signed: bool, trust: Trust, more: Sequence[Checkpoint]) -> Line:
    """Return what the ledger's keys say about the issuer; one ledger never signs two trees of one size."""
    roots: dict[tuple[str, int], bytes] = {}
    reason = "" if proven or signed else "no_ledger_key" if not trust.ledgers else "not_signed"
    for one in (*(each.checkpoint for each in proven), *more):
        if roots.setdefault((one.origin, one.size), one.root) != one.root:
            return Line(Verdict.ISSUER, Check.LEDGER, Result.FAILED, "ledger_forked")
    return Line(Verdict.ISSUER, Check.LEDGER, Result.NOT_CHECKED if reason else Result.PASSED, reason)
