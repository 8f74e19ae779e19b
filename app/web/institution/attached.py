"""How the files of a slot look to one person: what is asked for, what is there, and what may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _

from app.domain.checklist import Item, Kind
from app.domain.dependencies import Key
from app.domain.evaluation import FileKey
from app.domain.evidence import ENDINGS, MEGABYTE, MOST_FILES, too_old
from app.domain.rules import EvidenceRule
from app.domain.workflow import RevisionState
from app.models import Evidence
from app.services.opened import Opened
from app.web.languages import day, moment, text
from app.web.messages import reason

_KILO = 1000


@dataclass(frozen=True)
class Refused:
    """An upload that was not taken: what to say at its place, and the date typed with it."""

    message: str
    typed_date: str


Refusals = Mapping[FileKey, Refused]


@dataclass(frozen=True)
class FileView:
    """One file in force, as a line."""

    id: str
    name: str
    href: str
    about: str
    sha256: str
    too_old: bool
    remove: str


@dataclass(frozen=True)
class EvidenceView:
    """What one evidence rule asks for at a slot, and what is there. ``key`` names its fields on the page."""

    key: str
    label: str
    needed: bool
    hints: Sequence[str]
    files: Sequence[FileView]
    action: str
    locked: bool
    accept: str
    asks_date: bool
    may_add: bool
    error: str | None
    typed_date: str
    largest: int
    too_large: str


def evidence_views(opened: Opened, key: Key, *, locked: bool, refusals: Refusals) -> list[EvidenceView]:
    """Return the evidence of a slot, one part for each rule of its item."""
    return [_view(opened, key, rule, locked, refusals.get((*key, rule.id))) for rule in opened.item(key).evidence]


def _view(opened: Opened, key: Key, rule: EvidenceRule, locked: bool, refused: Refused | None) -> EvidenceView:
    answer_id, submission_id = opened.answers[key].id, opened.revision.submission_id
    there = [one for one in opened.evidence.get(key, ()) if one.rule_id == rule.id]
    return EvidenceView(
        key=evidence_key(opened, key, rule),
        label=text(rule.label),
        needed=rule.id in needed(opened, key),
        hints=[] if locked else _hints(opened.item(key), rule),
        files=[_file(opened, rule, one) for one in there],
        action=url_for("institution.attach", submission_id=submission_id, answer_id=answer_id, rule_id=rule.id),
        locked=locked,
        accept=",".join([*rule.media, *(end for media in rule.media for end in ENDINGS[media])]),
        asks_date=rule.age_from == "document_date",
        may_add=not locked and len(there) < MOST_FILES,
        error=refused.message if refused else None,
        typed_date=refused.typed_date if refused else "",
        largest=largest_file(),
        too_large=reason("file_over_limit", limit=largest_file() // MEGABYTE),
    )


def largest_file() -> int:
    """Return how many bytes a file may have."""
    megabytes: int = current_app.extensions["settings"].largest_file
    return megabytes * MEGABYTE


def evidence_key(opened: Opened, key: Key, rule: EvidenceRule) -> str:
    """Return what names the fields of an evidence rule at a slot on a page."""
    return f"{opened.answers[key].id}-{rule.id.replace('.', '-')}"


def needed(opened: Opened, key: Key) -> set[str]:
    """Return the rules that still want files at a slot; an item of files wants one when it must be answered."""
    item = opened.item(key)
    wanting = {one.rule.id for one in opened.evaluation.wanting if one.key == key}
    if item.kind is Kind.FILE and key in opened.evaluation.missing:
        wanting.add(item.evidence[0].id)
    return wanting


def _hints(item: Item, rule: EvidenceRule) -> list[str]:
    """Return what is asked for, in sentences: how many, of which kind, how old."""
    found = []
    if rule.min_files > 1:
        found.append(_("At least %(number)s files.", number=rule.min_files))
    elif rule.min_files == 0 and not item.required:
        found.append(_("You may attach a file, but need not."))
    found.append(_kinds(rule))
    if rule.max_age_days is not None:
        by_document = _("Its date may be at most %(days)s days before the day of sending.", days=rule.max_age_days)
        by_upload = _("It counts for %(days)s days after it is attached.", days=rule.max_age_days)
        found.append(by_document if rule.age_from == "document_date" else by_upload)
    return found


def _kinds(rule: EvidenceRule) -> str:
    limit = largest_file() // MEGABYTE
    names = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG", "text/csv": "CSV"}
    kinds = _(", ").join(names[media] for media in rule.media)
    return _("%(kinds)s, up to %(limit)s MB each.", kinds=kinds, limit=limit)


def size_text(size: int) -> str:
    """Return a size as people say it."""
    return f"{max(1, round(size / _KILO))} kB" if size < _KILO * _KILO else f"{size / _KILO / _KILO:.1f} MB"


def _file(opened: Opened, rule: EvidenceRule, one: Evidence) -> FileView:
    submission_id = opened.revision.submission_id
    filling = opened.revision.state in {RevisionState.DRAFT, RevisionState.RETURNED}
    said = [size_text(one.file.size)]
    if one.document_on:
        said.append(_("dated %(day)s", day=day(one.document_on)))
    said.append(_("attached by %(who)s on %(when)s", who=one.uploader.name, when=moment(one.uploaded_at)))
    return FileView(
        id=str(one.id),
        name=one.name,
        href=url_for("institution.evidence_file", submission_id=submission_id, evidence_id=one.id),
        about=" · ".join(said),
        sha256=one.sha256,
        too_old=filling and too_old(rule, one.document_on, one.uploaded_at, opened.today),
        remove=url_for("institution.remove_evidence", submission_id=submission_id, evidence_id=one.id),
    )
