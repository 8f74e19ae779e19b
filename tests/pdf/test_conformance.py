"""An independent validator (veraPDF) finds nothing against our pages, and does find what is planted."""

import io
from pathlib import Path

import pikepdf
import pytest

from app.catalog.versions import families, load_version, version_files
from app.domain import labels, recording
from app.domain.attestation import Counts, record_bytes
from app.domain.checklist import Scope, Stage
from app.domain.evaluation import Evaluation
from app.pdf.confirmation import render
from tests.pdf.records import (
    STATES,
    a_record,
    an_institutions_record,
    counts,
    enclosed,
    signed_by_five,
    signed_by_several,
    signed_in_ink,
    text,
)
from tests.pdf.tools import conformance

ROOT = Path(__file__).parents[2]
VERSIONS = [path for family in families(ROOT / "checklists") for path in version_files(family)]
WAYS = [(path, stage) for path in VERSIONS for stage in Stage]


def drawn_to(path, record):
    path.write_bytes(render(record, record_bytes(record), enclosed(record)))
    return path


def told(part, place):
    """Return an item in one of the states, turn by turn, with an answer and files now and then."""
    state = (*STATES, "answered", "answered")[place % 7]
    if part.state == "derived":
        return part
    if part.rows is not None:
        return part.model_copy(update={"rows": 3, "counts": counts(answered=2, unsure=1), "files": place % 3})
    answer = text("はい", "Yes") if state == "answered" and place % 2 else None
    return part.model_copy(update={"state": state, "answer": answer, "files": place % 4})


def of_family(path, stage):
    """Return a record with every item that a version asks at a stage, None where it asks nothing then."""
    file = load_version(path)
    facts = {"stage": stage.value, "call.fiscal_year": 2026, "fiscal_year": 2026}
    sections = []
    for part in recording.sections(Evaluation(file.checklist, facts, {}, {}), {}, "5a" * 16):
        items = tuple(told(item, place) for place, item in enumerate(part.items))
        sections.append(part.model_copy(update={"items": items, "counts": counts(answered=len(items))}))
    if not sections:
        return None
    checklist = {
        "family": file.checklist.family,
        "version": file.checklist.version,
        "sha256": file.sha256,
        "title": file.checklist.title,
    }
    make = an_institutions_record if file.checklist.scope is Scope.INSTITUTION else a_record
    made = make(
        checklist=checklist,
        stage=stage.value,
        stage_name=labels.STAGES[stage],
        statement=file.checklist.attestation.statement.model_dump(),
    )
    return made.model_copy(update={"sections": tuple(sections)})


@pytest.fixture(scope="module")
def families_checked(tmp_path_factory):
    """Draw every version at every stage, and check all in one go: starting the validator takes longest."""
    folder = tmp_path_factory.mktemp("families")
    records = {way: record for way in WAYS if (record := of_family(*way))}
    # stages that ask the same differ in one word: one of them is drawn
    asked = {way: (way[0], tuple(part.items for part in record.sections)) for way, record in records.items()}
    first = {same: way for way, same in reversed(asked.items())}
    paths = {
        way: drawn_to(folder / f"{way[0].parent.name}-{way[0].stem}-{way[1].value}.pdf", records[way])
        for way in first.values()
    }
    found = conformance(*paths.values())
    return {way: found[paths[first[asked[way]]]] for way in records}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0].parent.name}-{way[0].stem}-{way[1].value}")
def test_every_version_at_every_stage_conforms(families_checked, way):
    if way not in families_checked:
        assert load_version(way[0]).checklist.scope is Scope.INSTITUTION
        return
    assert families_checked[way] == []


def without_font(pdf):
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
            del each["/FontFile2"]
            return


def without_claim(pdf):
    metadata = pdf.Root.Metadata.read_bytes()
    claim = b'pdfuaid:part="1"'
    assert claim in metadata
    pdf.Root.Metadata.write(metadata.replace(claim, b""))


def without_tags(pdf):
    del pdf.Root.StructTreeRoot


def planted(path, change, content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(path)
    return path


def test_what_people_write_conforms_and_what_is_planted_does_not(drawn, draw, tmp_path):
    names = text("髙﨑邉𠮷𠮟𡈽葛\U000e0100葛\U000e0102邉\U000e010fか\u309a한✅", "Émile Škoda x\u0301 <b>&\u202e")
    issuer = {"name": names, "code": "rare", "ror": None}
    good = {
        "usual": drawn.path,
        "rare": drawn_to(tmp_path / "rare.pdf", a_record(sections=2, items=9, issuer=issuer)),
        "sample": drawn_to(tmp_path / "sample.pdf", a_record(sections=1, items=50, sample=True)),
        "several": drawn_to(tmp_path / "several.pdf", signed_by_several(sections=2, items=9)),
        "ink": drawn_to(tmp_path / "ink.pdf", signed_in_ink()),
        "five": drawn_to(tmp_path / "five.pdf", signed_by_five()),
        "short": drawn_to(tmp_path / "short.pdf", a_record(sections=1, items=1, lists=(), valid_until=None)),
    }
    bare = a_record(sections=1, items=1)
    good["bare"] = tmp_path / "bare.pdf"
    good["bare"].write_bytes(render(bare, record_bytes(bare), None))
    content = drawn.path.read_bytes()
    bad = {
        change: planted(tmp_path / f"{change.__name__}.pdf", change, content)
        for change in (without_font, without_claim, without_tags)
    }
    found = conformance(*good.values(), *bad.values())
    assert {name: found[path] for name, path in good.items()} == {name: [] for name in good}
    assert {"3a fails", "ua1 fails"} <= set(found[bad[without_font]])
    assert any("6.2.11.4" in line for line in found[bad[without_font]])
    assert found[bad[without_claim]][0] == "ua1 fails"
    assert "3a fails" in found[bad[without_tags]]


def test_the_states_of_this_test_are_all_there_are():
    assert set(STATES) == set(Counts.model_fields)
