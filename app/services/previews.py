"""A version tried out: a revision with invented people and answers that lives for one page and is never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from app.domain import answers
from app.domain.checklist import Checklist, Item, Kind, Respondent, Scope, State
from app.domain.dependencies import Key
from app.domain.errors import InvalidError
from app.domain.evaluation import Evaluation, FileKey, Slot
from app.domain.evidence import MOST_FILES
from app.domain.facts import FactValue
from app.domain.inventing import invent
from app.domain.people import ROLES_OF, OrganizationKind, Role
from app.domain.permissions import Standing, may_answer
from app.domain.texts import in_japan
from app.domain.workflow import RevisionState
from app.models import Answer, Evidence, EvidenceFile, Grant, Organization, Participant, Revision, RowInstance, User
from app.services.answers import Typed
from app.services.checklists import Compiled
from app.services.opened import Opened

# names made from this mean the same slot on every request, and none that is stored
_NAMES = UUID("5d9f6a0e-3c1b-4d63-9d4e-6a1f0a7b2c35")
EVERYBODY = "everybody"
VIEWPOINTS = (EVERYBODY, *(one.value for one in Respondent))
MOST_ROWS = 10


@dataclass(frozen=True)
class Trial:
    """What is supposed: facts, people by the names on the page, how many rows where people add them, who looks."""

    facts: Mapping[str, FactValue]
    people: Sequence[str]
    rows: Mapping[str, int]
    viewpoint: str


@dataclass(frozen=True)
class Supposed:
    """The answers that are supposed, and the evidence that is supposed to be attached."""

    slots: Mapping[Key, Slot]
    filed: frozenset[FileKey] = frozenset()


def typed_groups(checklist: Checklist) -> list[Item]:
    """Return the groups whose rows people add."""
    return [
        item
        for item in checklist.items.values()
        if item.kind is Kind.GROUP and item.repeat is not None and item.repeat.over is None
    ]


def rows_of(checklist: Checklist, trial: Trial) -> dict[str, list[RowInstance]]:
    """Return the rows of every group: one for each person, or as many as are supposed."""
    found: dict[str, list[RowInstance]] = {}
    for item in checklist.items.values():
        if item.repeat is None:
            continue
        of_people = item.repeat.over is not None
        number = len(trial.people) if of_people else trial.rows.get(item.id, 0)
        found[item.id] = [
            RowInstance(
                id=_name(f"row/{item.id}/{place}"),
                group_id=item.id,
                participant_id=_name(f"person/{place}") if of_people else None,
                participant=_person(place, trial.people[place]) if of_people else None,
            )
            for place in range(number)
        ]
    return found


def _person(place: int, name: str) -> Participant:
    part = "co_investigator" if place else "principal_investigator"
    return Participant(id=_name(f"person/{place}"), part=part, name=name, affiliation="")


def _name(of: str) -> UUID:
    return uuid5(_NAMES, of)


def keys_of(checklist: Checklist, rows: Mapping[str, list[RowInstance]]) -> dict[str, Key]:
    """Return every slot that people answer by the name that its fields bear on the page."""
    typed = [item for item in checklist.items.values() if item.kind is not Kind.DERIVED]
    over = {item.id for item in typed if item.repeat is not None and item.repeat.over is not None}
    found: dict[str, Key] = {}
    for item in typed:
        group = checklist.group_of.get(item.id)
        places = [None] if group is None else [str(row.id) for row in rows[group]]
        for row in places if item.id not in over else ():
            found[str(_name(f"slot/{item.id}/{row or ''}"))] = (item.id, row)
    return found


def file_keys_of(checklist: Checklist, keys: Mapping[str, Key]) -> dict[str, FileKey]:
    """Return every place for files by the name that its mark bears on the page."""
    return {
        f"{name}-{rule.id.replace('.', '-')}": (*key, rule.id)
        for name, key in keys.items()
        for rule in checklist.items[key[0]].evidence
    }


def read(
    compiled: Compiled, typed: Mapping[Key, Typed], filed: frozenset[FileKey]
) -> tuple[Supposed, dict[Key, InvalidError]]:
    """Return what was typed as answers, and what is wrong with the rest of it."""
    codes = compiled.code_sets()
    slots: dict[Key, Slot] = {}
    wrong: dict[Key, InvalidError] = {}
    for key, given in typed.items():
        item = compiled.checklist.items[key[0]]
        try:
            slots[key] = Slot(
                *answers.read(
                    item, given.state, given.values, given.reason, codes.get(item.list or "", frozenset())
                )
            )
        except InvalidError as error:
            wrong[key] = error
    # files are the answer of an item of files
    slots |= {
        (item, row): Slot(State.ANSWERED, answers.ATTACHED)
        for item, row, _rule in filed
        if compiled.checklist.items[item].kind is Kind.FILE
    }
    return Supposed(slots, filed), wrong


def filled(compiled: Compiled, trial: Trial, supposed: Supposed, words: str, at: datetime) -> Supposed:
    """Return what is supposed with plausible answers and files beside it, until nothing required is open."""
    rows = {group: [str(row.id) for row in each] for group, each in rows_of(compiled.checklist, trial).items()}
    filed = dict.fromkeys(supposed.filed, MOST_FILES)
    begun = Evaluation(compiled.checklist, trial.facts, supposed.slots, rows, compiled.code_sets(), filed)
    found = invent(begun, compiled.edges, words, in_japan(at).date())
    return Supposed(found.slots, supposed.filed | {(*one.key, one.rule.id) for one in found.wanting})


def opened(compiled: Compiled, trial: Trial, supposed: Supposed, title: str, at: datetime) -> Opened:
    """Return the revision as the supposed person would have it before them; nothing of it is in any session."""
    checklist = compiled.checklist
    rows = rows_of(checklist, trial)
    keys = keys_of(checklist, rows)
    found = {key: _answer(name, key, supposed.slots.get(key, Slot())) for name, key in keys.items()}
    evidence: dict[Key, list[Evidence]] = {}
    for item, row, rule in supposed.filed:
        if (item, row) in found:
            evidence.setdefault((item, row), []).extend(_files(checklist.items[item], rule, at))
    roles, standing = _who(trial)
    revision = Revision(
        id=_name("revision"),
        submission_id=_name("submission"),
        number=1,
        state=RevisionState.DRAFT,
        checklist_sha256=compiled.sha256,
        facts=dict(trial.facts),
    )
    of_grant = checklist.scope is Scope.GRANT
    return Opened(
        revision=revision,
        compiled=compiled,
        institution=Organization(id=_name("institution"), kind="institution", name_ja=title, name_en=title),
        grant=Grant(id=_name("grant"), number="", title_ja=title, title_en=title) if of_grant else None,
        answers=found,
        rows=rows,
        facts_now=trial.facts,
        standing=standing,
        roles=roles,
        evidence=evidence,
        at=at,
    )


def _files(item: Item, rule_id: str, at: datetime) -> list[Evidence]:
    """Return as many files as a rule asks for, dated today."""
    rule = next(rule for rule in item.evidence if rule.id == rule_id)
    return [
        Evidence(
            id=_name(f"file/{item.id}/{rule_id}/{place}"),
            rule_id=rule_id,
            sha256="0" * 64,
            name="",
            document_on=in_japan(at).date(),
            uploaded_at=at,
            file=EvidenceFile(size=1),
            uploader=User(name=""),
        )
        for place in range(max(rule.min_files, 1))
    ]


def _answer(name: str, key: Key, slot: Slot) -> Answer:
    row_id = UUID(key[1]) if key[1] else None
    return Answer(
        id=UUID(name),
        item_id=key[0],
        row_id=row_id,
        head_seq=0,
        state=slot.state,
        value=slot.value,
        reason=slot.reason,
    )


def _who(trial: Trial) -> tuple[frozenset[Role], Standing]:
    match trial.viewpoint:
        case Respondent.PRINCIPAL_INVESTIGATOR:
            return frozenset({Role.RESEARCHER}), Standing(principal=True, participant_id=str(_name("person/0")))
        case Respondent.PARTICIPANT:
            last = len(trial.people) - 1
            return frozenset({Role.RESEARCHER}), Standing(participant_id=str(_name(f"person/{last}")))
        case code if code in set(Respondent):
            return frozenset({Role(code)}), Standing()
        case _:
            return ROLES_OF[OrganizationKind.INSTITUTION], Standing(principal=True)


def locks(revision: Opened) -> dict[Key, bool]:
    """Return for each slot whether the supposed person must leave it as it is."""
    return {
        key: not may_answer(
            revision.roles,
            revision.standing,
            revision.item(key),
            revision.participant_of.get(key[1]) if key[1] else None,
        )
        for key in revision.answers
    }
