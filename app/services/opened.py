"""A revision in full before one person: its answers, rows and files, and what they amount to today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from app.domain.checklist import Item, State
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, Slot
from app.domain.facts import FactValue
from app.domain.people import Role
from app.domain.permissions import Standing, may_read
from app.domain.snapshot import Row
from app.domain.texts import in_japan
from app.models import Answer, Evidence, Grant, Organization, Revision, RowInstance
from app.services import files
from app.services.checklists import Compiled
from app.services.files import InForce


@dataclass(frozen=True)
class Opened:
    """A revision in full, as one person sees it; ``grant`` None when it is about the institution itself."""

    revision: Revision
    compiled: Compiled
    institution: Organization
    grant: Grant | None
    answers: Mapping[Key, Answer]
    rows: Mapping[str, list[RowInstance]]
    evidence: dict[Key, list[Evidence]]
    at: datetime
    facts_now: Mapping[str, FactValue]
    standing: Standing
    roles: frozenset[Role]

    @property
    def today(self) -> date:
        """Return the day in Japan on which it is looked at."""
        return in_japan(self.at).date()

    @cached_property
    def evaluation(self) -> Evaluation:
        """Return what the answers amount to today under the pinned version and facts."""
        checklist = self.compiled.checklist
        slots = {key: self._slot(key) for key in self.answers}
        rows = {group: [str(row.id) for row in each] for group, each in self.rows.items()}
        counted = files.acceptable(checklist, self.evidence, self.today)
        return Evaluation(checklist, self.revision.facts, slots, rows, self.compiled.code_sets(), counted)

    def _slot(self, key: Key) -> Slot:
        answer = self.answers[key]
        return Slot(State(answer.state), answer.value, answer.reason)

    def decide_again(self, keys: Iterable[Key]) -> None:
        """Take changed answers into the evaluation: what looks at them is decided anew, the rest stays."""
        changed = {key: self._slot(key) for key in keys}
        self.__dict__["evaluation"] = self.evaluation.after(changed, self.compiled.edges)

    def refile(self, evidence: InForce) -> None:
        """Take changed files into the evaluation."""
        self.evidence.clear()
        self.evidence.update({key: list(filed) for key, filed in evidence.items()})
        self.__dict__.pop("evaluation", None)

    @property
    def stale_facts(self) -> bool:
        """Return whether the facts are no longer those the revision pins."""
        return dict(self.facts_now) != self.revision.facts

    @cached_property
    def participant_of(self) -> dict[str, str | None]:
        """Return the participant's id for each row, None for rows that people added."""
        return {
            str(row.id): str(row.participant_id) if row.participant_id else None
            for each in self.rows.values()
            for row in each
        }

    def behind(self, key: Key) -> set[UUID]:
        """Return the people behind a slot: who answered it, and who attached what is in force with it."""
        answered_by = self.answers[key].answered_by
        attached = {one.uploaded_by for one in self.evidence.get(key, ())}
        return attached | ({answered_by} if answered_by else set())

    def item(self, key: Key) -> Item:
        """Return the item of a slot."""
        return self.compiled.checklist.items[key[0]]

    def readable(self, key: Key) -> bool:
        """Return whether the person may read this slot."""
        participant = self.participant_of.get(key[1]) if key[1] else None
        return may_read(self.roles, self.standing, self.item(key), participant)

    def row_labels(self) -> dict[str, list[Row]]:
        """Return the rows of each group with the label a person knows them by."""
        return {
            group: [Row(str(row.id), self.row_label(row), self.participant_of[str(row.id)]) for row in each]
            for group, each in self.rows.items()
        }

    def row_label(self, row: RowInstance) -> str:
        """Return a participant's name, or the answer that labels the row, or nothing yet; whoever may read it."""
        if row.participant is not None:
            return row.participant.name
        key = self.label_key(row)
        return self.shown_value(self.answers[key]) if key in self.answers else ""

    def label_key(self, row: RowInstance) -> Key:
        """Return the slot whose answer labels a row that people added, a slot that is none where nothing does."""
        repeat = self.compiled.checklist.items[row.group_id].repeat
        return (repeat.label_from if repeat and repeat.label_from else "", str(row.id))

    def shown_value(self, answer: Answer) -> str:
        """Return a labelling answer as text: an option by its Japanese label, anything else as it is."""
        options = {o.value: o.label.ja for o in self.compiled.checklist.items[answer.item_id].choices}
        return options.get(answer.value, str(answer.value)) if answer.value is not None else ""
