"""The page of a file in hand against the record inside: what an insider seals anew with the real key is found."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pikepdf
import pytest
from flask import Flask
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.domain.attestation import Record
from app.domain.machine import as_json
from app.domain.verdicts import Aspect, Check, Line, Outcome, Verdict
from app.models import Attestation
from app.pdf.confirmation import Enclosed, render
from app.services import archiving, attestations, verification
from app.services.archiving import FileKind
from tests import walking
from tests.manipulations import repaged, resealed
from tests.world import NOW, World


@dataclass(frozen=True)
class Case:
    """An attestation, and the real key of its institution in the hands of somebody there."""

    people: World
    app: Flask
    attestation: Attestation

    @property
    def record(self) -> Record:
        return Record.model_validate_json(self.attestation.record)

    @property
    def issued(self) -> bytes:
        return attestations.file_of(self.attestation, walking.premises(self.app))

    def sealed(self, unsigned: bytes) -> bytes:
        return resealed(unsigned, walking.premises(self.app), "aoba", NOW)

    def reissued(self, *changes: tuple[str, str], record: Record | None = None) -> bytes:
        """Return a file under the real seal whose page is changed, with the record given or the real one."""
        return self.sealed(repaged(self.attestation, record or self.record, *changes))

    def verdict(self, content: bytes, at: datetime = NOW) -> Verdict:
        return verification.by_file(self.people.session, content, walking.premises(self.app), at)


@pytest.fixture
def case(people: World, app: Flask) -> Case:
    return Case(people, app, walking.attested(people, app, "aoba")[1])


def line(verdict: Verdict) -> Line:
    (found,) = (one for one in verdict.lines if one.check is Check.PAGE)
    return found


def said(verdict: Verdict) -> tuple[str, str]:
    return line(verdict).result.value, line(verdict).reason


def test_a_file_that_is_kept_here_was_drawn_here_also_when_it_was_archived(case: Case) -> None:
    verdict = case.verdict(case.issued)
    assert verdict.authentic
    assert said(verdict) == ("passed", "drawn_here")
    checks = [one.check for one in verdict.lines]
    assert checks[checks.index(Check.RECORD) + 1] is Check.PAGE
    later = NOW + timedelta(days=1, hours=2)
    place = walking.premises(case.app)
    (due,) = archiving.due(case.people.session, FileKind.ARCHIVE, later)
    archiving.archive(case.people.session, due, place, later)
    case.people.session.commit()
    archived = case.verdict(case.issued, later)
    assert archived.authentic
    assert said(archived) == ("passed", "drawn_here")
    # white space makes it another file, and no other page
    assert said(case.verdict(case.issued + b"\n", later)) == ("passed", "drawn_here")


def test_another_title_under_the_real_seal_is_found_with_both_texts(case: Case) -> None:
    title = case.record.grant.title.ja
    verdict = case.verdict(case.reissued((title, f"{title[:-1]}偽")))
    assert not verdict.authentic
    assert verdict.outcome(Aspect.CONTENT) is Outcome.BAD
    assert said(verdict) == ("failed", "page_differs")
    difference = line(verdict).difference
    assert difference is not None
    assert (difference.field, difference.place) == ("grant.title.ja", "grant.title")
    assert difference.expected.endswith(title[-1])
    assert difference.found.endswith("偽")
    told = next(one for one in as_json(verdict)["checks"] if one["check"] == "page")
    assert told["difference"] == {
        "field": "grant.title.ja",
        "expected": difference.expected,
        "found": difference.found,
    }


def test_another_count_under_the_real_seal_is_found(case: Case) -> None:
    answered = case.record.counts.answered
    row = f'<td class="n">{answered}</td>'
    verdict = case.verdict(case.reissued((row, f'<td class="n">{answered + 1}</td>')))
    found = line(verdict).difference
    assert found is not None
    assert (found.field, found.expected, found.found) == ("counts.answered", str(answered), str(answered + 1))


def test_the_same_page_drawn_and_sealed_again_has_the_same_words_and_was_not_issued(case: Case) -> None:
    verdict = case.verdict(case.reissued())
    assert said(verdict) == ("passed", "same_words")
    assert verdict.reasons() == ["other_file"]


def test_a_record_of_another_template_is_not_failed_for_its_page(case: Case) -> None:
    template = case.record.template.model_copy(update={"version": "1.0.0"})
    older = case.record.model_copy(update={"template": template})
    verdict = case.verdict(case.reissued(("<h1>確認書</h1>", "<h1>旧確認書</h1>"), record=older))
    assert said(verdict) == ("not_checked", "other_template")
    assert line(verdict).difference is None


def _picture(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        picture = opened.make_stream(b"\0", Subtype=pikepdf.Name.Image, Width=1, Height=1, BitsPerComponent=8)
        opened.pages[0].resources.XObject = pikepdf.Dictionary(P=picture)
        opened.pages[0].contents_add(b"/P Do")
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def _endless(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.pages[0].contents_add(b"q Q " * 30_000_000)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "result"),
    [(_picture, ("failed", "page_unreadable")), (_endless, ("not_checked", "page_not_compared"))],
)
def test_a_hostile_page_costs_the_comparison_alone(
    case: Case, change: Callable[[bytes], bytes], result: tuple[str, str]
) -> None:
    enclosed = Enclosed(case.attestation.statement or "", case.attestation.proof)
    unsigned = render(case.record, case.attestation.record, enclosed)
    verdict = case.verdict(case.sealed(change(unsigned)))
    assert said(verdict) == result
    assert verdict.reasons() == [*([result[1]] if result[0] == "failed" else []), "other_file"]
    assert said(case.verdict(case.issued)) == ("passed", "drawn_here")


def test_what_was_added_to_a_kept_file_is_compared_as_it_shows_now(case: Case) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(case.issued))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.mark_update(page.container_ref)
    out = io.BytesIO()
    writer.write(out)
    assert said(case.verdict(out.getvalue())) == ("failed", "page_differs")


def test_a_file_without_a_record_has_no_page_to_compare(case: Case) -> None:
    with pikepdf.open(io.BytesIO(case.reissued())) as opened:
        del opened.Root.Names
        out = io.BytesIO()
        opened.save(out)
    assert said(case.verdict(out.getvalue())) == ("not_checked", "record_missing")
