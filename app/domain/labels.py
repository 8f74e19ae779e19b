"""What codes are called in both languages, where page and record must say the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import get_args

from app.domain.checklist import ExceptionState, Kind, Scope, Stage
from app.domain.facts import FACTS, FactValue
from app.domain.people import Role
from app.domain.rules import MEDIA, Effect, Media
from app.domain.succession import ChangeClass
from app.domain.texts import Text, date_with_era, fiscal_year_with_era

STAGES: Mapping[Stage, Text] = {
    Stage.APPLICATION: Text(ja="応募", en="Application"),
    Stage.AWARD: Text(ja="採択・契約", en="Award"),
    Stage.YEARLY: Text(ja="年次", en="Yearly"),
    Stage.CHANGE: Text(ja="変更", en="Change"),
    Stage.COMPLETION: Text(ja="完了", en="Completion"),
}

ROLES: Mapping[Role, Text] = {
    Role.RESEARCHER: Text(ja="研究者", en="Researcher"),
    Role.RESEARCH_OFFICE: Text(ja="研究推進担当", en="Research office"),
    Role.INTEGRITY_OFFICER: Text(ja="研究インテグリティ担当", en="Research integrity officer"),
    Role.EXPORT_CONTROL_OFFICER: Text(ja="輸出管理担当", en="Export control officer"),
    Role.LIBRARY: Text(ja="図書館", en="Library"),
    Role.IP_OFFICE: Text(ja="知的財産担当", en="Intellectual property office"),
    Role.IT_OFFICE: Text(ja="情報基盤担当", en="IT office"),
    Role.HR_OFFICE: Text(ja="人事担当", en="Human resources office"),
    Role.INTERNATIONAL_OFFICE: Text(ja="国際担当", en="International office"),
    Role.ATTESTER: Text(ja="責任者", en="Attester"),
    Role.AGENCY_OFFICER: Text(ja="配分機関担当", en="Agency officer"),
    Role.CHECKLIST_PUBLISHER: Text(ja="チェックリスト公開担当", en="Checklist publisher"),
}

PRINCIPAL_INVESTIGATOR = Text(ja="研究代表者", en="Principal investigator")
CO_INVESTIGATOR = Text(ja="研究分担者", en="Co-investigator")
PARTICIPANT = Text(ja="研究参加者", en="Participant")

PARTS: Mapping[str, Text] = {
    "principal_investigator": PRINCIPAL_INVESTIGATOR,
    "co_investigator": CO_INVESTIGATOR,
    "participant": PARTICIPANT,
}

# a fact reads as a title whose value follows: 「公募の年度」が「令和8年度」である
FACT_NAMES: Mapping[str, Text] = {
    "stage": Text(ja="段階", en="stage"),
    "funder": Text(ja="配分機関", en="funder"),
    "programme": Text(ja="制度", en="programme"),
    "call.fiscal_year": Text(ja="公募の年度", en="fiscal year of the call"),
    "programme.designated": Text(
        ja="研究セキュリティの指定制度か", en="programme designated for research security"
    ),
    "call.head_consent": Text(
        ja="公募で機関の長の承諾を求めるか", en="the call asks for the consent of the head of the institution"
    ),
    "call.core_technology_plan": Text(
        ja="配分機関が計画への中核技術の記載を求めるか", en="the funder asks for core technologies in the plan"
    ),
    "call.nationality_form": Text(ja="公募の様式で国籍を尋ねるか", en="a form of the call asks for nationality"),
    "call.kakenhi": Text(ja="科研費の公募か", en="the call is of KAKENHI"),
    "call.immediate_oa": Text(
        ja="即時オープンアクセスの対象となる研究費か", en="the funding line is under immediate open access"
    ),
    "call.dmp": Text(ja="データ管理計画の求め", en="what is asked of the data management plan"),
    "call.reports_oa": Text(
        ja="報告書でオープンアクセスの状況を求めるか", en="reports ask about the state of open access"
    ),
    "transfer.on": Text(ja="提供を始める日", en="day of the first transfer"),
    "collaboration.foreign": Text(ja="海外の機関・研究者の参加", en="institutions or researchers abroad take part"),
    "collaboration.partners": Text(ja="分担機関の有無", en="other institutions share the work"),
    "institution.screens_all": Text(
        ja="研究機関が全制度で参加者を確認するか", en="the institution checks people in all programmes"
    ),
    "institution.security_training": Text(
        ja="研究機関が研究セキュリティの研修を求めるか", en="the institution requires research security training"
    ),
    "institution.national_agency": Text(
        ja="研究機関が国立研究開発法人か", en="the institution is a national research and development agency"
    ),
    "fiscal_year": Text(ja="年度", en="fiscal year"),
}

YES_NO: Mapping[str, Text] = {"yes": Text(ja="はい", en="yes"), "no": Text(ja="いいえ", en="no")}

# what the values of a fact are called, where they are codes of ours
FACT_VALUES: Mapping[str, Mapping[str, Text]] = {
    "stage": {stage.value: name for stage, name in STAGES.items()},
    "call.dmp": {
        "submit": Text(ja="提出", en="submit it"),
        "make": Text(ja="作成のみ", en="make it, without sending it"),
        "none": Text(ja="求めない", en="nothing"),
    },
    **{name: YES_NO for name, kind in FACTS.items() if kind.yes_no},
}

KINDS: Mapping[Kind, Text] = {
    Kind.SINGLE: Text(ja="一つを選択", en="one choice"),
    Kind.MULTI: Text(ja="複数を選択", en="several choices"),
    Kind.TEXT: Text(ja="短い文", en="line of text"),
    Kind.LONGTEXT: Text(ja="文章", en="text"),
    Kind.INTEGER: Text(ja="整数", en="whole number"),
    Kind.DECIMAL: Text(ja="小数", en="decimal number"),
    Kind.DATE: Text(ja="日付", en="date"),
    Kind.CODE: Text(ja="一覧から選択", en="choice from a list"),
    Kind.FILE: Text(ja="ファイル", en="file"),
    Kind.PERSON: Text(ja="人", en="person"),
    Kind.STATEMENT: Text(ja="確認する文", en="sentence to confirm"),
    Kind.DERIVED: Text(ja="自動判定", en="computed"),
    Kind.GROUP: Text(ja="繰り返しの組", en="group of items in rows"),
}

EFFECTS: Mapping[Effect, Text] = {
    Effect.BLOCK_SUBMIT: Text(ja="提出を止める", en="stops sending"),
    Effect.WARN: Text(ja="注意を示す", en="warns"),
    Effect.REQUIRE_REASON: Text(ja="理由を求める", en="asks for a reason"),
    Effect.REQUIRE_SECOND_REVIEW: Text(ja="もう一人の確認を求める", en="asks for a second reviewer"),
    Effect.FLAG_FOR_AGENCY: Text(ja="配分機関に示す", en="is shown to the agency"),
}

EXCEPTIONS: Mapping[ExceptionState, Text] = {
    "not_applicable": Text(ja="該当なし", en="not applicable"),
    "unsure": Text(ja="判断できない", en="unsure"),
    "not_obtained": Text(ja="入手できなかった", en="could not obtain"),
}

MEDIA_NAMES: Mapping[Media, Text] = {
    "application/pdf": Text(ja="PDF", en="PDF"),
    "image/png": Text(ja="PNG画像", en="PNG picture"),
    "image/jpeg": Text(ja="JPEG画像", en="JPEG picture"),
    "text/csv": Text(ja="CSV", en="CSV"),
}

SCOPES: Mapping[Scope, Text] = {
    Scope.GRANT: Text(ja="課題", en="a grant"),
    Scope.INSTITUTION: Text(ja="研究機関", en="the institution itself"),
}

CHANGE_CLASSES: Mapping[ChangeClass, Text] = {
    ChangeClass.MAJOR: Text(ja="メジャー（回答や提出に影響する変更）", en="major (breaking)"),
    ChangeClass.MINOR: Text(ja="マイナー（互換性のある変更）", en="minor (compatible)"),
    ChangeClass.PATCH: Text(ja="パッチ（字句の変更）", en="patch (wording only)"),
}

_NAMED: tuple[tuple[Iterable[object], Iterable[object]], ...] = (
    (STAGES, Stage),
    (ROLES, Role),
    (FACT_NAMES, FACTS),
    (KINDS, Kind),
    (EFFECTS, Effect),
    (EXCEPTIONS, get_args(ExceptionState)),
    (MEDIA_NAMES, MEDIA),
    (SCOPES, Scope),
    (CHANGE_CLASSES, ChangeClass),
)
for _names, _codes in _NAMED:
    if set(_names) != set(_codes):
        raise RuntimeError(f"each of these needs a name: {', '.join(map(str, _codes))}")


def respondent(code: str) -> Text:
    """Return what a checklist's respondent is called: an office's role, or a part in the grant."""
    return PARTS[code] if code in PARTS else ROLES[Role(code)]


def fact_value(name: str, value: FactValue) -> Text:
    """Return a fact's value as people say it: codes by their names, years and days with their era."""
    if FACTS[name].type is int:
        return year(int(value))
    if FACTS[name].day:
        return day(str(value))
    return FACT_VALUES.get(name, {}).get(str(value), Text(ja=str(value), en=str(value)))


def year(number: int) -> Text:
    """Return a fiscal year with its era, or the bare number where there was no era yet."""
    try:
        return Text(ja=fiscal_year_with_era(number, "ja"), en=fiscal_year_with_era(number, "en"))
    except (ValueError, OverflowError):
        return Text(ja=str(number), en=str(number))


def day(written: str) -> Text:
    """Return a day with its era, or as it is written where there was no era yet."""
    try:
        found = date.fromisoformat(written)
        return Text(ja=date_with_era(found, "ja"), en=date_with_era(found, "en"))
    except ValueError:
        return Text(ja=written, en=written)
