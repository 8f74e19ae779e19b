"""Publishing: one person proposes a version, a second publishes it, and a withdrawn one is no longer started."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.catalog.versions import VersionFile
from app.domain.compiling import compiled_form
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.naming import number_of
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.models import ChecklistVersion, ReferenceList, VersionProposal, VersionStatus
from app.services import events, grants


@dataclass(frozen=True)
class Standing:
    """How a version stands: proposed, published or withdrawn, and by whom each was done."""

    sha256: str
    family: str
    version: str
    acts: tuple[VersionStatus, ...]

    @property
    def status(self) -> str:
        """Return the newest status."""
        done = {act.status for act in self.acts}
        return next((each for each in ("withdrawn", "published", "proposed") if each in done), "published")


def propose(session: Session, actor: Actor, file: VersionFile) -> VersionProposal:
    """Hold a sound version ready for a second person; proposing the same content again changes nothing.

    Raise WrongStateError ``number_published`` when the number is published already (rule 1).
    """
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    _number_free(session, file.checklist.family, file.checklist.version)
    there = session.get(VersionProposal, file.sha256)
    if there is not None:
        return there
    for one in file.lists:
        if session.get(ReferenceList, one.sha256) is None:
            session.add(ReferenceList(sha256=one.sha256, name=one.name, edition=one.edition, content=one.content))
    proposal = VersionProposal(
        sha256=file.sha256,
        family=file.checklist.family,
        version=file.checklist.version,
        source=file.source,
        compiled=compiled_form(file.checklist),
    )
    session.add(proposal)
    _act(session, actor, file.sha256, "proposed")
    return proposal


def publish(session: Session, actor: Actor, sha256: str) -> ChecklistVersion:
    """Publish a proposed version as a second person: bytes, compiled form and hash, for ever.

    Raise NotAllowedError ``second_publisher`` for the person who proposed it.
    """
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    proposal = session.get(VersionProposal, sha256)
    if proposal is None:
        raise NotFoundError("no_checklist")
    _number_free(session, proposal.family, proposal.version)
    proposed = session.scalars(select(VersionStatus).filter_by(sha256=sha256, status="proposed")).one()
    if proposed.by == actor.user_id:
        raise NotAllowedError("second_publisher")
    version = ChecklistVersion(
        sha256=sha256,
        family=proposal.family,
        version=proposal.version,
        source=proposal.source,
        compiled=proposal.compiled,
        published_at=actor.at,
    )
    session.add(version)
    _act(session, actor, sha256, "published")
    return version


def withdraw(session: Session, actor: Actor, sha256: str, reason: str) -> None:
    """Withdraw a published version: it stays readable and is no longer started; attestations stay valid."""
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    if session.get(ChecklistVersion, sha256) is None:
        raise NotFoundError("no_checklist")
    if not reason.strip():
        raise InvalidError("reason_needed")
    if session.scalar(select(VersionStatus.id).filter_by(sha256=sha256, status="withdrawn")) is not None:
        raise WrongStateError("withdrawn_already")
    _act(session, actor, sha256, "withdrawn", reason)


def _number_free(session: Session, family: str, version: str) -> None:
    there = session.scalar(select(ChecklistVersion.sha256).filter_by(family=family, version=version))
    if there is not None:
        raise WrongStateError("number_published", family=family, version=version)


def _act(session: Session, actor: Actor, sha256: str, status: str, reason: str = "") -> None:
    act = VersionStatus(sha256=sha256, status=status, by=actor.user_id, at=actor.at, reason=reason)
    session.add(act)
    session.flush()
    told = {"checklist": sha256, **({"reason": reason} if status == "withdrawn" else {})}
    events.record(session, actor, f"checklist:{status}", act.id, **told)


def standings(session: Session) -> list[Standing]:
    """Return every version ever proposed or published, by family, newest number first."""
    acts: dict[str, list[VersionStatus]] = {}
    query = select(VersionStatus).options(joinedload(VersionStatus.person)).order_by(VersionStatus.at)
    for act in session.scalars(query):
        acts.setdefault(act.sha256, []).append(act)
    known: dict[str, tuple[str, str]] = {}
    for table in (VersionProposal, ChecklistVersion):
        rows = session.execute(select(table.sha256, table.family, table.version))
        known |= {row.sha256: (row.family, row.version) for row in rows}
    found = [Standing(sha256, *name, tuple(acts.get(sha256, ()))) for sha256, name in known.items()]
    found.sort(key=lambda one: number_of(one.version), reverse=True)
    return sorted(found, key=lambda one: one.family)


def mismatched(session: Session, locked: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the published versions whose number is locked on disk to other content.

    ``locked`` are (family, version, content hash); a number that is not published here is no concern.
    """
    query = select(ChecklistVersion.family, ChecklistVersion.version, ChecklistVersion.sha256)
    published = {(row.family, row.version): row.sha256 for row in session.execute(query)}
    return [
        f"{family} {version}"
        for family, version, sha256 in locked
        if published.get((family, version), sha256) != sha256
    ]
