"""The page says what the record says, wherever one looks, and nothing else."""

import os
import shutil
import socket
import subprocess
import sys
import typing

import pikepdf
import pytest

from app.domain.acts import Act
from app.domain.attestation import Counts, ItemPart, record_bytes, sha256
from app.pdf import confirmation, drawing, writing
from app.pdf.confirmation import Enclosed, render, template_part
from tests.pdf.records import (
    CODE,
    KID,
    a_record,
    an_institutions_record,
    counts,
    enclosed,
    signed_by_five,
    text,
)
from tests.pdf.tools import said, squeezed


def test_every_page_names_the_attestation_the_record_the_code_and_the_checklist(drawn):
    pages = drawn.pages
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        for mark in (
            drawn.record.id,
            CODE,
            f"SHA-256 {sha256(drawn.data)[:16]}…",
            "research-security-integrity 2.1.0",
        ):
            assert mark in page
        assert f"{number}/{len(pages)}" in squeezed(page)


def test_the_first_page_tells_who_what_and_when_in_both_languages(drawn):
    page = squeezed(drawn.pages[0])
    record = drawn.record
    for words in (
        "確認書",
        "Confirmation",
        record.issuer.name.ja,
        record.issuer.name.en,
        record.grant.number,
        record.grant.title.ja,
        record.funder.programme_name.ja,
        "令和8年度(2026年度)",
        record.checklist.sha256,
        "2026年11月23日(令和8年)14時05分",
        "23 November 2026 (Reiwa 8), 14:05 JST",
        "2026-11-23T05:05:00Z",
        "2027年11月22日(令和9年)",
        record.verify_url,
        "証明書ではありません",
    ):
        assert squeezed(words) in page


def test_of_an_institution_itself_the_page_tells_the_year_and_who_asks_in_both_languages(draw):
    found = draw(an_institutions_record())
    page = squeezed(found.pages[0])
    for words in (
        "機関自身に関するチェックリストの確認結果",
        "国立大学法人青嵐大学(機関としての提出)",
        "Seiran University (the institution itself), FY2026 (Reiwa 8)",
        "令和8年度(2026年度)",
        "提出を求める機関",
        "Agency that asks",
        "文部科学省",
        "Ministry of Education, Culture, Sports, Science and Technology",
        "年次",
        "Yearly",
    ):
        assert squeezed(words) in page
    for words in ("課題", "研究代表者", "Principal investigator", "参加者", "None", "公募"):
        assert squeezed(words) not in page
    with pikepdf.open(found.path) as pdf:
        assert str(pdf.docinfo["/Title"]) == "確認書 令和8年度(2026年度) 国立大学法人青嵐大学"
        assert pdf.attachments["attestation.json"].get_file().read_bytes() == found.data


def test_items_acts_lists_and_statement_are_all_printed(drawn):
    for section in drawn.record.sections:
        for item in section.items:
            assert squeezed(item.text.ja) in drawn.text
            assert squeezed(item.text.en) in drawn.text
    for act in drawn.record.acts:
        assert squeezed(act.post.ja) in drawn.text
        assert act.seen_sha256[:16] in drawn.text
    for each in drawn.record.lists:
        assert squeezed(each.name.ja) in drawn.text
    assert squeezed(drawn.record.statement.text.ja) in drawn.text
    assert squeezed(drawn.record.statement.text.en) in drawn.text


def test_a_row_that_repeats_shows_its_counts(drawn):
    assert "12件中回答済み11・判断できず1" in drawn.text
    assert "of12:answered11,unsure1" in drawn.text


def attached(path):
    """Return name, content, kind and relationship of each attachment, in the order of the file."""
    with pikepdf.open(path) as pdf:
        names = [str(each.UF) for each in pdf.Root.AF]
        assert (
            list(pdf.attachments) == names == [str(each) for each in list(pdf.Root.Names.EmbeddedFiles.Names)[::2]]
        )
        return [
            (name, file.read_bytes(), file.mime_type, str(each.AFRelationship))
            for name, each in zip(names, pdf.Root.AF, strict=True)
            if (file := pdf.attachments[name].get_file())
        ]


def test_record_statement_and_proof_are_attached_byte_for_byte(drawn):
    said = enclosed(drawn.record)
    assert attached(drawn.path) == [
        ("attestation.json", drawn.data, "application/json", "/Source"),
        ("attestation.jws", said.statement.encode(), "application/jose", "/Supplement"),
        ("attestation.tlog-proof", said.proof.encode(), "text/plain", "/Supplement"),
    ]


def test_without_a_proof_or_an_enclosure_there_is_less_attached(tmp_path):
    record = a_record(sections=1, items=1)
    data, path = record_bytes(record), tmp_path / "less.pdf"
    path.write_bytes(render(record, data, Enclosed(enclosed(record).statement, None)))
    assert [each[0] for each in attached(path)] == ["attestation.json", "attestation.jws"]
    path.write_bytes(render(record, data, None))
    assert [each[0] for each in attached(path)] == ["attestation.json"]
    assert "JWS" not in said("pdftotext", path, "-")


def test_bytes_of_another_record_are_refused():
    with pytest.raises(ValueError, match="not those of the record"):
        render(a_record(), record_bytes(a_record(stage="final")), None)


def test_what_is_no_statement_is_not_enclosed():
    record = a_record(sections=1, items=1)
    with pytest.raises(ValueError, match="no paper statement"):
        render(record, record_bytes(record), Enclosed("a.b.c", None))


def test_the_last_page_holds_the_acts_the_key_and_three_ways_to_verify(drawn):
    page = squeezed(drawn.pages[-1])
    ways = ("確認の経過", "Acts", "検証の方法", "Howtoverify", "1.検証コード", "2.QRコード", "3.PDFファイル")
    for words in (*ways, "Bycode", "ByQR,offline", "Byfile", KID, drawn.record.ledger, sha256(drawn.data)):
        assert squeezed(words) in page
    for act in drawn.record.acts:
        assert squeezed(act.post.ja) in page
    assert "14:02JST" in page


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1_and_is_tagged(drawn):
    with pikepdf.open(drawn.path) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "ja"
    assert b'pdfaid:part="3"' in metadata
    assert b'pdfaid:conformance="A"' in metadata
    assert b'pdfuaid:part="1"' in metadata


def test_all_fonts_are_embedded_truetype(drawn):
    rows = said("pdffonts", drawn.path).splitlines()[2:]
    assert rows
    for row in rows:
        assert "CID TrueType" in row
        assert row.split("Identity-H")[1].split()[:3] == ["yes", "yes", "yes"]


def test_the_only_annotation_is_the_invisible_field_of_the_seal(drawn):
    with pikepdf.open(drawn.path) as pdf:
        annotations = [each for page in pdf.pages for each in page.get("/Annots", [])]
        assert [(str(each.T), str(each.FT)) for each in annotations] == [("sig-seal", "/Sig")]
        assert [int(side) for side in annotations[0].Rect] == [0, 0, 0, 0]
        for name in ("/JavaScript", "/OpenAction", "/OCProperties", "/AA"):
            assert name not in pdf.Root
            assert name not in pdf.Root.get("/Names", {})


@pytest.mark.parametrize("persons", [0, 1, 4])
def test_where_persons_may_sign_the_page_says_so_and_has_a_field_for_each(draw, persons):
    drawn = draw(a_record(sections=1, items=2, personal_signatures=persons))
    said_ja, said_en = f"{persons}名までの個人が", f"upto{persons}personsmaysignthisfile"
    assert [each in drawn.text for each in (said_ja, said_en)] == [persons > 0] * 2
    assert (b"personal_signatures" in drawn.data) == (persons > 0)
    with pikepdf.open(drawn.path) as pdf:
        names = [str(each.T) for each in pdf.Root.AcroForm.Fields]
        assert [str(each.T) for each in pdf.pages[0].Annots] == names
    assert names == ["sig-seal", *(f"sig-person-{one}" for one in range(1, persons + 1))]


def test_qpdf_finds_nothing_wrong(drawn):
    assert "No syntax or stream encoding errors" in said("qpdf", "--check", drawn.path)


def test_the_same_record_gives_the_same_bytes_again(drawn):
    assert render(drawn.record, drawn.data, enclosed(drawn.record)) == drawn.path.read_bytes()


def test_the_same_record_gives_the_same_bytes_in_another_process_on_another_day(drawn):
    program = (
        "import sys; from tests.pdf.records import *; from app.domain.attestation import record_bytes; "
        "from app.pdf.confirmation import render; "
        "r = a_record(sections=3, items=24); sys.stdout.buffer.write(render(r, record_bytes(r), enclosed(r)))"
    )
    environment = {**os.environ, "TZ": "America/Los_Angeles", "LC_ALL": "C"}
    environment.pop("SOURCE_DATE_EPOCH", None)
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
    assert again.stdout == drawn.path.read_bytes()


def assert_within_margins(drawn):
    for line in said("pdftotext", "-bbox", drawn.path, "-").splitlines():
        if "<word" in line:
            left, right = (float(line.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "xMax"))
            assert left > 68, line
            assert right < 550, line


def test_nothing_is_printed_beyond_the_margins(drawn):
    assert_within_margins(drawn)


def test_words_of_any_length_stay_on_the_page(draw):
    long = text("国立大学法人" * 33, "A" * 200)
    item = a_record(sections=1, items=1).sections[0].items[0]
    items = (
        item.model_copy(update={"text": text("長い" * 2000, "w" * 4000), "answer": text("い" * 900, "w" * 900)}),
    )
    record = a_record(sections=1, items=1, issuer={"name": long, "code": "u", "ror": None})
    section = record.sections[0].model_copy(update={"items": items})
    drawn = draw(record.model_copy(update={"sections": (section,)}))
    assert CODE in drawn.pages[0]
    assert_within_margins(drawn)


def test_a_long_table_of_acts_stays_on_the_page_and_names_every_post(draw):
    found = draw(signed_by_five())
    assert_within_margins(found)
    for act in found.record.acts:
        assert squeezed(act.post.ja) in found.text
        assert squeezed(act.post.en) in found.text
    assert "6.署名者の確認" in found.text
    assert "7.責任者の確認" in found.text


def test_a_sample_says_so_on_every_page_and_a_real_one_nowhere(drawn, draw):
    for page in draw(a_record(sample=True, items=12)).pages:
        assert "見本" in page
        assert "SAMPLE" in page
    assert "見本" not in drawn.text
    assert "SAMPLE" not in drawn.text


def test_a_record_with_nothing_optional_is_drawn(draw):
    older = "0199b7c2-0000-7c3e-9a64-2f8b0d6e41aa"
    record = a_record(sections=1, items=1, lists=(), valid_until=None, supersedes=older)
    drawn = draw(record)
    assert "定めなし" in drawn.text
    assert older in drawn.text


def test_rare_kanji_are_printed(draw):
    name = text("髙﨑邉𠮷𠮟𡈽大学", "Takasaki University")
    drawn = draw(a_record(sections=1, items=1, issuer={"name": name, "code": "t", "ror": None}))
    assert "髙﨑邉𠮷𠮟𡈽大学" in drawn.text
    assert "IPAmj" in said("pdffonts", drawn.path)


def test_a_character_without_a_glyph_is_spelled_out_and_never_an_empty_box(draw):
    issuer = {"name": text("한국✅大学\u202egpj", "U"), "code": "t", "ror": None}
    drawn = draw(a_record(sections=1, items=1, issuer=issuer))
    assert "〔U+D55C〕〔U+AD6D〕〔U+2705〕大学〔U+202E〕gpj" in drawn.text


HOSTILE = (
    '"><img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>'
    "<script>x</script><style>@import url(http://127.0.0.1:{port}/s)</style>"
    '<img src="http://127.0.0.1:{port}/i">{{{{ 7*7 }}}}{{% raw %}} &lt;&amp;'
)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_hostile_text_is_printed_as_text_and_nothing_is_fetched(draw):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        attack = HOSTILE.format(port=listener.getsockname()[1])
        evil = text(attack, attack + "!")
        item = (
            a_record(items=1, sections=1).sections[0].items[0].model_copy(update={"answer": evil, "number": attack})
        )
        section = a_record(items=1, sections=1).sections[0].model_copy(update={"title": evil, "items": (item,)})
        record = a_record(
            issuer={"name": evil, "code": attack, "ror": attack},
            sections=1,
            items=1,
            statement={"version": attack, "text": evil},
            verify_url=f"http://127.0.0.1/{attack}",
        ).model_copy(update={"sections": (section,)})
        drawn = draw(record)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert squeezed(attack) in drawn.text
    assert "root:x:0" not in drawn.text
    with pikepdf.open(drawn.path) as pdf:
        assert list(pdf.attachments) == ["attestation.json", "attestation.jws", "attestation.tlog-proof"]


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1/x", "data:text/plain,x", "kakunin:/../x"]
)
def test_the_drawing_may_load_nothing_but_our_own(address):
    with pytest.raises(ValueError, match="may not load"):
        drawing._tools()["fetcher"].fetch(address)


def _codes(model, field):
    return {code for code in typing.get_args(model.model_fields[field].annotation) if isinstance(code, str)}


def test_every_state_and_act_has_words_in_both_languages():
    words = confirmation.templates().get_template("words.html").module
    states = {
        code
        for part in typing.get_args(ItemPart.model_fields["state"].annotation)
        for code in typing.get_args(part)
    }
    # what is computed has words of its own: it is no state that people give, and counts nowhere
    assert set(words.states) == states - {"derived"} == set(Counts.model_fields) == set(writing._COLOURS)
    assert set(words.acts) == _codes(Act, "act")
    for ja, en in [*words.states.values(), *words.acts.values(), *words.methods.values(), words.derived]:
        assert not ja.isascii()
        assert en.isascii()


def test_a_sign_in_method_without_words_prints_its_code(draw):
    acts = tuple(act.model_copy(update={"method": "smartcard-x"}) for act in a_record().acts)
    assert "smartcard-x" in draw(a_record(sections=1, items=1).model_copy(update={"acts": acts})).text


def test_a_bar_divides_in_proportion_and_an_empty_one_is_blank():
    assert writing._bar(counts()) == "none"
    assert writing._bar(counts(answered=3, unsure=1)) == (
        "linear-gradient(to right, #2b5a86 0.00%, #2b5a86 75.00%, #e0a63a 75.00%, #e0a63a 100.00%)"
    )


def test_the_template_hash_follows_every_file_of_the_template(tmp_path, monkeypatch):
    before = drawing.template_sha256()
    assert template_part().sha256 == before
    copy = tmp_path / "pdf"
    shutil.copytree(drawing.FOLDER, copy)
    monkeypatch.setattr(drawing, "FOLDER", copy)
    assert drawing.template_sha256() == before
    for name in ("confirmation.html", "confirmation.css", "words.html", "sample.svg"):
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content + b" ")
        assert drawing.template_sha256() != before
        (copy / name).write_bytes(content)


def test_files_stand_as_a_number_beside_the_state(draw):
    record = a_record(sections=1, items=3)
    (part,) = record.sections
    items = (part.items[0].model_copy(update={"files": 1}), part.items[1].model_copy(update={"files": 12}))
    changed = part.model_copy(update={"items": (*items, part.items[2])})
    found = squeezed(draw(record.model_copy(update={"sections": (changed,)})).text)
    assert "証憑1件1file" in found
    assert "証憑12件12files" in found
    assert found.count("証憑") == 2
