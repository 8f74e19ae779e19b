"""Every kind of difference between two versions: what it is about, how, and how much that changes.

The classes are breaking (major), compatible (minor) and wording only (patch): docs/checklists/comparing.md.
A code is stable: ``option.removed`` means today what it meant when somebody stored it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.succession import ChangeClass
from app.domain.texts import Text


class Manner(StrEnum):
    """In which way something differs."""

    ADDED = "added"
    ADDED_DEMANDING = "added_demanding"
    REMOVED = "removed"
    CHANGED = "changed"
    EDITORIAL = "editorial"
    TRANSLATED = "translated"
    RENAMED = "renamed"
    MERGED = "merged"
    REORDERED = "reordered"
    WIDER = "wider"
    OTHERWISE = "otherwise"
    NARROWER = "narrower"
    NARROWER_DEMANDING = "narrower_demanding"
    REWRITTEN = "rewritten"
    TIGHTER = "tighter"
    LOOSER = "looser"


MANNERS: Mapping[Manner, Text] = {
    Manner.ADDED: Text(ja="{noun}が加わりました", en="{noun} is new"),
    Manner.ADDED_DEMANDING: Text(
        ja="{noun}が加わり、そのために求めが増える場合があります",
        en="{noun} is new, and more can be asked for because of it",
    ),
    Manner.REMOVED: Text(ja="{noun}がなくなりました", en="{noun} is gone"),
    Manner.CHANGED: Text(ja="{noun}が変わりました：「{before}」→「{after}」", en="{noun}: “{before}” → “{after}”"),
    Manner.EDITORIAL: Text(
        ja="{noun}の字句だけが変わりました：「{before}」→「{after}」",
        en="{noun}, worded otherwise and marked as meaning the same: “{before}” → “{after}”",
    ),
    Manner.TRANSLATED: Text(
        ja="{noun}の訳が変わりました：「{before}」→「{after}」",
        en="{noun}, in translation only: “{before}” → “{after}”",
    ),
    Manner.RENAMED: Text(
        ja="{noun}の識別子が{before}から{after}に変わりました", en="{noun} is named {after} instead of {before}"
    ),
    Manner.MERGED: Text(
        ja="{noun}が「{after}」にまとめられました",
        en="{noun} is taken into “{after}”, which holds more than it did",
    ),
    Manner.REORDERED: Text(ja="{noun}の位置が変わりました", en="{noun} stands in another place"),
    Manner.WIDER: Text(
        ja="{noun}が広がりました：{before}→{after}", en="{noun}, wider than before: {before} → {after}"
    ),
    Manner.OTHERWISE: Text(
        ja="{noun}が変わり、広がった場合もあります：{before}→{after}",
        en="{noun}, not narrower as far as can be told: {before} → {after}",
    ),
    Manner.NARROWER: Text(
        ja="{noun}が狭まりました：{before}→{after}", en="{noun}, narrower than before: {before} → {after}"
    ),
    Manner.NARROWER_DEMANDING: Text(
        ja="{noun}が狭まり、そのために求めが増える場合があります：{before}→{after}",
        en="{noun}, narrower than before, and more can be asked for because of it: {before} → {after}",
    ),
    Manner.REWRITTEN: Text(
        ja="{noun}の書き方が変わりました。意味は同じです：{before}→{after}",
        en="{noun}, written otherwise and meaning the same: {before} → {after}",
    ),
    Manner.TIGHTER: Text(ja="{noun}が厳しくなりました：{before}→{after}", en="{noun}, tighter: {before} → {after}"),
    Manner.LOOSER: Text(ja="{noun}が緩くなりました：{before}→{after}", en="{noun}, looser: {before} → {after}"),
}


@dataclass(frozen=True)
class Aspect:
    """What can differ: what it is called, and the class of each manner in which it can."""

    noun: Text
    classes: Mapping[Manner, ChangeClass]


def _aspect(ja: str, en: str, *, major: str = "", minor: str = "", patch: str = "") -> Aspect:
    named = {ChangeClass.MAJOR: major, ChangeClass.MINOR: minor, ChangeClass.PATCH: patch}
    return Aspect(Text(ja=ja, en=en), {Manner(one): each for each, names in named.items() for one in names.split()})


_WORDS = {"patch": "editorial translated"}
_CONDITION = {"major": "wider otherwise", "minor": "narrower", "patch": "rewritten"}
_SHOWING = {**_CONDITION, "major": "wider otherwise narrower_demanding"}
_LIMIT = {"major": "tighter", "minor": "looser"}
_PART = {"major": "added_demanding", "minor": "added removed"}

ASPECTS: Mapping[str, Aspect] = {
    # the whole version
    "title": _aspect("表題", "title", minor="changed", patch="translated"),
    "short_title": _aspect("短い表題", "short title", minor="changed", patch="translated"),
    "scope": _aspect("対象", "what it is about", major="changed"),
    "language": _aspect("言語「{name}」", "language “{name}”", major="removed", minor="added"),
    "effective": _aspect("開始できる期間", "time in which it may be started", patch="changed"),
    "applies_when": _aspect("適用の条件", "when it applies", **_CONDITION),
    # what is certified
    "statement": _aspect("確認の文", "statement certified", major="changed"),
    "signatories": _aspect("確認する人", "who certifies", major="changed"),
    "own_statement": _aspect("確認する人「{name}」の文", "statement of the signatory “{name}”", major="changed"),
    "ink": _aspect("紙面の署名", "whether the attester may sign on paper", **_LIMIT),
    "validity": _aspect("有効な日数", "days in force", **_LIMIT),
    "personal_signatures": _aspect("個人の電子署名の上限", "how many persons may sign", minor="changed"),
    # what it rests on
    "source": _aspect("この出典", "this source", patch="added removed"),
    "source_detail": _aspect("{name}", "{name}", patch="changed"),
    "clause": _aspect("箇所「{name}」", "clause “{name}”", patch="added removed changed"),
    "list": _aspect("この一覧", "this list", major="changed", minor="added removed"),
    "list_edition": _aspect("一覧の版", "edition of the list", minor="changed"),
    # sections
    "section": _aspect("この区分", "this section", patch="added removed reordered"),
    "section_title": _aspect("区分の表題", "title of the section", minor="changed", patch="translated"),
    "summary": _aspect("区分の説明", "summary of the section", minor="changed", patch="translated"),
    # an item as such
    "item": _aspect(
        "この項目", "this item", major="removed added_demanding", minor="added renamed", patch="reordered"
    ),
    "section_of": _aspect("置かれた区分", "section in which it stands", patch="changed"),
    "row": _aspect("属する組", "group in whose rows it stands", major="changed"),
    "number": _aspect("印刷する番号", "printed number", patch="changed"),
    # what is asked
    "wording": _aspect("質問の文", "question", major="changed", **_WORDS),
    "help": _aspect("説明", "help", minor="changed", **_WORDS),
    "origin_reason": _aspect("出自を尋ねる理由", "why origin is asked", minor="changed", **_WORDS),
    "cites": _aspect("根拠", "what it rests on", patch="changed"),
    # what can be answered
    "kind": _aspect("種類", "kind", major="changed"),
    "option": _aspect(
        "選択肢「{name}」",
        "option “{name}”",
        major="removed merged added_demanding",
        minor="added renamed",
        patch="reordered",
    ),
    "option_label": _aspect("選択肢の文", "words of an option", major="changed", **_WORDS),
    "item_list": _aspect("選ぶ一覧", "list to choose from", major="changed"),
    "required": _aspect("回答の要否", "whether it must be answered", **_LIMIT),
    "state": _aspect("「{name}」という選び方", "way out “{name}”", major="removed", minor="added"),
    "limit": _aspect("{name}", "{name}", **_LIMIT),
    "repeat": _aspect("行の単位", "what its rows are", major="changed"),
    "row_label": _aspect("行の見出し", "what a row is called after", patch="changed"),
    "value_when": _aspect("判定の条件", "how it is computed", major="changed", patch="rewritten"),
    # who is asked, and when
    "answered_by": _aspect("回答者", "who answers it", major="changed"),
    "second_person": _aspect(
        "「{name}」とは別の人という求め", "need of another person than for “{name}”", major="added", minor="removed"
    ),
    "stages": _aspect("尋ねる段階", "stages", major="wider otherwise narrower_demanding", minor="narrower"),
    "show_when": _aspect("尋ねる条件", "when it is asked", **_SHOWING),
    # what is printed, and what is carried to another version
    "disclosure": _aspect("確認書への記載", "what the attestation shows of it", major="wider", minor="narrower"),
    "edition_of": _aspect("リストの版としての記載", "list whose edition it is", major="changed", minor="removed"),
    "risk": _aspect(
        "引継ぎ時の確認", "need to confirm it when it is carried over", minor="looser", patch="tighter"
    ),
    # rules
    "rule": _aspect("ルール{name}", "rule {name}", **_PART),
    "effect": _aspect("ルール{name}の働き", "what the rule {name} does", major="changed", minor="looser"),
    "consequence": _aspect("ルール{name}の働き", "what the rule {name} does", minor="changed"),
    "blocking": _aspect("ルール{name}の条件", "when the rule {name} stands in the way", **_CONDITION),
    "speaking": _aspect("ルール{name}の条件", "when the rule {name} speaks", minor="otherwise", patch="rewritten"),
    "message": _aspect("ルール{name}の文", "message of the rule {name}", minor="changed", **_WORDS),
    # evidence
    "evidence": _aspect("証憑「{name}」", "evidence “{name}”", **_PART),
    "evidence_label": _aspect("証憑の名称", "what the evidence is called", major="changed", **_WORDS),
    "required_when": _aspect("証憑「{name}」を求める条件", "when the evidence “{name}” is asked for", **_CONDITION),
    "evidence_limit": _aspect("証憑の{name}", "{name} of the evidence", **_LIMIT),
}

# what stood before and stands after, where it is a code or a number of ours

NONE = Text(ja="なし", en="none")
INK = {True: Text(ja="受け付ける", en="taken"), False: Text(ja="受け付けない", en="not taken")}
REQUIRED = {True: Text(ja="必須", en="required"), False: Text(ja="任意", en="optional")}
PRINTED = {
    "answer": Text(ja="回答を記載", en="the answer"),
    "status": Text(ja="状態だけを記載", en="its state only"),
}
CONFIRMING = {"high": Text(ja="必ず確認する", en="always"), None: Text(ja="自動で引き継げる", en="not always")}
LIMITS = {
    "min": Text(ja="最小の値", en="least value"),
    "max": Text(ja="最大の値", en="greatest value"),
    "places": Text(ja="小数点以下の桁数", en="digits after the point"),
    "max_length": Text(ja="字数の上限", en="greatest length"),
    "rows_min": Text(ja="行の最小数", en="least number of rows"),
    "rows_max": Text(ja="行の最大数", en="greatest number of rows"),
}
PARTICIPANTS = Text(ja="参加者ごと", en="participants")
TYPED_ROWS = Text(ja="回答者が加える行", en="rows that people add")
CASE = Text(ja="「{value}」：{condition}", en="“{value}” when {condition}")
FILES = Text(ja="ファイルの数", en="number of files")
MEDIA_KINDS = Text(ja="ファイルの種類", en="kinds of file")
AGE_FROM = Text(ja="日数の数え始め", en="day from which the age counts")
AGE = Text(ja="古さの上限（日）", en="greatest age in days")
DAYS = {
    None: NONE,
    "document_date": Text(ja="文書の日付", en="date of the document"),
    "uploaded_at": Text(ja="登録の日", en="day of upload"),
}
NEVER = Text(ja="求めない", en="never")
WITH_ANSWER = Text(ja="回答した時", en="with the answer")
STATEMENT = Text(ja="{version}：{text}", en="{version}: {text}")
LANGUAGES = {"ja": Text(ja="日本語", en="Japanese"), "en": Text(ja="英語", en="English")}
SOURCE_CONFIRMED = {True: Text(ja="確認済み", en="confirmed"), False: Text(ja="未確認", en="not confirmed")}
SOURCE_DETAILS = {
    "title": Text(ja="出典の表題", en="title"),
    "publisher": Text(ja="発行者", en="publisher"),
    "issued": Text(ja="発行の日", en="day of issue"),
    "checked": Text(ja="確かめた日", en="day on which it was checked"),
    "url": Text(ja="アドレス", en="address"),
    "confirmed": Text(ja="確認の有無", en="whether it is confirmed"),
    "note": Text(ja="注", en="note"),
}
