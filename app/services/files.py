"""Files with answers as they stand: read with their revision, counted for a day, taken over by the next one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.checklist import Checklist
from app.domain.dependencies import Key
from app.domain.evaluation import FileKey
from app.domain.evidence import Filed, too_old
from app.models import Answer, Evidence, Revision

InForce = Mapping[Key, Sequence[Evidence]]


def of_revision(session: Session, revision: Revision, answers: Mapping[Key, Answer]) -> dict[Key, list[Evidence]]:
    """Return the files in force with each of these answers, oldest first, in one query."""
    places = {answer.id: key for key, answer in answers.items()}
    found: dict[Key, list[Evidence]] = {}
    query = (
        select(Evidence)
        .filter_by(organization_id=revision.organization_id, revision_id=revision.id, removed_at=None)
        .options(joinedload(Evidence.file), joinedload(Evidence.uploader))
        .order_by(Evidence.id)
    )
    for one in session.scalars(query):
        if one.answer_id in places:
            found.setdefault(places[one.answer_id], []).append(one)
    return found


def acceptable(checklist: Checklist, evidence: InForce, today: date) -> dict[FileKey, int]:
    """Return how many files count on ``today`` for each item, row and rule; one that is too old does not."""
    found: dict[FileKey, int] = {}
    for key, filed in evidence.items():
        rules = {rule.id: rule for rule in checklist.items[key[0]].evidence}
        for one in filed:
            rule = rules.get(one.rule_id)
            if rule and not too_old(rule, one.document_on, one.uploaded_at, today):
                place = (*key, rule.id)
                found[place] = found.get(place, 0) + 1
    return found


def content(evidence: InForce) -> dict[Key, list[Filed]]:
    """Return the files in force as content, in an order that does not depend on when they came."""
    return {
        key: sorted(map(_filed, filed), key=lambda one: (one.rule, one.sha256)) for key, filed in evidence.items()
    }


def _filed(one: Evidence) -> Filed:
    return Filed(one.rule_id, one.sha256, one.name, one.document_on)


def carry(session: Session, target: Answer, filed: Iterable[Evidence]) -> None:
    """Take over the files of an answer as they stood, from who attached them and when, marked as carried."""
    session.add_all(
        Evidence(
            organization_id=target.organization_id,
            revision_id=target.revision_id,
            answer_id=target.id,
            rule_id=one.rule_id,
            sha256=one.sha256,
            name=one.name,
            document_on=one.document_on,
            uploaded_by=one.uploaded_by,
            uploaded_at=one.uploaded_at,
            method="carry",
        )
        for one in filed
    )
