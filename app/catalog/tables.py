"""The sheets of a version's workbook and their columns, in both languages.

What authors see, and what it is in the data; a test holds every field of the language to a column.
"""

from enum import Enum
from typing import get_args

from app.catalog.columns import Column, Form, Table
from app.domain import checklist, rules, sources, succession


def _codes(choices: type[Enum] | object) -> tuple[str, ...]:
    if isinstance(choices, type) and issubclass(choices, Enum):
        return tuple(one.value for one in choices)
    return get_args(choices)


def _both(key: str, ja: str, en: str, width: int = 40) -> tuple[Column, Column]:
    """Return the two columns of a text in both languages."""
    return (
        Column(f"{key}.ja", f"{ja}（日本語）", f"{en}, Japanese", Form.TEXT, width),
        Column(f"{key}.en", f"{ja}（英語）", f"{en}, English", Form.TEXT, width),
    )


def _of(key: str, ja: str, en: str, refers: str = "") -> Column:
    return Column(key, ja, en, link=True, refers=refers)


REST = Column("other", "その他（JSON）", "What the other cells cannot say (JSON)", Form.REST, 30)
_ID = Column("id", "ID", "Id", width=28)
_ITEM = _of("item", "項目のID", "Id of the item", "Items")
_WHEN_WIDTH = 48
_YES_NO = ("true", "false")
_RESPONDENTS = _codes(checklist.Respondent)

_SUCCESSION = (
    Column("supersedes.version", "前の版の番号", "Version before"),
    Column("supersedes.change", "変更の大きさ", "Size of the change", choices=_codes(succession.ChangeClass)),
    *_both("supersedes.summary", "変更の要約", "Summary of the change"),
    Column("supersedes.in_progress.policy", "進行中の提出の扱い", "Open work", choices=_codes(succession.Policy)),
    Column("supersedes.in_progress.finish_by", "旧版で提出できる期限", "Last moment on the version before"),
)
VERSION = Table(
    "Version",
    "版",
    "Version",
    (
        Column("format", "形式", "Format"),
        Column("family", "チェックリスト", "Family"),
        Column("version", "版の番号", "Version number"),
        *_both("title", "名称", "Title"),
        *_both("short_title", "略称", "Short title"),
        Column("scope", "対象", "Scope", choices=_codes(checklist.Scope)),
        Column("languages.authoritative", "正とする言語", "Language that binds"),
        Column("languages.required", "そろえる言語", "Languages that must be complete", Form.CODES),
        Column("effective.from", "開始日", "From"),
        Column("effective.until", "終了日", "Until"),
        *_SUCCESSION,
        Column("applies_when", "適用条件", "Applies when", Form.CONDITION),
        Column("attestation.statement.version", "確認文の版", "Version of the statement"),
        *_both("attestation.statement.text", "確認文", "Statement"),
        Column("attestation.ink", "紙面の署名を受け付けるか", "Signed on paper", Form.FLAG, choices=_YES_NO),
        Column("attestation.valid_for_days", "有効日数", "Valid for days", Form.WHOLE),
        Column("attestation.personal_signatures", "個人の電子署名の上限", "Signatures of persons", Form.WHOLE),
    ),
    checklist.Checklist,
    upright=True,
)
SOURCES = Table(
    "Sources",
    "典拠",
    "Sources",
    (
        _ID,
        *_both("title", "名称", "Title"),
        *_both("publisher", "発行者", "Publisher", 24),
        Column("issued", "発行日", "Issued"),
        Column("checked", "確認日", "Checked"),
        Column("url", "アドレス", "Address", Form.TEXT, 40),
        Column("confirmed", "本文を確認したか", "Text was read", Form.FLAG, choices=_YES_NO),
        *_both("note", "注記", "Note"),
    ),
    sources.Source,
)
CLAUSES = Table(
    "Clauses",
    "条項",
    "Clauses",
    (_of("source", "典拠のID", "Id of the source", "Sources"), _ID, *_both("title", "条項の名称", "Title")),
    sources.Clause,
)
LISTS = Table(
    "Lists",
    "コード表",
    "Lists",
    (
        _ID,
        Column("file", "ファイル", "File", width=30),
        Column("edition", "版", "Edition", Form.TEXT),
        Column("sha256", "SHA-256", "SHA-256", width=70),
    ),
    sources.ListUse,
)
_OPTION = (Column("value", "値", "Value", Form.TEXT, 24), *_both("label", "表示", "Label"))
SCALES = Table("Scales", "尺度", "Scales", (_of("scale", "尺度の名前", "Name"), *_OPTION), checklist.Option)
OPTIONS = Table("Options", "選択肢", "Options", (_ITEM, *_OPTION), checklist.Option)
SECTIONS = Table(
    "Sections",
    "区分",
    "Sections",
    (
        _ID,
        *_both("title", "名称", "Title"),
        *_both("summary", "説明", "Summary"),
        Column("stages", "段階", "Stages", Form.CODES, choices=_codes(checklist.Stage)),
        Column("show_when", "表示条件", "Shown when", Form.CONDITION, _WHEN_WIDTH),
    ),
    checklist.Section,
)
ITEMS = Table(
    "Items",
    "項目",
    "Items",
    (
        _of("section", "区分のID", "Id of the section", "Sections"),
        _of("group", "グループのID", "Id of the group"),
        _ID,
        Column("number", "番号（印刷用）", "Number, printed only", Form.TEXT, 12),
        Column("kind", "種類", "Kind", width=12, choices=_codes(checklist.Kind)),
        *_both("text", "質問", "Question", 48),
        *_both("help", "説明", "Help", 60),
        Column("answered_by", "回答者", "Answered by", width=24, choices=_RESPONDENTS),
        Column("required", "必須", "Required", Form.FLAG, 10, _YES_NO),
        Column("states", "選べる状態", "States", Form.CODES, choices=_codes(checklist.ExceptionState)),
        Column("stages", "段階", "Stages", Form.CODES, choices=_codes(checklist.Stage)),
        Column("show_when", "表示条件", "Shown when", Form.CONDITION, _WHEN_WIDTH),
        Column("scale", "尺度", "Scale", refers="Scales"),
        Column("list", "コード表", "List", refers="Lists"),
        Column("min", "最小", "Least", Form.WHOLE, 8),
        Column("max", "最大", "Most", Form.WHOLE, 8),
        Column("places", "小数の桁", "Decimal places", Form.WHOLE, 8),
        Column("max_length", "最大の文字数", "Longest", Form.WHOLE, 10),
        Column("cites", "典拠（ID#条項）", "Rests on (source#clause)", Form.CITES, 36),
        Column("must_differ_from", "回答者が異なるべき項目", "Answered by another than", Form.CODES, 28),
        Column("disclosure", "印刷する内容", "Printed", choices=("answer", "status")),
        Column("edition_of", "どの項目の一覧の版か", "Edition of the list in"),
        Column("risk", "リスク", "Risk", width=8, choices=("high",)),
        *_both("origin_reason", "出自を尋ねる理由", "Why origin is asked", 30),
        Column("repeat.over", "何ごとに繰り返すか", "Repeats over", choices=("participants",)),
        Column("repeat.min", "最少の行数", "Least rows", Form.WHOLE, 8),
        Column("repeat.max", "最多の行数", "Most rows", Form.WHOLE, 8),
        Column("repeat.label_from", "行の名前にする項目", "Rows are named by"),
    ),
    checklist.Item,
)
RULES = Table(
    "Rules",
    "規則",
    "Rules",
    (
        _ITEM,
        _ID,
        Column("when", "条件", "When", Form.CONDITION, _WHEN_WIDTH),
        Column("effect", "働き", "Effect", width=22, choices=_codes(rules.Effect)),
        *_both("message", "メッセージ", "Message", 48),
    ),
    rules.Rule,
)
EVIDENCE = Table(
    "Evidence",
    "証憑",
    "Evidence",
    (
        _ITEM,
        _ID,
        *_both("label", "名称", "Label"),
        Column("required_when", "必要になる条件", "Required when", Form.CONDITION, _WHEN_WIDTH),
        Column("min_files", "最少のファイル数", "Least files", Form.WHOLE, 10),
        Column("media", "ファイルの種類", "Media types", Form.CODES, 30, rules.MEDIA),
        Column("max_age_days", "日数の上限", "Oldest, days", Form.WHOLE, 10),
        Column("age_from", "起算日", "Age counts from", choices=("document_date", "uploaded_at")),
    ),
    rules.EvidenceRule,
)
DERIVED = Table(
    "Derived",
    "自動判定",
    "Derived",
    (
        _ITEM,
        Column("if", "条件（最後の行は空）", "If (empty in the last row)", Form.CONDITION, _WHEN_WIDTH),
        Column("then", "その時の値", "Then", Form.TEXT),
    ),
    rules.Branch,
)
SIGNATORIES = Table(
    "Signatories",
    "確認者",
    "Signatories",
    (
        Column("role", "役割", "Role", choices=_codes(checklist.SignatoryRole)),
        Column("order", "順", "Order", Form.WHOLE, 8),
        Column("must_differ_from", "異なるべき回答者", "Must differ from", Form.CODES, 48, _RESPONDENTS),
        Column("statement.version", "固有の確認文の版", "Version of their own statement"),
        *_both("statement.text", "固有の確認文", "Their own statement"),
    ),
    checklist.Signatory,
)
SUCCESSION = Table(
    "Succession",
    "前の版との対応",
    "Succession",
    (
        Column(
            "act", "扱い", "What", choices=("renamed", "option", "removed", "reconfirm", "editorial"), link=True
        ),
        Column("item", "項目のID", "Id of the item", width=32, link=True),
        Column("option", "前の選択肢", "Option before", Form.TEXT, link=True),
        Column("to", "新しいIDまたは選択肢", "New id or option", Form.TEXT, 32, link=True),
    ),
)
CONDITIONS = Table(
    "Conditions",
    "条件",
    "Conditions",
    (
        Column("name", "名前", "Name", width=14, link=True),
        Column("condition", "条件（JSON）", "Condition (JSON)", Form.CONDITION, 120, link=True),
    ),
)
TABLES = (
    VERSION,
    SOURCES,
    CLAUSES,
    LISTS,
    SCALES,
    SECTIONS,
    ITEMS,
    OPTIONS,
    RULES,
    EVIDENCE,
    DERIVED,
    SIGNATORIES,
    SUCCESSION,
    CONDITIONS,
)
# what hangs on an item, and under which key
OF_ITEM = {"options": OPTIONS, "rules": RULES, "evidence": EVIDENCE, "value_when": DERIVED}
README = "Readme"
