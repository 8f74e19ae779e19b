"""From the plain data of a version file to a checked, compiled :class:`Checklist`, with every fault named."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from app.domain.answers import CONFIRMED
from app.domain.checklist import Checklist, Item, Kind, Scope, Section
from app.domain.conditions import Condition
from app.domain.dependencies import looks_at
from app.domain.facts import FACTS, is_day
from app.domain.faults import Path, Problem, misshapen

_OPERATORS = {
    Kind.SINGLE: {"eq", "ne", "in_", "answered"},
    Kind.MULTI: {"has", "answered"},
    Kind.CODE: {"eq", "ne", "in_", "in_list", "answered"},
    Kind.INTEGER: {"eq", "ne", "gt", "gte", "lt", "lte", "answered"},
    Kind.DECIMAL: {"eq", "ne", "gt", "gte", "lt", "lte", "answered"},
    Kind.DATE: {"eq", "ne", "gt", "gte", "lt", "lte", "answered"},
    Kind.DERIVED: {"eq", "ne", "in_", "answered"},
    Kind.STATEMENT: {"eq", "answered"},
    Kind.TEXT: {"answered"},
    Kind.LONGTEXT: {"answered"},
    Kind.PERSON: {"answered"},
    Kind.FILE: {"answered"},
    Kind.GROUP: {"answered"},
}
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_ORDERED = _OPERATORS[Kind.INTEGER] | {"in_"}


class CompileError(ValueError):
    """The data is not a checklist; ``problems`` holds (path, sentence) pairs, all at once."""

    def __init__(self, problems: list[Problem]):
        super().__init__("; ".join(f"{'.'.join(map(str, path))}: {text}" for path, text in problems))
        self.problems = problems


def compile_checklist(data: Mapping[str, Any]) -> Checklist:
    """Return the checklist that ``data`` describes, scales resolved; raise CompileError with every fault."""
    try:
        checklist = Checklist.model_validate(data)
    except ValidationError as error:
        raise CompileError(misshapen(error)) from error
    problems = list(_problems(checklist))
    if problems:
        raise CompileError(problems)
    # made anew, not copied: a copy would carry along the index of items from before
    parts = {name: getattr(checklist, name) for name in Checklist.model_fields}
    return Checklist(**parts | {"sections": tuple(_resolved(checklist)), "scales": {}})


def compiled_form(checklist: Checklist) -> dict[str, Any]:
    """Return a compiled checklist as plain data: scales resolved, defaults left out."""
    return checklist.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def restore(compiled: Mapping[str, Any]) -> Checklist:
    """Return the checklist of a compiled form as it was published; it is never compiled again."""
    return Checklist.model_validate(compiled)


def _resolved(checklist: Checklist) -> Iterator[Section]:
    def item(one: Item) -> Item:
        options = checklist.scales[one.scale] if one.scale else one.options
        return one.model_copy(
            update={"options": options, "scale": None, "items": tuple(item(inner) for inner in one.items)}
        )

    for section in checklist.sections:
        yield section.model_copy(update={"items": tuple(item(one) for one in section.items)})


def placed(checklist: Checklist) -> Iterator[tuple[Path, Item, Item | None]]:
    """Yield every item with its path in the file and the group around it."""
    for s, section in enumerate(checklist.sections):
        for i, item in enumerate(section.items):
            path: Path = ("sections", s, "items", i)
            yield path, item, None
            for j, inner in enumerate(item.items):
                yield (*path, "items", j), inner, item


def _problems(checklist: Checklist) -> Iterator[Problem]:
    yield from _reused_ids(checklist)
    for path, item, group in placed(checklist):
        yield from _item_problems(checklist, path, item, group)
    for s, section in enumerate(checklist.sections):
        yield from _condition_problems(checklist, ("sections", s, "show_when"), section.show_when, None)
    yield from _condition_problems(checklist, ("applies_when",), checklist.applies_when, None)
    if checklist.applies_when is not None and any(part.item for part in checklist.applies_when.walk()):
        yield ("applies_when",), "a version applies by facts, not by its own items"
    yield from _signing_problems(checklist)
    yield from _cycles(checklist)


def _signing_problems(checklist: Checklist) -> Iterator[Problem]:
    signatories, last = checklist.attestation.signatories, checklist.attestation.in_order[-1]
    for s, one in enumerate(signatories):
        path: Path = ("attestation", "signatories", s)
        if one.role in one.must_differ_from:
            yield path, f"the {one.role} cannot differ from itself"
        if one is last and (one.role != "attester" or one.statement):
            yield path, "the last in order is the attester, who certifies the statement of the attestation"
        earlier = [each.role for each in signatories[:s]]
        if one.role == "principal_investigator" and (one.role in earlier or checklist.scope is Scope.INSTITUTION):
            yield path, "a grant has one principal investigator, and the institution itself has none"
    yield from _twice(("attestation", "signatories"), "order", (str(one.order) for one in signatories))


def _reused_ids(checklist: Checklist) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, item, _ in placed(checklist):
        if item.id in seen:
            yield (*path, "id"), f"the id {item.id} is used twice"
        seen.add(item.id)
    yield from _twice(("sections",), "section id", (section.id for section in checklist.sections))
    yield from _twice(("sources",), "source id", (source.id for source in checklist.sources))
    yield from _twice(("lists",), "list id", (use.id for use in checklist.lists))
    for name, options in checklist.scales.items():
        yield from _twice(("scales", name), "option", (option.value for option in options))
    for path, item, _ in placed(checklist):
        yield from _twice((*path, "options"), "option", (option.value for option in item.options))
        yield from _twice((*path, "rules"), "rule id", (rule.id for rule in item.rules))
        yield from _twice((*path, "evidence"), "evidence id", (one.id for one in item.evidence))
    for s, source in enumerate(checklist.sources):
        yield from _twice(("sources", s, "clauses"), "clause", (clause.id for clause in source.clauses))


def _twice(path: Path, what: str, names: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield (*path, place), f"the {what} {name} is used twice"
        seen.add(name)


def _item_problems(checklist: Checklist, path: Path, item: Item, group: Item | None) -> Iterator[Problem]:
    if item.scale and item.scale not in checklist.scales:
        yield (*path, "scale"), f"there is no scale {item.scale}"
    if item.list and item.list not in {use.id for use in checklist.lists}:
        yield (*path, "list"), f"the list {item.list} is not pinned under lists"
    for c, citation in enumerate(item.cites):
        source = checklist.source.get(citation.source)
        if source is None:
            yield (*path, "cites", c), f"there is no source {citation.source}"
        elif source.clause(citation.clause) is None:
            yield (*path, "cites", c), f"the source {source.id} has no clause {citation.clause}"
    for o, other in enumerate(item.must_differ_from):
        if other not in checklist.items or other == item.id:
            yield (*path, "must_differ_from", o), f"must_differ_from names {other}, which is no other item"
    yield from _row_problems(checklist, path, item, group)
    row = group.id if group else None
    yield from _condition_problems(checklist, (*path, "show_when"), item.show_when, row)
    for r, rule in enumerate(item.rules):
        yield from _condition_problems(checklist, (*path, "rules", r, "when"), rule.when, row)
    for e, one in enumerate(item.evidence):
        yield from _condition_problems(checklist, (*path, "evidence", e, "required_when"), one.required_when, row)
    yield from _derived_problems(checklist, path, item, row)


def _row_problems(checklist: Checklist, path: Path, item: Item, group: Item | None) -> Iterator[Problem]:
    if group is not None and item.kind is Kind.GROUP:
        yield (*path, "kind"), "a group may not hold a group"
    if group is not None and not item.id.startswith(f"{group.id}."):
        yield (*path, "id"), f"an item of the group {group.id} has an id that begins with {group.id}."
    beside = {inner.id for inner in group.items} if group else set(checklist.items) - set(checklist.group_of)
    if item.edition_of is not None and (item.edition_of not in beside or item.edition_of == item.id):
        yield (*path, "edition_of"), f"edition_of names {item.edition_of}, which is no other item beside it"
    label = item.repeat.label_from if item.repeat else None
    if label is not None and label not in {inner.id for inner in item.items}:
        yield (*path, "repeat", "label_from"), f"label_from names {label}, which is not in the group"


def _derived_problems(checklist: Checklist, path: Path, item: Item, row: str | None) -> Iterator[Problem]:
    options = {option.value for option in checklist.scales.get(item.scale or "", item.options)}
    for b, branch in enumerate(item.value_when):
        place = (*path, "value_when", b)
        yield from _condition_problems(checklist, (*place, "if"), branch.if_, row)
        if branch.then not in options:
            yield place, f"{item.id} has no option {branch.then}"
    if item.value_when and item.value_when[-1].if_ is not None:
        yield (*path, "value_when"), "the last case stands without if, so that there always is a value"


def _condition_problems(
    checklist: Checklist, path: Path, condition: Condition | None, row: str | None
) -> Iterator[Problem]:
    if condition is None:
        return
    if condition.fact is not None:
        yield from _fact_problems(path, condition)
    if condition.item is not None:
        yield from _comparison_problems(checklist, path, condition, row)
    group = condition.some or condition.every
    if group is not None and (group not in checklist.items or checklist.items[group].kind is not Kind.GROUP):
        yield (*path, "some" if condition.some else "every"), f"{group} is not a group"
    for step, part in _steps(condition):
        yield from _condition_problems(checklist, (*path, *step), part, group if part is condition.where else row)


def _steps(condition: Condition) -> Iterator[tuple[Path, Condition]]:
    """Yield the conditions directly inside one, each with its place in the file."""
    for head in ("all", "any"):
        for number, part in enumerate(getattr(condition, head) or ()):
            yield (head, number), part
    if condition.not_ is not None:
        yield ("not",), condition.not_
    if condition.where is not None:
        yield ("where",), condition.where


def _comparison_problems(
    checklist: Checklist, path: Path, condition: Condition, row: str | None
) -> Iterator[Problem]:
    item = checklist.items.get(condition.item or "")
    if item is None:
        yield (*path, "item"), f"there is no item {condition.item}"
        return
    written = (*path, condition.operator.rstrip("_"))
    if checklist.group_of.get(item.id, row) != row:
        yield (*path, "item"), f"{item.id} repeats in rows: ask with some or every"
    if condition.operator not in _OPERATORS[item.kind]:
        yield written, f"{written[-1]} does not fit {item.id}, which is {item.kind.value}"
        return
    if condition.in_list is not None and condition.in_list not in {use.id for use in checklist.lists}:
        yield written, f"the list {condition.in_list} is not pinned under lists"
    options = {option.value for option in checklist.scales.get(item.scale or "", item.options)}
    for value in _operands(condition):
        if options and value not in options:
            yield written, f"{item.id} has no option {value}"
        elif type(value) is not (int if item.kind is Kind.INTEGER else str) or not _can_be(item.kind, str(value)):
            yield written, f"{item.id}, which is {item.kind.value}, is never {value!r}"


def _fact_problems(path: Path, condition: Condition) -> Iterator[Problem]:
    kind = FACTS.get(condition.fact or "")
    if kind is None:
        yield (*path, "fact"), f"there is no fact {condition.fact}"
        return
    written = (*path, condition.operator.rstrip("_"))
    if condition.operator not in (_ORDERED if kind.type is int or kind.day else _OPERATORS[Kind.SINGLE]):
        yield written, f"{written[-1]} does not fit the fact {condition.fact}"
        return
    for value in _operands(condition):
        if not kind.known(value):
            yield written, f"the fact {condition.fact} is never {value!r}"


def _operands(condition: Condition) -> tuple[Any, ...]:
    """Return the values a comparison compares with; ``answered`` compares with none."""
    if condition.operator == "answered":
        return ()
    return condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)


def _can_be(kind: Kind, text: str) -> bool:
    match kind:
        case Kind.DATE:
            return is_day(text)
        case Kind.DECIMAL:
            return _DECIMAL.fullmatch(text) is not None
        case Kind.STATEMENT:
            return text == CONFIRMED
        case _:
            return True


def _cycles(checklist: Checklist) -> Iterator[Problem]:
    edges = {item.id: looks_at(checklist, item) for item in checklist.items.values()}
    places = {item.id: (path, item) for path, item, _ in placed(checklist)}
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        for first, circle in _visit(start, edges, done, trail):
            path, item = places[first]
            written = (*path, "show_when" if item.show_when else "value_when")
            yield written, f"conditions go round in a circle: {circle}"


def _visit(name: str, edges: dict[str, set[str]], done: set[str], trail: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the first item of each circle, and the circle."""
    if name in done:
        return
    if name in trail:
        circle = " → ".join([*trail[trail.index(name) :], name])
        done.update(trail)
        yield name, circle
        return
    trail.append(name)
    for following in sorted(edges.get(name, ())):
        yield from _visit(following, edges, done, trail)
    if trail and trail[-1] == name:
        trail.pop()
    done.add(name)
