"""Published checklist versions: finding the one that applies, and reading each once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.versions import codes_of
from app.domain.checklist import Checklist, Option
from app.domain.compiling import restore
from app.domain.conditions import Reason, decide, reasons
from app.domain.dependencies import Dependencies
from app.domain.errors import NotFoundError
from app.domain.evaluation import Evaluation
from app.domain.facts import FactValue
from app.domain.naming import number_of
from app.domain.texts import Text
from app.models import ChecklistVersion, ReferenceList, VersionProposal, VersionStatus


@dataclass(frozen=True)
class Compiled:
    """A version ready for use: its hash, the checklist, and the codes of the lists it pins."""

    sha256: str
    checklist: Checklist
    codes: Mapping[str, Mapping[str, tuple[str, str]]]

    def code_sets(self) -> dict[str, frozenset[str]]:
        """Return the codes of each list, for conditions and answers."""
        return {name: frozenset(codes) for name, codes in self.codes.items()}

    @cached_property
    def edges(self) -> Dependencies:
        """Return what looks at what, read once: a save decides anew only what it touches."""
        return Dependencies(self.checklist)

    @cached_property
    def code_options(self) -> Mapping[str, tuple[Option, ...]]:
        """Return the codes of each list as choices, made once: every row asks for all countries again."""
        return {
            name: tuple(Option(value=code, label=Text(ja=ja, en=en)) for code, (ja, en) in codes.items())
            for name, codes in self.codes.items()
        }


@dataclass(frozen=True)
class Choice:
    """Which version of a family is needed: the version or None, the verdict, and why."""

    version: Compiled | None
    verdict: bool | None
    reasons: list[Reason]


# content-addressed and immutable, so one process may keep every version it has met
_COMPILED: dict[str, Compiled] = {}


def compiled(session: Session, sha256: str) -> Compiled:
    """Return the version with this content hash, published or proposed, read once for each process.

    Raise NotFoundError for a hash that names nothing here.
    """
    found = read(session, [sha256])
    if sha256 not in found:
        raise NotFoundError("no_checklist")
    return found[sha256]


def read(session: Session, hashes: Iterable[str]) -> dict[str, Compiled]:
    """Return versions by their content hashes, published or proposed; however many are new, in three queries."""
    wanted = list(hashes)
    new = [sha256 for sha256 in wanted if sha256 not in _COMPILED]
    restored: dict[str, Checklist] = {}
    for table in (ChecklistVersion, VersionProposal):
        lacking = [sha256 for sha256 in new if sha256 not in restored]
        if lacking:
            # what was proposed again is there more than once, with the same content
            rows = session.execute(select(table.sha256, table.compiled).where(table.sha256.in_(lacking)))
            restored |= {row.sha256: restore(row.compiled) for row in rows}
    pinned = {use.sha256 for checklist in restored.values() for use in checklist.lists}
    if pinned:
        rows = session.execute(
            select(ReferenceList.sha256, ReferenceList.content).where(ReferenceList.sha256.in_(pinned))
        )
        codes = {row.sha256: codes_of(row.content) for row in rows}
    for sha256, checklist in restored.items():
        _COMPILED[sha256] = Compiled(sha256, checklist, {use.id: codes[use.sha256] for use in checklist.lists})
    return {sha256: _COMPILED[sha256] for sha256 in wanted if sha256 in _COMPILED}


def versions(session: Session) -> dict[str, list[Compiled]]:
    """Return every version that may be started, by family, newest number first: published and not withdrawn."""
    found: dict[str, list[Compiled]] = {}
    withdrawn = select(VersionStatus.sha256).where(VersionStatus.status == "withdrawn")
    started = session.scalars(select(ChecklistVersion.sha256).where(ChecklistVersion.sha256.not_in(withdrawn)))
    for one in read(session, started).values():
        found.setdefault(one.checklist.family, []).append(one)
    for each in found.values():
        each.sort(key=lambda one: number_of(one.checklist.version), reverse=True)
    return found


def closed(session: Session, version: Compiled, facts: Mapping[str, FactValue], at: datetime) -> str:
    """Return why a version can no longer be sent with these facts, as a reason code; nothing where it can.

    It was withdrawn, the one that follows it ended its time, or the facts now call for another version.
    """
    known = session.scalar(select(VersionStatus.id).filter_by(sha256=version.sha256, status="withdrawn"))
    if known is not None:
        return "version_withdrawn"
    for one in versions(session).get(version.checklist.family, []):
        follows = one.checklist.supersedes
        if follows is None or follows.version != version.checklist.version:
            continue
        end = follows.in_progress.finish_by
        if end is not None and at >= datetime.fromisoformat(end):
            return "version_ended"
    scope = Evaluation(version.checklist, facts, {}, {}).scope(None, None)
    return "version_not_fitting" if decide(version.checklist.applies_when, scope) is False else ""


def names(session: Session) -> dict[str, Text]:
    """Return what each family is called in a list, by its newest version."""
    return {family: each[0].checklist.name for family, each in versions(session).items()}


def choose(candidates: list[Compiled], facts: Mapping[str, FactValue]) -> Choice:
    """Return the newest version whose condition the facts fulfil, with the comparisons that decided.

    Facts decide, never today's date: a call of an earlier year keeps its version. While a family has
    no published version, nothing is decided about it.
    """
    if not candidates:
        return Choice(None, None, [])
    undecided: Choice | None = None
    refused: list[Reason] = []
    for one in candidates:
        scope = Evaluation(one.checklist, facts, {}, {}).scope(None, None)
        condition = one.checklist.applies_when
        verdict = decide(condition, scope)
        if verdict:
            return Choice(one, True, reasons(condition, scope))
        if verdict is None and undecided is None:
            undecided = Choice(one, None, reasons(condition, scope))
        refused = refused or reasons(condition, scope)
    return undecided or Choice(None, False, refused)
