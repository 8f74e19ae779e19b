"""The annex on paper: everything it holds, marked on each page, beside the record that names it."""

import pikepdf
import pytest

from app.domain.annex import Annex, AnnexItem, AnnexSection, FilePart, RowPart, SlotPart, annex_bytes
from app.domain.attestation import AnnexPart, Record, record_bytes, sha256
from app.pdf.annex import render
from app.pdf.confirmation import render as render_main
from tests.pdf.records import a_record, an_institutions_record, enclosed, text
from tests.pdf.tools import Drawn, conformance, squeezed

LONG = "相手方の親会社、出資者、共同研究の相手及び資金の流れを、公開情報と論文データベースで確かめた。" * 40
FILE = {"title": text("修了証の写し", "Copy of the certificate"), "kind": "application/pdf", "sha256": "7e" * 32}


def slot(row: str | None = None, **changes) -> SlotPart:
    usual = {"state": "answered", "value": "yes", "reason": "", "answer": text("はい", "Yes"), "files": ()}
    return SlotPart.model_validate({"row": row, **usual, **changes})


def annexed(record: Record, *slots: tuple[SlotPart, ...]) -> tuple[Record, bytes]:
    """Return a record that names an annex with these slots, one item each, and the annex."""
    items = tuple(
        AnnexItem(
            id=f"item-{place}",
            number=f"A-{place:02}",
            text=text("相手方機関を確認しましたか。", "Has the partner been checked?"),
            origin_reason=text("様式が求めます", "The form demands it") if place == 2 else None,
            slots=each,
        )
        for place, each in enumerate(slots, 1)
    )
    rows = {one.row for each in slots for one in each if one.row}
    annex = Annex(
        **{name: getattr(record, name) for name in ("id", "code", "sample", "issuer", "funder", "grant", "stage")},
        **{name: getattr(record, name) for name in ("stage_name", "checklist", "attested_at")},
        rows=tuple(RowPart(group="partners", id=row, label=f"相手方 {row}") for row in sorted(rows)),
        sections=(AnnexSection(id="partners", title=text("相手方の確認", "Partners"), items=items),),
        salt="0c" * 16,
    )
    data = annex_bytes(annex)
    return record.model_copy(update={"annex": AnnexPart(sha256=sha256(data))}), data


def few() -> tuple[Record, bytes]:
    return annexed(
        a_record(sections=1, items=1),
        (slot(files=(FilePart(name="証明書.pdf", document_on="2026-04-01", **FILE),)),),
        (slot("1"), slot("2", state="unsure", value=None, answer=None, reason="本人に照会中です。")),
    )


def long() -> tuple[Record, bytes]:
    file = FilePart(name="長い名前" * 40 + ".pdf", document_on=None, **FILE)
    told = slot(value=LONG, answer=text(LONG))
    rows = tuple(
        slot(f"{row:02}", state="not_obtained", value=None, answer=None, reason="先方が回答しないため。" * 60)
        for row in range(12)
    )
    many = tuple(slot(f"{row:02}", files=(file,) * 5) for row in range(20))
    derived = slot(state="derived", value="no", answer=text("不要", "Not needed"))
    return annexed(
        an_institutions_record(sample=True),
        (told,),
        rows,
        many,
        (derived,),
        (slot(state="cleared", value=None, answer=None),),
    )


@pytest.fixture(params=[few, long], ids=["few", "long"])
def annex(request, tmp_path) -> Drawn:
    record, data = request.param()
    path = tmp_path / "annex.pdf"
    path.write_bytes(render(record, sha256(record_bytes(record)), data))
    return Drawn(record, data, path)


def test_every_page_is_marked_and_names_attestation_and_annex(annex):
    assert annex.pages
    for number, page in enumerate(map(squeezed, annex.pages), 1):
        for mark in (
            "秘CONFIDENTIAL",
            "For the agency that asks, and nobody else.",
            annex.record.id,
            annex.record.code,
        ):
            assert squeezed(mark) in page
        assert f"SHA-256{sha256(annex.data)[:16]}…" in page
        assert f"{number}/{len(annex.pages)}" in page
        assert ("SAMPLE" in page) is annex.record.sample


def test_it_says_what_it_is_and_holds_its_data_as_source(annex):
    first = squeezed(annex.pages[0])
    assert squeezed("確認書ではなく、単独では何も確認しません") in first
    assert squeezed("It is not a confirmation and confirms nothing by itself") in first
    assert sha256(record_bytes(annex.record)) in first
    assert sha256(annex.data) in first
    with pikepdf.open(annex.path) as pdf:
        assert list(pdf.attachments) == ["annex.json"]
        assert pdf.attachments["annex.json"].get_file().read_bytes() == annex.data
        assert str(pdf.Root.AF[0].AFRelationship) == "/Source"


def test_answers_reasons_rows_and_files_stand_on_the_page(draw, tmp_path):
    record, data = few()
    path = tmp_path / "annex.pdf"
    path.write_bytes(render(record, "a" * 64, data))
    found = Drawn(record, data, path).text
    for words in (
        "相手方1",
        "本人に照会中です。",
        "判断できずUnsure",
        "証明書.pdf(PDF)",
        "2026年4月1日(令和8年)",
        "7e" * 32,
    ):
        assert squeezed(words) in found
    assert squeezed("出自を尋ねる理由Why origin is asked様式が求めます") in found


def test_the_main_page_names_the_annex_and_shows_nothing_of_it(draw):
    record, data = few()
    found = draw(record)
    assert squeezed(f"非公開の別紙 SHA-256 {sha256(data)}")[6:] in found.text
    assert "Confidentialannex" in found.text
    assert "照会中" not in found.text
    bare = draw(a_record(sections=1, items=1))
    assert "別紙" not in bare.text


def test_long_texts_are_all_there_over_pages(tmp_path):
    record, data = long()
    path = tmp_path / "annex.pdf"
    path.write_bytes(render(record, "a" * 64, data))
    found = Drawn(record, data, path)
    assert len(found.pages) > 5
    # one character each: a page may end within a word
    assert found.text.count("論") == 40
    assert found.text.count("先") == 12 * 60
    assert found.text.count("了") == 100


def test_equal_input_gives_equal_bytes_and_other_data_is_refused():
    record, data = few()
    assert render(record, "a" * 64, data) == render(record, "a" * 64, data)
    with pytest.raises(ValueError, match="another annex"):
        render(a_record(sections=1, items=1), "a" * 64, data)
    with pytest.raises(ValueError, match="another annex"):
        render(record, "a" * 64, data.replace(b'"yes"', b'"no"'))


def test_it_conforms_as_the_main_page_does(tmp_path):
    paths = {}
    for name, make in {"few": few, "long": long}.items():
        record, data = make()
        paths[name] = tmp_path / f"{name}.pdf"
        paths[name].write_bytes(render(record, "a" * 64, data))
        paths[f"main of {name}"] = tmp_path / f"main-{name}.pdf"
        paths[f"main of {name}"].write_bytes(render_main(record, record_bytes(record), enclosed(record)))
    found = conformance(*paths.values())
    assert {name: found[path] for name, path in paths.items()} == {name: [] for name in paths}
