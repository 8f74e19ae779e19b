"""Every manipulation against every carrier of the proof: file, QR code, ledger proof, status list.

What is manipulated is detected with its reason by the service and by the offline verifier; what is genuine is
authentic with both. The insider has the seal's key: only the ledger tells him apart.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.domain import merkle, paper, statuslist
from app.domain.attestation import Record, record_bytes
from app.domain.checkpoints import Checkpoint, Proof
from app.domain.errors import InvalidError
from app.domain.ledger import Entry, Kind, name_of
from app.domain.notes import Note
from app.domain.texts import Text
from app.domain.verdicts import Result
from app.models import Attestation
from app.offline.holding import Held, Known, Trust
from app.offline.judging import judge
from app.offline.report import Exit, Report
from app.pdf.confirmation import Enclosed, render
from app.services import archiving, attestations, ledger, revising, revisions, statuslists, verification
from app.services.records import Premises
from app.signing.authority import make_authority
from app.signing.keys import load_seal
from app.signing.rotation import make_seal
from app.signing.seal import seal
from tests import walking
from tests.domain.trees import Tree, entries
from tests.manipulations import of_file
from tests.world import NOW, World

LATER = NOW + timedelta(days=1, minutes=1)


@dataclass(frozen=True)
class Packet:
    """An attestation as somebody holds it: record, sealed file, file of a day later, proofs, list."""

    people: World
    place: Premises
    attestation: Attestation
    record: Record
    sealed: bytes
    archived: bytes
    proofs: tuple[tuple[str, bytes], ...]
    statuses: str

    def online(self, content: bytes) -> tuple[bool, set[str]]:
        """Return whether the service takes a file for authentic, and the reasons of what failed."""
        verdict = verification.by_file(self.people.session, content, self.place, LATER)
        return verdict.authentic, set(verdict.reasons())

    def offline(self, content: bytes | None, *, statuses: str | None = None, **held: object) -> Report:
        """Return what the offline verifier says of a file, with all that its holder believes."""
        known = Known(lists=(statuses or self.statuses,))
        return judge(Held(pdf=content, **held), self.trust, known, LATER)

    @property
    def trust(self) -> Trust:
        believed = self.place.believed()
        return Trust(believed.seals, believed.times, (ledger.verifier_of(self.place),))


def packet(people: World, app: Flask, attestation: Attestation) -> Packet:
    place = walking.premises(app)
    sealed = attestations.file_of(attestation, place)
    archiving.archive(people.session, (attestation.organization_id, attestation.id), place, LATER)
    people.session.commit()
    ledger.checkpoint(people.session, place, LATER)
    people.session.commit()
    entered = ledger.of_attestation(people.session, attestation.organization_id, attestation.id)
    return Packet(
        people,
        place,
        attestation,
        Record.model_validate_json(attestation.record),
        sealed,
        attestations.file_of(attestation, place),
        tuple((ledger.prove(people.session, place, each.index), each.content) for each in entered),
        statuslists.StatusLists().text(people.session, place, LATER),
    )


@pytest.fixture
def held(people: World, app: Flask) -> Packet:
    _, attestation = walking.attested(people, app, "aoba")
    return packet(people, app, attestation)


def failed(report: Report) -> set[str]:
    return {one.reason for one in report.lines if one.result is Result.FAILED}


def untold(record: Record) -> Record:
    """Return a record that says nothing of what was unsure, and has another title."""
    counts = record.counts.model_copy(update={"answered": record.counts.total, "unsure": 0})
    grant = record.grant.model_copy(update={"title": Text(ja="別の課題", en="Another project")})
    return record.model_copy(update={"counts": counts, "grant": grant})


# by what is done to a file; without the range of the seal, its revision cannot be told, and it comes last
EXPECTED = {
    "a byte of a page": {"digest_mismatch"},
    "a byte of the certificate in the seal": {"digest_mismatch", "signature_invalid"},
    "bytes appended": {"not_whole_file"},
    "cut off": {"unreadable"},
    "the page replaced": {"not_whole_file"},
    "the page overlaid": {"not_whole_file"},
    "the record swapped": {"not_whole_file"},
    "a field added": {"not_whole_file"},
    "the seal covers nothing": {"unreadable", "several_signatures"},
    "the seal removed": {"no_signature"},
    "saved anew": {"digest_mismatch"},
    "linearized": {"digest_mismatch"},
}


def test_what_is_genuine_is_authentic_with_everybody(held: Packet) -> None:
    for content in (held.sealed, held.archived):
        assert held.online(content) == (True, set())
        report = held.offline(content, proofs=held.proofs)
        assert (report.exit, failed(report)) == (Exit.IN_FORCE, set())
        assert report.bound == {"seal", "issued"}
    on_paper = held.offline(None, statement=held.attestation.statement, record=held.attestation.record)
    assert (on_paper.exit, failed(on_paper)) == (Exit.IN_FORCE, set())


@pytest.mark.parametrize("age", ["sealed", "archived"])
def test_every_manipulation_of_a_file_is_detected_with_its_reason(held: Packet, age: str) -> None:
    pdf = getattr(held, age)
    found = {}
    for name, content in of_file(pdf, record_bytes(untold(held.record))):
        authentic, online = held.online(content)
        report = held.offline(content, proofs=held.proofs)
        assert not authentic, name
        assert report.exit is Exit.NOT_GENUINE, name
        found[name] = [online & EXPECTED[name], failed(report) & EXPECTED[name]]
    assert set(found) == set(EXPECTED)
    assert [name for name, reasons in found.items() if not all(reasons)] == []


def test_a_file_cut_back_to_when_it_was_sealed_is_what_was_issued(held: Packet) -> None:
    """Truncation to an earlier state is no lie: it is that state, and its status is told as of today."""
    assert held.archived[: len(held.sealed)] == held.sealed
    assert held.online(held.archived[: len(held.sealed)]) == (True, set())
    between = held.archived[: len(held.sealed) + 100]
    assert held.online(between)[0] is False
    assert held.offline(between).exit is Exit.NOT_GENUINE


def test_a_look_alike_of_the_seal_is_no_seal(held: Packet, tmp_path: Path) -> None:
    make_authority(tmp_path, at=NOW)
    make_seal(tmp_path, held.record.issuer.code, held.record.issuer.name, at=NOW)
    stamper = held.place.times.timestamper(NOW)
    forged = seal(drawn(held, held.record), load_seal(tmp_path, "aoba", at=NOW), NOW, timestamper=stamper)
    authentic, online = held.online(forged)
    report = held.offline(forged)
    assert (authentic, report.exit) == (False, Exit.NOT_GENUINE)
    assert {"untrusted", "other_file"} <= online
    assert "untrusted" in failed(report)


def drawn(held: Packet, record: Record) -> bytes:
    """Return the unsealed file of a record, with what is enclosed in the one held."""
    assert held.attestation.statement is not None
    enclosed = Enclosed(held.attestation.statement, held.attestation.proof)
    return render(record, record_bytes(record), enclosed)


def sealed_by_insider(held: Packet, content: bytes) -> bytes:
    own = load_seal(held.place.keys, held.record.issuer.code, at=NOW)
    return seal(content, own, NOW, timestamper=held.place.times.timestamper(NOW))


def test_an_insider_with_the_seals_key_is_told_by_the_ledger(held: Packet) -> None:
    other = untold(held.record)
    forged = sealed_by_insider(held, drawn(held, other))
    authentic, online = held.online(forged)
    report = held.offline(forged)
    assert (authentic, report.exit) == (False, Exit.NOT_GENUINE)
    assert {"record_differs", "other_file"} <= online
    assert {"statement_differs", "proof_path"} <= failed(report)


def test_the_same_record_sealed_again_is_not_the_file_that_was_issued(held: Packet) -> None:
    again = sealed_by_insider(held, drawn(held, held.record))
    authentic, online = held.online(again)
    assert (authentic, online) == (False, {"other_file"})
    report = held.offline(again, proofs=held.proofs)
    assert (report.exit, failed(report)) == (Exit.NOT_GENUINE, {"other_file"})


def test_pieces_of_two_attestations_do_not_make_a_third(held: Packet, people: World, app: Flask) -> None:
    _, second = walking.attested(people, app, "seto")
    other = packet(people, app, second)
    for spliced in (
        held.sealed + other.archived[len(other.sealed) :],
        held.sealed[: len(held.sealed) // 2] + other.sealed[len(held.sealed) // 2 :],
    ):
        assert held.online(spliced)[0] is False
        assert held.offline(spliced).exit is Exit.NOT_GENUINE
    # the record and page of one, the statement and proof of the other, under the first one's own key
    enclosed = Enclosed(other.attestation.statement or "", other.attestation.proof)
    mixed = sealed_by_insider(held, render(held.record, held.attestation.record, enclosed))
    assert held.online(mixed) == (False, {"other_file"})
    assert {"statement_differs", "proof_path"} <= failed(held.offline(mixed))
    # proofs of the other beside the file of the one
    assert "other_entry" in failed(held.offline(held.sealed, proofs=other.proofs))
    assert "statement_differs" in failed(
        held.offline(None, record=held.attestation.record, statement=other.attestation.statement)
    )


def test_what_was_superseded_is_authentic_and_no_longer_in_force(held: Packet, people: World, app: Flask) -> None:
    """Rolling back to the older file, or to the older list, shows no attestation in force that is not."""
    submission_id = held.attestation.revision.submission_id
    office = people.actor("aoba", "office")
    revising.revise(people.session, office, revisions.find(people.session, office, submission_id))
    people.session.commit()
    walking.sent(people, "aoba", submission_id)
    walking.agreed(people, "aoba", submission_id)
    newer = walking.attest(people, app, "aoba", submission_id, minutes=5)
    today = packet(people, app, newer)
    verdict = verification.by_file(people.session, held.archived, held.place, LATER)
    assert (verdict.authentic, verdict.in_force, verdict.status) == (True, False, "superseded")
    report = held.offline(held.archived, statuses=today.statuses)
    assert (report.exit, report.status) == (Exit.NOT_IN_FORCE, "superseded")
    assert held.offline(held.archived).exit is Exit.IN_FORCE, "as of the list of that day"
    both = judge(Held(pdf=held.archived), held.trust, Known(lists=(today.statuses, held.statuses)), LATER)
    assert both.status == "superseded"
    late = judge(Held(pdf=held.archived), held.trust, Known(lists=(held.statuses,)), LATER + timedelta(days=30))
    assert "status_list_stale" in {one.reason for one in late.lines}


def other_characters(text: str) -> list[str]:
    """Return ``text`` with each character but one as it was, the other another of the same kind."""
    swap = {"A": "B", "0": "1", ".": "A"}
    return [
        text[:at] + swap.get(sign, "A" if sign != "A" else "B") + text[at + 1 :] for at, sign in enumerate(text)
    ]


def test_every_character_of_statement_proof_and_list_counts(held: Packet) -> None:
    _every_character_of_the_statement(held)
    _every_character_of_a_proof(held)
    _every_character_of_the_list(held)


def _every_character_of_the_statement(held: Packet) -> None:
    statement = held.attestation.statement or ""
    key = held.trust.paper_key
    for changed in other_characters(statement):
        with pytest.raises(InvalidError):
            paper.read(changed, key)
    changed = other_characters(statement)[len(statement) // 2]
    verdict = verification.by_text(held.people.session, f"{held.record.verify_url}#{changed}", held.place, LATER)
    assert verdict is not None
    assert {"paper_signature_invalid", "not_a_paper_statement"} & set(verdict.reasons())
    assert held.offline(None, statement=changed).exit is Exit.NOT_GENUINE


def _every_character_of_a_proof(held: Packet) -> None:
    text, content = held.proofs[0]
    key = ledger.verifier_of(held.place)
    signed = text[: text.rindex("\n\u2014 ") + 1]
    passed = []
    for at, changed in enumerate(other_characters(text)):
        try:
            Proof.read(changed).verify(content, key)
        except InvalidError:
            continue
        passed.append(at)
    # a second signature, of the time, is of another key: what is wrong with it says nothing for or against
    assert [at for at in passed if at < len(signed)] == []


def test_a_ledger_built_anew_is_another_ledger(held: Packet) -> None:
    """Whoever has the ledger's key can sign another tree; who holds a proof of the first one has the evidence."""
    key = ledger.key_of(held.place)
    entry = Entry(Kind.ISSUE, name_of(held.record.salt, held.record.id), held.attestation.record_sha256)
    size = Proof.read(held.proofs[0][0]).verify(held.proofs[0][1], key.verifier)[0].size
    rebuilt = Tree([entry.content, *entries(size - 1)])
    text = Checkpoint(key.name, size, rebuilt.root()).text
    path = merkle.inclusion(rebuilt.get, 0, size)
    proof = Proof(0, tuple(path), Note(text, (key.sign_note(text),)).written).text
    report = held.offline(held.sealed, proofs=(*held.proofs, (proof, entry.content)))
    assert report.exit is Exit.NOT_GENUINE
    assert "ledger_forked" in failed(report)


def _every_character_of_the_list(held: Packet) -> None:
    key = held.trust.paper_key
    for changed in other_characters(held.statuses):
        with pytest.raises(InvalidError):
            statuslist.read(changed, key)
    changed = other_characters(held.statuses)[len(held.statuses) // 2]
    report = held.offline(held.sealed, statuses=changed)
    assert report.exit is Exit.CANNOT_TELL
    assert "not_a_status_list" in failed(report)
