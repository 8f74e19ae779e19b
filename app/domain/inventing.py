"""Answers nobody gave: a plausible filling of a checklist, for looking at it before anybody answers it.

Whatever is asked and required is answered with the first thing that can be said; where a rule then stands in the
way, another choice is tried. What nothing lifts is left for the reader to see.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from app.domain.answers import MARKS
from app.domain.checklist import UNANSWERED, Checklist, Item, Kind, State
from app.domain.conditions import Condition, Scope, decide
from app.domain.dependencies import Dependencies, Key
from app.domain.evaluation import Evaluation, Fired, Slot
from app.domain.facts import FACTS, FactValue, is_day
from app.domain.rules import Effect

_MOST_ROUNDS = 60
_MOST_WAYS = 120


def invent(evaluation: Evaluation, edges: Dependencies, words: str, today: date) -> Evaluation:
    """Return the evaluation with everything required answered; what was answered already is kept where it can be.

    ``words`` stand for whatever is written in sentences; days are ``today``.
    """
    given = frozenset(key for key, slot in evaluation.slots.items() if slot.state not in UNANSWERED)
    stuck: set[tuple[Key, str]] = set()
    for _ in range(_MOST_ROUNDS):
        missing = {key: _plausible(evaluation, key, words, today) for key in evaluation.missing}
        if missing:
            evaluation = evaluation.after(missing, edges)
            continue
        fired = next((one for one in evaluation.blocking if (one.key, one.rule.id) not in stuck), None)
        if fired is None:
            break
        lifted = _lifted(evaluation, edges, fired, given, words)
        if lifted is None:
            stuck.add((fired.key, fired.rule.id))
        evaluation = lifted or evaluation
    return evaluation


def _plausible(evaluation: Evaluation, key: Key, words: str, today: date) -> Slot:
    item = evaluation.checklist.items[key[0]]
    codes = evaluation.codes.get(item.list or "", frozenset())
    return Slot(State.ANSWERED, _value(item, codes, words, today))


def _value(item: Item, codes: frozenset[str], words: str, today: date) -> str | int | list[str]:
    match item.kind:
        case Kind.GROUP | Kind.STATEMENT | Kind.FILE:
            return MARKS[item.kind]
        case Kind.SINGLE:
            return item.choices[0].value
        case Kind.MULTI:
            return [item.choices[0].value]
        case Kind.CODE:
            return min(codes, default="")
        case Kind.INTEGER:
            return max(item.min or 0, min(1, item.max if item.max is not None else 1))
        case Kind.DECIMAL:
            return str(max(item.min or 0, min(1, item.max if item.max is not None else 1)))
        case Kind.DATE:
            return today.isoformat()
        case _:
            return words


def _lifted(
    evaluation: Evaluation, edges: Dependencies, fired: Fired, given: frozenset[Key], words: str
) -> Evaluation | None:
    """Return the evaluation in which a rule no longer stands in the way, by a reason or by another choice."""
    if fired.rule.effect is Effect.REQUIRE_REASON:
        slot = evaluation.slot(fired.key)
        return evaluation.after({fired.key: Slot(slot.state, slot.value, words)}, edges)
    ways = [way for way in _ways(evaluation, fired) if not set(way) & given][:_MOST_WAYS]
    tried = [evaluation.after(way, edges) for way in ways]
    best = min(tried, key=lambda one: (_stands(one, fired), len(one.blocking)), default=None)
    return best if best is not None and not _stands(best, fired) else None


def _ways(evaluation: Evaluation, fired: Fired) -> Iterator[dict[Key, Slot]]:
    """Yield other choices for what a rule looks at: its own slot, then each item it names, in all of its rows."""
    checklist = evaluation.checklist
    names = list(_looked_at(checklist, fired.rule.when))
    keys = [
        [fired.key],
        *([key for key in evaluation.in_force() if key[0] == name] for name in dict.fromkeys(names)),
    ]
    for each in keys:
        item = checklist.items[each[0][0]] if each else None
        for option in item.choices if item is not None and item.kind in {Kind.SINGLE, Kind.MULTI} else ():
            value = [option.value] if item is not None and item.kind is Kind.MULTI else option.value
            yield dict.fromkeys(each, Slot(State.ANSWERED, value))


def _looked_at(checklist: Checklist, condition: Condition) -> Iterator[str]:
    """Yield the items a condition looks at, and those behind the computed ones among them."""
    for part in condition.walk():
        item = checklist.items.get(part.item or part.some or part.every or "")
        if item is not None:
            yield item.id
            for branch in item.value_when:
                yield from _looked_at(checklist, branch.if_) if branch.if_ is not None else ()


def _stands(evaluation: Evaluation, fired: Fired) -> bool:
    return any((one.key, one.rule.id) == (fired.key, fired.rule.id) for one in evaluation.blocking)


def facts_that_fit(condition: Condition | None, known: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return facts under which a version applies, as near to ``known`` as its comparisons tell."""
    facts = dict(known)
    if condition is None:
        return facts
    for part in condition.walk():
        if part.fact is not None and decide(condition, _scope(facts)) is not True:
            wanted = _fitting(part)
            if wanted is not None and FACTS[part.fact].known(wanted):
                facts[part.fact] = wanted
    return facts


def _fitting(part: Condition) -> FactValue | None:
    """Return a value with which a comparison holds, None where none is plain to see."""
    match part.operator:
        case "eq" | "gte" | "lte":
            return part.operand if isinstance(part.operand, str | int) else None
        case "in_":
            return part.operand[0] if isinstance(part.operand[0], str | int) else None
        case "gt" | "lt":
            return _beside(part.operand, 1 if part.operator == "gt" else -1)
        case _:
            return None


def _beside(operand: str | int, step: int) -> FactValue | None:
    if isinstance(operand, int):
        return operand + step
    return (date.fromisoformat(operand) + timedelta(days=step)).isoformat() if is_day(operand) else None


def _scope(facts: Mapping[str, FactValue]) -> Scope:
    return Scope(item=lambda _: None, fact=facts.get, rows=lambda _: None, codes=lambda _: frozenset())
