"""Conditions, items and versions in words: readable, complete, in both languages."""

from typing import Any, get_args

import pytest

from app.domain import labels
from app.domain.checklist import Checklist, ExceptionState, Kind, Scope, Stage
from app.domain.describing import describe, section_parts
from app.domain.explaining import Part, explain, stages_in_force
from app.domain.facts import FACTS
from app.domain.rules import MEDIA, Effect
from app.domain.succession import ChangeClass, Policy
from app.domain.wording import ALWAYS, Wording
from tests.domain.samples import checklist, condition, item, rule, section, words

CODES = {"countries": {"JP": ("日本", "Japan"), "FR": ("フランス", "France")}}
YES = {"item": "abroad", "eq": "yes"}


def trip(**more: Any) -> Checklist:
    return checklist(
        section(
            "trip",
            item("abroad", text={"ja": "国外で行いますか。", "en": "Is it abroad?"}, **more),
            item("risks", "multi", text={"ja": "危険", "en": "Risks"}),
            item("days", "integer", min=1, max=30, text={"ja": "日数", "en": "Days"}),
            item("cost", "decimal", places=1, text={"ja": "費用", "en": "Cost"}),
            item("on", "date", text={"ja": "出発の日", "en": "Departure"}),
            item("where", "code", text={"ja": "行き先", "en": "Destination"}),
            item("read", "statement", text={"ja": "要領を読みました。", "en": "I have read the rules."}),
            item("note", "longtext"),
            item(
                "people",
                "group",
                text={"ja": "参加する人", "en": "People"},
                repeat={"min": 1, "max": 9},
                show_when=YES,
                items=[
                    item("people.trained", text={"ja": "研修を受けましたか。", "en": "Trained?"}),
                    item("people.also"),
                ],
            ),
            stages=["award", "change"],
            show_when={"fact": "call.kakenhi", "eq": "yes"},
        ),
        section("end", item("last"), item("why", show_when=YES, stages=["award"])),
    )


SAID = [
    (YES, "「国外で行いますか。」が「はい」である", "“Is it abroad?” is “Yes”"),
    (
        {"item": "abroad", "ne": "yes"},
        "「国外で行いますか。」が「はい」以外である",
        "“Is it abroad?” is other than “Yes”",
    ),
    (
        {"item": "abroad", "in": ["yes", "no"]},
        "「国外で行いますか。」が「はい」「いいえ」のいずれかである",
        "“Is it abroad?” is one of “Yes”, “No”",
    ),
    ({"item": "risks", "has": "no"}, "「危険」に「いいえ」が含まれる", "“Risks” includes “No”"),
    ({"item": "days", "gt": 3}, "「日数」が3より大きい", "“Days” is more than 3"),
    ({"item": "days", "gte": 3}, "「日数」が3以上である", "“Days” is at least 3"),
    ({"item": "days", "lt": 3}, "「日数」が3より小さい", "“Days” is less than 3"),
    ({"item": "cost", "lte": "2.5"}, "「費用」が2.5以下である", "“Cost” is at most 2.5"),
    (
        {"item": "on", "gt": "2026-04-01"},
        "「出発の日」が2026年4月1日(令和8年)より後である",
        "“Departure” is after 1 April 2026 (Reiwa 8)",
    ),
    (
        {"item": "on", "gte": "2026-04-01"},
        "「出発の日」が2026年4月1日(令和8年)以降である",
        "“Departure” is 1 April 2026 (Reiwa 8) or later",
    ),
    (
        {"item": "on", "lt": "2026-04-01"},
        "「出発の日」が2026年4月1日(令和8年)より前である",
        "“Departure” is before 1 April 2026 (Reiwa 8)",
    ),
    (
        {"item": "on", "lte": "2026-04-01"},
        "「出発の日」が2026年4月1日(令和8年)以前である",
        "“Departure” is 1 April 2026 (Reiwa 8) or earlier",
    ),
    ({"item": "where", "eq": "FR"}, "「行き先」が「フランス」である", "“Destination” is “France”"),
    ({"item": "where", "eq": "XX"}, "「行き先」が「XX」である", "“Destination” is “XX”"),
    (
        {"item": "where", "in_list": "countries"},
        "「行き先」が一覧「countries（2026-11版）」にある",
        "“Destination” is in the list “countries (edition 2026-11)”",
    ),
    (
        {"item": "read", "eq": "confirmed"},
        "「要領を読みました。」が「確認した」である",
        "“I have read the rules.” is “confirmed”",
    ),
    ({"item": "abroad", "answered": True}, "「国外で行いますか。」に回答がある", "“Is it abroad?” is answered"),
    (
        {"item": "abroad", "answered": False},
        "「国外で行いますか。」に回答がない",
        "“Is it abroad?” is not answered",
    ),
    (
        {"fact": "transfer.on", "answered": True},
        "「提供を始める日」が分かっている",
        "“day of the first transfer” is known",
    ),
    (
        {"fact": "funder", "answered": False},
        "「配分機関」が分かっていない",
        "“funder” is not known",
    ),
    ({"fact": "funder", "eq": "jst"}, "「配分機関」が「jst」である", "“funder” is “jst”"),
    (
        {"fact": "stage", "in": ["award", "change"]},
        "「段階」が「採択・契約」「変更」のいずれかである",
        "“stage” is one of “Award”, “Change”",
    ),
    (
        {"fact": "call.fiscal_year", "gte": 2026},
        "「公募の年度」が令和8年度(2026年度)以降である",
        "“fiscal year of the call” is FY2026 (Reiwa 8) or later",
    ),
    (
        {"fact": "call.fiscal_year", "lt": 12},
        "「公募の年度」が12より前である",
        "“fiscal year of the call” is before 12",
    ),
    (
        {"fact": "call.dmp", "eq": "make"},
        "「データ管理計画の求め」が「作成のみ」である",
        "“what is asked of the data management plan” is “make it, without sending it”",
    ),
    (
        {"not": {"all": [YES, {"item": "days", "gt": 3}]}},
        "次が成り立たない（次のすべて（「国外で行いますか。」が「はい」である；「日数」が3より大きい））",
        "not (all of (“Is it abroad?” is “Yes”; “Days” is more than 3))",
    ),
    (
        {"some": "people", "where": {"item": "people.trained", "eq": "no"}},
        "「参加する人」のいずれかの行で（「研修を受けましたか。」が「いいえ」である）",
        "some row of “People” with (“Trained?” is “No”)",
    ),
    (
        {"every": "people", "where": {"any": [{"item": "people.trained", "eq": "yes"}, YES]}},
        "「参加する人」のすべての行で次のいずれか（「研修を受けましたか。」が「はい」である；「国外で行いますか。」が「はい」である）",
        "every row of “People” with any of (“Trained?” is “Yes”; “Is it abroad?” is “Yes”)",
    ),
]


@pytest.mark.parametrize(("asked", "ja", "en"), SAID, ids=[en for *_, en in SAID])
def test_a_condition_in_words(asked: dict[str, Any], ja: str, en: str) -> None:
    said = Wording(trip(), CODES).condition(condition(asked))
    assert (said.ja, said.en) == (ja, en)


def test_no_condition_at_all_is_always() -> None:
    assert Wording(trip()).condition(None) == ALWAYS


def test_a_nested_condition_is_set_out_line_by_line() -> None:
    asked = condition(
        {
            "all": [
                YES,
                {
                    "any": [
                        {"item": "days", "gt": 3},
                        {"some": "people", "where": {"item": "people.trained", "eq": "no"}},
                    ]
                },
            ]
        }
    )
    lines = list(Wording(trip()).outline(asked))
    assert ["  " * depth + text.en for depth, text in lines] == [
        "all of:",
        "  “Is it abroad?” is “Yes”",
        "  any of:",
        "    “Days” is more than 3",
        "    some row of “People” with:",
        "      “Trained?” is “No”",
    ]
    assert [text.ja for _, text in lines][:2] == ["次のすべて：", "「国外で行いますか。」が「はい」である"]


def test_a_condition_of_many_values_may_be_longer_than_any_text_of_an_author() -> None:
    many = condition({"item": "where", "in": [f"code-{number:04}" for number in range(500)]})
    assert len(Wording(trip()).condition(many).ja) > 4000


def lines(parts: tuple[Part, ...], language: str) -> dict[str, list[str]]:
    return {
        part.heading.in_(language): ["  " * line.depth + line.words.in_(language) for line in part.lines]
        for part in parts
    }


def test_an_item_explained() -> None:
    one = trip(
        required=True,
        states=["unsure"],
        answered_by="principal_investigator",
        must_differ_from=["last"],
        disclosure="answer",
        risk="high",
        rules=[rule("stop", "block_submit", {"item": "abroad", "eq": "no"})],
        evidence=[
            {
                "id": "map",
                "label": words("map"),
                "required_when": {"item": "days", "gt": 3},
                "min_files": 2,
                "media": ["application/pdf", "text/csv"],
                "max_age_days": 90,
                "age_from": "document_date",
            },
            {"id": "photo", "label": words("photo")},
        ],
        origin_reason=words("a form asks for it"),
    )
    found = lines(explain(one, "abroad"), "en")
    assert found == {
        "Question": ["Is it abroad?"],
        "Help": ["help on abroad"],
        "Kind": ["one choice, required", "or, with a reason: unsure"],
        "Options": ["Yes (yes)", "No (no)"],
        "Answered by": ["Principal investigator"],
        "Second person": ["not whoever answered “last” (last)"],
        "Stages": ["Award, Change"],
        "Asked when": ["condition of the section “trip”:", "  “the call is of KAKENHI” is “yes”"],
        "Rules": ["stop: stops sending", "  “stop”", "  “Is it abroad?” is “No”"],
        "Evidence": [
            "“map” (map): PDF, CSV; at least 2",
            "  dated at most 90 days ago",
            "  asked for when:",
            "    “Days” is more than 3",
            "“photo” (photo): PDF, PNG picture, JPEG picture, CSV; optional",
        ],
        "Rests on": ["“Guide”: Clause one (confirmed)"],
        "On the attestation": ["the answer is printed"],
        "Moving to another version": ["an answer is never carried over without being confirmed"],
        "Why origin is asked": ["a form asks for it"],
    }
    japanese = lines(explain(one, "abroad"), "ja")
    assert len(japanese) == len(found)
    assert [len(each) for each in japanese.values()] == [len(each) for each in found.values()]
    assert japanese["回答者"] == ["研究代表者"]
    assert japanese["別の人"] == ["「last（日本語）」（last）に答えた人は答えられない"]
    assert japanese["根拠"] == ["「Guide（日本語）」の「Clause one（日本語）」（確認済み）"]


def test_an_item_in_rows_is_explained_with_what_surrounds_it() -> None:
    found = lines(explain(trip(), "people.trained"), "en")
    assert found["Asked when"] == [
        "condition of the section “trip”:",
        "  “the call is of KAKENHI” is “yes”",
        "condition of the group “People”:",
        "  “Is it abroad?” is “Yes”",
    ]
    assert lines(explain(trip(), "people"), "en")["Rows"] == ["1 to 9 rows, added by who answers"]
    assert lines(explain(trip(), "last"), "en")["Asked when"] == ["always"]
    assert lines(explain(trip(), "last"), "en")["Stages"] == ["all stages"]


def test_limits_lists_and_lengths_are_explained() -> None:
    one = trip()
    assert lines(explain(one, "days"), "en")["Limits"] == ["at least 1", "at most 30"]
    assert lines(explain(one, "cost"), "en")["Limits"] == ["digits after the point: up to 1"]
    assert lines(explain(one, "note"), "en")["Limits"] == ["up to 2000 characters"]
    assert lines(explain(one, "where"), "en")["Options"] == ["from the list “countries (edition 2026-11)”"]


def test_a_computed_item_is_explained_case_by_case() -> None:
    cases = [{"if": {"item": "a", "eq": "yes"}, "then": "no"}, {"then": "yes"}]
    one = checklist(item("a"), item("d", "derived", value_when=cases), item("e", "code"))
    found = lines(explain(one, "d"), "en")
    assert found["Kind"] == ["computed, never typed"]
    assert found["Computed"] == ["“No” when:", "  “a” is “Yes”", "otherwise “Yes”"]
    assert "Answered by" not in found


def test_what_is_not_confirmed_is_said_with_the_reason() -> None:
    one = checklist(
        item("a", "file"),
        item("b", "code"),
        item("c", "date", edition_of="b"),
        sources=[
            {
                "id": "guide",
                "title": words("Guide"),
                "publisher": words("Agency"),
                "issued": "2026",
                "checked": "2026-11-23",
                "confirmed": False,
                "note": words("not read"),
                "clauses": [{"id": "one", "title": words("Clause one")}],
            }
        ],
    )
    assert lines(explain(one, "a"), "en")["Rests on"] == ["“Guide”: Clause one (not confirmed: not read)"]
    assert (
        lines(explain(one, "a"), "en")["Evidence"][0]
        == "“copy” (copy): PDF, PNG picture, JPEG picture, CSV; at least 1"
    )
    assert lines(explain(one, "c"), "en")["On the attestation"][1] == "printed as the edition of the list in “b”"


def test_an_item_for_no_stage_says_so() -> None:
    one = checklist(section("s", item("a", stages=["award"]), stages=["change"]))
    assert stages_in_force(one, one.items["a"]) == ()
    assert lines(explain(one, "a"), "en")["Stages"] == ["no stage"]


def test_an_item_that_is_not_there_is_no_item() -> None:
    with pytest.raises(KeyError):
        explain(trip(), "nowhere")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_item_is_explained_in_both_languages(kind: Kind) -> None:
    made = item("x", kind.value)
    if kind is Kind.GROUP:
        made["items"] = [item("x.a")]
    parts = explain(checklist(made), "x")
    assert lines(parts, "en")["Kind"][0].startswith(labels.KINDS[kind].en)
    assert all(line.words.ja and line.words.en for part in parts for line in part.lines)


def test_a_version_and_its_sections_are_described() -> None:
    one = trip()
    assert lines(describe(one), "en") == {
        "Version": ["sample 1.0.0"],
        "May be started": ["from 1 April 2026 (Reiwa 8)"],
        "About": ["a grant"],
        "Applies when": ["always"],
        "Lists": ["countries (edition 2026-11)"],
        "Statement certified": ["We confirm.", "  1.0.0"],
        "Certified by": ["1. Attester"],
    }
    assert lines(section_parts(one, one.sections[0]), "en") == {
        "Stages": ["Award, Change"],
        "Asked when": ["“the call is of KAKENHI” is “yes”"],
    }
    assert section_parts(one, one.sections[1]) == ()


@pytest.mark.parametrize("policy", Policy)
def test_a_newer_version_says_what_it_changes_and_what_happens_to_open_work(policy: Policy) -> None:
    statement = {"version": "1.1.0", "text": words("I declare.")}
    own = {"role": "principal_investigator", "order": 1, "statement": statement}
    one = checklist(
        item("a"),
        version="2.0.0",
        effective={"from": "2026-04-01", "until": "2027-03-31"},
        supersedes={
            "version": "1.0.0",
            "change": "major",
            "summary": words("more"),
            "in_progress": {"policy": policy.value, "finish_by": "2026-09-30T17:00:00+09:00"},
        },
        attestation={
            "statement": {"version": "1.0.0", "text": words("We confirm.")},
            "signatories": [{"role": "attester", "order": 2, "must_differ_from": ["library", "participant"]}, own],
            "ink": False,
            "valid_for_days": 365,
            "personal_signatures": 2,
        },
    )
    found = lines(describe(one), "en")
    assert found["Change from the version before"] == ["supersedes 1.0.0: major (breaking)", "more"]
    assert found["Open work"][1] == "sent on the version before until 2026-09-30T17:00:00+09:00"
    assert found["May be started"] == ["from 1 April 2026 (Reiwa 8) to 31 March 2027 (Reiwa 9)"]
    assert found["Certified by"] == [
        "1. Principal investigator",
        "  Statement of the principal investigator 1.1.0: I declare.",
        "2. Attester, other than: Library, Participant",
    ]
    assert found["Signed on paper"] == ["not taken"]
    assert found["Days in force"] == ["365"]
    assert found["Signatures of persons (optional, at most)"] == ["2"]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (labels.FACT_NAMES, FACTS),
        (labels.KINDS, Kind),
        (labels.EFFECTS, Effect),
        (labels.STAGES, Stage),
        (labels.SCOPES, Scope),
        (labels.CHANGE_CLASSES, ChangeClass),
        (labels.EXCEPTIONS, get_args(ExceptionState)),
        (labels.MEDIA_NAMES, MEDIA),
    ],
)
def test_everything_that_has_a_code_has_a_name(table: dict[Any, Any], codes: Any) -> None:
    assert set(table) == set(codes)


def test_every_value_that_a_fact_can_only_have_has_a_name() -> None:
    for name, kind in FACTS.items():
        assert set(labels.FACT_VALUES.get(name, {})) == set(kind.values), name
        for value in kind.values:
            assert labels.fact_value(name, value) == labels.FACT_VALUES[name][value]


def test_years_and_days_of_facts_are_said_with_their_era_and_others_as_they_are() -> None:
    assert labels.fact_value("call.fiscal_year", 2026).ja == "令和8年度(2026年度)"
    assert labels.fact_value("fiscal_year", 2026).en == "FY2026 (Reiwa 8)"
    assert labels.fact_value("transfer.on", "2025-10-09").en == "9 October 2025 (Reiwa 7)"
    assert labels.fact_value("funder", "jst").ja == "jst"
    assert labels.fact_value("call.fiscal_year", 1).ja == "1"
    assert labels.fact_value("transfer.on", "1500-01-01").ja == "1500-01-01"
