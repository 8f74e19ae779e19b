"""Review: sending a revision, approving or returning it, taking it back, and what changed in between."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import canonical, sha256
from app.domain.dependencies import Key
from app.domain.errors import InvalidError
from app.domain.people import Actor
from app.domain.snapshot import Change, build, changes, files_of, slots_of
from app.domain.workflow import Action, RevisionState, Situation, check
from app.models import Approval, ReturnMark, ReviewRound, Snapshot
from app.services import checklists, events, files, revisions, turns, withdrawals
from app.services.answers import last_round
from app.services.opened import Opened


def content(opened: Opened) -> bytes:
    """Return the canonical content of a revision as it stands."""
    return canonical(
        build(
            opened.evaluation,
            submission=str(opened.revision.submission_id),
            number=opened.revision.number,
            checklist_sha256=opened.compiled.sha256,
            facts=opened.revision.facts,
            rows=opened.row_labels(),
            evidence=files.content(opened.evidence),
        )
    )


def situation(session: Session, opened: Opened) -> Situation:
    """Return what the workflow's guards need to know about a revision now."""
    state = RevisionState(opened.revision.state)
    last = last_round(session, opened)
    behind = {key: opened.behind(key) for key in opened.evaluation.in_force()}
    contributors = {by for people in behind.values() for by in people} | ({last.sent_by} if last else set())
    in_decision = state in {RevisionState.IN_REVIEW, RevisionState.AWAITING_ATTESTATION}
    filling = state in {RevisionState.DRAFT, RevisionState.RETURNED}
    return Situation(
        state=state,
        missing=len(opened.evaluation.missing) + len(opened.evaluation.wanting) if filling else 0,
        blocking=len(opened.evaluation.blocking) if filling else 0,
        stale_facts=filling and opened.stale_facts,
        version_closed=_closed(session, opened) if filling else "",
        contributors=frozenset(contributors),
        approvers=frozenset(one.by for one in last.approvals) if last and in_decision else frozenset(),
        approvals_needed=opened.evaluation.reviews_needed,
        content_unchanged=not in_decision or (last is not None and last.snapshot.sha256 == sha256(content(opened))),
        signing=turns.signing(session, opened, behind, last),
        withdrawal_by=_withdrawal_by(session, opened) if state is RevisionState.SUBMITTED else None,
    )


def _withdrawal_by(session: Session, opened: Opened) -> UUID | None:
    waiting = withdrawals.waiting(session, opened.revision)
    return waiting.proposed_by if waiting else None


def _closed(session: Session, opened: Opened) -> str:
    return checklists.closed(session, opened.compiled, opened.facts_now, opened.at)


def submit(session: Session, actor: Actor, opened: Opened, note: str = "") -> ReviewRound:
    """Send a revision for review: freeze its content as a snapshot and start a round."""
    line = check(Action.SUBMIT, actor, situation(session, opened))
    last = last_round(session, opened)
    snapshot = _snapshot(session, actor, opened)
    round_ = ReviewRound(
        organization_id=opened.revision.organization_id,
        revision_id=opened.revision.id,
        number=last.number + 1 if last else 1,
        snapshot_id=snapshot.id,
        sent_by=actor.user_id,
        sent_at=actor.at,
        sent_method=actor.method,
        sent_signed_in_at=actor.signed_in_at,
        note=note,
    )
    session.add(round_)
    opened.revision.state = line.to or opened.revision.state
    session.flush()
    events.record(session, actor, line.event, opened.revision.submission_id, snapshot=snapshot.sha256)
    return round_


def _snapshot(session: Session, actor: Actor, opened: Opened) -> Snapshot:
    data = content(opened)
    of_revision = {"organization_id": opened.revision.organization_id, "revision_id": opened.revision.id}
    there = session.scalar(select(Snapshot).filter_by(**of_revision, sha256=sha256(data)))
    if there is not None:
        return there
    snapshot = Snapshot(**of_revision, sha256=sha256(data), content=data, taken_at=actor.at)
    session.add(snapshot)
    session.flush()
    return snapshot


def approve(session: Session, actor: Actor, opened: Opened) -> None:
    """Approve the snapshot in review as a second person; it then waits for the attester.

    Where a rule of the checklist asks for a second reviewer, it waits for that other person first.
    """
    stand = situation(session, opened)
    line = check(Action.APPROVE, actor, stand)
    round_ = _round(session, opened)
    round_.approvals.append(
        Approval(
            organization_id=round_.organization_id,
            by=actor.user_id,
            at=actor.at,
            method=actor.method,
            signed_in_at=actor.signed_in_at,
            sha256=round_.snapshot.sha256,
        )
    )
    if len(stand.approvers) + 1 >= stand.approvals_needed:
        _decide(session, actor, opened, "approved", "")
        opened.revision.state = line.to or opened.revision.state
    session.flush()
    events.record(session, actor, line.event, opened.revision.submission_id, snapshot=round_.snapshot.sha256)


def return_(session: Session, actor: Actor, opened: Opened, reasons: Mapping[Key, str], note: str = "") -> None:
    """Return named items with reasons; raise InvalidError ``nothing_named`` without any."""
    _send_home(session, actor, opened, Action.RETURN, "returned", reasons, note)


def send_back(session: Session, actor: Actor, opened: Opened, reasons: Mapping[Key, str], note: str = "") -> None:
    """Send an approved revision back from the attester's desk, with reasons."""
    _send_home(session, actor, opened, Action.SEND_BACK, "sent_back", reasons, note)


def _send_home(
    session: Session,
    actor: Actor,
    opened: Opened,
    action: Action,
    decision: str,
    reasons: Mapping[Key, str],
    note: str,
) -> None:
    line = check(action, actor, situation(session, opened))
    if not reasons:
        raise InvalidError("nothing_named")
    if not set(reasons) <= set(opened.evaluation.in_force()):
        raise InvalidError("unknown_item")
    round_ = _decide(session, actor, opened, decision, note)
    for (item, row), reason in reasons.items():
        mark = ReturnMark(organization_id=round_.organization_id, round_id=round_.id, item_id=item, reason=reason)
        mark.row_id = UUID(row) if row else None
        session.add(mark)
    opened.revision.state = line.to or opened.revision.state
    session.flush()
    items = [list(key) for key in reasons]
    events.record(session, actor, line.event, opened.revision.submission_id, items=items)
    _align(session, actor, opened)


def recall(session: Session, actor: Actor, opened: Opened) -> None:
    """Take a revision back from review, to change it."""
    line = check(Action.RECALL, actor, situation(session, opened))
    _decide(session, actor, opened, "recalled", "")
    opened.revision.state = line.to or opened.revision.state
    session.flush()
    events.record(session, actor, line.event, opened.revision.submission_id)
    _align(session, actor, opened)


def _align(session: Session, actor: Actor, opened: Opened) -> None:
    """The roster may have changed while the content was locked."""
    revisions.align_rows(session, actor, opened.revision, opened.grant, opened.compiled)
    revisions.refresh_progress(revisions.find(session, actor, opened.revision.submission_id))


def _decide(session: Session, actor: Actor, opened: Opened, decision: str, note: str) -> ReviewRound:
    round_ = _round(session, opened)
    round_.decision, round_.decided_by, round_.decided_at = decision, actor.user_id, actor.at
    round_.decided_method, round_.decision_note = actor.method, note
    session.flush()
    return round_


def _round(session: Session, opened: Opened) -> ReviewRound:
    round_ = last_round(session, opened)
    if round_ is None:
        raise InvalidError("no_round")
    return round_


def rounds(session: Session, opened: Opened) -> list[ReviewRound]:
    """Return all rounds of a revision, oldest first."""
    of_revision = {"organization_id": opened.revision.organization_id, "revision_id": opened.revision.id}
    return list(session.scalars(select(ReviewRound).filter_by(**of_revision).order_by(ReviewRound.number)))


def changed_since(session: Session, opened: Opened) -> list[Change]:
    """Return what differs between the content now and the one last decided on; nothing before any decision."""
    earlier = [one for one in rounds(session, opened) if one.decision in {"returned", "sent_back", "recalled"}]
    if not earlier:
        return []
    before: dict[str, Any] = json.loads(earlier[-1].snapshot.content)
    now: dict[str, Any] = json.loads(content(opened))
    return changes(slots_of(before), slots_of(now), files_of(before), files_of(now))
