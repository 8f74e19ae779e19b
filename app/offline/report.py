"""What the verifier says: four verdicts, each made of lines with a reason code, and one exit code of all."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any

from app.domain.attestation import AttestationStatus
from app.domain.pages import Difference
from app.domain.verdicts import Aspect, Outcome, Result


class Check(StrEnum):
    """What is looked at; the order within a verdict is the order here."""

    FILE = "file"
    SEAL = "seal"
    WHOLE = "whole"
    RECORD = "record"
    PAGE = "page"
    STATEMENT = "statement"
    ENTRY = "entry"
    ISSUED = "issued"
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    LEDGER = "ledger"
    SAMPLE = "sample"
    INK = "ink"
    STAMP = "stamp"
    CHECKPOINT = "checkpoint"
    ORDER = "order"
    LIST = "list"
    STANDING = "standing"


class Exit(IntEnum):
    """What the program ends with."""

    IN_FORCE = 0
    USAGE = 2
    NOT_IN_FORCE = 3
    NOT_GENUINE = 4
    CANNOT_TELL = 5


_WORST_FIRST = (Exit.NOT_GENUINE, Exit.CANNOT_TELL, Exit.NOT_IN_FORCE, Exit.IN_FORCE)


@dataclass(frozen=True)
class Line:
    """One check with its outcome and its reason code, without which it passed; of the page, what is different."""

    aspect: Aspect
    check: Check
    result: Result
    reason: str = ""
    difference: Difference | None = None


@dataclass(frozen=True)
class Report:
    """What was found out about one attestation.

    ``bound`` tells by what its content and its issuer are vouched for: "seal" or "issued" of a
    file, "statement" or "entry" of a record or of paper.
    ``facts`` are what the lines speak of, for people and machines: hashes, names, moments.
    """

    lines: tuple[Line, ...]
    bound: frozenset[str]
    status: AttestationStatus | None
    facts: dict[str, Any]

    def outcome(self, aspect: Aspect) -> Outcome:
        """Return the answer to one aspect: the worst that was found, and unknown while nothing vouches for it."""
        results = {line.result for line in self.lines if line.aspect is aspect}
        if Result.FAILED in results:
            return Outcome.BAD
        vouched = bool(self.bound) if aspect in {Aspect.CONTENT, Aspect.ISSUER} else True
        told = self.status is not None if aspect is Aspect.STATUS else True
        if not vouched or not told or not {Result.PASSED, Result.WARNING} & results:
            return Outcome.UNKNOWN
        if Result.WARNING in results:
            return Outcome.NOTE
        return Outcome.PARTLY if Result.NOT_CHECKED in results else Outcome.GOOD

    @property
    def exit(self) -> Exit:
        """Return the exit code of this report."""
        content, issuer, time = (self.outcome(each) for each in (Aspect.CONTENT, Aspect.ISSUER, Aspect.TIME))
        if Outcome.BAD in {content, issuer, time}:
            return Exit.NOT_GENUINE
        if Outcome.UNKNOWN in {content, issuer}:
            return Exit.CANNOT_TELL
        if self.status is None:
            return Exit.CANNOT_TELL
        return Exit.IN_FORCE if self.status is AttestationStatus.IN_FORCE else Exit.NOT_IN_FORCE

    def as_data(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "format": "kakunin-offline-report/1",
            "exit": int(self.exit),
            "verdicts": {aspect.value: self.outcome(aspect).value for aspect in Aspect},
            "status": self.status.value if self.status else None,
            "lines": [
                {
                    "verdict": line.aspect.value,
                    "check": line.check.value,
                    "result": line.result.value,
                    "reason": line.reason or None,
                }
                | ({"difference": asdict(line.difference)} if line.difference else {})
                for line in self.lines
            ],
            "facts": self.facts,
        }


def together(reports: Sequence[Report]) -> Exit:
    """Return the exit code of several reports, the worst of them; nothing was told by none at all."""
    codes = {report.exit for report in reports} or {Exit.CANNOT_TELL}
    return next(code for code in _WORST_FIRST if code in codes)


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return lines by verdict and check."""
    aspects, checks = list(Aspect), list(Check)
    return tuple(sorted(lines, key=lambda one: (aspects.index(one.aspect), checks.index(one.check))))
