"""What a comparison of two versions found: differences with their class, in words and as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.domain import labels
from app.domain.changes import ASPECTS, MANNERS, NONE, Manner
from app.domain.succession import ChangeClass
from app.domain.texts import Text, composed, filled

FORMAT = "checklist-comparison/1"
PartKind = Literal["version", "source", "list", "section", "item"]

_PLACES: Mapping[PartKind, Text] = {
    "version": Text(ja="版全体", en="The version as a whole"),
    "source": Text(ja="出典 {id}「{name}」", en="Source {id} “{name}”"),
    "list": Text(ja="一覧 {id}", en="List {id}"),
    "section": Text(ja="区分 {id}「{name}」", en="Section {id} “{name}”"),
    "item": Text(ja="項目 {id}「{name}」", en="Item {id} “{name}”"),
}
_SENTENCE = Text(ja="{place}：{words}。", en="{place}: {words}.")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Place:
    """The part of a version that differs; an item by its id in the newer version, where it still is in that."""

    kind: PartKind
    id: str = ""
    name: Text = NONE

    def differs(
        self, aspect: str, manner: Manner, *words: Text | None, inside: str = "", name: Text = NONE
    ) -> "Difference":
        """Return a difference at this place; ``words`` are what stood before and what stands after."""
        before, after = (*words, None, None)[:2]
        return Difference(self, aspect, manner, before, after, inside, name)


@dataclass(frozen=True)
class Difference:
    """One difference at one place; ``inside`` names the option, rule, evidence or clause it is about."""

    place: Place
    aspect: str
    manner: Manner
    before: Text | None = None
    after: Text | None = None
    inside: str = ""
    name: Text = NONE

    @property
    def code(self) -> str:
        """Return the stable code, such as ``option.removed``."""
        return f"{self.aspect}.{self.manner.value}"

    @property
    def change(self) -> ChangeClass:
        """Return how much this changes."""
        return ASPECTS[self.aspect].classes[self.manner]

    @property
    def words(self) -> Text:
        """Return the difference as a sentence."""
        before, after = _contrasted(self.before or NONE, self.after or NONE)
        noun = filled(ASPECTS[self.aspect].noun, name=self.name)
        words = filled(MANNERS[self.manner], noun=noun, before=before, after=after)
        place = filled(_PLACES[self.place.kind], id=self.place.id, name=_short(self.place.name))
        return filled(_SENTENCE, place=place, words=words)


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions of a family; ``claimed`` is what the newer one says of the older."""

    family: str
    before: str
    after: str
    claimed: ChangeClass | None
    differences: tuple[Difference, ...]

    @property
    def least(self) -> ChangeClass:
        """Return the least class the newer version may claim; where nothing differs, wording only."""
        return max((one.change for one in self.differences), key=lambda one: one.weight, default=ChangeClass.PATCH)

    @property
    def claims_too_little(self) -> bool:
        """Return whether the newer version claims to change less than it does."""
        return self.claimed is not None and self.claimed.weight < self.least.weight


def _contrasted(before: Text, after: Text) -> tuple[Text, Text]:
    """Return two texts so that each language shows what differs, if need be in the words of the other."""
    ja = "ja" if before.ja != after.ja else "en"
    en = "en" if before.en != after.en else "ja"
    return composed(before.in_(ja), before.in_(en)), composed(after.in_(ja), after.in_(en))


def _short(name: Text) -> Text:
    def cut(text: str) -> str:
        return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"

    return composed(cut(name.ja), cut(name.en))


def sentences(comparison: Comparison, language: str) -> list[str]:
    """Return one sentence for each difference, what breaks most first."""
    ordered = sorted(comparison.differences, key=lambda one: -one.change.weight)
    return [one.words.in_(language) for one in ordered]


_NOTHING = Text(ja="{before}と{after}に違いはありません。", en="Nothing differs between {before} and {after}.")
_LEAST = Text(
    ja="{before}から{after}への変更は、少なくとも{least}です。",
    en="From {before} to {after}, the least class is {least}.",
)
_UNCLAIMED = Text(
    ja="{after}は、{before}からの変更の区分を示していません。", en="{after} makes no claim about {before}."
)
_CLAIMED = Text(ja="{after}は{claimed}としています。", en="The version claims {claimed}.")
_TOO_LITTLE = Text(
    ja="{after}は{claimed}としていますが、足りません。", en="The version claims {claimed}, which is too little."
)


def conclusion(comparison: Comparison) -> Text:
    """Return the least class and what the newer version claims, in two sentences."""
    names = {"before": comparison.before, "after": comparison.after}
    if not comparison.differences:
        return filled(_NOTHING, **names)
    least = filled(_LEAST, least=labels.CHANGE_CLASSES[comparison.least], **names)
    if comparison.claimed is None:
        claim = filled(_UNCLAIMED, **names)
    else:
        template = _TOO_LITTLE if comparison.claims_too_little else _CLAIMED
        claim = filled(template, claimed=labels.CHANGE_CLASSES[comparison.claimed], **names)
    return composed(least.ja + claim.ja, f"{least.en} {claim.en}")


def as_data(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain JSON data.

    ``{"format", "family", "before", "after", "least", "claimed", "differences": [{"part", "id", "code", "class",
    "inside", "before", "after", "words"}, …]}``: versions by number, classes ``major``, ``minor`` or ``patch``,
    ``claimed`` null where the newer version does not supersede the older one; ``before`` and ``after`` are texts
    ``{"ja", "en"}`` or null, ``words`` the sentence in both languages.
    """
    return {
        "format": FORMAT,
        "family": comparison.family,
        "before": comparison.before,
        "after": comparison.after,
        "least": comparison.least.value,
        "claimed": comparison.claimed.value if comparison.claimed else None,
        "differences": [
            {
                "part": one.place.kind,
                "id": one.place.id,
                "code": one.code,
                "class": one.change.value,
                "inside": one.inside,
                "before": _both(one.before),
                "after": _both(one.after),
                "words": _both(one.words),
            }
            for one in comparison.differences
        ],
    }


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"ja": text.ja, "en": text.en}
