"""Comparing two versions: every row of the class table, both ways; what is proven narrower is narrower."""

import copy
import json
import random
import sys
from collections.abc import Callable
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.changes import ASPECTS, MANNERS, Manner
from app.domain.checklist import (
    Attesting,
    Checklist,
    Item,
    Option,
    Repeat,
    Section,
    Signatory,
    StatementText,
)
from app.domain.comparing import compare
from app.domain.compiling import compile_checklist
from app.domain.conditions import HIDDEN, Condition, Scope, decide
from app.domain.differences import as_data, conclusion, sentences
from app.domain.naming import Part
from app.domain.pairing import out_of_order
from app.domain.rules import Branch, EvidenceRule, Rule
from app.domain.sources import Citation, Clause, ListUse, Source
from app.domain.succession import ChangeClass, Effective, Languages
from app.domain.widening import Width, Widths
from tests.domain.samples import SHA, data, item, rule, section, words

DOCUMENT = Path(__file__).parents[2] / "docs" / "checklists" / "comparing.md"
Data = dict[str, Any]
YES = {"item": "abroad", "eq": "yes"}
MAYBE = {"value": "maybe", "label": words("Maybe")}


def base() -> Data:
    """Return a version that has something of everything that can differ."""
    return data(
        section(
            "trip",
            item("abroad", required=True, rules=[rule("stop", "block_submit", YES), rule("look", "warn", YES)]),
            item("where", "code", show_when=YES, must_differ_from=["abroad"]),
            item("risks", "multi", states=["unsure"], origin_reason=words("a form asks for nationality")),
            item("days", "integer", min=1, max=30),
            item("cost", "decimal"),
            item("plan", "text", number="1", evidence=[{"id": "map", "label": words("map"), "required_when": YES}]),
            item("permit", "file"),
            item(
                "people",
                "group",
                repeat={"max": 20, "label_from": "people.name"},
                items=[item("people.name", "text"), item("people.list", "code"), item("people.day", "date")],
            ),
            item("grade", "derived", value_when=[{"if": YES, "then": "yes"}, {"then": "no"}]),
            stages=["award", "yearly"],
            summary=words("what this is about"),
        ),
        section("end", item("report", show_when=YES), item("rest"), item("last")),
        applies_when={"fact": "call.fiscal_year", "gte": 2026},
        effective={"from": "2026-04-01"},
    )


def later(**more: Any) -> Data:
    return {
        "version": "1.0.0",
        "change": "major",
        "summary": words("what changed"),
        "in_progress": {"policy": "may_finish"},
        **more,
    }


def at(version: Data, name: str) -> Data:
    """Return an item, or else a section, of a version's data by its id."""
    for each in version["sections"]:
        for one in each["items"]:
            for inner in (one, *one.get("items", [])):
                if inner["id"] == name:
                    return inner
    return next(each for each in version["sections"] if each["id"] == name)


def changed(name: str, **more: Any) -> Callable[[Data], None]:
    """Return an edit that sets fields of an item or section; None takes a field away."""

    def edit(version: Data) -> None:
        target = at(version, name)
        for field, value in more.items():
            target[field] = value
            if value is None:
                del target[field]

    return edit


def top(**more: Any) -> Callable[[Data], None]:
    return lambda version: version.update(more)


def source(**more: Any) -> Callable[[Data], None]:
    return lambda version: version["sources"][0].update(more)


def added(place: str, one: Data) -> Callable[[Data], None]:
    return lambda version: at(version, place)["items"].append(one)


def moved(name: str, to: str, place: int = 0) -> Callable[[Data], None]:
    def edit(version: Data) -> None:
        one = at(version, name)
        for each in version["sections"]:
            each["items"] = [other for other in each["items"] if other["id"] != name]
        at(version, to)["items"].insert(place, one)

    return edit


def listed(**more: Any) -> Callable[[Data], None]:
    return lambda version: version["lists"][0].update(more)


def all_of(*edits: Callable[[Data], None]) -> Callable[[Data], None]:
    def edit(version: Data) -> None:
        for one in edits:
            one(version)

    return edit


def made(edit: Callable[[Data], None]) -> Checklist:
    version = copy.deepcopy(base())
    version["version"] = "2.0.0"
    edit(version)
    return compile_checklist(version)


def evidence(**more: Any) -> list[Data]:
    given: Data = {"id": "map", "label": words("map"), "required_when": YES, **more}
    return [{name: value for name, value in given.items() if value is not None}]


def rules(*others: Data, **more: Any) -> list[Data]:
    return [rule("stop", "block_submit", YES) | more, rule("look", "warn", YES), *others]


BOTH = {"any": [YES, {"item": "abroad", "eq": "no"}]}

# what each part of the language has: what is compared, and what is not, and why
COMPARED: dict[type[Part], tuple[str, dict[str, str]]] = {
    Checklist: (
        "title short_title scope languages effective sources lists applies_when sections attestation",
        {
            "format": "a newer format has its own comparison",
            "family": "only versions of one family are compared",
            "version": "the number is what is computed",
            "supersedes": "it says how a version follows another, and is held against what differs",
            "scales": "a compiled version has them in its items",
        },
    ),
    Section: ("id title summary stages show_when items", {}),
    Item: (
        "id number kind options list stages answered_by must_differ_from required states show_when value_when "
        "min max places max_length text help cites disclosure edition_of risk origin_reason rules evidence "
        "repeat items",
        {"scale": "a compiled version has options in its place"},
    ),
    Option: ("value label", {}),
    Repeat: ("over min max label_from", {}),
    Rule: ("id when effect message", {}),
    EvidenceRule: ("id label required_when min_files media max_age_days age_from", {}),
    Branch: ("if_ then", {}),
    Source: ("id title publisher issued checked url confirmed note clauses", {}),
    Clause: ("id title", {}),
    Citation: ("source clause", {}),
    ListUse: ("id file edition sha256", {}),
    Languages: ("required", {"authoritative": "it is always Japanese"}),
    Effective: ("from_ until", {}),
    Attesting: ("statement signatories ink valid_for_days personal_signatures", {}),
    StatementText: ("version text", {}),
    Signatory: ("role order must_differ_from statement", {}),
}


@pytest.mark.parametrize("part", COMPARED)
def test_nothing_that_the_language_has_is_left_out_of_the_comparison(part: type[Part]) -> None:
    """A part that is new to the language fails here until comparing knows it."""
    compared, left_out = COMPARED[part]
    assert set(part.model_fields) == set(compared.split()) | set(left_out)


# what is edited, what differs then, and what differs the other way round
CASES: dict[str, tuple[Callable[[Data], None], set[str], set[str]]] = {
    "item gone": (
        lambda version: at(version, "end")["items"].pop(),
        {"item.removed"},
        {"item.added"},
    ),
    "new required item": (added("end", item("x", required=True)), {"item.added_demanding"}, {"item.removed"}),
    "new item with a rule that blocks": (
        added("end", item("x", rules=[rule("r", "block_submit", YES)])),
        {"item.added_demanding"},
        {"item.removed"},
    ),
    "new item with a rule that needs another reviewer": (
        added("end", item("x", rules=[rule("r", "require_second_review", YES)])),
        {"item.added_demanding"},
        {"item.removed"},
    ),
    "new item that asks for a file": (
        added("end", item("x", evidence=[{"id": "e", "label": words("e"), "required_when": YES}])),
        {"item.added_demanding"},
        {"item.removed"},
    ),
    "new item that only warns": (
        added("end", item("x", rules=[rule("r", "warn", YES)])),
        {"item.added"},
        {"item.removed"},
    ),
    "new item that takes a file": (
        added("end", item("x", evidence=[{"id": "e", "label": words("e")}])),
        {"item.added"},
        {"item.removed"},
    ),
    "new computed item": (added("end", item("x", "derived")), {"item.added"}, {"item.removed"}),
    "item moved among others": (moved("last", "end", 0), {"item.reordered"}, {"item.reordered"}),
    "item moved to a section with other stages": (
        moved("last", "trip"),
        {"section_of.changed", "show_when.narrower"},
        {"section_of.changed", "show_when.wider"},
    ),
    "kind changed": (changed("last", kind="multi"), {"kind.changed"}, {"kind.changed"}),
    "required": (changed("last", required=True), {"required.tighter"}, {"required.looser"}),
    "new way out": (changed("last", states=["unsure"]), {"state.added"}, {"state.removed"}),
    "option added": (
        changed("last", options=[*item("x")["options"], MAYBE]),
        {"option.added"},
        {"option.removed"},
    ),
    "option added for which a rule speaks": (
        all_of(
            changed("rest", options=[*item("x")["options"], MAYBE]),
            changed("last", rules=[rule("r", "block_submit", {"item": "rest", "ne": "no"})]),
        ),
        {"option.added_demanding", "rule.added_demanding"},
        {"option.removed", "rule.removed"},
    ),
    "option added on which a computed item hangs": (
        changed("abroad", options=[*item("x")["options"], MAYBE]),
        {"option.added_demanding"},
        {"option.removed"},
    ),
    "options in another order": (
        changed("last", options=item("x")["options"][::-1]),
        {"option.reordered"},
        {"option.reordered"},
    ),
    "option worded otherwise": (
        changed("last", options=[{"value": "yes", "label": words("Aye")}, item("x")["options"][1]]),
        {"option_label.changed"},
        {"option_label.changed"},
    ),
    "option in other English": (
        changed("last", options=[{"value": "yes", "label": {"ja": "はい", "en": "Y"}}, item("x")["options"][1]]),
        {"option_label.translated"},
        {"option_label.translated"},
    ),
    "least value raised": (changed("days", min=2), {"limit.tighter"}, {"limit.looser"}),
    "no least value": (changed("days", min=None), {"limit.looser"}, {"limit.tighter"}),
    "greatest value lowered": (changed("days", max=29), {"limit.tighter"}, {"limit.looser"}),
    "fewer places": (changed("cost", places=1), {"limit.tighter"}, {"limit.looser"}),
    "the places that are the default": (changed("cost", places=2), set(), set()),
    "shorter text": (changed("plan", max_length=100), {"limit.tighter"}, {"limit.looser"}),
    "fewer rows": (
        changed("people", repeat={"max": 10, "label_from": "people.name"}),
        {"limit.tighter"},
        {"limit.looser"},
    ),
    "more rows at least": (
        changed("people", repeat={"min": 1, "max": 20, "label_from": "people.name"}),
        {"limit.tighter"},
        {"limit.looser"},
    ),
    "rows called otherwise": (changed("people", repeat={"max": 20}), {"row_label.changed"}, {"row_label.changed"}),
    "rows of participants": (
        changed("people", repeat={"over": "participants", "max": 20, "label_from": "people.name"}),
        {"repeat.changed"},
        {"repeat.changed"},
    ),
    "another list": (
        all_of(
            lambda version: version["lists"].append(
                {"id": "fields", "file": "fields-2026", "edition": "2026", "sha256": SHA}
            ),
            changed("where", list="fields"),
        ),
        {"list.added", "item_list.changed"},
        {"list.removed", "item_list.changed"},
    ),
    "rule added that blocks": (
        changed("abroad", rules=rules(rule("r", "block_submit", YES))),
        {"rule.added_demanding"},
        {"rule.removed"},
    ),
    "rule added that asks why": (
        changed("abroad", rules=rules(rule("r", "require_reason", YES))),
        {"rule.added_demanding"},
        {"rule.removed"},
    ),
    "rule added that warns": (
        changed("abroad", rules=rules(rule("r", "warn", YES))),
        {"rule.added"},
        {"rule.removed"},
    ),
    "rule blocks in more situations": (
        changed("abroad", rules=rules(when=BOTH)),
        {"blocking.wider"},
        {"blocking.narrower"},
    ),
    "rule blocks otherwise": (
        changed("abroad", rules=rules(when={"item": "rest", "eq": "yes"})),
        {"blocking.otherwise"},
        {"blocking.otherwise"},
    ),
    "rule that blocks written otherwise": (
        changed("abroad", rules=rules(when={"all": [YES]})),
        {"blocking.rewritten"},
        {"blocking.rewritten"},
    ),
    "rule only asks why": (
        changed("abroad", rules=rules(effect="require_reason")),
        {"effect.looser"},
        {"effect.changed"},
    ),
    "rule needs another reviewer": (
        changed("abroad", rules=rules(effect="require_second_review")),
        {"effect.changed"},
        {"effect.changed"},
    ),
    "rule only warns": (changed("abroad", rules=rules(effect="warn")), {"effect.looser"}, {"effect.changed"}),
    "warning shown to the agency": (
        changed("abroad", rules=[rule("stop", "block_submit", YES), rule("look", "flag_for_agency", YES)]),
        {"consequence.changed"},
        {"consequence.changed"},
    ),
    "warning in other situations": (
        changed("abroad", rules=[rule("stop", "block_submit", YES), rule("look", "warn", BOTH)]),
        {"speaking.otherwise"},
        {"speaking.otherwise"},
    ),
    "warning written otherwise": (
        changed("abroad", rules=[rule("stop", "block_submit", YES), rule("look", "warn", {"all": [YES]})]),
        {"speaking.rewritten"},
        {"speaking.rewritten"},
    ),
    "other message": (
        changed("abroad", rules=rules(message=words("other"))),
        {"message.changed"},
        {"message.changed"},
    ),
    "other English message": (
        changed("abroad", rules=rules(message={"ja": words("stop")["ja"], "en": "halt"})),
        {"message.translated"},
        {"message.translated"},
    ),
    "evidence asked for": (
        changed("last", evidence=evidence()),
        {"evidence.added_demanding"},
        {"evidence.removed"},
    ),
    "evidence that can be attached": (
        changed("last", evidence=evidence(required_when=None)),
        {"evidence.added"},
        {"evidence.removed"},
    ),
    "evidence asked for more": (
        changed("plan", evidence=evidence(required_when=BOTH)),
        {"required_when.wider"},
        {"required_when.narrower"},
    ),
    "evidence asked for no more": (
        changed("plan", evidence=evidence(required_when=None)),
        {"required_when.narrower"},
        {"required_when.wider"},
    ),
    "evidence asked for otherwise": (
        changed("plan", evidence=evidence(required_when={"item": "rest", "eq": "no"})),
        {"required_when.otherwise"},
        {"required_when.otherwise"},
    ),
    "file asked for under a condition": (
        changed("permit", evidence=[{"id": "copy", "label": words("copy"), "required_when": YES}]),
        {"required_when.otherwise"},
        {"required_when.otherwise"},
    ),
    "evidence written otherwise": (
        changed("plan", evidence=evidence(required_when={"any": [YES]})),
        {"required_when.rewritten"},
        {"required_when.rewritten"},
    ),
    "more files": (
        changed("plan", evidence=evidence(min_files=2)),
        {"evidence_limit.tighter"},
        {"evidence_limit.looser"},
    ),
    "fewer kinds of file": (
        changed("plan", evidence=evidence(media=["text/csv"])),
        {"evidence_limit.tighter"},
        {"evidence_limit.looser"},
    ),
    "files of some age": (
        changed("plan", evidence=evidence(max_age_days=9, age_from="uploaded_at")),
        {"evidence_limit.tighter"},
        {"evidence_limit.looser"},
    ),
    "other name of evidence": (
        changed("plan", evidence=evidence(label=words("chart"))),
        {"evidence_label.changed"},
        {"evidence_label.changed"},
    ),
    "other English name of evidence": (
        changed("plan", evidence=evidence(label={"ja": words("map")["ja"], "en": "chart"})),
        {"evidence_label.translated"},
        {"evidence_label.translated"},
    ),
    "condition removed": (changed("report", show_when=None), {"show_when.wider"}, {"show_when.narrower"}),
    "condition tightened": (
        changed("report", show_when={"all": [YES, {"item": "rest", "eq": "no"}]}),
        {"show_when.narrower"},
        {"show_when.wider"},
    ),
    "condition on another item": (
        changed("report", show_when={"item": "rest", "eq": "no"}),
        {"show_when.otherwise"},
        {"show_when.otherwise"},
    ),
    "condition written otherwise": (
        changed("report", show_when={"not": {"not": YES}}),
        {"show_when.rewritten"},
        {"show_when.rewritten"},
    ),
    "condition of a section": (
        changed("end", show_when={"fact": "call.kakenhi", "eq": "yes"}),
        {"show_when.narrower"},
        {"show_when.wider"},
    ),
    "more stages": (
        changed("trip", stages=["award", "yearly", "change"]),
        {"stages.wider"},
        {"stages.narrower_demanding"},
    ),
    "other stages": (changed("trip", stages=["award", "change"]), {"stages.otherwise"}, {"stages.otherwise"}),
    "stages of an item nothing hangs on": (
        changed("last", stages=["award"]),
        {"stages.narrower"},
        {"stages.wider"},
    ),
    "answered by others": (
        changed("last", answered_by="library"),
        {"answered_by.changed"},
        {"answered_by.changed"},
    ),
    "second person": (
        changed("last", must_differ_from=["rest"]),
        {"second_person.added"},
        {"second_person.removed"},
    ),
    "computed otherwise": (
        changed("grade", value_when=[{"if": YES, "then": "no"}, {"then": "yes"}]),
        {"value_when.changed"},
        {"value_when.changed"},
    ),
    "computed by conditions written otherwise": (
        changed("grade", value_when=[{"if": {"all": [YES]}, "then": "yes"}, {"then": "no"}]),
        {"value_when.rewritten"},
        {"value_when.rewritten"},
    ),
    "other question": (changed("last", text=words("final")), {"wording.changed"}, {"wording.changed"}),
    "other English question": (
        changed("last", text={"ja": words("last")["ja"], "en": "final"}),
        {"wording.translated"},
        {"wording.translated"},
    ),
    "other help": (changed("last", help=words("more")), {"help.changed"}, {"help.changed"}),
    "other English help": (
        changed("last", help={"ja": words("help on last")["ja"], "en": "more"}),
        {"help.translated"},
        {"help.translated"},
    ),
    "why origin is asked": (
        changed("risks", origin_reason=words("the law says so")),
        {"origin_reason.changed"},
        {"origin_reason.changed"},
    ),
    "why origin is asked, in English": (
        changed("risks", origin_reason={"ja": words("a form asks for nationality")["ja"], "en": "a form"}),
        {"origin_reason.translated"},
        {"origin_reason.translated"},
    ),
    "printed number": (changed("plan", number="2"), {"number.changed"}, {"number.changed"}),
    "printed answer": (changed("last", disclosure="answer"), {"disclosure.wider"}, {"disclosure.narrower"}),
    "edition of a list": (
        changed("people.day", edition_of="people.list"),
        {"edition_of.changed"},
        {"edition_of.removed"},
    ),
    "never carried silently": (changed("last", risk="high"), {"risk.tighter"}, {"risk.looser"}),
    "title": (top(title=words("Other")), {"title.changed"}, {"title.changed"}),
    "English title": (
        top(title={"ja": words("Sample")["ja"], "en": "Other"}),
        {"title.translated"},
        {"title.translated"},
    ),
    "short title": (top(short_title=words("S")), {"short_title.changed"}, {"short_title.changed"}),
    "scope": (top(scope="institution"), {"scope.changed"}, {"scope.changed"}),
    "languages": (
        top(languages={"authoritative": "ja", "required": ["ja", "ja"]}),
        {"language.removed"},
        {"language.added"},
    ),
    "effective": (top(effective={"from": "2027-04-01"}), {"effective.changed"}, {"effective.changed"}),
    "applies from an earlier year": (
        top(applies_when={"fact": "call.fiscal_year", "gte": 2025}),
        {"applies_when.wider"},
        {"applies_when.narrower"},
    ),
    "applies to other calls": (
        top(applies_when={"fact": "call.kakenhi", "eq": "yes"}),
        {"applies_when.otherwise"},
        {"applies_when.otherwise"},
    ),
    "applies from the same year, written otherwise": (
        top(applies_when={"fact": "call.fiscal_year", "gt": 2025}),
        {"applies_when.rewritten"},
        {"applies_when.rewritten"},
    ),
    "statement": (
        lambda version: version["attestation"].update(statement={"version": "1.1.0", "text": words("We do.")}),
        {"statement.changed"},
        {"statement.changed"},
    ),
    "signers": (
        lambda version: version["attestation"].update(
            signatories=[{"role": "attester", "order": 1, "must_differ_from": ["research_office"]}]
        ),
        {"signatories.changed"},
        {"signatories.changed"},
    ),
    "a second signer with words of their own": (
        lambda version: version["attestation"].update(
            signatories=[
                {"role": "library", "order": 1, "statement": {"version": "1.0.0", "text": words("We looked.")}},
                {"role": "attester", "order": 2},
            ]
        ),
        {"signatories.changed", "own_statement.changed"},
        {"signatories.changed", "own_statement.changed"},
    ),
    "no ink": (lambda version: version["attestation"].update(ink=False), {"ink.tighter"}, {"ink.looser"}),
    "in force for some time": (
        lambda version: version["attestation"].update(valid_for_days=365),
        {"validity.tighter"},
        {"validity.looser"},
    ),
    "persons may sign": (
        lambda version: version["attestation"].update(personal_signatures=2),
        {"personal_signatures.changed"},
        {"personal_signatures.changed"},
    ),
    "source not confirmed": (
        source(confirmed=False, note=words("not read")),
        {"source_detail.changed"},
        {"source_detail.changed"},
    ),
    "address of a source": (source(url="https://a.example"), {"source_detail.changed"}, {"source_detail.changed"}),
    "new clause": (
        source(clauses=[{"id": "one", "title": words("Clause one")}, {"id": "two", "title": words("Two")}]),
        {"clause.added"},
        {"clause.removed"},
    ),
    "clause called otherwise": (
        source(clauses=[{"id": "one", "title": words("First")}]),
        {"clause.changed"},
        {"clause.changed"},
    ),
    "item rests on another source": (
        all_of(
            lambda version: version["sources"].append({**base()["sources"][0], "id": "law"}),
            changed("last", cites=[{"source": "law", "clause": "one"}]),
        ),
        {"source.added", "cites.changed"},
        {"source.removed", "cites.changed"},
    ),
    "new edition of a list": (
        listed(file="countries-2027", edition="2027", sha256="b" * 64),
        {"list.changed"},
        {"list.changed"},
    ),
    "list published anew": (listed(sha256="b" * 64), {"list_edition.changed"}, {"list_edition.changed"}),
    "section split": (
        all_of(
            lambda version: version["sections"].append(section("after", item("new"))),
            moved("last", "after"),
        ),
        {"section.added", "item.added", "section_of.changed"},
        {"section.removed", "item.removed", "section_of.changed"},
    ),
    "sections in another order": (
        lambda version: version["sections"].reverse(),
        {"section.reordered"},
        {"section.reordered"},
    ),
    "title of a section": (
        changed("end", title=words("End of it")),
        {"section_title.changed"},
        {"section_title.changed"},
    ),
    "English title of a section": (
        changed("end", title={"ja": words("end")["ja"], "en": "End"}),
        {"section_title.translated"},
        {"section_title.translated"},
    ),
    "summary": (changed("trip", summary=None), {"summary.changed"}, {"summary.changed"}),
    "English summary": (
        changed("trip", summary={"ja": words("what this is about")["ja"], "en": "this"}),
        {"summary.translated"},
        {"summary.translated"},
    ),
}


OTHER_OPTIONS = [{"value": "1", "label": words("Yes")}, {"value": "no", "label": {"ja": "いいえ", "en": "No"}}]
SURE = {"item": "report", "answered": False}


def renamed(old: str, new: str, **more: Any) -> Callable[[Data], None]:
    return all_of(changed(old, id=new), top(supersedes=later(renamed={old: new}, **more)))


def ended(one: Data) -> Callable[[Data], None]:
    """Return an edit that ends the last section of both versions with one more item."""
    return added("end", one)


# what the older version has besides, what is edited, and what differs, with the marks of the newer version
MARKED: dict[str, tuple[Callable[[Data], None], Callable[[Data], None], set[str]]] = {
    "short title in other English": (
        top(short_title={"ja": "短", "en": "Short"}),
        top(short_title={"ja": "短", "en": "Brief"}),
        {"short_title.translated"},
    ),
    "renamed": (all_of(), renamed("last", "final"), {"item.renamed"}),
    "renamed, with conditions, rows and second persons that name it": (
        changed("report", show_when={"item": "last", "eq": "yes"}, must_differ_from=["last"]),
        all_of(
            renamed("last", "final"),
            changed("report", show_when={"item": "final", "eq": "yes"}, must_differ_from=["final"]),
        ),
        {"item.renamed"},
    ),
    "renamed into the rows of a group": (
        all_of(),
        all_of(
            added("people", item("people.last", text=words("last"), help=words("help on last"))),
            lambda version: at(version, "end")["items"].pop(),
            top(supersedes=later(renamed={"last": "people.last"})),
        ),
        {"item.renamed", "row.changed", "section_of.changed", "show_when.narrower"},
    ),
    "a mapping to what was there before is no renaming": (
        all_of(),
        all_of(lambda version: at(version, "end")["items"].pop(), top(supersedes=later(renamed={"last": "rest"}))),
        {"item.removed"},
    ),
    "option with another value": (
        changed("report", show_when={"item": "last", "eq": "yes"}),
        all_of(
            changed("last", options=[{"value": "1", "label": item("x")["options"][0]["label"]}, OTHER_OPTIONS[1]]),
            changed("report", show_when={"item": "last", "in": ["1"]}),
            top(supersedes=later(options={"last": {"yes": "1"}})),
        ),
        {"option.renamed", "show_when.rewritten"},
    ),
    "options merged": (
        changed("last", options=[*item("x")["options"], MAYBE]),
        all_of(
            changed("last", options=item("x")["options"]),
            top(supersedes=later(options={"last": {"maybe": "no"}})),
        ),
        {"option.merged"},
    ),
    "editorial": (
        changed("last", evidence=evidence(), rules=rules(), origin_reason=words("why")),
        all_of(
            changed(
                "last",
                text=words("final"),
                help=words("more"),
                origin_reason=words("therefore"),
                evidence=evidence(label=words("chart")),
                rules=rules(message=words("halt")),
                options=[{"value": "yes", "label": words("Aye")}, OTHER_OPTIONS[1]],
            ),
            top(supersedes=later(editorial=["last"])),
        ),
        {
            "wording.editorial",
            "help.editorial",
            "origin_reason.editorial",
            "evidence_label.editorial",
            "message.editorial",
            "option_label.editorial",
        },
    ),
    "editorial against another version": (
        all_of(),
        all_of(changed("last", text=words("final")), top(supersedes=later(editorial=["last"], version="1.5.0"))),
        {"wording.changed"},
    ),
    "asked less, where something shows for want of it": (
        ended(item("why", show_when=SURE)),
        changed("report", show_when={"all": [YES, {"item": "rest", "eq": "no"}]}),
        {"show_when.narrower_demanding"},
    ),
    "asked less, where something shows for want of what hangs on it": (
        all_of(
            ended(item("more", show_when={"item": "report", "eq": "yes"})),
            ended(item("why", rules=[rule("r", "block_submit", {"not": {"item": "more", "eq": "yes"}})])),
        ),
        changed("report", show_when={"all": [YES, {"item": "rest", "eq": "no"}]}),
        {"show_when.narrower_demanding"},
    ),
    "asked less, where only its own rule looks at it": (
        changed("report", rules=[rule("r", "block_submit", {"not": {"item": "report", "eq": "yes"}})]),
        changed("report", show_when={"all": [YES, {"item": "rest", "eq": "no"}]}),
        {"show_when.narrower"},
    ),
    "a new edition of a list": (
        listed(file="countries-2026-11", edition="2026-11"),
        listed(file="countries-2027", edition="2027", sha256="b" * 64),
        {"list_edition.changed"},
    ),
    "another list in its place": (
        listed(file="countries-2026-11", edition="2026-11"),
        listed(file="fields-2026", edition="2026", sha256="b" * 64),
        {"list.changed"},
    ),
}


def made_both(before: Callable[[Data], None], after: Callable[[Data], None]) -> tuple[Checklist, Checklist]:
    older = copy.deepcopy(base())
    before(older)
    newer = copy.deepcopy(older)
    newer["version"] = "2.0.0"
    after(newer)
    return compile_checklist(older), compile_checklist(newer)


def codes(before: Checklist, after: Checklist) -> set[str]:
    return {one.code for one in compare(before, after).differences}


ORIGINAL = compile_checklist(base())


@pytest.mark.parametrize("name", CASES)
def test_an_edit_is_told_by_its_codes_both_ways(name: str) -> None:
    edit, forth, back = CASES[name]
    after = made(edit)
    assert codes(ORIGINAL, after) == forth
    assert codes(after, ORIGINAL) == back


@pytest.mark.parametrize("name", MARKED)
def test_the_marks_of_the_newer_version_are_followed(name: str) -> None:
    before, edit, expected = MARKED[name]
    assert codes(*made_both(before, edit)) == expected


def test_every_code_of_the_table_is_met_by_an_edit_and_has_words_in_both_languages() -> None:
    """The table is complete, and nothing stands in it that comparing never says."""
    met = set().union(*(forth | back for _, forth, back in CASES.values()), *(one[2] for one in MARKED.values()))
    table = {f"{name}.{manner.value}" for name, aspect in ASPECTS.items() for manner in aspect.classes}
    assert met == table
    assert set(MANNERS) == set(Manner) == {manner for aspect in ASPECTS.values() for manner in aspect.classes}
    for template in (*MANNERS.values(), *(aspect.noun for aspect in ASPECTS.values())):
        filled = dict.fromkeys(("noun", "before", "after", "name"), "…")
        assert template.ja.format(**filled)
        assert template.en.format(**filled)


# the table of classes, row by row: the cases above that are an example of each
CLASSES: dict[ChangeClass, dict[str, list[str]]] = {
    ChangeClass.MAJOR: {
        "item or option removed": ["item gone", "-option added"],
        "kind or scale changed": ["kind changed", "option worded otherwise", "another list"],
        "new required item": ["new required item"],
        "optional → required": ["required"],
        "tighter limits": [
            "least value raised",
            "greatest value lowered",
            "fewer places",
            "shorter text",
            "fewer rows",
        ],
        "evidence rule added or tightened": ["evidence asked for", "evidence asked for more", "more files"],
        "condition that can show more": ["condition removed", "condition on another item", "more stages"],
        "rule that blocks more": ["rule added that blocks", "rule blocks in more situations", "-rule only warns"],
        "attestation statement or signers": ["statement", "signers"],
        "applicability widened": ["applies from an earlier year", "applies to other calls"],
        "substantive wording": ["other question"],
        "who answers, and who must be another": ["answered by others", "second person"],
        "printed answer": ["printed answer"],
    },
    ChangeClass.MINOR: {
        "new optional item": ["new item that only warns", "new computed item"],
        "required → optional": ["-required"],
        "looser limits": ["no least value", "-greatest value lowered"],
        "new option without effect on rules": ["option added"],
        "condition that shows less": ["condition tightened", "stages of an item nothing hangs on"],
        "new language": ["-languages"],
        "help text": ["other help"],
        "new list version": ["list published anew"],
        "applicability narrowed": ["-applies from an earlier year"],
    },
    ChangeClass.PATCH: {
        "fix in another language": ["other English question", "other English help", "option in other English"],
        "link or citation detail": ["address of a source", "source not confirmed", "new clause"],
        "moving an item": ["item moved among others"],
        "asking for reconfirmation": ["never carried silently"],
        "the same in other words of the language": [
            "condition written otherwise",
            "rule that blocks written otherwise",
        ],
    },
}
ROWS = [(change, row, case) for change, rows in CLASSES.items() for row, cases in rows.items() for case in cases]


@pytest.mark.parametrize(("change", "row", "case"), ROWS, ids=[f"{row}: {case}" for _, row, case in ROWS])
def test_the_class_of_each_row_of_the_table(change: ChangeClass, row: str, case: str) -> None:
    """A case with a minus before it is read the other way round."""
    after = made(CASES[case.removeprefix("-")][0])
    found = compare(after, ORIGINAL) if case.startswith("-") else compare(ORIGINAL, after)
    assert found.least is change


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("renamed", ChangeClass.MINOR),
        ("option with another value", ChangeClass.MINOR),
        ("options merged", ChangeClass.MAJOR),
        ("editorial", ChangeClass.PATCH),
        ("a new edition of a list", ChangeClass.MINOR),
        ("another list in its place", ChangeClass.MAJOR),
        ("asked less, where something shows for want of it", ChangeClass.MAJOR),
    ],
)
def test_the_class_of_what_is_marked(name: str, least: ChangeClass) -> None:
    before, edit, _ = MARKED[name]
    assert compare(*made_both(before, edit)).least is least


def test_a_version_does_not_differ_from_itself() -> None:
    found = compare(ORIGINAL, ORIGINAL)
    assert found.differences == ()
    assert found.least is ChangeClass.PATCH
    assert sentences(found, "en") == []
    assert conclusion(found).en == "Nothing differs between 1.0.0 and 1.0.0."


def test_two_families_are_not_compared() -> None:
    with pytest.raises(ValueError, match="one family"):
        compare(ORIGINAL, made(top(family="another")))


def test_differences_are_told_in_sentences_of_both_languages_what_breaks_most_first() -> None:
    found = compare(
        ORIGINAL, made(all_of(*(CASES[name][0] for name in ("other question", "title", "more stages"))))
    )
    assert sentences(found, "en") == [
        "Section trip “trip”: stages, wider than before: Award, Yearly → Award, Yearly, Change.",
        "Item last “final”: question: “last” → “final”.",
        "The version as a whole: title: “Sample” → “Other”.",
    ]
    assert sentences(found, "ja") == [
        "区分 trip「trip（日本語）」：尋ねる段階が広がりました：採択・契約、年次→採択・契約、年次、変更。",
        "項目 last「final（日本語）」：質問の文が変わりました：「last（日本語）」→「final（日本語）」。",
        "版全体：表題が変わりました：「Sample（日本語）」→「Other（日本語）」。",
    ]


def test_what_differs_in_one_language_only_is_shown_in_that_language() -> None:
    found = compare(ORIGINAL, made(changed("last", text={"ja": "最後", "en": "last"})))
    assert sentences(found, "en") == ["Item last “last”: question: “last（日本語）” → “最後”."]


def test_the_least_class_is_held_against_the_claim() -> None:
    def claiming(change: str | None) -> Callable[[Data], None]:
        marks = top(supersedes=later(change=change)) if change else all_of()
        return all_of(changed("last", help=words("more")), marks)

    said = {one: compare(ORIGINAL, made(claiming(one))) for one in (None, "patch", "minor", "major")}
    assert {one: found.claims_too_little for one, found in said.items()} == {
        None: False,
        "patch": True,
        "minor": False,
        "major": False,
    }
    assert conclusion(said[None]).en == (
        "From 1.0.0 to 2.0.0, the least class is minor (compatible). 2.0.0 makes no claim about 1.0.0."
    )
    assert conclusion(said["patch"]).en == (
        "From 1.0.0 to 2.0.0, the least class is minor (compatible). "
        "The version claims patch (wording only), which is too little."
    )
    assert conclusion(said["major"]).en.endswith("The version claims major (breaking).")
    assert "足りません" in conclusion(said["patch"]).ja


@pytest.mark.parametrize("name", CASES)
def test_a_comparison_is_plain_json(name: str) -> None:
    found = as_data(compare(ORIGINAL, made(CASES[name][0])))
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert found["format"] == "checklist-comparison/1"
    assert {one["code"] for one in found["differences"]} == CASES[name][1]
    for one in found["differences"]:
        assert set(one) == {"part", "id", "code", "class", "inside", "before", "after", "words"}
        assert one["words"]["ja"].endswith("。")
        assert one["words"]["en"].endswith(".")


# by chance: one item before and after, with what must at least be said of it

STAGES = ["application", "award", "yearly", "change", "completion"]
STATES = ["not_applicable", "unsure", "not_obtained"]


@st.composite
def fields(draw: st.DrawFn) -> Data:
    """Return fields of an item as an author might set them."""
    least = draw(st.none() | st.integers(0, 5))
    most = draw(st.none() | st.integers(5, 9))
    found = {
        "required": draw(st.booleans()),
        "states": draw(st.lists(st.sampled_from(STATES), unique=True)),
        "stages": draw(st.lists(st.sampled_from(STAGES), unique=True)),
        "min": least,
        "max": most,
        "disclosure": draw(st.sampled_from(["answer", "status"])),
        "answered_by": draw(st.sampled_from(["library", "hr_office"])),
        "text": draw(st.sampled_from([words("one"), words("two")])),
        "help": draw(st.sampled_from([words("one"), words("two")])),
        "risk": draw(st.sampled_from([None, "high"])),
    }
    return {name: value for name, value in found.items() if value is not None}


def must_be_major(old: Data, new: Data) -> bool:
    """Return whether more is asked or less can be answered, by rules of its own."""
    return (
        (new["required"] and not old["required"])
        or not set(old["states"]) <= set(new["states"])
        or not set(new["stages"] or STAGES) <= set(old["stages"] or STAGES)
        or new.get("min", -1) > old.get("min", -1)
        or new.get("max", 99) < old.get("max", 99)
        or (new["disclosure"] == "answer" and old["disclosure"] == "status")
        or new["answered_by"] != old["answered_by"]
        or new["text"] != old["text"]
    )


@settings(max_examples=80, deadline=None)
@given(fields(), fields())
def test_any_change_of_an_item_gets_at_least_its_class(old: Data, new: Data) -> None:
    before, after = (compile_checklist(data(item("n", "integer", **each))) for each in (old, new))
    found = compare(before, after)
    assert (found.least is ChangeClass.MAJOR) == must_be_major(old, new)
    if old != new:
        assert found.differences or {**old, "states": 0, "stages": 0} == {**new, "states": 0, "stages": 0}
    minor = old["help"] != new["help"] or {**old, "risk": 0} != {**new, "risk": 0}
    same_sets = all(set(old[name]) == set(new[name]) for name in ("states", "stages"))
    if found.least is ChangeClass.PATCH and same_sets:
        assert not minor or set(old["stages"] or STAGES) == set(new["stages"] or STAGES)
    assert compare(before, after) == found


# by chance: conditions, and situations in which what was proven must hold

KNOWN = compile_checklist(
    data(
        item("s"),
        item("m", "multi"),
        item("n", "integer"),
        item("d", "date"),
        item("c", "decimal"),
        item("k", "code"),
        item("g", "group", items=[item("g.s"), item("g.n", "integer")]),
    )
)
VALUES: dict[str, list[Any]] = {
    "s": [None, HIDDEN, "yes", "no"],
    "m": [None, HIDDEN, ["yes"], ["no"], ["yes", "no"]],
    "n": [None, HIDDEN, *range(-1, 5)],
    "d": [None, HIDDEN, "2026-03-31", "2026-04-01", "2026-04-02", "2027-01-01"],
    "c": [None, HIDDEN, *map(Decimal, ("0", "0.24", "0.25", "0.26", "2", "10"))],
    "k": [None, HIDDEN, "JP", "FR", "DE"],
    "fact call.dmp": [None, "submit", "make", "none"],
    "fact call.fiscal_year": [None, 2024, 2025, 2026, 2027],
    "fact transfer.on": [None, "2025-10-08", "2025-10-09", "2025-10-10"],
    "fact funder": [None, "jst", "jsps", "amed"],
}
ROW = {"g.s": VALUES["s"], "g.n": VALUES["n"]}
OPERANDS: dict[str, tuple[list[str], list[Any]]] = {
    "s": (["eq", "ne", "in"], ["yes", "no"]),
    "m": (["has"], ["yes", "no"]),
    "n": (["eq", "ne", "gt", "gte", "lt", "lte"], [0, 1, 2, 3]),
    "d": (["eq", "ne", "gt", "gte", "lt", "lte"], ["2026-04-01", "2026-04-02"]),
    "c": (["eq", "ne", "gt", "gte", "lt", "lte"], ["0.25", "2", "10"]),
    "k": (["eq", "ne", "in", "in_list"], ["JP", "FR"]),
    "fact call.dmp": (["eq", "ne", "in"], ["submit", "make", "none"]),
    "fact call.fiscal_year": (["eq", "ne", "gt", "gte", "lt", "lte", "in"], [2025, 2026]),
    "fact transfer.on": (["eq", "ne", "gt", "gte", "lt", "lte"], ["2025-10-08", "2025-10-09"]),
    "fact funder": (["eq", "ne", "in"], ["jst", "jsps"]),
    "g.s": (["eq", "ne", "in"], ["yes", "no"]),
    "g.n": (["eq", "gt", "lte"], [0, 1, 2]),
}


@st.composite
def comparisons(draw: st.DrawFn, names: list[str]) -> Data:
    name = draw(st.sampled_from(names))
    head: Data = {"fact": name.removeprefix("fact ")} if name.startswith("fact ") else {"item": name}
    operators, operands = OPERANDS[name]
    operator = draw(st.sampled_from([*operators, "answered"]))
    if operator == "answered":
        return head | {"answered": draw(st.booleans())}
    if operator == "in_list":
        return head | {"in_list": "countries"}
    if operator == "in":
        return head | {"in": draw(st.lists(st.sampled_from(operands), min_size=1, unique=True))}
    return head | {operator: draw(st.sampled_from(operands))}


def grown(inner: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    parts = st.lists(inner, min_size=1, max_size=3)
    return (
        parts.map(lambda found: {"all": found})
        | parts.map(lambda found: {"any": found})
        | inner.map(lambda found: {"not": found})
    )


ROWS_ASKED = st.tuples(
    st.sampled_from(["some", "every"]), st.recursive(comparisons(list(ROW)), grown, max_leaves=3)
).map(lambda found: {found[0]: "g", "where": found[1]})


def conditions(names: list[str]) -> st.SearchStrategy[Data]:
    return st.recursive(comparisons(names) | ROWS_ASKED, grown, max_leaves=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Data, Data]:
    """Return two conditions over a few names, often one made from the other, so that much can be proven."""
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True))
    one = draw(conditions(names))
    other = draw(conditions(names))
    made = draw(st.sampled_from(["free", "all", "any", "not", "same"]))
    second: Data = {
        "free": other,
        "all": {"all": [other, one]},
        "any": {"any": [other, one]},
        "not": {"not": {"all": [{"not": one}, other]}},
        "same": {"all": [{"not": {"not": one}}]},
    }[made]
    return (one, second) if draw(st.booleans()) else (second, one)


def situation(chance: random.Random) -> Scope:
    told = {name: chance.choice(values) for name, values in VALUES.items()}
    rows = [{name: chance.choice(each) for name, each in ROW.items()} for _ in range(chance.randrange(3))]
    complete, gone = chance.random() < 0.5, chance.random() < 0.2

    def scope(row: dict[str, Any]) -> Scope:
        return Scope(
            item=lambda name: (told | row)[name],
            fact=lambda name: told[f"fact {name}"],
            rows=lambda _: None if gone else ([scope(each) for each in rows], complete),
            codes=lambda _: frozenset({"JP"}),
        )

    return scope({})


RANK = {False: 0, None: 1, True: 2}


@settings(max_examples=150, deadline=None)
@given(pairs(), st.randoms(use_true_random=False))
def test_what_is_proven_narrower_or_wider_is_so_in_every_situation(
    pair: tuple[Data, Data], chance: random.Random
) -> None:
    before, after = (Condition.model_validate(one) for one in pair)
    width = Widths((KNOWN,)).between(before, after)
    for scope in [situation(random.Random(chance.random())) for _ in range(30)]:
        was, now = RANK[decide(before, scope)], RANK[decide(after, scope)]
        if width in {Width.NARROWER, Width.REWRITTEN, Width.SAME}:
            assert now <= was
        if width in {Width.WIDER, Width.REWRITTEN, Width.SAME}:
            assert now >= was


@pytest.mark.parametrize(
    ("before", "after", "width"),
    [
        ({"item": "s", "eq": "yes"}, {"item": "s", "in": ["yes", "no"]}, Width.WIDER),
        ({"item": "s", "eq": "yes"}, {"item": "s", "ne": "no"}, Width.REWRITTEN),
        ({"item": "k", "eq": "JP"}, {"item": "k", "ne": "FR"}, Width.WIDER),
        ({"item": "k", "in": ["JP", "FR"]}, {"item": "k", "in": ["JP"]}, Width.NARROWER),
        ({"item": "k", "in": ["JP"]}, {"item": "k", "in": ["FR"]}, Width.OTHER),
        ({"item": "k", "in_list": "countries"}, {"item": "k", "eq": "JP"}, Width.OTHER),
        ({"item": "n", "gte": 2}, {"item": "n", "gt": 1}, Width.REWRITTEN),
        ({"item": "c", "gte": "2"}, {"item": "c", "gt": "10"}, Width.NARROWER),
        ({"item": "c", "gte": "2"}, {"item": "c", "gt": "1"}, Width.WIDER),
        ({"item": "d", "lt": "2026-04-01"}, {"item": "d", "lte": "2026-03-31"}, Width.REWRITTEN),
        ({"item": "s", "eq": "yes"}, {"item": "s", "answered": True}, Width.OTHER),
        ({"not": {"item": "s", "answered": True}}, {"item": "s", "answered": False}, Width.REWRITTEN),
        ({"not": {"item": "s", "eq": "yes"}}, {"item": "s", "eq": "no"}, Width.NARROWER),
        ({"item": "m", "has": "yes"}, {"item": "m", "has": "no"}, Width.OTHER),
        (
            {"some": "g", "where": {"item": "g.s", "eq": "yes"}},
            {"some": "g", "where": {"all": [{"item": "g.s", "eq": "yes"}, {"item": "g.n", "gt": 1}]}},
            Width.NARROWER,
        ),
        (
            {"not": {"every": "g", "where": {"item": "g.n", "gt": 1}}},
            {"not": {"every": "g", "where": {"item": "g.n", "gt": 0}}},
            Width.NARROWER,
        ),
        (
            {"some": "g", "where": {"item": "g.s", "eq": "yes"}},
            {"every": "g", "where": {"item": "g.s", "eq": "yes"}},
            Width.OTHER,
        ),
        ({"any": [{"item": "s", "eq": "yes"}, {"item": "n", "gt": 1}]}, {"item": "n", "gt": 1}, Width.NARROWER),
        ({"fact": "call.dmp", "ne": "none"}, {"fact": "call.dmp", "in": ["submit", "make"]}, Width.REWRITTEN),
    ],
)
def test_how_one_condition_compares_with_another(before: Data, after: Data, width: Width) -> None:
    assert Widths((KNOWN,)).between(Condition.model_validate(before), Condition.model_validate(after)) is width


def test_conditions_too_large_for_a_proof_are_taken_to_show_more() -> None:
    """Every way through this one would take hours."""

    def tangled(number: int) -> Data:
        each = [{"any": [{"item": "n", "eq": place}, {"item": "n", "eq": -place}]} for place in range(1, 40)]
        return {"all": [{"any": [{"all": each}, {"item": "n", "eq": number}]} for _ in range(40)]}

    before, after = (Condition.model_validate(tangled(number)) for number in (1000, 1001))
    assert Widths((KNOWN,)).between(before, after) is Width.OTHER


def test_the_work_grows_with_the_size_of_the_versions() -> None:
    """Ten times the items, about ten times the work; counted in conditions looked at, not in seconds."""

    def looked_at(items: int) -> int:
        version = data(
            *(item(f"i{n}", show_when={"item": f"i{n - 1}", "eq": "yes"} if n else None) for n in range(items))
        )
        for one in version["sections"][0]["items"]:
            if one["show_when"] is None:
                del one["show_when"]
        before = compile_checklist(version)
        for one in version["sections"][0]["items"][1:]:
            one["show_when"] = {"all": [one["show_when"]]}
        after = compile_checklist(version)
        calls = 0

        def count(frame: Any, event: str, _: Any) -> None:
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count)
        try:
            assert len(compare(before, after).differences) == items - 1
        finally:
            sys.setprofile(None)
        return calls

    assert looked_at(300) < 12 * looked_at(30)


@given(st.permutations(list("abcdefgh")), st.permutations(list("abcdefgh")))
def test_the_fewest_move(before: list[str], after: list[str]) -> None:
    moved = out_of_order(before, after)
    staying = [name for name in after if name not in moved]
    assert [name for name in before if name not in moved] == staying
    runs = [
        chosen
        for size in range(len(before) + 1)
        for chosen in combinations(before, size)
        if sorted(chosen, key=after.index) == list(chosen)
    ]
    assert len(staying) == max(map(len, runs))


def table() -> str:
    """Write the table of classes as the documents have it."""
    lines = ["| Part | Major | Minor | Patch |", "| --- | --- | --- | --- |"]
    for name, aspect in ASPECTS.items():
        manners = {
            change: ", ".join(manner.value for manner, one in aspect.classes.items() if one is change) or "–"
            for change in ChangeClass
        }
        lines.append(f"| `{name}` | {' | '.join(manners[change] for change in ChangeClass)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_classes_in_the_documents_is_the_one_in_force() -> None:
    """``python -m tests.domain.test_comparing`` prints it."""
    assert table() in DOCUMENT.read_text("utf-8")


if __name__ == "__main__":
    sys.stdout.write(table())
