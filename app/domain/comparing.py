"""Two versions of one family compared, part by part, in time proportional to their size.

What cannot change an answer, a duty or a meaning is wording; what is not plainly compatible is taken as breaking.
How a newer version follows an older one (``supersedes``) is not itself compared: it is what the comparison checks.
"""

from collections.abc import Iterator
from typing import Any

from app.domain import changes, itemwise, labels, rulewise
from app.domain.changes import Manner
from app.domain.checklist import Attesting, Checklist, Item, Kind, Stage, StatementText
from app.domain.conditions import Condition
from app.domain.describing import signatory
from app.domain.differences import Comparison, Difference, Place
from app.domain.explaining import stages_in_force
from app.domain.itemwise import MANNERS, Sides, plain, reworded, shown, staged, stem
from app.domain.pairing import out_of_order
from app.domain.sources import ListUse, Source
from app.domain.succession import Effective
from app.domain.texts import Text, composed, filled
from app.domain.widening import Width
from app.domain.wording import joined

_WHOLE = Place("version")


def compare(before: Checklist, after: Checklist) -> Comparison:
    """Return all differences between two compiled versions; the same versions always give the same.

    Items are matched by id and by what ``after`` says was renamed; raise ValueError for two families.
    """
    if before.family != after.family:
        raise ValueError("only versions of one family can be compared")
    sides = Sides.of(before, after)
    claim = after.supersedes
    claimed = claim.change if claim and claim.version == before.version else None
    found = [
        *_whole(sides),
        *_certifying(sides),
        *_sources(sides),
        *_lists(sides),
        *_sections(sides),
        *_items(sides),
    ]
    return Comparison(before.family, before.version, after.version, claimed, tuple(found))


def _whole(sides: Sides) -> Iterator[Difference]:
    old, new = sides.pairing.before, sides.pairing.after
    yield from reworded(_WHOLE, "title", old.title, new.title)
    yield from reworded(_WHOLE, "short_title", old.short_title, new.short_title)
    if old.scope is not new.scope:
        words = labels.SCOPES[old.scope], labels.SCOPES[new.scope]
        yield _WHOLE.differs("scope", Manner.CHANGED, *words)
    spoken, speaks = old.languages.required, new.languages.required
    for name in dict.fromkeys((*spoken, *speaks)):
        if name not in speaks:
            yield _WHOLE.differs("language", Manner.REMOVED, inside=name, name=changes.LANGUAGES[name])
        if name not in spoken:
            yield _WHOLE.differs("language", Manner.ADDED, inside=name, name=changes.LANGUAGES[name])
    if old.effective != new.effective:
        words = _period(old.effective), _period(new.effective)
        yield _WHOLE.differs("effective", Manner.CHANGED, *words)
    width = sides.width(old.applies_when, new.applies_when)
    if width is not Width.SAME:
        words = sides.older.condition(old.applies_when), sides.newer.condition(new.applies_when)
        yield _WHOLE.differs("applies_when", MANNERS[width], *words)


def _period(effective: Effective) -> Text:
    return composed(*[f"{effective.from_} – {effective.until or ''}".strip()] * 2)


def _certifying(sides: Sides) -> Iterator[Difference]:
    old, new = sides.pairing.before.attestation, sides.pairing.after.attestation
    if old.statement != new.statement:
        words = [
            filled(changes.STATEMENT, version=one.version, text=one.text) for one in (old.statement, new.statement)
        ]
        yield _WHOLE.differs("statement", Manner.CHANGED, *words)
    who = [[(each.role, each.order, each.must_differ_from) for each in one.in_order] for one in (old, new)]
    if who[0] != who[1]:
        words = [joined(signatory(each) for each in one.in_order) for one in (old, new)]
        yield _WHOLE.differs("signatories", Manner.CHANGED, *words)
    yield from _own_statements(old, new)
    if old.ink != new.ink:
        manner = Manner.LOOSER if new.ink else Manner.TIGHTER
        yield _WHOLE.differs("ink", manner, changes.INK[old.ink], changes.INK[new.ink])
    if old.valid_for_days != new.valid_for_days:
        days = old.valid_for_days, new.valid_for_days
        longer = days[1] is None or (days[0] is not None and days[1] > days[0])
        yield _WHOLE.differs("validity", Manner.LOOSER if longer else Manner.TIGHTER, *map(plain, days))
    if old.personal_signatures != new.personal_signatures:
        numbers = old.personal_signatures, new.personal_signatures
        yield _WHOLE.differs("personal_signatures", Manner.CHANGED, *map(plain, numbers))


def _own_statements(old: Attesting, new: Attesting) -> Iterator[Difference]:
    """Compare the words that signatories certify as their own, by role and place among those of the role."""
    own: list[dict[tuple[str, int], StatementText]] = [{}, {}]
    for attesting, found in zip((old, new), own, strict=True):
        for one in attesting.in_order:
            if one.statement:
                found[one.role, sum(role == one.role for role, _ in found)] = one.statement
    for key in dict.fromkeys((*own[0], *own[1])):
        was, now = (
            filled(changes.STATEMENT, version=each[key].version, text=each[key].text) if key in each else None
            for each in own
        )
        if own[0].get(key) != own[1].get(key):
            name = labels.respondent(key[0])
            yield _WHOLE.differs("own_statement", Manner.CHANGED, was, now, inside=key[0], name=name)


def _sources(sides: Sides) -> Iterator[Difference]:
    old, new = sides.pairing.before.source, sides.pairing.after.source
    for source in new.values():
        place = Place("source", source.id, source.title)
        if source.id not in old:
            yield place.differs("source", Manner.ADDED, None, source.title)
        elif source != old[source.id]:
            yield from _source(place, old[source.id], source)
    for source in old.values():
        if source.id not in new:
            place = Place("source", source.id, source.title)
            yield place.differs("source", Manner.REMOVED, source.title)


def _source(place: Place, old: Source, new: Source) -> Iterator[Difference]:
    for field, name in changes.SOURCE_DETAILS.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield place.differs(
                "source_detail", Manner.CHANGED, _detail(was), _detail(now), inside=field, name=name
            )
    before, after = ({clause.id: clause.title for clause in one.clauses} for one in (old, new))
    for clause in dict.fromkeys((*before, *after)):
        title = after.get(clause, before.get(clause, plain(clause)))
        if clause not in before:
            yield place.differs("clause", Manner.ADDED, None, title, inside=clause, name=title)
        elif clause not in after:
            yield place.differs("clause", Manner.REMOVED, title, inside=clause, name=title)
        elif before[clause] != title:
            yield place.differs("clause", Manner.CHANGED, before[clause], title, inside=clause, name=title)


def _detail(value: Any) -> Text | None:
    if isinstance(value, bool):
        return changes.SOURCE_CONFIRMED[value]
    return value if isinstance(value, Text) or value is None else plain(value)


def _lists(sides: Sides) -> Iterator[Difference]:
    old, new = ({use.id: use for use in one.lists} for one in (sides.pairing.before, sides.pairing.after))
    for name in dict.fromkeys((*new, *old)):
        yield from _list(Place("list", name, plain(name)), old.get(name), new.get(name))


def _list(place: Place, old: ListUse | None, new: ListUse | None) -> Iterator[Difference]:
    if old is None or new is None:
        manner = Manner.ADDED if old is None else Manner.REMOVED
        yield place.differs("list", manner, *(plain(one.file) if one else None for one in (old, new)))
    elif stem(old) != stem(new):
        yield place.differs("list", Manner.CHANGED, plain(old.file), plain(new.file))
    elif old != new:
        # an edition may be published anew: then its content tells the two apart
        words = [plain(f"{one.file} ({one.edition}, {one.sha256[:12]})") for one in (old, new)]
        yield place.differs("list_edition", Manner.CHANGED, *words)


def _sections(sides: Sides) -> Iterator[Difference]:
    old, new = ({one.id: one for one in each.sections} for each in (sides.pairing.before, sides.pairing.after))
    moved = set(out_of_order([name for name in old if name in new], [name for name in new if name in old]))
    for section in new.values():
        place = Place("section", section.id, section.title)
        was = old.get(section.id)
        if was is None:
            yield place.differs("section", Manner.ADDED, None, section.title)
            continue
        if section.id in moved:
            yield place.differs("section", Manner.REORDERED)
        yield from reworded(place, "section_title", was.title, section.title)
        yield from reworded(place, "summary", was.summary, section.summary)
        inside = [item.id for item in section.items]
        yield from staged(sides, place, was.stages, section.stages, inside)
        yield from shown(sides, place, was.show_when, section.show_when, inside)
    for section in old.values():
        if section.id not in new:
            place = Place("section", section.id, section.title)
            yield place.differs("section", Manner.REMOVED, section.title)


def _items(sides: Sides) -> Iterator[Difference]:
    pairing = sides.pairing
    moved = _moved(sides)
    for item in pairing.after.items.values():
        place = Place("item", item.id, item.text)
        if item.id not in pairing.partners:
            manner = Manner.ADDED_DEMANDING if rulewise.demanding(item) else Manner.ADDED
            yield place.differs("item", manner, None, item.text)
            continue
        old = pairing.before.items[pairing.partners[item.id]]
        if item.id in moved:
            yield place.differs("item", Manner.REORDERED)
        yield from itemwise.differences(sides, place, old, item)
        yield from _showing(sides, place, old, item)
        yield from rulewise.differences(sides, place, old, item)
    kept = set(pairing.partners.values())
    for item in pairing.before.items.values():
        if item.id not in kept:
            yield Place("item", item.id, item.text).differs("item", Manner.REMOVED, item.text)


def _showing(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    """Yield when an item is asked; one that moved is compared with all that its old and new surroundings say."""
    before, after = sides.pairing.before, sides.pairing.after
    sections = before.section_of[old.id], after.section_of[new.id]
    groups = before.group_of.get(old.id), after.group_of.get(new.id)
    group = sides.pairing.name(groups[0]) if groups[0] else None
    if sections[0] != sections[1]:
        titles = [one.section(name) for one, name in zip((before, after), sections, strict=True)]
        yield place.differs("section_of", Manner.CHANGED, *(one.title if one else None for one in titles))
    if group != groups[1]:
        yield place.differs("row", Manner.CHANGED, plain(groups[0]), plain(groups[1]))
    if sections[0] == sections[1] and group == groups[1]:
        yield from staged(sides, place, old.stages, new.stages, [new.id])
        yield from shown(sides, place, old.show_when, new.show_when, [new.id])
    else:
        yield from shown(sides, place, _whole_condition(before, old), _whole_condition(after, new), [new.id])


def _whole_condition(checklist: Checklist, item: Item) -> Condition | None:
    """Return all that decides whether an item is asked, its stages included, as one condition."""
    section = checklist.section(checklist.section_of[item.id])
    group = checklist.items.get(checklist.group_of.get(item.id, ""))
    found = [item.show_when, section.show_when if section else None, group.show_when if group else None]
    stages = stages_in_force(checklist, item)
    if len(stages) < len(Stage):
        found.append(Condition(fact="stage", in_=tuple(stage.value for stage in stages) or ("",)))
    parts = tuple(one for one in found if one is not None)
    return Condition(all=parts) if len(parts) > 1 else next(iter(parts), None)


def _moved(sides: Sides) -> set[str]:
    """Return the items that stand in another place among those of their section or group in both versions."""
    pairing, found = sides.pairing, set()
    names = {section.id: [item.id for item in section.items] for section in pairing.after.sections}
    names |= {f"{item.id}.": [one.id for one in item.items] for item in pairing.after.items.values() if item.items}
    were = {section.id: [item.id for item in section.items] for section in pairing.before.sections}
    were |= {
        f"{pairing.name(item.id)}.": [one.id for one in item.items]
        for item in pairing.before.items.values()
        if item.kind is Kind.GROUP
    }
    for container, here in names.items():
        there = [pairing.name(one) for one in were.get(container, ())]
        both = set(there) & set(here)
        found |= set(out_of_order([one for one in there if one in both], [one for one in here if one in both]))
    return found
