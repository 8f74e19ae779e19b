"""A version as a workbook: out and in without loss, and every fault with its sheet and cell, all at once."""

import copy
import unicodedata
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.catalog.gathering import Gathering
from app.catalog.spreading import spread
from app.catalog.spreadsheet import read_workbook, write_workbook
from app.catalog.strict import CatalogError, parse
from app.catalog.tables import OF_ITEM, README, SUCCESSION, TABLES
from app.catalog.versions import families, version_files
from app.catalog.writing import write_yaml
from app.domain.attestation import canonical, sha256
from app.domain.checklist import Attesting, StatementText
from app.domain.succession import Effective, InProgress, Languages, Succession
from tests.catalog.xlsx import cell, changed, column_of, repacked, row_of
from tests.whole import whole

ROOT = Path(__file__).parents[2]
FILES = [
    file
    for folder in (ROOT / "checklists", ROOT / "tests" / "families")
    for family in families(folder)
    for file in version_files(family)
]


def there_and_back(data: dict[str, Any]) -> dict[str, Any]:
    return read_workbook(write_workbook(data, "f"), "f.xlsx")


def told(content: bytes) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_workbook(content, "f.xlsx")
    return str(caught.value).splitlines()


@pytest.fixture(scope="module")
def book() -> bytes:
    return write_workbook(whole(), "f")


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_real_version_comes_back_with_its_hash(file: Path) -> None:
    data = parse(file.read_bytes(), file.name)[0]
    back = there_and_back(data)
    assert back == data
    assert sha256(canonical(back)) == sha256(canonical(data))
    assert parse(write_yaml(back).encode(), "f")[0] == data


def test_the_sample_of_everything_comes_back_and_uses_every_column(book: bytes) -> None:
    assert read_workbook(book, "f.xlsx") == whole()
    rows = spread(whole())
    for table in TABLES:
        used = {key for row in rows[table.name] for key, text in row.items() if text}
        assert used >= {column.key for column in table.columns}, table.name
        assert not any("other" in row for row in rows[table.name]), table.name


def fields(model: Any, *but: str) -> set[str]:
    return {each.alias or name for name, each in model.model_fields.items()} - set(but)


def test_every_field_of_the_language_has_a_column_or_a_sheet() -> None:
    columns = {table.name: {column.path for column in table.columns if not column.link} for table in TABLES}
    elsewhere = {
        "Version": {"sources", "lists", "scales", "sections"},
        "Sources": {"clauses"},
        "Sections": {"items"},
        "Items": {"items", *OF_ITEM},
    }
    for table in TABLES:
        if table.model is not None:
            found = {path[0] for path in columns[table.name]}
            assert found == fields(table.model, *elsewhere.get(table.name, ())), table.name
    version = columns["Version"]
    inner = {
        ("languages",): (Languages, ()),
        ("effective",): (Effective, ()),
        ("supersedes",): (Succession, ("renamed", "options", "removed", "reconfirm", "editorial")),
        ("supersedes", "in_progress"): (InProgress, ()),
        ("attestation",): (Attesting, ("signatories",)),
        ("attestation", "statement"): (StatementText, ()),
    }
    for path, (model, but) in inner.items():
        found = {one[len(path)] for one in version if one[: len(path)] == path}
        assert found == fields(model, *but), path
    repeat = {path[1] for path in columns["Items"] if path[0] == "repeat"}
    assert repeat == {"over", "min", "max", "label_from"}
    assert fields(Succession) - {path[1] for path in version if path[0] == "supersedes"} == {
        {"option": "options"}.get(act, act) for act in SUCCESSION.columns[0].choices
    }


TEXTS = st.one_of(
    st.sampled_from(
        [
            "=1+1",
            "+81",
            "-5",
            "@x",
            "#N/A",
            "#REF!",
            "TRUE",
            "1.10",
            "012",
            "null",
            " ",
            " x ",
            "\n",
            "a\n\n b",
            "_x0041_",
        ]
    ),
    st.sampled_from(
        ["x005F_", "𠮷野家", "👩‍🔬", "\u3000", "a\u2028b", "\ufeff", "\uffff", "2026-04-01", "{}", "c1", "a, b"]
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(bool),
)
# what the language may hold beside what authors usually write
ODD = st.sampled_from([None, [], {}, "", 0, True, {"x": [1, {"y": None}]}, [{}], ["a b"], [1]])


def spots(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(spot for step, value in inner for spot in spots(value, (*path, step)))]


def reread(data: dict[str, Any]) -> dict[str, Any]:
    """Send data through the file without holding it to the language."""
    content = write_workbook(data, "f")
    gathered: list[Gathering] = []
    real = Gathering.gather

    def spy(self: Gathering) -> None:
        real(self)
        gathered.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gathering, "gather", spy)
        try:
            read_workbook(content, "f.xlsx")
        except CatalogError:
            assert not gathered[0].faults, gathered[0].faults
    return gathered[0].data


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_a_version_holds_comes_back(given_data: st.DataObject) -> None:
    data = whole()
    for _ in range(given_data.draw(st.integers(1, 6))):
        path = given_data.draw(st.sampled_from([spot for spot in spots(data) if spot and spot[-1] != "id"]))
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        match given_data.draw(st.sampled_from(["text", "odd", "delete", "more"])):
            case "text" if isinstance(parent[path[-1]], str):
                parent[path[-1]] = given_data.draw(TEXTS)
            case "odd" if isinstance(parent, dict):
                parent[path[-1]] = copy.deepcopy(given_data.draw(ODD))
            case "more" if isinstance(parent, dict):
                parent[given_data.draw(st.sampled_from(["more", "rules", "note"]))] = given_data.draw(TEXTS)
            case "delete" if isinstance(parent, dict):
                del parent[path[-1]]
    assert reread(data) == data


def test_authors_find_headings_in_both_languages_choices_and_a_page_to_read_first(book: bytes) -> None:
    found = load_workbook(BytesIO(book))
    assert found.sheetnames == [README, *(table.name for table in TABLES)]
    readme = "\n".join(str(one.value) for (one,) in found[README].iter_rows(max_col=1) if one.value)
    assert "取り込むには" in readme
    assert "To bring it in" in readme
    items = found["Items"]
    heading = items.cell(1, column_of(items, "kind"))
    assert heading.value == "種類\nKind\nkind"
    assert items.freeze_panes == "D2"
    assert found["Version"].freeze_panes == "B2"
    rules = {str(rule.sqref).partition("2:")[0]: rule.formula1 for rule in items.data_validations.dataValidation}
    assert rules[heading.column_letter].startswith('"single,multi,')
    assert rules["A"] == "Sections!$A$2:$A$2000"
    assert items.column_dimensions["F"].width > 40
    assert items["F2"].alignment.wrap_text
    assert [row[2].value for row in items.iter_rows(min_row=2, max_row=6)] == [
        "foreign",
        "partners",
        "partners.name",
        "partners.country",
        "partners.judged",
    ]
    for sheet in found:
        for row in sheet.iter_rows():
            assert {one.data_type for one in row if one.value is not None} <= {"s"}, sheet.title
            assert all(len(str(one.value)) <= 255 or one.row > 1 for one in row)
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.formula1 or "") <= 255
            assert len(rule.prompt or "") <= 255


def test_what_begins_like_a_formula_is_text_and_stays_so(book: bytes) -> None:
    found = load_workbook(BytesIO(book))
    message = cell(found, "Rules", "message.ja", 3)
    assert (message.value, message.data_type, message.quotePrefix, message.number_format) == (
        "=SUM(A1)",
        "s",
        True,
        "@",
    )
    assert "<f>" not in "".join(part.decode("utf-8", "replace") for part in parts_of(book).values())


def parts_of(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    repacked(content, found.update)
    return found


def test_what_a_spreadsheet_program_types_is_read_as_the_language_means_it(book: bytes) -> None:
    def retype(book: Workbook) -> None:
        cell(book, "Version", "effective.from").value = date(2026, 4, 1)
        cell(book, "Version", "attestation.valid_for_days").value = 365.0
        cell(book, "Sources", "confirmed").value = False
        cell(book, "Sources", "id").value = " guide "
        cell(book, "Items", "required").value = True
        cell(book, "Items", "number", 3).value = "1.10"
        cell(book, "Items", "repeat.max", 3).value = "５０"
        cell(book, "Items", "cites", 3).value = "guide#3.1\n"
        cell(book, "Clauses", "id").value = 3.1
        cell(book, "Evidence", "min_files").value = 0
        cell(book, "Succession", "option", 3).value = 1
        cell(book, "Version", "languages.required").value = "ja、en"
        for name in ("effective.from",):
            cell(book, "Version", name).number_format = "yyyy/m/d"

    assert read_workbook(changed(book, retype), "f.xlsx") == whole()


def test_columns_may_be_moved_and_empty_rows_left(book: bytes) -> None:
    def move(book: Workbook) -> None:
        sheet = book["Rules"]
        sheet.move_range(f"A1:A{sheet.max_row}", cols=20)
        book["Items"].insert_rows(3, 2)
        book.move_sheet("Version", 5)

    assert read_workbook(changed(book, move), "f.xlsx") == whole()


def test_every_fault_is_told_at_once_with_its_sheet_and_cell(book: bytes) -> None:
    def damage(book: Workbook) -> None:
        cell(book, "Version", "attestation.valid_for_days").value = "a year"
        cell(book, "Version", "effective.from").value = "1 April"
        cell(book, "Sources", "confirmed").value = "perhaps"
        cell(book, "Clauses", "source").value = "guise"
        cell(book, "Items", "kind").value = "colour"
        cell(book, "Items", "text.ja", 3).value = None
        cell(book, "Items", "show_when", 3).value = '{"item": "foreign", "eq": }'
        cell(book, "Items", "show_when", 5).value = '{"item": "foreign", "like": "x"}'
        cell(book, "Items", "group", 4).value = "no-group"
        cell(book, "Items", "section", 6).value = "judging"
        cell(book, "Items", "cites", 7).value = "guide"
        cell(book, "Rules", "item").value = None
        cell(book, "Evidence", "label.en").value = "=A1"
        cell(book, "Signatories", "order").value = 1.5
        cell(book, "Succession", "act").value = "forgotten"
        book["Derived"].row_dimensions[3].hidden = True
        book["Options"].merge_cells("C3:D3")

    found = changed(book, damage)
    columns = load_workbook(BytesIO(found))

    def place(sheet: str, key: str, row: int = 2) -> str:
        return f"f.xlsx:{sheet}!{cell(columns, sheet, key, row).coordinate}: "

    lines = told(found)
    assert {line for line in lines if "hidden row" not in line} == {
        place("Version", "attestation.valid_for_days") + "a year is no whole number",
        place("Version", "effective.from") + "from is a day, such as 2026-04-01",
        place("Sources", "confirmed") + "perhaps is neither true nor false",
        place("Clauses", "source") + "there is no source guise",
        place("Items", "kind")
        + next(line for line in lines if line.startswith(place("Items", "kind"))).partition(": ")[2],
        place("Items", "show_when", 3) + "this is no JSON: Expecting value (character 27)",
        place("Items", "show_when", 5) + "the language has no like here",
        place("Items", "group", 4) + "there is no group no-group",
        place("Items", "section", 6) + "the group partners is in the section collab",
        place("Items", "cites", 7) + "guide names no clause: write source#clause",
        place("Rules", "item") + "say which item this belongs to",
        place("Evidence", "label.en") + "the cell holds a formula: write its text instead",
        place("Signatories", "order") + "1.5 is no whole number",
        place("Succession", "act") + "this is one of renamed, option, removed, reconfirm, editorial",
        "f.xlsx:Options!C3: the cells C3:D3 are merged: split them",
    }
    assert len([line for line in lines if line.startswith("f.xlsx:Derived!") and "hidden row" in line]) == 3


def test_what_the_language_refuses_is_told_at_its_cell(book: bytes) -> None:
    def damage(book: Workbook) -> None:
        cell(book, "Items", "text.ja").value = None
        cell(book, "Items", "scale", 5).value = "yes-no"
        cell(book, "Items", "max_length", 4).value = 5000
        cell(book, "Rules", "effect", 3).value = None
        cell(book, "Conditions", "condition").value = '{"any": [{"item": "areas", "has": "quantum", "eq": 1}]}'
        cell(book, "Version", "family").value = "No Family"

    found = changed(book, damage)
    book_now = load_workbook(BytesIO(found))
    places = {line.split(": ")[0] for line in told(found)}
    assert places == {
        f"f.xlsx:{sheet}!{cell(book_now, sheet, key, row).coordinate}"
        for sheet, key, row in (
            ("Items", "text.ja", 2),
            ("Items", "id", 5),
            ("Items", "max_length", 4),
            ("Rules", "effect", 3),
            ("Conditions", "condition", 2),
            ("Version", "family", 0),
        )
    }


def test_references_are_held_too(book: bytes) -> None:
    found = changed(book, lambda book: setattr(cell(book, "Items", "cites", 3), "value", "guide#9"))
    (line,) = told(found)
    assert line.endswith("the source guide has no clause 9")
    assert line.startswith("f.xlsx:Items!")


def test_sheets_and_columns_are_the_known_ones(book: bytes) -> None:
    def damage(book: Workbook) -> None:
        book.remove(book["Evidence"])
        book.create_sheet("Sheet1")
        book["Rules"].cell(1, column_of(book["Rules"], "effect")).value = "Effekt"
        book["Rules"]["Z9"] = "a remark"
        book["Options"].cell(1, column_of(book["Options"], "label.en")).value = "x\nlabel.ja"
        book["Version"].delete_rows(row_of(book["Version"], "scope"))
        book["Version"]["C4"] = "beside"
        book["Clauses"].cell(1, 2).value = None

    assert set(told(changed(book, damage))) == {
        "f.xlsx:Evidence: the sheet is missing",
        "f.xlsx:Sheet1!A1: a version has no such sheet: delete it",
        "f.xlsx:Rules!D1: Effekt is no column of this sheet",
        "f.xlsx:Rules!A1: the column effect is missing",
        "f.xlsx:Rules!D2: the cell has no heading: delete it, or write a heading",
        "f.xlsx:Rules!D3: the cell has no heading: delete it, or write a heading",
        "f.xlsx:Rules!Z9: the cell has no heading: delete it, or write a heading",
        "f.xlsx:Options!D1: the column label.ja stands twice",
        "f.xlsx:Options!A1: the column label.en is missing",
        *(f"f.xlsx:Options!D{n}: the cell has no heading: delete it, or write a heading" for n in range(2, 5)),
        "f.xlsx:Version!A1: the column scope is missing",
        "f.xlsx:Version!C4: the cell has no heading: delete it, or write a heading",
        "f.xlsx:Clauses!A1: the column id is missing",
        "f.xlsx:Clauses!B2: the cell has no heading: delete it, or write a heading",
    }


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[]", "neither JSON in {…} nor the name of a row of the sheet Conditions"),
        ("c9", "neither JSON in {…} nor the name of a row of the sheet Conditions"),
        ('{"item": "foreign", "eq": 1.5}', "1.5 is no whole number: write it as text, in quotes"),
        ('{"item": "foreign", "eq": NaN}', "NaN is no whole number: write it as text, in quotes"),
        ('{"item": "foreign", "eq": 1234567890123456}', "more digits than a whole number may have"),
        ('{"item": "foreign", "item": "foreign"}', "the key item stands twice"),
        ('{"not": ' * 31 + "{}" + "}" * 31, "nested deeper than 30"),
        ('{"a": ' + "[" * 16_000, "nested deeper than 30"),
        ('{"item": "a\\u0007"}', "control character"),
        ('{"item": "e\\u0301"}', "NFC"),
        ('{"item": "\\ud800"}', "control character"),
        ("{} {}", "this is no JSON: Extra data (character 4)"),
    ],
)
def test_a_condition_is_strict_json(book: bytes, written: str, said: str) -> None:
    def damage(book: Workbook) -> None:
        cell(book, "Items", "show_when", 3).value = written.replace("\\\\", "\\")

    (line,) = told(changed(book, damage))
    assert said in line


def test_conditions_by_name_are_used_and_named_once(book: bytes) -> None:
    def use(book: Workbook) -> None:
        book["Conditions"].append(["mine", '{"item": "foreign", "eq": "yes"}'])
        cell(book, "Evidence", "required_when", 3).value = "mine"

    assert read_workbook(changed(book, use), "f.xlsx") == whole()

    def misuse(book: Workbook) -> None:
        book["Conditions"].append(["c1", "{}"])
        book["Conditions"].append(["mine", '{"item": '])
        book["Conditions"].append(["spare", "{}"])
        cell(book, "Evidence", "required_when", 3).value = "mine"

    assert told(changed(book, misuse)) == [
        "f.xlsx:Conditions!A3: a condition has a name of its own, and stands beside it",
        "f.xlsx:Conditions!B4: this is no JSON: Expecting value (character 9)",
        "f.xlsx:Conditions!A5: nothing refers to the condition spare",
    ]


def test_a_named_condition_counts_wherever_it_stands(book: bytes) -> None:
    def swell(book: Workbook) -> None:
        values = ", ".join(f'"{n:060}"' for n in range(490))
        book["Conditions"].append(["long", f'{{"item": "foreign", "in": [{values}]}}'])
        for _ in range(70):
            book["Derived"].append(["result", "long", "yes"])

    assert "conditions by name amount to more than a checklist may hold" in "\n".join(told(changed(book, swell)))


def test_what_stands_twice_is_refused(book: bytes) -> None:
    def double(book: Workbook) -> None:
        book["Succession"].append(["renamed", "abroad", None, "areas"])
        book["Succession"].append(["removed", "gone", "yes"])
        sheet = book["Items"]
        place = sheet.max_column + 1
        sheet.cell(1, place).value = "other"
        sheet.cell(3, place).value = '{"text": {"ja": "二度"}}'
        book["Scales"].append([None, "maybe", "たぶん", "Maybe"])

    rows = load_workbook(BytesIO(book))["Succession"].max_row
    lines = told(changed(book, double))
    assert f"f.xlsx:Succession!B{rows + 1}: this stands twice" in lines
    assert f"f.xlsx:Succession!B{rows + 2}: removed goes with item and nothing else" in lines
    assert any("ja has a column of its own and stands there already" in line for line in lines)
    assert any("say which scale the option belongs to" in line for line in lines)


def test_a_text_too_long_for_a_cell_is_named_before_anything_is_written() -> None:
    data = whole()
    long = {"item": "areas", "in": [f"{n:080}" for n in range(500)]}
    data["sections"][0]["items"][1]["show_when"] = long
    data["sections"][0]["items"][0]["text"]["ja"] = "🍣" * 16_384
    with pytest.raises(CatalogError) as caught:
        write_workbook(data, "sample.whole 1.10.0")
    assert str(caught.value).splitlines() == [
        "sample.whole 1.10.0:Items!F2: text.ja has 32,768 characters; a cell holds 32,767",
        f"sample.whole 1.10.0:Conditions!B2: condition has {len(str(long)):,} characters; a cell holds 32,767",
    ]
