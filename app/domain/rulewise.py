"""The rules and the evidence of one item before and after: what stands in the way, which files are asked for."""

from collections.abc import Iterator

from app.domain import changes, labels
from app.domain.changes import Manner
from app.domain.checklist import Item, Kind
from app.domain.differences import Difference, Place
from app.domain.itemwise import MANNERS, Sides, limited, plain, reworded
from app.domain.lifting import OBSTACLES
from app.domain.rules import Effect, EvidenceRule, Rule
from app.domain.widening import Width
from app.domain.wording import enumerated


def demanding(item: Item) -> bool:
    """Return whether a new item asks for anything: an answer, a file, or that a rule be satisfied."""
    rules = any(rule.effect in OBSTACLES for rule in item.rules)
    return item.required or rules or any(_demanded(item, one) for one in item.evidence)


def differences(sides: Sides, place: Place, old: Item, new: Item) -> Iterator[Difference]:
    """Yield all that differs in the rules and the evidence of an item that is in both versions."""
    editorial = new.id in sides.pairing.editorial
    rules = {rule.id: rule for rule in old.rules}
    for rule in new.rules:
        if rule.id in rules:
            yield from _rule(sides, place, rules[rule.id], rule, editorial)
        else:
            manner = Manner.ADDED_DEMANDING if rule.effect in OBSTACLES else Manner.ADDED
            yield place.differs("rule", manner, None, rule.message, inside=rule.id, name=plain(rule.id))
    for rule in old.rules:
        if rule.id not in {one.id for one in new.rules}:
            yield place.differs("rule", Manner.REMOVED, rule.message, inside=rule.id, name=plain(rule.id))
    asked = {one.id: one for one in old.evidence}
    for one in new.evidence:
        if one.id in asked:
            yield from _evidence(sides, place, (old, asked[one.id]), (new, one), editorial)
        else:
            manner = Manner.ADDED_DEMANDING if _demanded(new, one) else Manner.ADDED
            yield place.differs("evidence", manner, None, one.label, inside=one.id, name=one.label)
    for one in old.evidence:
        if one.id not in {each.id for each in new.evidence}:
            yield place.differs("evidence", Manner.REMOVED, one.label, inside=one.id, name=one.label)


def _rule(sides: Sides, place: Place, old: Rule, new: Rule, editorial: bool) -> Iterator[Difference]:
    name = plain(new.id)
    if old.effect is not new.effect:
        aspect, manner = _stricter(old.effect, new.effect)
        yield place.differs(
            aspect, manner, labels.EFFECTS[old.effect], labels.EFFECTS[new.effect], inside=new.id, name=name
        )
    width = sides.width(old.when, new.when)
    if width is not Width.SAME:
        words = sides.older.condition(old.when), sides.newer.condition(new.when)
        aspect, manner = "blocking", MANNERS[width]
        if new.effect not in OBSTACLES:
            aspect = "speaking"
            manner = Manner.REWRITTEN if width is Width.REWRITTEN else Manner.OTHERWISE
        yield place.differs(aspect, manner, *words, inside=new.id, name=name)
    yield from reworded(place, "message", old.message, new.message, editorial=editorial, inside=new.id, name=name)


def _stricter(old: Effect, new: Effect) -> tuple[str, Manner]:
    """Return how an effect differs; a block asks for more than a reason, a second reviewer is another demand."""
    if not {old, new} & OBSTACLES:
        return "consequence", Manner.CHANGED
    looser = new not in OBSTACLES or (new, old) == (Effect.REQUIRE_REASON, Effect.BLOCK_SUBMIT)
    return "effect", Manner.LOOSER if looser else Manner.CHANGED


def _demanded(item: Item, one: EvidenceRule) -> bool:
    return one.min_files > 0 and (one.required_when is not None or item.kind is Kind.FILE)


def _evidence(
    sides: Sides, place: Place, old: tuple[Item, EvidenceRule], new: tuple[Item, EvidenceRule], editorial: bool
) -> Iterator[Difference]:
    before, after = old[1], new[1]
    yield from reworded(
        place, "evidence_label", before.label, after.label, editorial=editorial, inside=after.id, name=after.label
    )
    yield from _asked(sides, place, old, new)
    yield from limited(place, "evidence_limit", changes.FILES, before.min_files, after.min_files, upper=False)
    if set(before.media) != set(after.media):
        manner = Manner.LOOSER if set(before.media) < set(after.media) else Manner.TIGHTER
        media = [enumerated(labels.MEDIA_NAMES[each] for each in one.media) for one in (before, after)]
        yield place.differs("evidence_limit", manner, *media, inside=after.id, name=changes.MEDIA_KINDS)
    yield from limited(place, "evidence_limit", changes.AGE, before.max_age_days, after.max_age_days, upper=True)
    if None not in (before.age_from, after.age_from) and before.age_from != after.age_from:
        days = changes.DAYS[before.age_from], changes.DAYS[after.age_from]
        yield place.differs("evidence_limit", Manner.TIGHTER, *days, inside=after.id, name=changes.AGE_FROM)


def _asked(
    sides: Sides, place: Place, old: tuple[Item, EvidenceRule], new: tuple[Item, EvidenceRule]
) -> Iterator[Difference]:
    """Yield how the condition differs; without one, a file is asked for with the answer, any other never."""
    before, after = old[1].required_when, new[1].required_when
    if before is not None and after is not None:
        width = sides.width(before, after)
        if width is Width.SAME:
            return
        manner = MANNERS[width]
    elif before is None and after is None:
        return
    elif new[0].kind is Kind.FILE:
        manner = Manner.OTHERWISE
    else:
        manner = Manner.NARROWER if after is None else Manner.WIDER
    without = changes.WITH_ANSWER if new[0].kind is Kind.FILE else changes.NEVER
    words = (
        without if before is None else sides.older.condition(before),
        without if after is None else sides.newer.condition(after),
    )
    yield place.differs("required_when", manner, *words, inside=new[1].id, name=new[1].label)
