"""One item before and after: what is asked, what may be answered, who is asked and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain import changes, labels
from app.domain.answers import DEFAULT_LENGTH, DEFAULT_PLACES
from app.domain.changes import Manner
from app.domain.checklist import Checklist, Item, Kind, Stage
from app.domain.conditions import Condition
from app.domain.differences import Difference, Place
from app.domain.explaining import citation, stage_names
from app.domain.lifting import Lifts
from app.domain.pairing import Pairing, out_of_order
from app.domain.sources import ListUse
from app.domain.texts import Text, composed, filled
from app.domain.widening import Width, Widths
from app.domain.wording import Wording, joined

MANNERS = {
    Width.REWRITTEN: Manner.REWRITTEN,
    Width.NARROWER: Manner.NARROWER,
    Width.WIDER: Manner.WIDER,
    Width.OTHER: Manner.OTHERWISE,
}


def plain(value: Any) -> Text:
    """Return a number or code as it is written, "none" where there is none."""
    return changes.NONE if value is None else composed(str(value), str(value))


@dataclass(frozen=True)
class Sides:
    """What it takes to compare parts of two versions: how they pair, what is wider, and the words of each."""

    pairing: Pairing
    widths: Widths
    lifts: Lifts
    older: Wording
    newer: Wording

    @classmethod
    def of(cls, before: Checklist, after: Checklist) -> "Sides":
        """Return the sides of two versions."""
        pairing = Pairing(before, after)
        return cls(pairing, Widths((before, after)), Lifts(after), Wording(before), Wording(after))

    def width(self, before: Condition | None, after: Condition | None) -> Width:
        """Return how the newer condition compares with the older one, in the names of the newer version."""
        return self.widths.between(self.pairing.condition(before), after)


def reworded(
    place: Place, aspect: str, before: Text | None, after: Text | None, **more: Any
) -> Iterator[Difference]:
    """Yield how words differ: in the authoritative language, marked editorial or not, or in translation only."""
    editorial = more.pop("editorial", False)
    if before == after:
        return
    if before is not None and after is not None and before.ja == after.ja:
        manner = Manner.TRANSLATED
    else:
        manner = Manner.EDITORIAL if editorial else Manner.CHANGED
    yield place.differs(aspect, manner, before, after, **more)


def limited(place: Place, aspect: str, name: Text, before: Any, after: Any, *, upper: bool) -> Iterator[Difference]:
    """Yield how a limit differs: an upper one is tighter when it is lower; no limit at all is the loosest."""
    if before == after:
        return
    tighter = after is not None and (before is None or (after < before) == upper)
    manner = Manner.TIGHTER if tighter else Manner.LOOSER
    yield place.differs(aspect, manner, plain(before), plain(after), name=name)


def staged(
    sides: Sides, place: Place, before: tuple[Stage, ...], after: tuple[Stage, ...], items: list[str]
) -> Iterator[Difference]:
    """Yield how stages differ; none named means all. ``items`` are those that are in force no more."""
    old, new = set(before or Stage), set(after or Stage)
    if old == new:
        return
    manner = Manner.WIDER if old < new else Manner.OTHERWISE
    if new < old:
        manner = Manner.NARROWER_DEMANDING if sides.lifts.hiding(*items) else Manner.NARROWER
    yield place.differs("stages", manner, *(stage_names(one or tuple(Stage)) for one in (before, after)))


def shown(
    sides: Sides, place: Place, before: Condition | None, after: Condition | None, items: list[str]
) -> Iterator[Difference]:
    """Yield how the condition under which something is asked differs."""
    width = sides.width(before, after)
    if width is Width.SAME:
        return
    manner = MANNERS[width]
    if manner is Manner.NARROWER and sides.lifts.hiding(*items):
        manner = Manner.NARROWER_DEMANDING
    yield place.differs("show_when", manner, sides.older.condition(before), sides.newer.condition(after))


def differences(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    """Yield all that differs in an item that is in both versions, apart from its rules and its evidence."""
    editorial = new.id in sides.pairing.editorial
    if old.id != new.id:
        yield place.differs("item", Manner.RENAMED, plain(old.id), plain(new.id))
    yield from _changed(place, "kind", old.kind, new.kind, labels.KINDS.get)
    yield from reworded(place, "wording", old.text, new.text, editorial=editorial)
    yield from reworded(place, "help", old.help, new.help, editorial=editorial)
    yield from reworded(place, "origin_reason", old.origin_reason, new.origin_reason, editorial=editorial)
    yield from _changed(place, "number", old.number, new.number, plain)
    yield from _cites(sides, place, old, new)
    yield from _options(sides, place, old, new, editorial)
    yield from _answering(sides, place, old, new)
    yield from _rows(sides, place, old, new)
    yield from _cases(sides, place, old, new)
    yield from _asking(sides, place, old, new)
    yield from _keeping(sides, place, old, new)


def _changed(place: Place, aspect: str, old: Any, new: Any, words: Any) -> Iterator[Difference]:
    if old != new:
        yield place.differs(aspect, Manner.CHANGED, words(old), words(new))


def _cites(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    if set(old.cites) != set(new.cites):
        before = joined(citation(sides.pairing.before, one) for one in old.cites)
        after = joined(citation(sides.pairing.after, one) for one in new.cites)
        yield place.differs("cites", Manner.CHANGED, before, after)


def _options(sides: Sides, place: Place, old: Item, new: Item, editorial: bool) -> Iterator[Difference]:
    mapped, renamed = sides.pairing.mapped(old), sides.pairing.option_renames(old)
    labels_now = {option.value: option.label for option in new.choices}
    met = set()
    for option in old.choices:
        value = renamed.get(option.value, option.value)
        inside, name = option.value, option.label
        if value in labels_now:
            met.add(value)
            if value != option.value:
                yield place.differs(
                    "option", Manner.RENAMED, plain(option.value), plain(value), inside=inside, name=name
                )
            yield from reworded(
                place, "option_label", option.label, labels_now[value], editorial=editorial, inside=value
            )
        elif option.value in mapped:
            target = labels_now[mapped[option.value]]
            yield place.differs("option", Manner.MERGED, option.label, target, inside=inside, name=name)
        else:
            yield place.differs("option", Manner.REMOVED, option.label, inside=inside, name=name)
    for option in new.choices:
        if option.value not in met:
            demanding = bool(old.choices) and sides.lifts.option(new.id, option.value)
            manner = Manner.ADDED_DEMANDING if demanding else Manner.ADDED
            yield place.differs("option", manner, None, option.label, inside=option.value, name=option.label)
    before = [value for one in old.choices if (value := renamed.get(one.value, one.value)) in met]
    after = [option.value for option in new.choices if option.value in met]
    for value in out_of_order(before, after):
        yield place.differs("option", Manner.REORDERED, inside=value, name=labels_now[value])


def _answering(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    if old.required != new.required:
        manner = Manner.TIGHTER if new.required else Manner.LOOSER
        yield place.differs("required", manner, changes.REQUIRED[old.required], changes.REQUIRED[new.required])
    for state in old.states:
        if state not in new.states:
            yield place.differs("state", Manner.REMOVED, inside=state, name=labels.EXCEPTIONS[state])
    for state in new.states:
        if state not in old.states:
            yield place.differs("state", Manner.ADDED, inside=state, name=labels.EXCEPTIONS[state])
    if old.list is not None and new.list is not None and old.list != new.list:
        before, after = _pinned(sides.pairing.before, old.list), _pinned(sides.pairing.after, new.list)
        if stem(before) != stem(after):
            words = sides.older.list_name(old.list), sides.newer.list_name(new.list)
            yield place.differs("item_list", Manner.CHANGED, *words)
    if old.kind is not new.kind:
        return
    yield from limited(place, "limit", changes.LIMITS["min"], old.min, new.min, upper=False)
    yield from limited(place, "limit", changes.LIMITS["max"], old.max, new.max, upper=True)
    if new.kind is Kind.DECIMAL:
        places = [DEFAULT_PLACES if one.places is None else one.places for one in (old, new)]
        yield from limited(place, "limit", changes.LIMITS["places"], *places, upper=True)
    if new.kind in DEFAULT_LENGTH:
        lengths = [one.max_length or DEFAULT_LENGTH[one.kind] for one in (old, new)]
        yield from limited(place, "limit", changes.LIMITS["max_length"], *lengths, upper=True)


def _pinned(checklist: Checklist, list_id: str) -> ListUse | None:
    return next((use for use in checklist.lists if use.id == list_id), None)


def stem(use: ListUse | None) -> str:
    """Return the name of a list without its edition: two editions of one list have one stem."""
    return use.file.removesuffix(f"-{use.edition}") if use else ""


def _rows(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    before, after = old.repeat, new.repeat
    if before is None or after is None:
        return
    if before.over != after.over:
        words = [changes.PARTICIPANTS if one.over else changes.TYPED_ROWS for one in (before, after)]
        yield place.differs("repeat", Manner.CHANGED, *words)
    yield from limited(place, "limit", changes.LIMITS["rows_min"], before.min, after.min, upper=False)
    yield from limited(place, "limit", changes.LIMITS["rows_max"], before.max, after.max, upper=True)
    labelled = sides.pairing.name(before.label_from) if before.label_from else None
    yield from _changed(place, "row_label", labelled, after.label_from, plain)


def _cases(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    if not old.value_when or not new.value_when:
        return
    renamed = sides.pairing.option_renames(old)
    before = [(renamed.get(one.then, one.then), sides.pairing.condition(one.if_)) for one in old.value_when]
    after = [(one.then, one.if_) for one in new.value_when]
    if before == after:
        return
    alike = [one[0] for one in before] == [one[0] for one in after] and all(
        sides.widths.between(one[1], other[1]) in {Width.SAME, Width.REWRITTEN}
        for one, other in zip(before, after, strict=True)
    )
    words = _case_words(sides.older, old), _case_words(sides.newer, new)
    yield place.differs("value_when", Manner.REWRITTEN if alike else Manner.CHANGED, *words)


def _case_words(speaker: Wording, item: Item) -> Text:
    return joined(
        filled(changes.CASE, value=speaker.value(item, one.then), condition=speaker.condition(one.if_))
        for one in item.value_when
    )


def _asking(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    yield from _changed(place, "answered_by", old.answered_by, new.answered_by, labels.respondent)
    others = [sides.pairing.name(one) for one in old.must_differ_from]
    for name in others:
        if name not in new.must_differ_from:
            told = sides.newer.item_name(name) if name in sides.pairing.after.items else sides.older.item_name(name)
            yield place.differs("second_person", Manner.REMOVED, inside=name, name=told)
    for name in new.must_differ_from:
        if name not in others:
            told = sides.newer.item_name(name)
            yield place.differs("second_person", Manner.ADDED, inside=name, name=told)


def _keeping(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    if old.disclosure != new.disclosure:
        manner = Manner.WIDER if new.disclosure == "answer" else Manner.NARROWER
        yield place.differs("disclosure", manner, changes.PRINTED[old.disclosure], changes.PRINTED[new.disclosure])
    edition = sides.pairing.name(old.edition_of) if old.edition_of else None
    if edition != new.edition_of:
        manner = Manner.CHANGED if new.edition_of else Manner.REMOVED
        yield place.differs("edition_of", manner, plain(edition), plain(new.edition_of))
    if old.risk != new.risk:
        manner = Manner.TIGHTER if new.risk else Manner.LOOSER
        yield place.differs("risk", manner, changes.CONFIRMING[old.risk], changes.CONFIRMING[new.risk])
