"""Made-up revisions before made-up people, without a database: what a page would carry, and what follows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from app.domain.checklist import Checklist, Item, Kind, Section, Stage, State
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation, Slot
from app.domain.facts import FACTS
from app.domain.people import Role
from app.domain.permissions import Standing, may_answer
from app.services.checklists import Compiled
from app.services.opened import Opened
from app.web.institution.shapes import BlockView
from tests.domain.samples import checklist, item, section

OFFICE = (frozenset({Role.RESEARCH_OFFICE, Role.INTEGRITY_OFFICER}), Standing())
PRINCIPAL = (frozenset({Role.RESEARCHER}), Standing(principal=True, participant_id="p1"))
PARTICIPANT = (frozenset({Role.RESEARCHER}), Standing(participant_id="p2"))
LIBRARY = (frozenset({Role.LIBRARY}), Standing())
PEOPLE = {"office": OFFICE, "principal": PRINCIPAL, "participant": PARTICIPANT, "library": LIBRARY}
_FIELDLESS = {Kind.FILE, Kind.DERIVED}


def all_at_once() -> Checklist:
    """Return a small checklist with everything that conditions can look at, on the same page and across pages."""
    yes = {"eq": "yes"}
    return checklist(
        section(
            "one",
            item("a", answered_by="principal_investigator", states=["unsure", "not_applicable"]),
            item("n", "integer", answered_by="principal_investigator"),
            item("share", "decimal"),
            item("on", "date"),
            item("land", "code"),
            item("areas", "multi", states=["unsure"]),
            item("said", "text"),
            item("judged", answered_by="integrity_officer"),
            item("b", show_when={"item": "n", "gt": 9}),
            item("c", "text", show_when={"any": [{"item": "share", "gte": "9.5"}, {"item": "b", **yes}]}),
            item("d", show_when={"all": [{"item": "on", "lt": "2026-10-01"}, {"not": {"item": "a", **yes}}]}),
            item("e", show_when={"item": "land", "in_list": "countries"}),
            item("f", show_when={"any": [{"item": "areas", "has": "yes"}, {"item": "said", "answered": True}]}),
            item("k", show_when={"any": [{"item": "a", **yes}, {"item": "judged", **yes}]}),
            item("l", show_when={"item": "k", "answered": False}),
            item(
                "sum",
                "derived",
                value_when=[
                    {"if": {"item": "a", **yes}, "then": "yes"},
                    {"if": {"item": "n", "gt": 9}, "then": "no"},
                    {"then": "yes"},
                ],
                show_when={"not": {"item": "d", "eq": "no"}},
            ),
            item("m", show_when={"item": "sum", **yes}),
            item(
                "g",
                "group",
                show_when={"item": "a", "ne": "no"},
                states=["not_applicable"],
                items=[
                    item("g.x"),
                    item("g.y", "decimal", show_when={"item": "g.x", **yes}),
                    item("g.z", show_when={"all": [{"item": "g.y", "lte": "10.25"}, {"item": "a", **yes}]}),
                    item(
                        "g.sum",
                        "derived",
                        value_when=[{"if": {"item": "g.x", **yes}, "then": "yes"}, {"then": "no"}],
                    ),
                    item("g.w", show_when={"item": "g.sum", "eq": "no"}),
                ],
            ),
            item("o", show_when={"some": "g", "where": {"item": "g.z", **yes}}),
            item("p", show_when={"every": "g", "where": {"any": [{"item": "g.x", **yes}, {"item": "b", **yes}]}}),
            item("q", show_when={"some": "h", "where": {"item": "h.x", **yes}}),
        ),
        section(
            "two",
            item(
                "h",
                "group",
                repeat={"over": "participants"},
                answered_by="participant",
                items=[
                    item("h.x", answered_by="participant"),
                    item("h.y", "text", answered_by="participant", show_when={"item": "h.x", **yes}),
                    item("h.j", answered_by="integrity_officer", show_when={"item": "h.x", **yes}),
                    item("h.z", answered_by="participant", show_when={"not": {"item": "h.j", "eq": "no"}}),
                    item("h.w", answered_by="participant", show_when={"item": "sum", "ne": "yes"}),
                ],
            ),
            item(
                "r", answered_by="participant", show_when={"every": "h", "where": {"item": "h.y", "answered": True}}
            ),
            item("v", show_when={"some": "h", "where": {"item": "h.x", **yes}}),
            item("s", show_when={"fact": "call.fiscal_year", "gte": 2026}),
        ),
        section("three", item("t"), item("u", show_when={"item": "t", **yes}), show_when={"item": "o", "ne": "no"}),
    )


@dataclass
class MadeUp:
    """One revision with made-up answers, as one person opens it."""

    checklist: Checklist
    who: tuple[frozenset[Role], Standing]
    seed: int
    stage: str = "application"
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        named = {use.id: {"JP": ("日本", "Japan"), "FR": ("フランス", "France")} for use in self.checklist.lists}
        rows = {one.id: self._rows(one) for one in self.checklist.items.values() if one.kind is Kind.GROUP}
        answers: dict[Key, Any] = {}
        for one in self.checklist.items.values():
            group = self.checklist.group_of.get(one.id)
            kept_in_step = one.repeat is not None and one.repeat.over is not None
            if one.kind is Kind.DERIVED or kept_in_step:
                continue
            for row in [each.id for each in rows[group]] if group else [None]:
                state, value = self.answer(one)
                name = f"{one.id}@{row}" if row else one.id
                answers[one.id, row] = SimpleNamespace(id=name, state=state, value=value, reason="")
        # every other revision was sent back, and only some of it is open
        self.returned = {key for key in answers if self.random.random() < 0.7} if self.seed % 2 else set()
        self.opened = cast(Any, Opened)(
            revision=SimpleNamespace(facts=self._facts(), state="draft"),
            compiled=Compiled("0" * 64, self.checklist, named),
            institution=None,
            grant=None,
            answers=answers,
            rows=rows,
            facts_now={},
            standing=self.who[1],
            roles=self.who[0],
            evidence={},
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )

    def _rows(self, group: Item) -> list[Any]:
        if group.repeat and group.repeat.over:
            return [SimpleNamespace(id=f"{group.id}-{n}", participant_id=f"p{n}") for n in (1, 2, 3)]
        many = self.random.randint(0, 3)
        return [SimpleNamespace(id=f"{group.id}-{n}", participant_id=None) for n in range(many)]

    def _facts(self) -> dict[str, Any]:
        told: dict[str, Any] = {"stage": self.stage}
        for name, kind in FACTS.items():
            if name != "stage" and self.random.random() < 0.7:
                told[name] = self.random.choice([2025, 2026] if kind.type is int else ["yes", "no"])
        return told

    def answer(self, one: Item) -> tuple[State, Any]:
        """Return a state and a value that the item may hold."""
        if self.random.random() < 0.25:
            return State.OPEN, None
        if one.states and self.random.random() < 0.2:
            return State(self.random.choice(one.states)), None
        return State.ANSWERED, self._value(one)

    def _value(self, one: Item) -> Any:
        options = [option.value for option in one.choices]
        match one.kind:
            case Kind.SINGLE:
                return self.random.choice(options)
            case Kind.MULTI:
                return [value for value in options if self.random.random() < 0.4] or options[:1]
            case Kind.INTEGER:
                return self.random.choice([0, 1, 9, 10, 11])
            case Kind.DECIMAL:
                return self.random.choice(["0", "0.25", "9.5", "10.25", "11"])
            case Kind.DATE:
                return self.random.choice(["2025-10-08", "2025-10-09", "2026-04-01", "2026-10-01"])
            case Kind.CODE:
                return self.random.choice(["JP", "FR"])
            case Kind.GROUP:
                return "complete"
            case Kind.STATEMENT:
                return "confirmed"
            case Kind.FILE:
                return "attached"
            case _:
                return "量子測定"

    def locked(self, key: Key) -> bool:
        """Return whether the person must leave a slot as it is: somebody else's, or not among what was returned."""
        if self.returned and key not in self.returned:
            return True
        participant = self.opened.participant_of.get(key[1]) if key[1] else None
        return not may_answer(*self.who, self.opened.item(key), participant)

    def drawn(self, one: Section) -> list[BlockView]:
        """Return the section's blocks as the page has them, with what matters here."""
        found = []
        for each in one.items:
            if not self._on_stage(each):
                continue
            own = self._view((each.id, None))
            rows = [
                SimpleNamespace(slots=[view for inner in each.items if (view := self._view((inner.id, row.id)))])
                for row in self.opened.rows.get(each.id, [])
            ]
            found.append(SimpleNamespace(item=each, slot=own, rows=[row for row in rows if row.slots]))
        return cast(list[BlockView], [one for one in found if one.slot or one.rows])

    def _view(self, key: Key) -> Any:
        one = self.opened.item(key)
        there = key in self.opened.answers and self.opened.readable(key) and self._on_stage(one)
        if not there or (self.opened.evaluation.shown(key) is False and self.locked(key)):
            return None
        return SimpleNamespace(slot_key=key, key=self.opened.answers[key].id, item=one, locked=self.locked(key))

    def _on_stage(self, one: Item) -> bool:
        return not one.stages or self.stage in one.stages

    def fields(self, blocks: list[BlockView]) -> dict[Key, Slot]:
        """Return the fields of a page with what somebody typed into them: much is left as it was."""
        found = {}
        for block in blocks:
            for view in [*([block.slot] if block.slot else []), *(one for row in block.rows for one in row.slots)]:
                if view.locked or view.item.kind in _FIELDLESS:
                    continue
                now = self.opened.evaluation.slot(view.slot_key)
                changed = self.random.random() < 0.5
                found[view.slot_key] = Slot(*self.answer(view.item)) if changed else now
        return found

    def after(self, typed: dict[Key, Slot]) -> Evaluation:
        """Return what the server would find once that is saved."""
        now = self.opened.evaluation
        return Evaluation(now.checklist, now.facts, {**now.slots, **typed}, now.rows, now.codes)


def sections(one: Checklist, stage: Stage) -> list[Section]:
    return [each for each in one.sections if not each.stages or stage in each.stages]
