"""One language in code and templates, both on the page: Japanese comes from catalogues and data modules."""

import html.parser
import io
import re
import tokenize
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from babel.support import Translations

ROOT = Path(__file__).parents[1]
JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")

# modules whose strings may hold Japanese, and why
DATA_MODULES = {
    "app/domain/texts.py": "names of eras, and the order of a Japanese date",
    "app/domain/labels.py": "what codes are called where page and record must say the same",
    "app/domain/changes.py": "what differs between two versions, which publishers read in both languages",
    "app/domain/differences.py": "the sentences around what differs, likewise",
    "app/domain/wording.py": "conditions in words of both languages",
    "app/domain/explaining.py": "items explained in both languages",
    "app/domain/describing.py": "versions explained in both languages",
    "app/domain/checking.py": "words that speak of origin, of which authors are warned in either language",
    "app/catalog/drafts.py": "the skeleton of a version, which is written in both languages",
    "app/catalog/columns.py": "the separators of several values in a cell, as Japanese keyboards write them",
    "app/catalog/layout.py": "what a workbook tells its author, in both languages",
    "app/catalog/writing.py": "brackets after which a line of Japanese is not broken",
    "app/catalog/tables.py": "the headings of a workbook, in both languages",
    "app/domain/importing.py": "headings and words of award lists as universities have them",
    "app/domain/recording.py": "how answers read in the record, which carries both languages",
    "app/offline/words.py": "what the offline verifier tells people, in both languages",
    "app/pdf/annex.py": "the label of the file inside the annex, in both languages at once",
    "app/pdf/confirmation.py": "what the files inside the PDF are called, in both languages at once",
    "app/pdf/drawing.py": "labels inside the PDF file, in both languages at once",
    "app/pdf/fonts.py": "the brackets around a character that no font can print",
    "app/pdf/writing.py": "the time of day as it is written in Japanese on the attestation",
    "app/signing/seal.py": "the reason inside the signature, in both languages at once",
}
# templates that show words of a file format, and why
DATA_TEMPLATES = {
    "templates/institution/import.html": "the headings and cell values that an award list must hold, as data",
}
# what is Japanese in a page of any language
BRAND = "Kakunin 確認"


def strings_with_japanese(source: str) -> list[tuple[int, str]]:
    """Return the string literals, docstrings left out, that hold Japanese letters or punctuation."""
    found = []
    statement_begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_text = "STRING" in tokenize.tok_name[token.type]
        if is_text and not statement_begins and JAPANESE.search(token.string):
            found.append((token.start[0], token.string))
        if token.type not in {tokenize.COMMENT, tokenize.NL}:
            statement_begins = token.type in {
                tokenize.NEWLINE,
                tokenize.INDENT,
                tokenize.DEDENT,
                tokenize.ENCODING,
            }
    return found


def test_the_search_finds_strings_and_passes_over_docstrings_and_comments() -> None:
    source = '"""確認"""\n# 確認\nA = "確認"  # 確認\ndef f():\n    """確認"""\n    return f"、{A}"\n'
    assert strings_with_japanese(source) == [(3, '"確認"'), (6, 'f"、{A}"')]


def test_no_module_outside_the_data_modules_speaks_japanese() -> None:
    found = {
        f"{name}:{line}": text
        for path in sorted((ROOT / "app").rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) not in DATA_MODULES
        and not name.startswith("app/demo/")  # made-up people and projects are data
        for line, text in strings_with_japanese(path.read_text("utf-8"))
    }
    assert found == {}


@pytest.mark.parametrize("name", [*DATA_MODULES, *DATA_TEMPLATES])
def test_what_is_excepted_is_there_and_needs_the_exception(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert strings_with_japanese(text) if name.endswith(".py") else JAPANESE.search(text)


class _Japanese(html.parser.HTMLParser):
    """Finds Japanese outside elements marked ``lang="ja"``."""

    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = self._inside() or dict(attrs).get("lang") == "ja"
        self._look(" ".join(value or "" for _, value in attrs), inside)
        if tag not in self.VOID:
            self.open.append((tag, inside))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._look(data.replace(BRAND, ""), self._inside())

    def _inside(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _look(self, text: str, inside: bool) -> None:
        for number, line in enumerate(text.splitlines()):
            if not inside and JAPANESE.search(line):
                self.found.append((self.getpos()[0] + number, line.strip()))


def japanese_in(template: str) -> list[tuple[int, str]]:
    reader = _Japanese()
    # a comment of the template is for us and never on a page
    reader.feed(re.sub(r"{#.*?#}", lambda found: "\n" * found[0].count("\n"), template, flags=re.DOTALL))
    reader.close()
    return reader.found


def test_the_search_finds_japanese_in_text_and_attributes_outside_elements_marked_so() -> None:
    template = (
        '<p title="題">確\n<b lang="ja">認</b>{# 注 #}<br></p>\n<i lang="en">語</i><title>Kakunin 確認</title>'
    )
    assert japanese_in(template) == [(1, "題"), (1, "確"), (3, "語")]


def test_no_template_speaks_japanese_outside_what_is_marked_as_japanese() -> None:
    found = {
        f"{name}:{line}": text
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (name := str(path.relative_to(ROOT))) not in DATA_TEMPLATES and not name.startswith("templates/pdf/")
        for line, text in japanese_in(path.read_text("utf-8"))
    }
    assert found == {}


# the Japanese catalogue

PO = ROOT / "app" / "web" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
# as `make translations` extracts
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None}
PLACES = re.compile(r"%\((\w+)\)[a-z]|(?<!{){(\w+)}(?!})|%[sd]")


def extracted() -> dict[str, tuple[str, ...]]:
    """Return every message of code and templates: its key and the forms of it in English."""
    with (ROOT / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    found: dict[str, tuple[str, ...]] = {}
    for name, _, message, _, _ in extract_from_dir(ROOT, methods, options, KEYWORDS):
        if not name.startswith((".venv", "tests", "node_modules")):
            forms = message if isinstance(message, tuple) else (message,)
            found[forms[0]] = forms
    return found


def catalogue() -> Catalog:
    assert PO.is_file(), f"{PO.relative_to(ROOT)} is not there yet"
    with PO.open("rb") as file:
        return read_po(file, "ja")


def places(text: str) -> list[str]:
    return sorted({found[0] for found in PLACES.finditer(text)})


def forms_of(catalog: Catalog, key: str) -> tuple[str, ...]:
    message = catalog.get(key)
    if message is None or not message.string:
        return ()
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_there_are_messages_in_code_and_in_templates() -> None:
    assert len(extracted()) > 100
    assert "Verify an attestation" in extracted()


def test_the_japanese_catalogue_is_complete() -> None:
    catalog = catalogue()
    missing = [key for key in extracted() if not forms_of(catalog, key) or not all(forms_of(catalog, key))]
    assert missing == []


def test_nothing_in_the_japanese_catalogue_is_fuzzy_or_left_over() -> None:
    catalog = catalogue()
    assert [message.id for message in catalog if message.fuzzy and message.id] == []
    known = set(extracted())
    ids = [message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id]
    assert [name for name in ids if name not in known] == []


def test_the_japanese_catalogue_keeps_the_placeholders_of_every_message() -> None:
    catalog = catalogue()
    wrong = {}
    for key, english in extracted().items():
        for japanese in forms_of(catalog, key):
            # a plural in Japanese has one form, which carries what the English plural carries
            if places(japanese) != places(english[-1]):
                wrong[key] = japanese
    assert wrong == {}


def test_the_japanese_catalogue_is_written_in_japanese() -> None:
    """A message that reads the same in both is a name or a number, not a sentence left in English."""
    catalog = catalogue()
    same = [key for key in extracted() if forms_of(catalog, key) == (key,) and " " in key]
    assert same == []


def test_the_compiled_catalogue_is_the_one_that_is_written() -> None:
    """What the service reads is compiled by the Makefile; a stale or missing one would speak English."""
    compiled = Translations.load(PO.parents[2], ["ja"])
    catalog = catalogue()
    for key in extracted():
        message = catalog.get(key)
        assert message is not None
        if isinstance(message.string, str):
            assert compiled.gettext(key) == message.string
