"""Publishing: one person proposes a version, a second publishes it, and a withdrawn one is no longer started."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.catalog.versions import VersionFile
from app.domain.compiling import compiled_form
from app.domain.errors import InvalidError, KakuninError, NotAllowedError, NotFoundError, WrongStateError
from app.domain.naming import number_of
from app.domain.people import Actor
from app.domain.permissions import Permission, may
from app.domain.workflow import is_fresh
from app.models import ChecklistVersion, ReferenceList, VersionProposal, VersionStatus
from app.pdf.fonts import require_printable
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

    def act(self, status: str) -> VersionStatus | None:
        """Return who did one thing and when, None while it was not done."""
        return next((act for act in self.acts if act.status == status), None)


def propose(session: Session, actor: Actor, file: VersionFile) -> VersionProposal:
    """Hold a sound version ready for a second person; proposing the same content again changes nothing.

    Raise WrongStateError ``number_published`` when the number is published already (rule 1), InvalidError
    ``unprintable`` for words that no attestation could show.
    """
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    require_printable(*_words(file.checklist.model_dump(mode="json")))
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


def _words(value: Any) -> Iterator[str]:
    """Yield every text of a version, in the order in which they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words(inner)


def publish(session: Session, actor: Actor, sha256: str) -> ChecklistVersion:
    """Publish a proposed version as a second person: bytes, compiled form and hash, for ever.

    Raise NotAllowedError ``second_publisher`` for the person who proposed it, ``sign_in_again`` without a
    fresh sign-in.
    """
    _require(actor)
    proposal = session.get(VersionProposal, sha256)
    if proposal is None:
        raise NotFoundError("no_checklist")
    if why := why_not(session, actor, find(session, actor, sha256)):
        raise why
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


def why_not(session: Session, actor: Actor, standing: Standing) -> KakuninError | None:
    """Return why the actor cannot publish what stands so, whenever they signed in; None when they can."""
    proposed = standing.act("proposed")
    if proposed is None or standing.status != "proposed":
        return WrongStateError("published_already")
    taken = session.scalar(
        select(ChecklistVersion.sha256).filter_by(family=standing.family, version=standing.version)
    )
    if taken is not None:
        return WrongStateError("number_published", family=standing.family, version=standing.version)
    return NotAllowedError("second_publisher") if proposed.by == actor.user_id else None


def withdraw(session: Session, actor: Actor, sha256: str, reason: str) -> None:
    """Withdraw a published version: it stays readable and is no longer started; attestations stay valid."""
    _require(actor)
    if session.get(ChecklistVersion, sha256) is None:
        raise NotFoundError("no_checklist")
    if not reason.strip():
        raise InvalidError("reason_needed")
    if session.scalar(select(VersionStatus.id).filter_by(sha256=sha256, status="withdrawn")) is not None:
        raise WrongStateError("withdrawn_already")
    _act(session, actor, sha256, "withdrawn", reason)


def _require(actor: Actor) -> None:
    """Demand a publisher who has proved afresh who they are: these two acts bind everybody (rule 7)."""
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    if not is_fresh(actor):
        raise NotAllowedError("sign_in_again")


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
    return _standings(session)


def find(session: Session, actor: Actor | None, sha256: str) -> Standing:
    """Return how one version stands; raise NotFoundError, to non-publishers for a proposed one too."""
    found = next(iter(_standings(session, sha256)), None)
    if found is None or (found.status == "proposed" and not reads_proposals(actor)):
        raise NotFoundError("no_checklist")
    return found


def reads_proposals(actor: Actor | None) -> bool:
    """Return whether a person, None for somebody not signed in, may read what is not published yet."""
    return actor is not None and may(actor, Permission.CHECKLIST_PUBLISH)


def numbered(session: Session, family: str, version: str) -> str:
    """Return the content hash under which a number was published; raise NotFoundError."""
    found = session.scalar(select(ChecklistVersion.sha256).filter_by(family=family, version=version))
    if found is None:
        raise NotFoundError("no_checklist")
    return found


def content(session: Session, sha256: str) -> tuple[bytes, dict[str, Any]]:
    """Return the author's bytes of a version and its compiled form; raise NotFoundError."""
    row = session.get(ChecklistVersion, sha256) or session.get(VersionProposal, sha256)
    if row is None:
        raise NotFoundError("no_checklist")
    return row.source, row.compiled


def pinned_list(session: Session, sha256: str) -> bytes:
    """Return the bytes of a list by their hash; raise NotFoundError."""
    found = session.get(ReferenceList, sha256)
    if found is None:
        raise NotFoundError("no_list")
    return found.content


def _standings(session: Session, only: str | None = None) -> list[Standing]:
    acts: dict[str, list[VersionStatus]] = {}
    query = select(VersionStatus).options(joinedload(VersionStatus.person)).order_by(VersionStatus.at)
    for act in session.scalars(query.where(VersionStatus.sha256 == only) if only else query):
        acts.setdefault(act.sha256, []).append(act)
    known: dict[str, tuple[str, str]] = {}
    for table in (VersionProposal, ChecklistVersion):
        names = select(table.sha256, table.family, table.version)
        rows = session.execute(names.where(table.sha256 == only) if only else names)
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
