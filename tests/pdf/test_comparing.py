"""The page is held against its record, every word of it; and the same record is drawn in the same bytes."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest
import time_machine

from app.domain.attestation import Statement, record_bytes, sha256
from app.domain.pages import Compared, Likeness
from app.pdf import confirmation, drawing, fonts, reading
from app.pdf.comparing import _first, compare
from app.pdf.comparing import compared as compared_safely
from app.pdf.confirmation import attachments, markup, render
from app.pdf.tracing import told
from app.pdf.writing import traced_markup
from tests.pdf.records import a_record, an_institutions_record, counts, enclosed, text

INK = {
    "signed_on": "2026-11-21",
    "scan_sha256": "7e" * 32,
    "role": "research_office",
    "role_name": text("研究支援部門", "Research office"),
    "post": text("研究協力課長", "Head, Research Cooperation"),
    "at": "2026-11-24T01:30:00Z",
    "method": "totp",
}


def everything():
    """Return a short record in which every place has something to say."""
    older = "0199b7c2-0000-7c3e-9a64-2f8b0d6e41aa"
    record = a_record(sections=2, items=4, supersedes=older, annex={"sha256": "ab" * 32})
    first, second = record.sections
    rows = {"state": None, "answer": None, "rows": 31, "counts": counts(answered=17, unsure=14)}
    items = (
        first.items[0].model_copy(
            update={"files": 2, "answer": text("対象外", "Out of scope"), "state": "answered"}
        ),
        first.items[1].model_copy(update=rows),
    )
    other = (
        second.items[0].model_copy(update={"state": "unsure", "rows": None, "counts": None, "number": None}),
        second.items[1].model_copy(update={"state": "derived", "answer": None}),
    )
    acts = record.acts[0].model_dump(), record.acts[1].model_dump(), record.acts[2].model_dump()
    own = Statement(version="1.0.0", text=text("申告しました。", "It is declared."))
    acts[2]["statement_sha256"] = own.sha256
    inked = record.acts[2].model_dump() | {
        "method": "ink",
        "ink": INK,
        "orcid": "https://orcid.org/0000-0002-1694-233X",
    }
    sections = (first.model_copy(update={"items": items}), second.model_copy(update={"items": other}))
    return type(record).model_validate(
        record.model_dump()
        | {
            "sections": [each.model_dump() for each in sections],
            "acts": (*acts, inked),
            "declarations": [own.model_dump()],
        }
    )


WHOLE = everything()
DATA = record_bytes(WHOLE)
# said elsewhere on the page, or only in the record: codes, names for machines, commitments
UNPRINTED = {
    "format", "issuer.code", "funder.code", "funder.programme", "stage", "salt",
    "template.id", "template.version", "template.sha256",
}  # fmt: skip
UNPRINTED_ENDS = (".id", ".commitment", ".role")


def leaves(value, path=""):
    """Yield the path of everything that a record says."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{place}")
    elif value is not None and not isinstance(value, bool):
        yield path


def printed(path):
    # an item without a number is called by its id
    if path == "sections.1.items.0.id":
        return True
    return path not in UNPRINTED and (path == "id" or not path.endswith(UNPRINTED_ENDS))


OTHERS = {"answered": "unsure", "unsure": "open", "derived": "open", "prepared": "reviewed"}
OTHERS |= {"reviewed": "attested", "attested": "reviewed", "password": "totp", "ink": "oidc", "totp": "saml"}


def other(value):
    """Return another value in place of one: one character, digit or day away."""
    if isinstance(value, int):
        return value + 1
    if value == "2026-11-23T05:02:40Z":
        return "2026-11-23T05:03:40Z"
    if value in OTHERS:
        return OTHERS[value]
    if value[:4].isdigit() and value[4:5] == "-":
        return (
            value[:8] + ("11" if value[8:10] != "11" else "12") + value[10:-2] + ("1Z" if value[-1:] == "Z" else "")
        )
    return ("X" if value[0] != "X" else "Y") + value[1:]


def altered(path, change=other):
    """Return the record with one place changed, whatever its types say."""
    steps = [int(step) if step.isdigit() else step for step in path.split(".")]

    def inside(part, rest):
        here, *further = rest
        if isinstance(here, int):
            return (
                *part[:here],
                change(part[here]) if not further else inside(part[here], further),
                *part[here + 1 :],
            )
        value = getattr(part, here)
        return part.model_copy(update={here: inside(value, further) if further else change(value)})

    return inside(WHOLE, steps)


def drawn_as(record, **more):
    """Return a PDF that carries the whole record but shows another."""
    page = markup(record, sha256(DATA), enclosed(WHOLE))
    for before, after in more.get("words", ()):
        assert before in page
        page = page.replace(before, after)
    at = datetime.fromisoformat(WHOLE.attested_at)
    return drawing.draw(page, attachments(DATA, enclosed(WHOLE)), at=at, identifier=bytes(16))


def compared(pdf, record=WHOLE):
    return compare(pdf, record_bytes(record), enclosed(record).statement)


def redrawn(record):
    return render(record, record_bytes(record), enclosed(record))


@pytest.mark.parametrize(
    "record",
    [
        WHOLE,
        a_record(sections=3, items=40),
        a_record(sections=2, items=50, sample=True),
        an_institutions_record(lists=(), valid_until=None),
        a_record(
            sections=1, items=1, issuer={"name": text("髙﨑邉𠮷葛󠄀大学✅", "U <b> & “x”"), "code": "u", "ror": None}
        ),
    ],
    ids=["everything", "long", "sample", "institution", "rare"],
)
def test_our_own_pages_say_what_they_should_word_for_word(record):
    pdf = render(record, record_bytes(record), enclosed(record))
    assert compared(pdf, record) == Compared(Likeness.SAME_WORDS)


def test_which_characters_a_page_spells_out_makes_no_difference(monkeypatch):
    name = text("髙﨑𠮷葛󠄀✅が\ue000大学", "U \u200b〔U+1F600〕")
    record = a_record(sections=1, items=1, issuer={"name": name, "code": "u", "ror": None})
    assert compared(redrawn(record), record) == Compared(Likeness.SAME_WORDS)
    family_of = fonts._family_of
    monkeypatch.setattr(fonts, "_family_of", lambda sequence: None if "葛" in sequence else family_of(sequence))
    elsewhere = redrawn(record)
    assert "〔U+845B〕" in "".join(reading.pages(elsewhere)[0])
    assert compared(elsewhere, record) == Compared(Likeness.SAME_WORDS)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u3000", "\u00a0"])
def test_white_space_of_any_kind_is_no_box_on_the_page(sign):
    name = text(f"大{sign}学", f"A{sign}B")
    record = a_record(sections=1, items=1, lists=(), issuer={"name": name, "code": "u", "ror": None})
    assert compared(redrawn(record), record) == Compared(Likeness.SAME_WORDS)


def test_a_sealed_file_begins_with_the_page_drawn_again(sealed_pdf):
    record, pdf = sealed_pdf
    assert pdf.startswith(redrawn(record))
    assert compared(pdf, record) == Compared(Likeness.SAME_WORDS)


@pytest.fixture(scope="module")
def sealed_pdf(drawn):
    return drawn.record, drawn.path.read_bytes() + b"\n% one revision more\n%%EOF\n"


PATHS = [path for path in leaves(WHOLE.model_dump()) if printed(path)]


@cache
def ours():
    return told(traced_markup(WHOLE, sha256(DATA), enclosed(WHOLE).statement))


def shows(record):
    return told(markup(record, sha256(DATA), enclosed(WHOLE)))


@pytest.mark.parametrize("path", PATHS)
def test_every_printed_place_is_compared_and_named(path):
    found = shows(altered(path))
    if path in {"id", "code", "checklist.family", "checklist.version"}:
        assert found.foot != ours().foot
    assert found.text != ours().text or path == "id"
    named = _first(ours(), found.text).field if path != "id" else "id"
    if path in {"sections.0.items.0.state"} or (path.startswith("sections.0.items.1.counts.") and named != path):
        # an answer stands for its state, and a number of none is not printed
        assert named.startswith(
            ("sections.0.items.0.answer", "words after sections.0.items.1", "sections.0.items.1.")
        )
    else:
        assert named == path


@pytest.mark.parametrize("path", [path for path in leaves(WHOLE.model_dump()) if not printed(path)])
def test_what_is_not_printed_changes_nothing(path):
    assert shows(altered(path)).text == ours().text


def test_the_places_are_those_of_the_record():
    assert {span.path for span in ours().spans} - set(leaves(WHOLE.model_dump())) == {"sha256"}


@pytest.mark.parametrize(
    ("path", "expected", "found"),
    [
        ("grant.title.ja", "量子センサ", "X子センサ"),
        ("grant.participants", "12", "13"),
        ("valid_until", "2027年11月22日(令和9年)", "2027年11月11日(令和9年)"),
        ("counts.unsure", str(WHOLE.counts.unsure), str(WHOLE.counts.unsure + 1)),
        ("sections.0.items.1.counts.answered", "17", "18"),
        ("sections.1.items.0.state", "判断できず", "未回答"),
        ("acts.3.ink.method", "ワンタイムコード", "学術認証(SAML)"),
        ("statement.text.ja", "本学は", "X学は"),
    ],
)
def test_a_page_altered_in_one_place_is_caught_on_paper(path, expected, found):
    result = compared(drawn_as(altered(path)))
    assert result.likeness is Likeness.DIFFERS
    assert result.difference.field == path
    assert result.difference.expected.startswith(expected)
    assert result.difference.found.startswith(found[:6])


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("国又は配分機関が発行する証明書ではありません", "国又は配分機関が発行する証明書です", "words after"),
        ("本書の要約", "本書の要旨", "words after"),
        ("<h1>確認書</h1>", "<h1>証明書</h1>", "words"),
        ("</body>", "<p>追記</p></body>", "sha256"),
        ('<p>検証コード <span class="code">7Q', '<p>検証コード <span class="code">8Q', "foot of page 1"),
    ],
)
def test_words_of_the_template_are_compared_too(before, after, field):
    found = compared(drawn_as(WHOLE, words=[(before, after)]))
    assert found.likeness is Likeness.DIFFERS
    assert found.difference.field.startswith(field)


def older(version="1.9.0"):
    template = WHOLE.template.model_copy(update={"version": version, "sha256": "0" * 64})
    return WHOLE.model_copy(update={"template": template})


def test_lines_that_fall_differently_make_no_difference(monkeypatch):
    record = a_record(sections=2, items=30)
    data = record_bytes(record)
    page = markup(record, sha256(data), enclosed(record)).replace("<body>", '<body style="font-size: 11.5pt">')
    at = datetime.fromisoformat(record.attested_at)
    pdf = drawing.draw(page, attachments(data, enclosed(record)), at=at, identifier=bytes(16))
    ours = redrawn(record)
    assert len(reading.pages(pdf)) != len(reading.pages(ours)) or reading.pages(pdf) != reading.pages(ours)
    assert compared(pdf, record).likeness is Likeness.SAME_WORDS


def shown(record, *changes):
    page = markup(record, sha256(record_bytes(record)), enclosed(record))
    for before, after in changes:
        assert before in page
        page = page.replace(before, after)
    at = datetime.fromisoformat(record.attested_at)
    return drawing.draw(page, attachments(record_bytes(record), enclosed(record)), at=at, identifier=bytes(16))


def test_a_template_with_other_words_is_not_compared_and_its_first_other_place_is_a_hint():
    record = older()
    words = ("<h1>確認書</h1>", "<h1>研究機関の確認書</h1>")
    assert compared(redrawn(record), record) == Compared(Likeness.OTHER_TEMPLATE)
    assert compared(shown(record, words), record) == Compared(Likeness.OTHER_TEMPLATE)
    found = compared(shown(record, words, ("地殻変動", "地磁気")), record)
    assert found.likeness is Likeness.OTHER_TEMPLATE
    assert found.difference.field == "grant.title.ja"
    foot = compared(shown(record, ("検証コード <span", "コード <span")), record)
    assert (foot.likeness, foot.difference.field) == (Likeness.OTHER_TEMPLATE, "foot of page 1")
    assert compared(b"", record).likeness is Likeness.OTHER_TEMPLATE


def test_a_long_text_is_shown_from_where_it_differs_and_without_what_hides():
    title = text("あ" * 400 + "終", "T")
    record = WHOLE.model_copy(update={"grant": WHOLE.grant.model_copy(update={"title": title})})
    found = compared(shown(record, ("あ終", "あ\u3042了")), record).difference
    assert (found.field, found.expected[:24], found.found[:24]) == (
        "grant.title.ja",
        "あ" * 20 + found.expected[20:24],
        "あ" * 20 + found.found[20:24],
    )
    assert (found.expected[20], found.found[20:22]) == ("終", "あ了")
    assert len(found.expected) <= 121


def edited(pdf, change):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def add_form(opened):
    form = opened.make_stream(b"BT /F 9 Tf <0001> Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    form.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F=next(iter(opened.pages[0].resources.Font.values())))
    )
    opened.pages[0].resources.XObject = pikepdf.Dictionary(Q=form)
    opened.pages[0].contents_add(b"/Q Do")


def add_picture(opened):
    picture = opened.make_stream(b"\0", Subtype=pikepdf.Name.Image, Width=1, Height=1, BitsPerComponent=8)
    opened.pages[0].resources.XObject = pikepdf.Dictionary(P=picture)
    opened.pages[0].contents_add(b"/P Do")


def add_note(opened):
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 99, 99], Contents="x")
    opened.pages[0].Annots.append(opened.make_indirect(note))


def add_font(opened):
    font = opened.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont=pikepdf.Name.Courier))
    opened.pages[0].resources.Font.X = font
    opened.pages[0].contents_add(b"BT /X 9 Tf (withdrawn) Tj ET")


def add_inline(opened):
    opened.pages[0].contents_add(b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI")


def add_page(opened):
    opened.pages.append(opened.pages[-1])


def drop_page(opened):
    del opened.pages[1]


def swap_pages(opened):
    first, second = opened.pages[0], opened.pages[1]
    opened.pages[0] = second
    opened.pages[1] = first


@pytest.mark.parametrize(
    "change", [add_form, add_picture, add_note, add_font, add_inline, add_page, drop_page, swap_pages]
)
def test_what_no_page_of_ours_has_is_told(change, drawn):
    found = compared(edited(drawn.path.read_bytes(), change), drawn.record)
    assert found.likeness in {Likeness.DIFFERS, Likeness.UNREADABLE}
    assert found.difference.field in {"page", "foot of page 1", "foot of page 2"}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"<html>", bytes(2000)])
def test_what_is_no_pdf_is_told(content):
    found = compared(content)
    assert (found.likeness, found.difference.field) == (Likeness.UNREADABLE, "page")


def test_bytes_that_are_no_canonical_record_are_refused():
    for data in (b"{}", DATA + b" ", b"\xff"):
        with pytest.raises(ValueError, match=r"Record|record"):
            compare(b"", data, None)
        assert compared_safely(b"", data, None) == Compared(Likeness.NOT_COMPARED)
    assert compared_safely(b"", DATA, "é".encode()) == Compared(Likeness.NOT_COMPARED)
    assert compared_safely(b"", DATA, b"a.b.c") == Compared(Likeness.NOT_COMPARED)


def test_numbers_beside_each_other_are_told_apart():
    one = WHOLE.model_copy(update={"counts": counts(answered=1, not_applicable=23)})
    two = WHOLE.model_copy(update={"counts": counts(answered=12, not_applicable=3)})
    expected = told(traced_markup(one, sha256(DATA), enclosed(WHOLE).statement))
    assert _first(expected, shows(two).text).field == "counts.answered"


PROGRAM = """
import sys, time, locale
for name in ("", "ja_JP.UTF-8", "C.UTF-8"):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pass
import mimetypes; mimetypes.add_type("application/x-other", ".json"); mimetypes.add_type("text/x", ".jws")
from tests.pdf.test_comparing import WHOLE, redrawn
if sys.argv[1:]:
    import time_machine, datetime
    time_machine.travel(datetime.datetime.fromisoformat(sys.argv[1]), tick=True).start()
sys.stdout.buffer.write(redrawn(WHOLE))
"""


@pytest.mark.parametrize(
    ("moment", "changes"),
    [
        ("2031-07-01T00:00:00+00:00", {"TZ": "America/Los_Angeles", "LC_ALL": "C"}),
        ("2037-12-31T23:59:59+00:00", {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "86400"}),
        ("2026-02-28T12:00:00+00:00", {"PYTHONHASHSEED": "7", "PYTHONUTF8": "1", "LANG": "ja_JP.UTF-8"}),
    ],
)
def test_other_processes_at_other_times_in_other_places_draw_the_same_bytes(moment, changes):
    environment = {**os.environ, **changes}
    done = subprocess.run([sys.executable, "-c", PROGRAM, moment], capture_output=True, check=True, env=environment)
    assert done.stdout == redrawn(WHOLE)


def test_the_clock_of_this_process_does_not_matter():
    confirmation.template_part()
    with time_machine.travel(datetime(2044, 2, 29, tzinfo=UTC)):
        later = redrawn(WHOLE)
    assert later == redrawn(WHOLE)
