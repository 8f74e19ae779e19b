"""A version and its sections explained in both languages: what holds for all of their items."""

from collections.abc import Iterator, Mapping

from app.domain import labels
from app.domain.checklist import Checklist, Section, Signatory
from app.domain.explaining import Line, Part, condition_lines, stage_names
from app.domain.succession import Policy
from app.domain.texts import Text, composed, filled
from app.domain.wording import Wording, enumerated

_ABOUT: Mapping[str, Text] = {
    "number": Text(ja="版", en="Version"),
    "change": Text(ja="前の版からの変更", en="Change from the version before"),
    "progress": Text(ja="進行中の提出", en="Open work"),
    "effective": Text(ja="開始できる期間", en="May be started"),
    "scope": Text(ja="対象", en="About"),
    "applies": Text(ja="適用の条件", en="Applies when"),
    "lists": Text(ja="一覧", en="Lists"),
    "statement": Text(ja="確認の文", en="Statement certified"),
    "signatories": Text(ja="確認する人", en="Certified by"),
    "ink": Text(ja="紙面の署名", en="Signed on paper"),
    "valid": Text(ja="有効な日数", en="Days in force"),
    "persons": Text(ja="個人の電子署名（任意、人数の上限）", en="Signatures of persons (optional, at most)"),
}
_NO_INK = Text(ja="受け付けない", en="not taken")
_FAMILY = Text(ja="{family} {version}", en="{family} {version}")
_SUPERSEDES = Text(ja="{version}に続く：{change}", en="supersedes {version}: {change}")
_POLICIES: Mapping[Policy, Text] = {
    Policy.MAY_FINISH: Text(ja="前の版のまま終えられる", en="may finish on the version before"),
    Policy.OFFER: Text(ja="移行するかを研究機関が決める", en="the institution decides whether to move"),
    Policy.MUST_MOVE: Text(ja="移行しなければならない", en="must move"),
}
_FINISH_BY = Text(ja="前の版で提出できるのは{moment}まで", en="sent on the version before until {moment}")
_FROM = Text(ja="{first}から", en="from {first}")
_FROM_TO = Text(ja="{first}から{last}まで", en="from {first} to {last}")
_SIGNATORY = Text(ja="{order}. {role}", en="{order}. {role}")
_APART = Text(ja="{order}. {role}（{others}とは別の人）", en="{order}. {role}, other than: {others}")
_OWN = Text(ja="{role}の確認の文 {version}：{text}", en="Statement of the {role} {version}: {text}")

_OF_SECTION: Mapping[str, Text] = {
    "summary": Text(ja="説明", en="Summary"),
    "stages": Text(ja="段階", en="Stages"),
    "when": Text(ja="尋ねる条件", en="Asked when"),
}


def describe(checklist: Checklist) -> tuple[Part, ...]:
    """Return what a version says of itself, apart from its items."""
    speaker, effective, attesting = Wording(checklist), checklist.effective, checklist.attestation
    days = {"first": labels.day(effective.from_), "last": labels.day(effective.until or effective.from_)}
    found = {
        "number": [Line(filled(_FAMILY, family=checklist.family, version=checklist.version))],
        "change": list(_change(checklist)),
        "progress": list(_progress(checklist)),
        "effective": [Line(filled(_FROM_TO if effective.until else _FROM, **days))],
        "scope": [Line(labels.SCOPES[checklist.scope])],
        "applies": list(condition_lines(checklist.applies_when, speaker)),
        "lists": [Line(speaker.list_name(use.id)) for use in checklist.lists],
        "statement": [Line(attesting.statement.text), Line(composed(*[attesting.statement.version] * 2), 1)],
        "signatories": [line for one in attesting.in_order for line in _signing(one)],
        "ink": [] if attesting.ink else [Line(_NO_INK)],
        "valid": _number(attesting.valid_for_days),
        "persons": _number(attesting.personal_signatures),
    }
    return tuple(Part(name, _ABOUT[name], tuple(lines)) for name, lines in found.items() if lines)


def _number(number: int | None) -> list[Line]:
    return [Line(composed(*[str(number)] * 2))] if number else []


def _change(checklist: Checklist) -> Iterator[Line]:
    claim = checklist.supersedes
    if claim is not None:
        yield Line(filled(_SUPERSEDES, version=claim.version, change=labels.CHANGE_CLASSES[claim.change]))
        yield Line(claim.summary)


def _progress(checklist: Checklist) -> Iterator[Line]:
    claim = checklist.supersedes
    if claim is not None:
        yield Line(_POLICIES[claim.in_progress.policy])
        if claim.in_progress.finish_by is not None:
            yield Line(filled(_FINISH_BY, moment=claim.in_progress.finish_by))


def _signing(one: Signatory) -> Iterator[Line]:
    yield Line(signatory(one))
    if one.statement:
        role = labels.respondent(one.role)
        role = composed(role.ja, role.en[0].lower() + role.en[1:])
        yield Line(filled(_OWN, role=role, version=one.statement.version, text=one.statement.text), 1)


def signatory(one: Signatory) -> Text:
    """Return who certifies, and whom they must not be."""
    others = enumerated(labels.respondent(each) for each in one.must_differ_from)
    template = _APART if one.must_differ_from else _SIGNATORY
    return filled(template, order=str(one.order), role=labels.respondent(one.role), others=others)


def section_parts(checklist: Checklist, section: Section) -> tuple[Part, ...]:
    """Return what holds for all items of a section."""
    found = {
        "summary": [Line(section.summary)] if section.summary else [],
        "stages": [Line(stage_names(section.stages))] if section.stages else [],
        "when": list(condition_lines(section.show_when, Wording(checklist))) if section.show_when else [],
    }
    return tuple(Part(name, _OF_SECTION[name], tuple(lines)) for name, lines in found.items() if lines)
