"""Conditions in words, in both languages: what an author wrote, as a person would say it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain import labels
from app.domain.checklist import Checklist, Item, Kind
from app.domain.conditions import Condition
from app.domain.texts import Text, composed, filled

Codes = Mapping[str, Mapping[str, tuple[str, str]]]

ALWAYS = Text(ja="いつも", en="always")
_ALL = Text(ja="次のすべて", en="all of")
_ANY = Text(ja="次のいずれか", en="any of")
_NOT = Text(ja="次が成り立たない", en="not")
_SOME = Text(ja="「{name}」のいずれかの行で", en="some row of “{name}” with")
_EVERY = Text(ja="「{name}」のすべての行で", en="every row of “{name}” with")
_AROUND = Text(ja="{head}（{parts}）", en="{head} ({parts})")
_HEADING = Text(ja="{head}：", en="{head}:")
_QUOTED = Text(ja="「{value}」", en="“{value}”")
_LIST = Text(ja="{name}（{edition}版）", en="{name} (edition {edition})")
_CONFIRMED = Text(ja="確認した", en="confirmed")

_SAID: Mapping[str, Text] = {
    "eq": Text(ja="「{name}」が「{value}」である", en="“{name}” is “{value}”"),
    "ne": Text(ja="「{name}」が「{value}」以外である", en="“{name}” is other than “{value}”"),
    "in_": Text(ja="「{name}」が{value}のいずれかである", en="“{name}” is one of {value}"),
    "in_list": Text(ja="「{name}」が一覧「{value}」にある", en="“{name}” is in the list “{value}”"),
    "has": Text(ja="「{name}」に「{value}」が含まれる", en="“{name}” includes “{value}”"),
    "gt": Text(ja="「{name}」が{value}より大きい", en="“{name}” is more than {value}"),
    "gte": Text(ja="「{name}」が{value}以上である", en="“{name}” is at least {value}"),
    "lt": Text(ja="「{name}」が{value}より小さい", en="“{name}” is less than {value}"),
    "lte": Text(ja="「{name}」が{value}以下である", en="“{name}” is at most {value}"),
}
_SAID_OF_TIME: Mapping[str, Text] = {
    "gt": Text(ja="「{name}」が{value}より後である", en="“{name}” is after {value}"),
    "gte": Text(ja="「{name}」が{value}以降である", en="“{name}” is {value} or later"),
    "lt": Text(ja="「{name}」が{value}より前である", en="“{name}” is before {value}"),
    "lte": Text(ja="「{name}」が{value}以前である", en="“{name}” is {value} or earlier"),
}
_ANSWERED = {
    ("item", True): Text(ja="「{name}」に回答がある", en="“{name}” is answered"),
    ("item", False): Text(ja="「{name}」に回答がない", en="“{name}” is not answered"),
    ("fact", True): Text(ja="「{name}」が分かっている", en="“{name}” is known"),
    ("fact", False): Text(ja="「{name}」が分かっていない", en="“{name}” is not known"),
}


def joined(parts: Iterable[Text], ja: str = "；", en: str = "; ") -> Text:
    """Return texts one after the other, each language with its own mark between them."""
    listed = list(parts)
    return composed(ja.join(one.ja for one in listed), en.join(one.en for one in listed))


def enumerated(parts: Iterable[Text]) -> Text:
    """Return words one after the other as a list within a sentence."""
    return joined(parts, "、", ", ")


@dataclass(frozen=True)
class Wording:
    """Says the conditions of one checklist; ``codes`` names the codes of its lists where they are known."""

    checklist: Checklist
    codes: Codes = field(default_factory=dict)

    def condition(self, condition: Condition | None) -> Text:
        """Return a condition in one sentence; what belongs together stands in brackets."""
        if condition is None:
            return ALWAYS
        if not condition.parts:
            return self._comparison(condition)
        parts = [self.condition(part) for part in condition.parts]
        if condition.where is not None and condition.where.parts:
            return joined([self._head(condition), parts[0]], "", " ")
        return filled(_AROUND, head=self._head(condition), parts=joined(parts))

    def outline(self, condition: Condition | None, depth: int = 0) -> Iterator[tuple[int, Text]]:
        """Yield a condition as lines, each with how deep it stands."""
        if condition is None or not condition.parts:
            yield depth, self.condition(condition)
            return
        yield depth, filled(_HEADING, head=self._head(condition))
        for part in condition.parts:
            yield from self.outline(part, depth + 1)

    def value(self, item: Item, value: Any) -> Text:
        """Return a value of an item as people read it; one that is no choice any more stands as it is written."""
        for option in item.choices:
            if option.value == value:
                return option.label
        match item.kind:
            case Kind.CODE:
                ja, en = self.codes.get(item.list or "", {}).get(value, (str(value), str(value)))
                return composed(ja, en)
            case Kind.DATE:
                return labels.day(str(value))
            case Kind.STATEMENT:
                return _CONFIRMED
            case _:
                return composed(str(value), str(value))

    def list_name(self, list_id: str) -> Text:
        """Return a list by its name and edition."""
        use = next((one for one in self.checklist.lists if one.id == list_id), None)
        if use is None:
            return composed(list_id, list_id)
        return filled(_LIST, name=use.id, edition=use.edition)

    def item_name(self, item_id: str) -> Text:
        """Return the question itself, which is what an item is called."""
        item = self.checklist.items.get(item_id)
        return item.text if item else composed(item_id, item_id)

    def _head(self, condition: Condition) -> Text:
        if condition.some is not None:
            return filled(_SOME, name=self.item_name(condition.some))
        if condition.every is not None:
            return filled(_EVERY, name=self.item_name(condition.every))
        if condition.not_ is not None:
            return _NOT
        return _ALL if condition.all is not None else _ANY

    def _comparison(self, condition: Condition) -> Text:
        kind = "fact" if condition.item is None else "item"
        name = _fact_name(condition.fact or "") if condition.item is None else self.item_name(condition.item)
        if condition.operator == "answered":
            return filled(_ANSWERED[kind, bool(condition.answered)], name=name)
        said = (_SAID_OF_TIME if self._is_of_time(condition) else {}).get(condition.operator)
        return filled(said or _SAID[condition.operator], name=name, value=self._operand(condition))

    def _is_of_time(self, condition: Condition) -> bool:
        item = self.checklist.items.get(condition.item or "")
        return item.kind is Kind.DATE if item else condition.fact is not None

    def _operand(self, condition: Condition) -> Text:
        if condition.in_list is not None:
            return self.list_name(condition.in_list)
        if condition.in_ is not None:
            quoted = [filled(_QUOTED, value=self._one(condition, value)) for value in condition.in_]
            return joined(quoted, "", ", ")
        return self._one(condition, condition.operand)

    def _one(self, condition: Condition, value: Any) -> Text:
        item = self.checklist.items.get(condition.item or "")
        if item is not None:
            return self.value(item, value)
        if condition.fact is not None and condition.fact in labels.FACT_NAMES:
            return labels.fact_value(condition.fact, value)
        return composed(str(value), str(value))


def _fact_name(name: str) -> Text:
    return labels.FACT_NAMES.get(name, composed(name, name))
