"""Every fault of a version file is found, named with its path, and told with all the others."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.checklist import Kind
from app.domain.compiling import _OPERATORS, CompileError, compile_checklist, looks_at
from app.domain.conditions import OPERATORS
from tests.domain.samples import YES_NO, checklist, data, item, section, words

YES = {"eq": "yes"}
FIRST = ("sections", 0, "items", 0)
SECOND = ("sections", 0, "items", 1)


def problems(written: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(CompileError) as caught:
        compile_checklist(written)
    return caught.value.problems


def one_problem(*items: Mapping[str, Any], **more: Any) -> tuple[tuple[str | int, ...], str]:
    (found,) = problems(data(*items, **more))
    return found


def one_of_each(asked: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Return one item of each kind, and one that asks about them."""
    inner = item("group.name", "text")
    kinds = [item(kind.value, kind.value, **({"items": [inner]} if kind is Kind.GROUP else {})) for kind in Kind]
    return [*kinds, item("asks", show_when=asked, **more)]


def test_a_sound_version_compiles_with_its_scales_resolved_into_options() -> None:
    group = item("g", "group", items=[item("g.q", scale="usual")])
    compiled = checklist(item("a", scale="usual"), group, scales={"usual": YES_NO})
    assert [option.value for option in compiled.items["a"].choices] == ["yes", "no"]
    assert [option.value for option in compiled.items["g.q"].choices] == ["yes", "no"]
    assert compiled.group_of == {"g.q": "g"}
    assert compiled.section_of == {"a": "part", "g": "part", "g.q": "part"}


def test_an_unknown_item_is_named_where_it_is_asked() -> None:
    path, text = one_problem(item("a", show_when={"item": "b", **YES}))
    assert path == (*FIRST, "show_when", "item")
    assert text == "there is no item b"


def test_an_unknown_item_is_named_in_rules_sections_and_deep_inside() -> None:
    rule = {"id": "r", "effect": "warn", "message": words("m"), "when": {"not": {"item": "b", **YES}}}
    assert one_problem(item("a", rules=[rule])) == (
        (*FIRST, "rules", 0, "when", "not", "item"),
        "there is no item b",
    )
    shown = section("s", item("a"), show_when={"any": [{"item": "b", **YES}]})
    assert one_problem(shown) == (("sections", 0, "show_when", "any", 0, "item"), "there is no item b")


def test_an_unknown_fact_is_named() -> None:
    found = one_problem(item("a", show_when={"fact": "weather", **YES}))
    assert found == ((*FIRST, "show_when", "fact"), "there is no fact weather")


@pytest.mark.parametrize(
    "asked",
    [
        {"fact": "call.fiscal_year", "gte": "2026"},
        {"fact": "call.fiscal_year", "eq": True},
        {"fact": "call.fiscal_year", "has": "2026"},
        {"fact": "stage", "eq": "awrad"},
        {"fact": "stage", "in": ["award", "yealry"]},
        {"fact": "stage", "gt": "award"},
        {"fact": "funder", "has": "jst"},
        {"fact": "programme.designated", "eq": True},
        {"fact": "programme.designated", "eq": "maybe"},
    ],
)
def test_a_fact_compared_with_what_it_never_is_is_refused(asked: dict[str, Any]) -> None:
    path, text = one_problem(item("a", show_when=asked))
    assert path == (*FIRST, "show_when", *list(asked)[1:])
    assert str(asked["fact"]) in text


@pytest.mark.parametrize(
    "asked",
    [
        {"fact": "call.fiscal_year", "in": [2026, 2027]},
        {"fact": "call.fiscal_year", "answered": True},
        {"fact": "stage", "ne": "award"},
        {"fact": "funder", "in": ["jst", "jsps"]},
        {"fact": "programme.designated", "answered": False},
    ],
)
def test_a_fact_compared_with_what_it_may_be_is_accepted(asked: dict[str, Any]) -> None:
    assert checklist(item("a", show_when=asked)).items["a"].show_when is not None


def test_an_unknown_source_is_named() -> None:
    found = one_problem(item("a", cites=[{"source": "hearsay", "clause": "one"}]))
    assert found == ((*FIRST, "cites", 0), "there is no source hearsay")


def test_an_unknown_clause_is_named() -> None:
    found = one_problem(item("a", cites=[{"source": "guide", "clause": "one"}, {"source": "guide", "clause": "9"}]))
    assert found == ((*FIRST, "cites", 1), "the source guide has no clause 9")


def test_an_unknown_scale_is_named() -> None:
    assert one_problem(item("a", scale="usual")) == ((*FIRST, "scale"), "there is no scale usual")


def test_a_list_that_is_not_pinned_is_named() -> None:
    found = one_problem(item("a", "code", list="users"))
    assert found == ((*FIRST, "list"), "the list users is not pinned under lists")


def test_in_list_of_a_list_that_is_not_pinned_is_named() -> None:
    found = one_problem(item("a", "code"), item("b", show_when={"item": "a", "in_list": "users"}))
    assert found == ((*SECOND, "show_when", "in_list"), "the list users is not pinned under lists")


OPERANDS = {
    "eq": "yes",
    "ne": "yes",
    "in": ["yes"],
    "in_list": "countries",
    "has": "yes",
    "gt": 1,
    "gte": 1,
    "lt": 1,
    "lte": 1,
    "answered": True,
}
FITTING: dict[Kind, Any] = {
    Kind.INTEGER: 1,
    Kind.DECIMAL: "0.5",
    Kind.DATE: "2026-04-01",
    Kind.STATEMENT: "confirmed",
}
CASES = [(kind, operator) for kind in Kind for operator in OPERANDS]


def test_an_operator_is_accepted_for_the_kinds_it_fits_and_refused_for_all_others() -> None:
    for kind, operator in CASES:
        operand = OPERANDS[operator]
        if kind in FITTING and operator in {"eq", "ne", "gt", "gte", "lt", "lte"}:
            operand = FITTING[kind]
        written = data(*one_of_each({"item": kind.value, operator: operand}))
        if operator in {name.rstrip("_") for name in _OPERATORS[kind]}:
            assert compile_checklist(written)
        else:
            ((path, text),) = problems(written)
            assert path == ("sections", 0, "items", len(Kind), "show_when", operator)
            assert text == f"{operator} does not fit {kind.value}, which is {kind.value}"


def test_the_operators_of_each_kind_are_known_ones_and_every_kind_may_be_answered() -> None:
    assert set(_OPERATORS) == set(Kind)
    assert set(OPERANDS) == {operator.rstrip("_") for operator in OPERATORS}
    assert all("answered" in fitting <= set(OPERATORS) for fitting in _OPERATORS.values())


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("integer", {"eq": "3"}),
        ("integer", {"gte": "3"}),
        ("integer", {"eq": True}),
        ("date", {"lt": "2026"}),
        ("date", {"lt": 2026}),
        ("date", {"eq": "2026-02-30"}),
        ("date", {"eq": "20260401"}),
        ("code", {"eq": 3}),
        ("code", {"in": ["JP", 3]}),
    ],
)
def test_a_value_of_another_type_is_refused_for_it_would_never_compare(kind: str, asked: dict[str, Any]) -> None:
    path, text = one_problem(item("a", kind), item("b", show_when={"item": "a", **asked}))
    assert path == (*SECOND, "show_when", *asked)
    assert text.startswith("a, which is ")


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("single", {"eq": "maybe"}), ("single", {"in": ["yes", "maybe"]}), ("multi", {"has": "maybe"})],
)
def test_an_option_that_is_not_there_is_named(kind: str, asked: dict[str, Any]) -> None:
    found = one_problem(item("a", kind), item("b", show_when={"item": "a", **asked}))
    assert found == ((*SECOND, "show_when", *asked), "a has no option maybe")


def test_an_option_is_looked_up_in_the_scale_too() -> None:
    items = item("a", scale="usual"), item("b", show_when={"item": "a", "eq": "maybe"})
    assert one_problem(*items, scales={"usual": YES_NO}) == ((*SECOND, "show_when", "eq"), "a has no option maybe")


ROWS = item("g", "group", items=[item("g.a"), item("g.b", show_when={"item": "g.a", **YES})])


def test_an_item_that_repeats_in_rows_may_not_be_asked_from_outside() -> None:
    found = one_problem(ROWS, item("b", show_when={"item": "g.a", **YES}))
    assert found == ((*SECOND, "show_when", "item"), "g.a repeats in rows: ask with some or every")


def test_an_item_of_another_groups_rows_may_not_be_asked() -> None:
    other = item("h", "group", items=[item("h.a", show_when={"item": "g.a", **YES})])
    path, text = one_problem(ROWS, other)
    assert path == (*SECOND, "items", 0, "show_when", "item")
    assert text == "g.a repeats in rows: ask with some or every"


def test_items_of_rows_are_asked_from_outside_with_some_and_every() -> None:
    for head in ("some", "every"):
        assert checklist(ROWS, item("b", show_when={head: "g", "where": {"item": "g.a", **YES}}))


def test_where_may_not_leave_its_rows_for_those_of_another_group() -> None:
    other = item("h", "group", items=[item("h.a")])
    path, text = one_problem(ROWS, other, item("b", show_when={"some": "g", "where": {"item": "h.a", **YES}}))
    assert (path[3], text) == (2, "h.a repeats in rows: ask with some or every")


def test_some_and_every_ask_a_group() -> None:
    single = one_problem(item("a"), item("b", show_when={"some": "a", "where": {"fact": "funder", "eq": "jst"}}))
    assert single == ((*SECOND, "show_when", "some"), "a is not a group")
    missing = one_problem(item("a", show_when={"every": "z", "where": {"fact": "funder", "eq": "jst"}}))
    assert missing == ((*FIRST, "show_when", "every"), "z is not a group")


def test_conditions_that_go_round_in_a_circle_are_told_with_the_circle() -> None:
    path, text = one_problem(
        item("a", show_when={"item": "c", **YES}),
        item("b", show_when={"item": "a", **YES}),
        item("c", show_when={"item": "b", **YES}),
    )
    assert path == (*FIRST, "show_when")
    assert text == "conditions go round in a circle: a → c → b → a"


def test_an_item_that_asks_itself_is_a_circle() -> None:
    _, text = one_problem(item("a", show_when={"item": "a", **YES}))
    assert text == "conditions go round in a circle: a → a"


def test_a_circle_through_a_section_a_group_and_its_rows_is_found() -> None:
    asks = {"some": "g", "where": {"item": "g.a", **YES}}
    found = one_problem(
        section("one", item("a", show_when=asks)),
        section("two", item("g", "group", items=[item("g.a")]), show_when={"item": "a", **YES}),
    )
    assert found[1].startswith("conditions go round in a circle: ")


def test_a_rule_may_look_at_its_own_item_without_being_a_circle() -> None:
    rule = {"id": "r", "effect": "warn", "message": words("m"), "when": {"item": "a", **YES}}
    assert checklist(item("a", rules=[rule]))


def test_looks_at_gathers_what_decides_about_an_item_its_group_and_its_section() -> None:
    group = item(
        "g",
        "group",
        show_when={"item": "b", **YES},
        items=[item("g.a"), item("g.c", show_when={"item": "g.a", **YES})],
    )
    compiled = checklist(
        section("one", item("a"), item("b")), section("two", group, show_when={"item": "a", **YES})
    )
    assert looks_at(compiled, compiled.items["g.c"]) == {"a", "b", "g.a"}


def test_an_id_used_again_is_named_also_inside_a_group() -> None:
    assert one_problem(item("a"), item("a", "text")) == ((*SECOND, "id"), "the id a is used twice")
    group = item("g", "group", items=[item("g.a"), item("g.a")])
    assert one_problem(group) == ((*FIRST, "items", 1, "id"), "the id g.a is used twice")


def test_an_id_used_again_is_named_for_sections_sources_lists_rules_and_options() -> None:
    assert one_problem(section("s", item("a")), section("s", item("b"))) == (
        ("sections", 1),
        "the section id s is used twice",
    )
    whole = data(item("a"))
    twice = {name: [*whole[name], *whole[name]] for name in ("sources", "lists")}
    assert problems(whole | twice) == [
        (("sources", 1), "the source id guide is used twice"),
        (("lists", 1), "the list id countries is used twice"),
    ]
    rule = {"id": "r", "effect": "warn", "message": words("m"), "when": {"item": "a", **YES}}
    assert one_problem(item("a", rules=[rule, rule])) == ((*FIRST, "rules", 1), "the rule id r is used twice")
    options = [*YES_NO, YES_NO[0]]
    assert one_problem(item("a", options=options)) == ((*FIRST, "options", 2), "the option yes is used twice")
    found = one_problem(item("a", scale="usual"), scales={"usual": options})
    assert found == (("scales", "usual", 2), "the option yes is used twice")


@pytest.mark.parametrize("other", ["a", "nowhere"])
def test_must_differ_from_names_another_item(other: str) -> None:
    found = one_problem(item("a", must_differ_from=[other]))
    assert found == ((*FIRST, "must_differ_from", 0), f"must_differ_from names {other}, which is no other item")


@pytest.mark.parametrize("other", ["g.b", "g.z", "a"])
def test_edition_of_names_an_item_beside_it(other: str) -> None:
    group = item("g", "group", items=[item("g.a"), item("g.b", "text", edition_of=other)])
    path, text = one_problem(group, item("a"))
    assert path == (*FIRST, "items", 1, "edition_of")
    assert text == f"edition_of names {other}, which is no other item beside it"


def signed(*signatories: dict[str, object], **more: object) -> list[tuple[object, str]]:
    statement = {"version": "1.0.0", "text": words("We confirm.")}
    return problems(data(item("a"), attestation={"statement": statement, "signatories": list(signatories)}, **more))


ATTESTER = {"role": "attester", "order": 3}
PRINCIPAL = {"role": "principal_investigator", "order": 1}
OWN = {"statement": {"version": "1.0.0", "text": words("I declare.")}}


def test_the_last_in_order_is_the_attester_who_certifies_the_statement() -> None:
    of_library = {"role": "library", "order": 2}
    signatories = [ATTESTER, of_library | OWN, PRINCIPAL | OWN]
    statement = {"version": "1.0.0", "text": words("We confirm.")}
    made = checklist(item("a"), attestation={"statement": statement, "signatories": signatories}).attestation
    assert [one.role for one in made.in_order] == ["principal_investigator", "library", "attester"]
    assert [made.words_of(one).text.en for one in made.in_order] == ["I declare.", "I declare.", "We confirm."]
    last = "the last in order is the attester, who certifies the statement of the attestation"
    assert signed(ATTESTER, {"role": "library", "order": 4}) == [(("attestation", "signatories", 1), last)]
    assert signed(PRINCIPAL, ATTESTER | OWN) == [(("attestation", "signatories", 1), last)]


def test_a_grant_has_one_principal_investigator_and_an_institution_none() -> None:
    none = "a grant has one principal investigator, and the institution itself has none"
    assert signed(PRINCIPAL, PRINCIPAL | {"order": 2}, ATTESTER) == [(("attestation", "signatories", 1), none)]
    assert signed(PRINCIPAL, ATTESTER, scope="institution") == [(("attestation", "signatories", 0), none)]


def test_label_from_names_an_item_of_the_group() -> None:
    found = one_problem(item("g", "group", items=[item("g.a")], repeat={"label_from": "a"}), item("a"))
    assert found == ((*FIRST, "repeat", "label_from"), "label_from names a, which is not in the group")


def test_ids_inside_a_group_begin_with_the_groups_id() -> None:
    found = one_problem(item("g", "group", items=[item("gg.a")]))
    assert found == ((*FIRST, "items", 0, "id"), "an item of the group g has an id that begins with g.")


def test_a_version_applies_by_facts_and_not_by_its_own_items() -> None:
    path, text = one_problem(item("a"), applies_when={"item": "a", **YES})
    assert (path, text) == (("applies_when",), "a version applies by facts, not by its own items")
    assert checklist(item("a"), applies_when={"fact": "stage", "eq": "award"})


def test_several_problems_are_told_at_once() -> None:
    found = problems(
        data(
            item("a", scale="usual", cites=[{"source": "hearsay", "clause": "1"}]),
            item("b", show_when={"all": [{"item": "z", **YES}, {"fact": "weather", **YES}]}),
            item("b", must_differ_from=["b"]),
        )
    )
    assert [text for _, text in found] == [
        "the id b is used twice",
        "there is no scale usual",
        "there is no source hearsay",
        "there is no item z",
        "there is no fact weather",
        "must_differ_from names b, which is no other item",
    ]
    assert found[3][0] == (*SECOND, "show_when", "all", 0, "item")


def test_several_faults_of_shape_are_told_at_once_with_their_paths() -> None:
    whole = data(item("a", colour="red"), item("B"))
    whole["version"] = "1.0"
    places = [path for path, _ in problems(whole)]
    assert places == [("version",), (*FIRST, "colour"), (*SECOND, "id")]


@pytest.mark.parametrize(
    "wrong",
    [
        item("a", "text", options=YES_NO),
        item("a", options=[]),
        item("a", scale="usual", options=YES_NO),
        item("a", "text", list="countries"),
        item("a", "code", list=None),
        item("a", "group", items=[]),
        item("a", "group", repeat=None, items=[item("a.b")]),
        item("a", "text", items=[item("a.b")]),
        item("a", "group", items=[item("a.b", "group", items=[item("a.b.c")])]),
        item("a", cites=[]),
        item("a", text={"ja": "日本語だけ"}),
        item("a", text={"ja": "", "en": "Empty"}),
        item("a", text={"ja": "か\u3099", "en": "Not in NFC"}),
        item("a", states=["open"]),
        item("a", disclosure="all"),
        item("a", answered_by="dean"),
        item("a", stages=["sometimes"]),
        item("a", max_length=0),
        item("a", required="no"),
        item("a", min="1"),
        item("a.", "text"),
        item("a_b", "text"),
        item("a", "percentage"),
    ],
)
def test_an_item_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    assert problems(data(wrong))[0][0][:4] == FIRST


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "checklist/2"},
        {"family": "Sample"},
        {"version": "01.0.0"},
        {"effective": {"from": "2026-13-01"}},
        {"effective": {"from": "0000-00-00"}},
        {"effective": {"from": "２０２６-04-01"}},
        {"languages": {"authoritative": "en", "required": ["ja", "en"]}},
        {"sources": []},
        {"sections": []},
        {"status": "published"},
    ],
)
def test_a_version_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    assert problems(data(item("a")) | wrong)[0][0][0] == next(iter(wrong))


def test_an_unconfirmed_source_needs_a_note() -> None:
    whole = data(item("a"))
    whole["sources"][0]["confirmed"] = False
    ((path, text),) = problems(whole)
    assert path == ("sources", 0)
    assert "needs a note" in text


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"fact": "stage", "eq": "award"}
    for _ in range(depth - 1):
        inner = {"not": inner}
    return inner


def test_conditions_nest_eight_deep_and_no_deeper_in_items_sections_and_rules() -> None:
    def all_of(depth: int) -> dict[str, Any]:
        rule = {"id": "r", "effect": "warn", "message": words("m"), "when": nested(depth)}
        one = item("a", show_when=nested(depth), rules=[rule])
        return data(section("s", one, show_when=nested(depth)), applies_when=nested(depth))

    assert compile_checklist(all_of(8))
    assert [path[-1] for path, _ in problems(all_of(9))] == ["applies_when", "show_when", "show_when", "when"]
