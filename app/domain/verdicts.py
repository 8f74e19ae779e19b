"""Verdicts: four answers, never one tick, each drawn from its lines by rules that stand here alone.

What was not looked at is said to be so. A line that was not checked never counts as a good one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.attestation import AttestationStatus, Record
from app.domain.pages import Difference, Likeness
from app.domain.paper import Claims
from app.domain.persons import Person


class Aspect(StrEnum):
    """What people want to know, in this order."""

    CONTENT = "content"
    ISSUER = "issuer"
    TIME = "time"
    STATUS = "status"


class Check(StrEnum):
    """What is looked at."""

    FILE = "file"
    SIGNATURE = "signature"
    WHOLE = "whole"
    RECORD = "record"
    PAGE = "page"
    ISSUED = "issued"
    STATEMENT = "statement"
    KEPT = "kept"
    CHECKLIST = "checklist"
    ISSUER = "issuer"
    KEEPER = "keeper"
    SAMPLE = "sample"
    INK = "ink"
    STAMP = "stamp"
    LEDGER = "ledger"
    STATUS = "status"


ASPECT: Mapping[Check, Aspect] = {
    Check.FILE: Aspect.CONTENT,
    Check.SIGNATURE: Aspect.CONTENT,
    Check.WHOLE: Aspect.CONTENT,
    Check.RECORD: Aspect.CONTENT,
    Check.PAGE: Aspect.CONTENT,
    Check.ISSUED: Aspect.CONTENT,
    Check.STATEMENT: Aspect.CONTENT,
    Check.KEPT: Aspect.CONTENT,
    Check.CHECKLIST: Aspect.CONTENT,
    Check.ISSUER: Aspect.ISSUER,
    Check.KEEPER: Aspect.ISSUER,
    Check.SAMPLE: Aspect.ISSUER,
    Check.INK: Aspect.ISSUER,
    Check.STAMP: Aspect.TIME,
    Check.LEDGER: Aspect.TIME,
    Check.STATUS: Aspect.STATUS,
}

# what speaks for the copy in hand or for the attestation itself; the others only speak against
_SPEAKS_FOR = frozenset(
    {
        Check.SIGNATURE,
        Check.ISSUED,
        Check.STATEMENT,
        Check.ISSUER,
        Check.KEEPER,
        Check.STAMP,
        Check.LEDGER,
        Check.STATUS,
    }
)

if set(ASPECT) != set(Check):
    raise RuntimeError("every check belongs to one aspect")


class Result(StrEnum):
    """The outcome of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    WARNING = "warning"


# pages of another template may be laid out in ways that nobody here knows: that is no fault of a file
OF_PAGE: Mapping[Likeness, Result] = {
    Likeness.DRAWN_HERE: Result.PASSED,
    Likeness.SAME_WORDS: Result.PASSED,
    Likeness.OTHER_TEMPLATE: Result.NOT_CHECKED,
    Likeness.DIFFERS: Result.FAILED,
    Likeness.UNREADABLE: Result.FAILED,
    Likeness.NOT_COMPARED: Result.NOT_CHECKED,
}


class Outcome(StrEnum):
    """The answer to one aspect: good; good with something to know; only in part; unknown; bad."""

    GOOD = "good"
    NOTE = "note"
    PARTLY = "partly"
    UNKNOWN = "unknown"
    BAD = "bad"


class Asked(StrEnum):
    """With what somebody asked."""

    FILE = "file"
    PRINT = "print"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True)
class Line:
    """One check with its outcome and, where there is one, the reason code; of the page, what is different."""

    check: Check
    result: Result
    reason: str = ""
    difference: Difference | None = None


def passed(check: Check, reason: str = "") -> Line:
    """Return a line that says the check came out well."""
    return Line(check, Result.PASSED, reason)


def unchecked(check: Check, reason: str = "") -> Line:
    """Return a line that says nothing was looked at, and why."""
    return Line(check, Result.NOT_CHECKED, reason)


def judged(check: Check, failure: str) -> Line:
    """Return a failed line with its reason, or a passed one when there is none."""
    return Line(check, Result.FAILED, failure) if failure else passed(check)


def outcome(lines: Sequence[Line]) -> Outcome:
    """Return the answer that lines of one aspect amount to: the worst that was found, and unknown before partly."""
    results = {line.result for line in lines}
    if Result.FAILED in results:
        return Outcome.BAD
    if not any(line.result in {Result.PASSED, Result.WARNING} and line.check in _SPEAKS_FOR for line in lines):
        return Outcome.UNKNOWN
    if Result.WARNING in results:
        return Outcome.NOTE
    return Outcome.PARTLY if Result.NOT_CHECKED in results else Outcome.GOOD


@dataclass(frozen=True)
class Verdict:
    """What was found. ``record`` is what the institution certified, from our own keeping, if it is known.

    ``claims`` are those of a statement on paper whose signature is right, ``stamped_at`` is proven by a
    time-stamp authority, ``changed_at`` says since when the present status holds. ``persons`` signed the file in
    hand beside the seal, ``persons_signed`` is how many did; without a file, how many signed the newest one. They
    speak neither for nor against it.
    """

    asked: Asked
    lines: Sequence[Line]
    record: Record | None = None
    status: AttestationStatus | None = None
    file_sha256: str | None = None
    record_sha256: str | None = None
    issued_at: datetime | None = None
    claims: Claims | None = None
    stamped_at: datetime | None = None
    changed_at: datetime | None = None
    persons: Sequence[Person] = ()
    persons_signed: int = 0

    def of(self, aspect: Aspect) -> list[Line]:
        """Return the lines of one aspect."""
        return [line for line in self.lines if ASPECT[line.check] is aspect]

    def outcome(self, aspect: Aspect) -> Outcome:
        """Return the answer to one aspect."""
        return outcome(self.of(aspect))

    @property
    def outcomes(self) -> dict[Aspect, Outcome]:
        """Return the four answers."""
        return {aspect: self.outcome(aspect) for aspect in Aspect}

    @property
    def authentic(self) -> bool:
        """Return whether the very file in hand was issued by the institution named: nothing less counts."""
        whole = {Outcome.GOOD, Outcome.NOTE}
        return (
            self.asked is Asked.FILE
            and {self.outcome(Aspect.CONTENT), self.outcome(Aspect.ISSUER)} <= whole
            and self.outcome(Aspect.TIME) is not Outcome.BAD
        )

    @property
    def in_force(self) -> bool:
        """Return whether what was asked about is known and in force today."""
        return self.status is AttestationStatus.IN_FORCE

    def reasons(self) -> list[str]:
        """Return the reason codes of what failed."""
        return [line.reason or line.check.value for line in self.lines if line.result is Result.FAILED]
