"""Publishing: one person proposes a version, a second publishes it, and a withdrawn one is no longer started.

While nobody has published it, a proposal can be taken back by those who made it.
"""

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
from app.models import ChecklistVersion, Event, ReferenceList, VersionProposal, VersionStatus
from app.pdf.fonts import require_printable
from app.services import events, grants

_SAY_WHY = {"discarded", "withdrawn"}


@dataclass(frozen=True)
class Standing:
    """How a version stands: proposed, discarded, published or withdrawn, and by whom each was done, in order."""

    sha256: str
    family: str
    version: str
    acts: tuple[VersionStatus, ...]

    @property
    def status(self) -> str:
        """Return what was done last; a version from before acts were written down is published."""
        return self.acts[-1].status if self.acts else "published"

    @property
    def public(self) -> bool:
        """Return whether everybody may read it: it was published, and stays readable when it is withdrawn."""
        return self.status in {"published", "withdrawn"}

    def act(self, status: str) -> VersionStatus | None:
        """Return who did one thing last and when, None while it was not done."""
        return next((act for act in reversed(self.acts) if act.status == status), None)


def propose(session: Session, actor: Actor, file: VersionFile) -> VersionProposal:
    """Hold a sound version ready for a second person; proposing what is proposed again changes nothing.

    Raise WrongStateError ``number_published`` when the number is published already (rule 1), InvalidError
    ``unprintable`` for words that no attestation could show.
    """
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    require_printable(*_words(file.checklist.model_dump(mode="json")))
    _number_free(session, file.checklist.family, file.checklist.version)
    there, acts = _proposal(session, file.sha256), _acts(session, file.sha256)
    if there is not None and acts[-1].status == "proposed":
        return there
    for one in file.lists:
        if session.get(ReferenceList, one.sha256) is None:
            session.add(ReferenceList(sha256=one.sha256, name=one.name, edition=one.edition, content=one.content))
    act = _act(session, actor, file.sha256, "proposed")
    proposal = VersionProposal(
        sha256=file.sha256,
        seq=act.seq,
        family=file.checklist.family,
        version=file.checklist.version,
        source=file.source,
        compiled=compiled_form(file.checklist),
    )
    session.add(proposal)
    session.flush()
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
    proposal = _proposal(session, sha256)
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
        return _no_proposal(standing)
    taken = session.scalar(
        select(ChecklistVersion.sha256).filter_by(family=standing.family, version=standing.version)
    )
    if taken is not None:
        return WrongStateError("number_published", family=standing.family, version=standing.version)
    return NotAllowedError("second_publisher") if proposed.by == actor.user_id else None


def discard(session: Session, actor: Actor, sha256: str, reason: str) -> None:
    """Take a proposal back while nobody has published it; the content may be proposed again.

    Raise NotAllowedError ``other_agency`` unless it was made for the actor's agency.
    """
    grants.require(actor, Permission.CHECKLIST_PUBLISH)
    if why := why_not_discard(session, actor, find(session, actor, sha256)):
        raise why
    if not reason.strip():
        raise InvalidError("reason_needed")
    _act(session, actor, sha256, "discarded", reason)


def why_not_discard(session: Session, actor: Actor, standing: Standing) -> KakuninError | None:
    """Return why the actor cannot take back what stands so; None when they can."""
    proposed = standing.act("proposed")
    if proposed is None or standing.status != "proposed":
        return _no_proposal(standing)
    # for whom somebody acted stands in the log: a person may be a publisher of two agencies
    theirs = select(Event.seq).filter_by(organization_id=actor.organization_id, object_id=proposed.id)
    return NotAllowedError("other_agency") if session.scalar(theirs) is None else None


def _no_proposal(standing: Standing) -> WrongStateError:
    return WrongStateError("discarded_already" if standing.status == "discarded" else "published_already")


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


def _act(session: Session, actor: Actor, sha256: str, status: str, reason: str = "") -> VersionStatus:
    """Write down what somebody did as the next act; of two at once the database refuses one."""
    seq = len(_acts(session, sha256)) + 1
    act = VersionStatus(sha256=sha256, seq=seq, status=status, by=actor.user_id, at=actor.at, reason=reason)
    session.add(act)
    session.flush()
    told = {"checklist": sha256, **({"reason": reason} if status in _SAY_WHY else {})}
    events.record(session, actor, f"checklist:{status}", act.id, **told)
    return act


def _acts(session: Session, sha256: str) -> list[VersionStatus]:
    return list(session.scalars(select(VersionStatus).filter_by(sha256=sha256).order_by(VersionStatus.seq)))


def _proposal(session: Session, sha256: str) -> VersionProposal | None:
    """Return what was proposed last under a hash."""
    newest = VersionProposal.seq.desc()
    return session.scalars(select(VersionProposal).filter_by(sha256=sha256).order_by(newest).limit(1)).first()


def standings(session: Session) -> list[Standing]:
    """Return every version ever proposed or published, by family, newest number first."""
    return _standings(session)


def find(session: Session, actor: Actor | None, sha256: str) -> Standing:
    """Return how one version stands; raise NotFoundError, to non-publishers for one that is not public too."""
    found = next(iter(_standings(session, sha256)), None)
    if found is None or not (found.public or reads_proposals(actor)):
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
    row = session.get(ChecklistVersion, sha256) or _proposal(session, sha256)
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
    query = select(VersionStatus).options(joinedload(VersionStatus.person)).order_by(VersionStatus.seq)
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
