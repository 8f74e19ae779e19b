"""An item explained in both languages: who is asked, when, why, and on what it rests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain import labels
from app.domain.answers import DEFAULT_LENGTH, DEFAULT_PLACES
from app.domain.checklist import Checklist, Item, Kind, Stage
from app.domain.conditions import Condition
from app.domain.rules import EvidenceRule
from app.domain.sources import Citation
from app.domain.texts import Text, composed, filled
from app.domain.wording import Codes, Wording, enumerated


@dataclass(frozen=True)
class Line:
    """One line of an explanation and how deep it stands."""

    words: Text
    depth: int = 0


@dataclass(frozen=True)
class Part:
    """One aspect of what is explained, by its name and heading; a part without lines is not made."""

    name: str
    heading: Text
    lines: tuple[Line, ...]


_HEADINGS: Mapping[str, Text] = {
    "question": Text(ja="質問", en="Question"),
    "help": Text(ja="説明", en="Help"),
    "kind": Text(ja="種類", en="Kind"),
    "options": Text(ja="選択肢", en="Options"),
    "limits": Text(ja="範囲", en="Limits"),
    "rows": Text(ja="行", en="Rows"),
    "who": Text(ja="回答者", en="Answered by"),
    "second": Text(ja="別の人", en="Second person"),
    "stages": Text(ja="段階", en="Stages"),
    "when": Text(ja="尋ねる条件", en="Asked when"),
    "computed": Text(ja="判定", en="Computed"),
    "rules": Text(ja="ルール", en="Rules"),
    "evidence": Text(ja="証憑", en="Evidence"),
    "cites": Text(ja="根拠", en="Rests on"),
    "printed": Text(ja="確認書", en="On the attestation"),
    "carried": Text(ja="版の移行", en="Moving to another version"),
    "origin": Text(ja="出自を尋ねる理由", en="Why origin is asked"),
}

_REQUIRED = Text(ja="{kind}、必須", en="{kind}, required")
_OPTIONAL = Text(ja="{kind}、任意", en="{kind}, optional")
_COMPUTED = Text(ja="{kind}（入力は不要）", en="{kind}, never typed")
_STATES = Text(ja="理由とともに選べる状態：{states}", en="or, with a reason: {states}")
_OPTION = Text(ja="{label}（{value}）", en="{label} ({value})")
_FROM_LIST = Text(ja="一覧「{name}」から", en="from the list “{name}”")
_AT_LEAST = Text(ja="{limit}以上", en="at least {limit}")
_AT_MOST = Text(ja="{limit}以下", en="at most {limit}")
_PLACES = Text(ja="小数点以下{limit}桁まで", en="digits after the point: up to {limit}")
_LENGTH = Text(ja="{limit}字まで", en="up to {limit} characters")
_PER_PARTICIPANT = Text(ja="参加者ごとに一行", en="one row for each participant")
_TYPED_ROWS = Text(
    ja="{least}行以上{most}行まで、回答者が加える", en="{least} to {most} rows, added by who answers"
)
_DIFFERS = Text(ja="「{name}」（{id}）に答えた人は答えられない", en="not whoever answered “{name}” ({id})")
_NO_STAGE = Text(ja="どの段階でも尋ねない", en="no stage")
_ALL_STAGES = Text(ja="すべての段階", en="all stages")
_OF_SECTION = Text(ja="区分「{name}」の条件：", en="condition of the section “{name}”:")
_OF_GROUP = Text(ja="組「{name}」の条件：", en="condition of the group “{name}”:")
_CASE = Text(ja="「{value}」となる条件：", en="“{value}” when:")
_OTHERWISE = Text(ja="ほかは「{value}」", en="otherwise “{value}”")
_RULE = Text(ja="{id}：{effect}", en="{id}: {effect}")
_MESSAGE = Text(ja="「{message}」", en="“{message}”")
_FILES = Text(ja="「{label}」（{id}）：{media}、{files}件以上", en="“{label}” ({id}): {media}; at least {files}")
_OFFERED = Text(ja="「{label}」（{id}）：{media}、任意", en="“{label}” ({id}): {media}; optional")
_ASKED_WHEN = Text(ja="求める条件：", en="asked for when:")
_AGE: Mapping[str, Text] = {
    "document_date": Text(ja="文書の日付から{days}日以内", en="dated at most {days} days ago"),
    "uploaded_at": Text(ja="登録から{days}日以内", en="uploaded at most {days} days ago"),
}
_CONFIRMED = Text(ja="「{source}」の「{clause}」（確認済み）", en="“{source}”: {clause} (confirmed)")
_UNCONFIRMED = Text(
    ja="「{source}」の「{clause}」（未確認：{note}）", en="“{source}”: {clause} (not confirmed: {note})"
)
_PRINTS: Mapping[str, Text] = {
    "answer": Text(ja="回答を記載する", en="the answer is printed"),
    "status": Text(ja="状態だけを記載し、回答は記載しない", en="the state is printed, not the answer"),
}
_EDITION = Text(ja="「{name}」のリストの版として記載する", en="printed as the edition of the list in “{name}”")
_HIGH_RISK = Text(
    ja="回答を引き継ぐ時は必ず確認し直す", en="an answer is never carried over without being confirmed"
)


def explain(checklist: Checklist, item_id: str, codes: Codes | None = None) -> tuple[Part, ...]:
    """Return all that an author or a person asked would want to know of an item; KeyError for no item."""
    item, speaker = checklist.items[item_id], Wording(checklist, codes or {})
    found = {
        "question": [Line(item.text)],
        "help": [Line(item.help)],
        "kind": list(_kind(item)),
        "options": list(_options(item, speaker)),
        "limits": list(_limits(item)),
        "rows": list(_rows(item)),
        "who": [Line(labels.respondent(item.answered_by))] if item.kind is not Kind.DERIVED else [],
        "second": [Line(filled(_DIFFERS, name=speaker.item_name(one), id=one)) for one in item.must_differ_from],
        "stages": [Line(stage_names(stages_in_force(checklist, item)))],
        "when": list(_when(checklist, item, speaker)),
        "computed": list(_computed(item, speaker)),
        "rules": list(_rules(item, speaker)),
        "evidence": [line for one in item.evidence for line in _evidence(item, one, speaker)],
        "cites": [Line(citation(checklist, cite)) for cite in item.cites],
        "printed": list(_printed(item, speaker)),
        "carried": [Line(_HIGH_RISK)] if item.risk else [],
        "origin": [Line(item.origin_reason)] if item.origin_reason else [],
    }
    return tuple(Part(name, _HEADINGS[name], tuple(lines)) for name, lines in found.items() if lines)


def stage_names(stages: tuple[Stage, ...]) -> Text:
    """Return stages by their names."""
    if not stages or set(stages) == set(Stage):
        return _ALL_STAGES if stages else _NO_STAGE
    return enumerated(labels.STAGES[one] for one in stages)


def stages_in_force(checklist: Checklist, item: Item) -> tuple[Stage, ...]:
    """Return the stages at which an item may be asked: those of its section, its group and its own."""
    section = checklist.section(checklist.section_of[item.id])
    group = checklist.items.get(checklist.group_of.get(item.id, ""))
    around = [item.stages, section.stages if section else (), group.stages if group else ()]
    return tuple(stage for stage in Stage if all(not each or stage in each for each in around))


def _kind(item: Item) -> Iterator[Line]:
    template = _COMPUTED if item.kind is Kind.DERIVED else (_REQUIRED if item.required else _OPTIONAL)
    yield Line(filled(template, kind=labels.KINDS[item.kind]))
    if item.states:
        yield Line(filled(_STATES, states=enumerated(labels.EXCEPTIONS[one] for one in item.states)))


def _options(item: Item, speaker: Wording) -> Iterator[Line]:
    for option in item.choices:
        yield Line(filled(_OPTION, label=option.label, value=option.value))
    if item.list is not None:
        yield Line(filled(_FROM_LIST, name=speaker.list_name(item.list)))


def _limits(item: Item) -> Iterator[Line]:
    if item.min is not None:
        yield Line(filled(_AT_LEAST, limit=str(item.min)))
    if item.max is not None:
        yield Line(filled(_AT_MOST, limit=str(item.max)))
    if item.kind is Kind.DECIMAL:
        yield Line(filled(_PLACES, limit=str(DEFAULT_PLACES if item.places is None else item.places)))
    if item.kind in DEFAULT_LENGTH:
        yield Line(filled(_LENGTH, limit=str(item.max_length or DEFAULT_LENGTH[item.kind])))


def _rows(item: Item) -> Iterator[Line]:
    if item.repeat is not None and item.repeat.over is not None:
        yield Line(_PER_PARTICIPANT)
    elif item.repeat is not None:
        yield Line(filled(_TYPED_ROWS, least=str(item.repeat.min), most=str(item.repeat.max)))


def _when(checklist: Checklist, item: Item, speaker: Wording) -> Iterator[Line]:
    section = checklist.section(checklist.section_of[item.id])
    group = checklist.items.get(checklist.group_of.get(item.id, ""))
    if section and section.show_when:
        yield Line(filled(_OF_SECTION, name=section.title))
        yield from condition_lines(section.show_when, speaker, 1)
    if group and group.show_when:
        yield Line(filled(_OF_GROUP, name=group.text))
        yield from condition_lines(group.show_when, speaker, 1)
    if item.show_when or not ((section and section.show_when) or (group and group.show_when)):
        yield from condition_lines(item.show_when, speaker)


def condition_lines(condition: Condition | None, speaker: Wording, depth: int = 0) -> Iterator[Line]:
    """Yield a condition line by line."""
    yield from (Line(words, deep) for deep, words in speaker.outline(condition, depth))


def _computed(item: Item, speaker: Wording) -> Iterator[Line]:
    for branch in item.value_when:
        value = speaker.value(item, branch.then)
        if branch.if_ is None:
            yield Line(filled(_OTHERWISE, value=value))
        else:
            yield Line(filled(_CASE, value=value))
            yield from condition_lines(branch.if_, speaker, 1)


def _rules(item: Item, speaker: Wording) -> Iterator[Line]:
    for rule in item.rules:
        yield Line(filled(_RULE, id=rule.id, effect=labels.EFFECTS[rule.effect]))
        yield Line(filled(_MESSAGE, message=rule.message), 1)
        yield from condition_lines(rule.when, speaker, 1)


def _evidence(item: Item, one: EvidenceRule, speaker: Wording) -> Iterator[Line]:
    asked = one.min_files > 0 and (one.required_when is not None or item.kind is Kind.FILE)
    media = enumerated(labels.MEDIA_NAMES[each] for each in one.media)
    template = _FILES if asked else _OFFERED
    yield Line(filled(template, label=one.label, id=one.id, files=str(one.min_files), media=media))
    if one.age_from is not None:
        yield Line(filled(_AGE[one.age_from], days=str(one.max_age_days)), 1)
    if one.required_when is not None:
        yield Line(_ASKED_WHEN, 1)
        yield from condition_lines(one.required_when, speaker, 2)


def citation(checklist: Checklist, cite: Citation) -> Text:
    """Return the clause of a source, and what is not confirmed about it."""
    source = checklist.source[cite.source]
    clause = source.clause(cite.clause)
    title = clause.title if clause else composed(cite.clause, cite.clause)
    if source.confirmed or source.note is None:
        return filled(_CONFIRMED, source=source.title, clause=title)
    return filled(_UNCONFIRMED, source=source.title, clause=title, note=source.note)


def _printed(item: Item, speaker: Wording) -> Iterator[Line]:
    yield Line(_PRINTS[item.disclosure])
    if item.edition_of is not None:
        yield Line(filled(_EDITION, name=speaker.item_name(item.edition_of)))
