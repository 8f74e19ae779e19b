"""The record and the statement: whether each is written as it must be, and whether they say the same."""

from dataclasses import dataclass

from pydantic import ValidationError

from app.domain import paper
from app.domain.attestation import Record, canonical, record_bytes, sha256
from app.domain.errors import InvalidError
from app.offline.holding import Trust
from app.offline.report import Check, Line, Result, Verdict

# refusals that say nothing against what is held: another key might accept it
_UNKNOWN = {"unknown_paper_key"}


@dataclass(frozen=True)
class Read:
    """What could be read: the record, or, of paper alone, the claims; each once it is shown to be well written."""

    record: Record | None = None
    claims: paper.Claims | None = None

    @property
    def ledger(self) -> str | None:
        """Return the ledger that the record names."""
        return self.record.ledger if self.record else None

    @property
    def sample(self) -> bool:
        """Tell whether it says of itself that it is a sample."""
        return any(one.sample for one in (self.record, self.claims) if one is not None)


def line(check: Check, reason: str = "", *, unknown: bool = False) -> Line:
    """Return a line of the first verdict: passed without a reason, else failed, or not checked where unknown."""
    result = Result.PASSED if not reason else Result.NOT_CHECKED if unknown else Result.FAILED
    return Line(Verdict.CONTENT, check, result, reason)


def read_record(data: bytes | None) -> tuple[Record | None, Line]:
    """Return the record of its bytes, None unless they are exactly the canonical bytes of one."""
    if data is None:
        return None, line(Check.RECORD, "no_record", unknown=True)
    try:
        record = Record.model_validate_json(data)
    except (ValidationError, ValueError):
        return None, line(Check.RECORD, "record_form")
    if record_bytes(record) != data:
        return None, line(Check.RECORD, "record_not_canonical")
    return record, line(Check.RECORD)


def read_statement(statement: str | None, data: bytes | None, trust: Trust) -> tuple[paper.Claims | None, Line]:
    """Return the claims of a statement that a believed ledger signed, and that speak of the record held, if any."""
    if statement is None:
        return None, line(Check.STATEMENT, "no_statement", unknown=True)
    if not trust.ledgers:
        return None, line(Check.STATEMENT, "no_ledger_key", unknown=True)
    try:
        claims = paper.read(statement, trust.paper_key)
    except InvalidError as refused:
        return None, line(Check.STATEMENT, refused.reason, unknown=refused.reason in _UNKNOWN)
    if data is not None and not _same(claims, data):
        return None, line(Check.STATEMENT, "statement_differs")
    return claims, line(Check.STATEMENT)


def _same(claims: paper.Claims, data: bytes) -> bool:
    if claims.record_sha256 != sha256(data):
        return False
    try:
        record = Record.model_validate_json(data)
    except (ValidationError, ValueError):
        return True
    return paper.claims(record) == canonical(claims.model_dump(mode="json"))
