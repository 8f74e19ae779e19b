"""Evidence: attaching a file to an answer, taking it out of force, and handing it out; each leaves its line."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import sha256
from app.domain.checklist import Kind, State
from app.domain.dependencies import Key
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError, StoredFileError
from app.domain.evidence import MEGABYTE, MOST_FILES, check_day, media_of, tidy_name
from app.domain.people import Actor
from app.domain.rules import EvidenceRule, Media
from app.domain.workflow import Action, RevisionState, Situation, check
from app.models import Evidence, EvidenceFile, Revision
from app.services import answers, events, files, revisions
from app.services.answers import Typed
from app.services.opened import Opened
from app.store import FileStore

log = structlog.get_logger()


@dataclass(frozen=True)
class Upload:
    """A file as it came, with the day on the document and the change of the slot that the page showed."""

    name: str
    content: bytes
    document_on: date | None
    base_seq: int


def attach(
    session: Session,
    actor: Actor,
    opened: Opened,
    key: Key,
    rule_id: str,
    upload: Upload,
    store: FileStore,
    largest: int,
) -> Evidence:
    """Keep a file and put it in force with an answer; the first file of an item of files answers it.

    Raise InvalidError for what is not taken (kind, size, age, number, the same bytes again), NotAllowedError
    for whom the slot is not, StaleError when somebody else decided meanwhile that there is no file.
    """
    rule = _rule(opened, key, rule_id)
    _may_change(session, actor, opened, key)
    content = upload.content
    if len(content) > largest:
        raise InvalidError("file_over_limit", limit=largest // MEGABYTE)
    media = media_of(content)
    if media not in rule.media:
        raise InvalidError("file_other_kind")
    check_day(rule, upload.document_on, actor.at, opened.today)
    _first_file(opened, key, upload.base_seq)
    _not_again(opened, key, rule, sha256(content))
    file = _keep(session, actor, media, content, store)
    evidence = Evidence(
        organization_id=file.organization_id,
        sha256=file.sha256,
        revision_id=opened.revision.id,
        answer_id=opened.answers[key].id,
        rule_id=rule.id,
        name=tidy_name(upload.name, media),
        document_on=upload.document_on,
        uploaded_by=actor.user_id,
        uploaded_at=actor.at,
        method="web",
    )
    session.add(evidence)
    _changed(session, actor, opened, key, evidence, "evidence:attached")
    return evidence


def remove(session: Session, actor: Actor, opened: Opened, evidence_id: UUID) -> Key:
    """Take a file out of force and return where it stood; it is kept. An item without files is open again.

    Removing again what is removed changes nothing. Raise NotFoundError for a file of another revision.
    """
    evidence = session.get(Evidence, (opened.revision.organization_id, evidence_id))
    if evidence is None or evidence.revision_id != opened.revision.id:
        raise NotFoundError("no_evidence")
    key = _key(opened, evidence)
    if evidence.removed_at is not None:
        return key
    _may_change(session, actor, opened, key)
    evidence.removed_at, evidence.removed_by = actor.at, actor.user_id
    _changed(session, actor, opened, key, evidence, "evidence:removed")
    return key


def open_(
    session: Session, actor: Actor, submission_id: UUID, evidence_id: UUID, store: FileStore
) -> tuple[Evidence, bytes]:
    """Return a file of a submission, removed or not, with its bytes; taking it is logged.

    Raise NotFoundError for whoever may not read the answer, StoredFileError when the bytes are not those kept.
    """
    number = session.scalar(
        select(Revision.number)
        .join(Evidence, Evidence.revision_id == Revision.id)
        .where(
            Evidence.organization_id == actor.organization_id,
            Evidence.id == evidence_id,
            Revision.organization_id == actor.organization_id,
            Revision.submission_id == submission_id,
        )
    )
    if number is None:
        raise NotFoundError("no_evidence")
    opened = revisions.find(session, actor, submission_id, number=number)
    evidence = session.get_one(Evidence, (actor.organization_id, evidence_id))
    key = _key(opened, evidence)
    try:
        content = store.get(evidence.sha256)
    except OSError as error:
        log.error("a stored file cannot be given out", file=evidence.sha256, exc_info=error)
        raise StoredFileError("file_damaged") from None
    _log(session, actor, opened, key, evidence, "evidence:read")
    return evidence, content


def _keep(session: Session, actor: Actor, media: Media, content: bytes, store: FileStore) -> EvidenceFile:
    """Return the tenant's row for these bytes, which are durable before there is one."""
    name = store.put(content)
    file = session.get(EvidenceFile, (actor.organization_id, name))
    if file is None:
        file = EvidenceFile(
            organization_id=actor.organization_id, sha256=name, media=media, size=len(content), kept_at=actor.at
        )
        session.add(file)
        session.flush()
    return file


def _rule(opened: Opened, key: Key, rule_id: str) -> EvidenceRule:
    if key not in opened.answers or not opened.readable(key):
        raise NotFoundError("no_slot")
    rule = next((one for one in opened.item(key).evidence if one.id == rule_id), None)
    if rule is None:
        raise NotFoundError("no_rule")
    return rule


def _key(opened: Opened, evidence: Evidence) -> Key:
    """Return where a file stands, for whoever may read there."""
    places = {answer.id: key for key, answer in opened.answers.items()}
    key = places.get(evidence.answer_id)
    if key is None or not opened.readable(key):
        raise NotFoundError("no_evidence")
    return key


def _may_change(session: Session, actor: Actor, opened: Opened, key: Key) -> None:
    """Hold whoever attaches or removes to what holds for answering."""
    check(Action.SAVE, actor, Situation(RevisionState(opened.revision.state)))
    if not answers.answerable(actor, opened, key, answers.open_again(session, opened)):
        raise NotAllowedError("not_yours")
    answers.second_person(actor, opened, key)


def _first_file(opened: Opened, key: Key, base_seq: int) -> None:
    """Refuse to answer by a file what somebody else answered otherwise since the page was made."""
    answer = opened.answers[key]
    answers_it = opened.item(key).kind is Kind.FILE and answer.state != State.ANSWERED
    if answers_it and base_seq != answer.head_seq:
        raise StaleError("changed_meanwhile")


def _not_again(opened: Opened, key: Key, rule: EvidenceRule, name: str) -> None:
    there = [one for one in opened.evidence.get(key, ()) if one.rule_id == rule.id]
    same = next((one for one in there if one.sha256 == name), None)
    if same is not None:
        raise InvalidError("file_twice", name=same.name)
    if len(there) >= MOST_FILES:
        raise InvalidError("too_many_files", limit=MOST_FILES)


def _changed(session: Session, actor: Actor, opened: Opened, key: Key, evidence: Evidence, kind: str) -> None:
    """Write what was done, look at the files anew, and let an item of files say what it has."""
    session.flush()
    _log(session, actor, opened, key, evidence, kind)
    opened.refile(files.of_revision(session, opened.revision, opened.answers))
    if opened.item(key).kind is Kind.FILE:
        answer = opened.answers[key]
        reason = answer.reason if answer.state == State.ANSWERED and opened.evidence.get(key) else ""
        answers.save(session, actor, opened, {key: Typed(answer.head_seq, "", [], reason)})


def _log(session: Session, actor: Actor, opened: Opened, key: Key, evidence: Evidence, kind: str) -> None:
    place = {"item": key[0], "row": key[1], "rule": evidence.rule_id}
    events.record(session, actor, kind, opened.revision.submission_id, **place, file=evidence.sha256)
