"""How a version reads: its sections and items explained in words, and at which stages all that is asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.domain import explaining
from app.domain.checklist import Checklist, Item, Section, Stage
from app.domain.conditions import decide
from app.domain.describing import describe, section_parts
from app.domain.evaluation import Evaluation
from app.domain.explaining import Line, explain, stages_in_force
from app.domain.sources import Source
from app.domain.texts import Text
from app.domain.wording import Wording
from app.services.checklists import Compiled

# what the page draws in its own way, apart from the table of an item's aspects
_DRAWN_APART = {"question", "help", "cites"}
_SAID_ABOVE = {"number", "effective", "statement", "lists"}


@dataclass(frozen=True)
class Node:
    """A line of words and the lines that belong under it."""

    words: Text
    inner: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Aspect:
    """One aspect of what is explained: its heading, and its lines as a tree."""

    name: str
    heading: Text
    nodes: tuple[Node, ...]

    @property
    def flat(self) -> bool:
        """Return whether it is one line, which needs no list around it."""
        return len(self.nodes) == 1 and not self.nodes[0].inner


@dataclass(frozen=True)
class Cited:
    """The clause of a source on which an item rests."""

    source: Source
    clause: Text


@dataclass(frozen=True)
class ItemOutline:
    """An item in words; ``rests`` says whether anything it cites was confirmed."""

    item: Item
    aspects: tuple[Aspect, ...]
    cites: tuple[Cited, ...]
    inner: tuple["ItemOutline", ...] = ()

    @property
    def rests(self) -> bool:
        """Return whether a source that was read stands behind the item."""
        return any(cite.source.confirmed for cite in self.cites)


@dataclass(frozen=True)
class SectionOutline:
    """A section in words, with the items asked at the stages looked at."""

    section: Section
    aspects: tuple[Aspect, ...]
    items: tuple[ItemOutline, ...]

    @property
    def number(self) -> int:
        """Return how many questions it holds, groups counted by what is in them."""
        return sum(len(one.inner) or 1 for one in self.items)


# a version never changes: what is said of its items is put into words once for each process
_ITEMS: dict[str, dict[str, ItemOutline]] = {}


def outline(compiled: Compiled, stage: Stage | None) -> list[SectionOutline]:
    """Return a version's sections in words; with a stage only what may be asked then."""
    checklist = compiled.checklist
    if compiled.sha256 not in _ITEMS:
        _ITEMS[compiled.sha256] = {name: _item(compiled, item) for name, item in checklist.items.items()}
    known = _ITEMS[compiled.sha256]

    def asked(item: Item) -> bool:
        return stage is None or stage in stages_in_force(checklist, item)

    found = []
    for section in checklist.sections:
        items = [
            ItemOutline(
                item,
                known[item.id].aspects,
                known[item.id].cites,
                tuple(known[inner.id] for inner in item.items if asked(inner)),
            )
            for item in section.items
            if asked(item)
        ]
        if items:
            found.append(SectionOutline(section, aspects(section_parts(checklist, section)), tuple(items)))
    return found


def _item(compiled: Compiled, item: Item) -> ItemOutline:
    checklist = compiled.checklist
    parts = [part for part in explain(checklist, item.id, compiled.codes) if part.name not in _DRAWN_APART]
    cites = []
    for cite in item.cites:
        source = checklist.source[cite.source]
        clause = source.clause(cite.clause)
        cites.append(Cited(source, clause.title if clause else Text(ja=cite.clause, en=cite.clause)))
    return ItemOutline(item, tuple(_own(checklist, item, aspects(parts))), tuple(cites))


def _own(checklist: Checklist, item: Item, found: tuple[Aspect, ...]) -> Iterator[Aspect]:
    """Yield the aspects without the conditions of section and group, which stand once above their items."""
    section = checklist.section(checklist.section_of[item.id])
    group = checklist.items.get(checklist.group_of.get(item.id, ""))
    around = sum(each is not None and each.show_when is not None for each in (section, group))
    for aspect in found:
        nodes = aspect.nodes[around:] if aspect.name == "when" else aspect.nodes
        if nodes:
            yield replace(aspect, nodes=nodes)


def about(checklist: Checklist) -> tuple[Aspect, ...]:
    """Return what a version says of itself, apart from what stands in its heading."""
    return aspects(part for part in describe(checklist) if part.name not in _SAID_ABOVE)


def aspects(parts: Iterable[explaining.Part]) -> tuple[Aspect, ...]:
    """Return parts of an explanation as the page draws them."""
    return tuple(Aspect(part.name, part.heading, tree(part.lines)) for part in parts)


def tree(lines: Iterable[Line]) -> tuple[Node, ...]:
    """Return lines that know how deep they stand as a tree."""
    listed = list(lines)
    found: list[Node] = []
    place = 0
    while place < len(listed):
        end = place + 1
        while end < len(listed) and listed[end].depth > listed[place].depth:
            end += 1
        found.append(Node(listed[place].words, tree(listed[place + 1 : end])))
        place = end
    return tuple(found)


def stages(checklist: Checklist) -> list[Stage]:
    """Return the stages at which a version may ask anything."""
    asked = {stage for item in checklist.items.values() for stage in stages_in_force(checklist, item)}
    return [stage for stage in Stage if stage in asked and _may_apply(checklist, stage)]


def _may_apply(checklist: Checklist, stage: Stage) -> bool:
    scope = Evaluation(checklist, {"stage": stage}, {}, {}).scope(None, None)
    return decide(checklist.applies_when, scope) is not False


def questions(checklist: Checklist) -> int:
    """Return how many items a version has, groups counted by what is in them."""
    return sum(not item.items for item in checklist.items.values())


def applies(checklist: Checklist) -> Text:
    """Return in one sentence when a version applies."""
    return Wording(checklist).condition(checklist.applies_when)
