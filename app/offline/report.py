"""What the verifier says: four verdicts, each made of lines with a reason code, and one exit code of all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from app.domain.attestation import AttestationStatus


class Verdict(StrEnum):
    """The four questions, in the order they are answered."""

    CONTENT = "content"
    ISSUER = "issuer"
    TIME = "time"
    STATUS = "status"


class Check(StrEnum):
    """What is looked at; the order within a verdict is the order here."""

    FILE = "file"
    SEAL = "seal"
    WHOLE = "whole"
    RECORD = "record"
    STATEMENT = "statement"
    ENTRY = "entry"
    ISSUED = "issued"
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    LEDGER = "ledger"
    SAMPLE = "sample"
    STAMP = "stamp"
    CHECKPOINT = "checkpoint"
    ORDER = "order"
    LIST = "list"
    STANDING = "standing"


class Result(StrEnum):
    """The outcome of one check: ``warning`` is for people to read, ``not_checked`` says what was not there."""

    PASSED = "passed"
    WARNING = "warning"
    NOT_CHECKED = "not_checked"
    FAILED = "failed"


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
    """One check with its outcome and, unless it passed, the reason code."""

    verdict: Verdict
    check: Check
    result: Result
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """What was found out about one attestation.

    ``bound`` tells by what its content and its issuer are vouched for: "seal", "statement", "entry".
    ``facts`` are what the lines speak of, for people and machines: hashes, names, moments.
    """

    lines: tuple[Line, ...]
    bound: frozenset[str]
    status: AttestationStatus | None
    facts: dict[str, Any]

    def outcome(self, verdict: Verdict) -> Result:
        """Return the outcome of a whole verdict: the worst of what matters, never better than its evidence."""
        results = {line.result for line in self.lines if line.verdict is verdict}
        if Result.FAILED in results:
            return Result.FAILED
        if verdict in {Verdict.CONTENT, Verdict.ISSUER} and not self.bound:
            return Result.NOT_CHECKED
        if verdict is Verdict.STATUS and self.status is None:
            return Result.NOT_CHECKED
        if Result.PASSED not in results and Result.WARNING not in results:
            return Result.NOT_CHECKED
        return Result.WARNING if Result.WARNING in results else Result.PASSED

    @property
    def exit(self) -> Exit:
        """Return the exit code of this report."""
        outcomes = {verdict: self.outcome(verdict) for verdict in Verdict}
        if Result.FAILED in (outcomes[each] for each in (Verdict.CONTENT, Verdict.ISSUER, Verdict.TIME)):
            return Exit.NOT_GENUINE
        if Result.NOT_CHECKED in (outcomes[Verdict.CONTENT], outcomes[Verdict.ISSUER]):
            return Exit.CANNOT_TELL
        if self.status is AttestationStatus.IN_FORCE and outcomes[Verdict.STATUS] is not Result.FAILED:
            return Exit.IN_FORCE
        known = self.status is not None and outcomes[Verdict.STATUS] is not Result.FAILED
        return Exit.NOT_IN_FORCE if known else Exit.CANNOT_TELL

    def as_data(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "format": "kakunin-offline-report/1",
            "exit": int(self.exit),
            "verdicts": {verdict.value: self.outcome(verdict).value for verdict in Verdict},
            "status": self.status.value if self.status else None,
            "lines": [
                {
                    "verdict": line.verdict.value,
                    "check": line.check.value,
                    "result": line.result.value,
                    "reason": line.reason or None,
                }
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
    verdicts, checks = list(Verdict), list(Check)
    return tuple(sorted(lines, key=lambda one: (verdicts.index(one.verdict), checks.index(one.check))))
