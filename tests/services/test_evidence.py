"""Files with answers: attached, removed, read, carried on; each verb also when it must refuse."""

import json
from datetime import date, timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.domain.attestation import Record, record_bytes, sha256
from app.domain.errors import (
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    StoredFileError,
    WrongStateError,
)
from app.domain.evidence import MOST_FILES
from app.domain.workflow import RevisionState
from app.models import AnswerRevision, Event, Evidence, EvidenceFile
from app.services import answers, attestations, events, evidence, reviews, revising, revisions
from app.services.answers import Typed
from app.services.opened import Opened
from tests import filing, walking
from tests.filing import CSV, JPEG, PDF, PNG, attach, key, typed
from tests.world import NOW, World, later


def opened(people: World, submission_id, name: str = "office") -> Opened:
    people.session.expire_all()
    return revisions.find(people.session, people.actor("aoba", name), submission_id)


def wanted(now: Opened) -> set[tuple[str, str]]:
    return {(one.key[0], one.rule.id) for one in now.evaluation.wanting}


def kinds(people: World) -> list[str]:
    own = people.organization("aoba").id
    return list(people.session.scalars(select(Event.kind).filter_by(organization_id=own).order_by(Event.seq)))


def another(number: int) -> bytes:
    return PDF.replace(b"SAMPLE 1", b"SAMPLE %d" % number)


def test_a_file_is_kept_by_its_hash_and_stands_with_the_answer(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.done", "copy", PDF, name="届出\u202e.html")
    now = opened(people, submission_id)
    (there,) = now.evidence[key(now, "filing.done")]
    assert (there.id, there.name, there.sha256) == (made.id, "届出.html.pdf", sha256(PDF))
    assert (there.uploaded_by, there.uploaded_at, there.method) == (office.user_id, NOW, "web")
    assert (there.file.media, there.file.size) == ("application/pdf", len(PDF))
    assert walking.premises(app).store.get(there.sha256) == PDF
    assert now.answers[key(now, "filing.done")].state == "open"
    assert kinds(people)[-1] == "evidence:attached"
    assert events.first_break(people.session, office.organization_id) is None


def test_a_file_asked_for_under_a_condition_is_wanted_only_when_it_holds(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    assert wanted(opened(people, submission_id)) == set()
    for value, wants in (("no", set()), ("yes", {("filing.done", "copy")})):
        now = opened(people, submission_id)
        answers.save(people.session, office, now, typed(now, "filing.done", value))
        people.session.commit()
        assert wanted(opened(people, submission_id)) == wants
    attach(people, app, office, submission_id, "filing.done", "copy")
    assert wanted(opened(people, submission_id)) == set()


def test_nothing_is_sent_while_a_file_is_wanted(people: World, app: Flask) -> None:
    submission_id, office = filing.filled(people, app), people.actor("aoba", "office")
    now = opened(people, submission_id)
    evidence.remove(people.session, office, now, now.evidence[key(now, "filing.done")][0].id)
    now = opened(people, submission_id)
    assert reviews.situation(people.session, now).missing == 1
    with pytest.raises(InvalidError, match="incomplete"):
        reviews.submit(people.session, office, now)
    attach(people, app, office, submission_id, "filing.done", "copy", PNG)
    reviews.submit(people.session, office, opened(people, submission_id))


def test_the_first_file_answers_an_item_of_files_and_without_the_last_it_is_open_again(
    people: World, app: Flask
) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    first = attach(people, app, office, submission_id, "filing.agreements", "agreement", PDF)
    now = opened(people, submission_id)
    place = key(now, "filing.agreements")
    assert (now.answers[place].state, now.answers[place].value) == ("answered", "attached")
    assert wanted(now) == {("filing.agreements", "agreement")}
    second = attach(people, app, office, submission_id, "filing.agreements", "agreement", another(2))
    assert wanted(opened(people, submission_id)) == set()
    for one in (first, second):
        evidence.remove(people.session, office, opened(people, submission_id), one.id)
        people.session.commit()
    now = opened(people, submission_id)
    assert (now.answers[place].state, now.answers[place].value) == ("cleared", None)
    lines = answers.history(people.session, now, place)
    assert [(line.state, line.value) for line in lines] == [("answered", "attached"), ("cleared", None)]
    assert now.revision.done == 0


def test_what_is_typed_cannot_answer_an_item_of_files_nor_clear_it(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    now = opened(people, submission_id)
    place = key(now, "filing.plan")
    assert answers.save(people.session, office, now, typed(now, "filing.plan", "attached")) == []
    attach(people, app, office, submission_id, "filing.plan", "plan")
    now = opened(people, submission_id)
    assert answers.save(people.session, office, now, typed(now, "filing.plan")) == []
    with pytest.raises(InvalidError) as refused:
        answers.save(people.session, office, now, typed(now, "filing.plan", state="not_applicable", reason="なし"))
    assert refused.value.values["errors"][place].reason == "files_attached"
    assert now.answers[place].state == "answered"


def test_a_file_takes_the_place_of_not_applicable_unless_somebody_else_said_so_meanwhile(
    people: World, app: Flask
) -> None:
    submission_id = filing.draft(people)
    one, two = people.actor("aoba", "office"), people.actor("aoba", "office2")
    now = opened(people, submission_id)
    none = typed(now, "filing.plan", state="not_applicable", reason="計画書はありません。")
    answers.save(people.session, one, now, none)
    people.session.commit()
    with pytest.raises(StaleError):
        attach(people, app, two, submission_id, "filing.plan", "plan", seq=0)
    people.session.rollback()
    assert people.count(Evidence) == 0
    attach(people, app, two, submission_id, "filing.plan", "plan", seq=1)
    answer = opened(people, submission_id).answers[key(now, "filing.plan")]
    assert (answer.state, answer.reason, answer.answered_by) == ("answered", "", two.user_id)


def test_two_people_attach_the_first_file_at_once_and_both_stand(people: World, app: Flask) -> None:
    submission_id = filing.draft(people)
    for number, name in ((1, "office"), (2, "office2")):
        who = people.actor("aoba", name)
        attach(people, app, who, submission_id, "filing.plan", "plan", another(number), seq=0)
    now = opened(people, submission_id)
    assert len(now.evidence[key(now, "filing.plan")]) == 2


def test_the_same_bytes_are_not_taken_twice_where_they_stand_and_kept_once_in_all(
    people: World, app: Flask
) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.done", "copy", name="first.pdf")
    with pytest.raises(InvalidError) as refused:
        attach(people, app, office, submission_id, "filing.done", "copy", name="second.pdf")
    assert (refused.value.reason, refused.value.values["name"]) == ("file_twice", "first.pdf")
    attach(people, app, office, submission_id, "filing.plan", "plan")
    assert people.count(EvidenceFile) == 1
    evidence.remove(people.session, office, opened(people, submission_id), made.id)
    attach(people, app, office, submission_id, "filing.done", "copy", name="second.pdf")
    assert people.count(Evidence) == 3


def test_removing_keeps_the_file_and_doing_it_twice_changes_nothing(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.done", "copy")
    for _ in range(2):
        place = evidence.remove(people.session, office, opened(people, submission_id), made.id)
        people.session.commit()
    assert place[0] == "filing.done"
    assert kinds(people).count("evidence:removed") == 1
    assert (made.removed_at, made.removed_by) == (NOW, office.user_id)
    assert opened(people, submission_id).evidence == {}
    _, content = evidence.open_(people.session, office, submission_id, made.id, walking.premises(app).store)
    assert content == PDF


@pytest.mark.parametrize(
    ("item", "rule", "content", "more", "reason"),
    [
        ("filing.done", "copy", CSV, {}, "file_other_kind"),
        ("filing.done", "copy", JPEG, {}, "file_other_kind"),
        ("filing.done", "copy", b"MZ\x90", {"name": "copy.pdf"}, "file_unknown"),
        ("filing.done", "copy", b"", {}, "file_empty"),
        ("filing.done", "copy", PDF, {"largest": len(PDF) - 1}, "file_over_limit"),
        ("filing.done", "copy", PDF + b"PK\x05\x06" + b"\0" * 18, {}, "file_two_kinds"),
        ("filing.certificate", "certificate", PDF, {}, "document_date_needed"),
        ("filing.certificate", "certificate", PDF, {"on": date(2026, 8, 24)}, "document_too_old"),
        ("filing.certificate", "certificate", PDF, {"on": date(2026, 11, 24)}, "document_date_ahead"),
        ("filing.certificate", "scan", PDF, {}, "file_other_kind"),
    ],
)
def test_what_is_not_asked_for_is_refused_with_its_reason(
    people: World, app: Flask, item: str, rule: str, content: bytes, more: dict, reason: str
) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    with pytest.raises(InvalidError) as refused:
        attach(people, app, office, submission_id, item, rule, content, **more)
    assert refused.value.reason == reason
    people.session.rollback()
    assert people.count(Evidence) == people.count(EvidenceFile) == 0


def test_an_encrypted_pdf_is_refused(people: World, app: Flask, tmp_path) -> None:
    (tmp_path / "plain.pdf").write_bytes(PDF)
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user=""))
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    with pytest.raises(InvalidError, match="file_encrypted"):
        attach(people, app, office, submission_id, "filing.done", "copy", (tmp_path / "locked.pdf").read_bytes())


def test_no_more_files_than_a_rule_can_hold(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    for number in range(MOST_FILES):
        attach(people, app, office, submission_id, "filing.plan", "plan", another(number))
    with pytest.raises(InvalidError, match="too_many_files"):
        attach(people, app, office, submission_id, "filing.plan", "plan", another(99))


def test_a_file_that_has_grown_too_old_is_wanted_again(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    now = opened(people, submission_id)
    answers.save(people.session, office, now, typed(now, "filing.certificate", "No. 1"))
    attach(people, app, office, submission_id, "filing.certificate", "scan", PNG)
    for days, wants in ((30, set()), (31, {("filing.certificate", "scan")})):
        then = later(office, NOW + timedelta(days=days))
        assert wanted(revisions.find(people.session, then, submission_id)) == wants


@pytest.mark.parametrize("name", ["pi", "integrity", "library"])
def test_nobody_attaches_to_what_others_answer(people: World, app: Flask, name: str) -> None:
    submission_id = filing.draft(people)
    who = people.actor("aoba", name)
    with pytest.raises((NotAllowedError, NotFoundError)) as refused:
        attach(people, app, who, submission_id, "filing.plan", "plan")
    assert refused.value.reason in {"not_yours", "no_slot"}
    people.session.rollback()
    made = attach(people, app, people.actor("aoba", "office"), submission_id, "filing.plan", "plan")
    with pytest.raises((NotAllowedError, NotFoundError)):
        evidence.remove(people.session, who, opened(people, submission_id, name), made.id)


def test_another_institution_finds_neither_the_slot_nor_the_file(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.plan", "plan")
    stranger, store = people.actor("seto", "office"), walking.premises(app).store
    own = filing.draft(people, "seto")
    for submission in (submission_id, own):
        with pytest.raises(NotFoundError):
            evidence.open_(people.session, stranger, submission, made.id, store)
    with pytest.raises(NotFoundError):
        evidence.remove(people.session, stranger, revisions.find(people.session, stranger, own), made.id)
    # the same bytes in another house are another row: nobody learns that they were there before
    attach(people, app, stranger, own, "filing.plan", "plan")
    assert people.count(EvidenceFile) == 2


def test_who_may_not_read_an_answer_may_not_read_its_files(people: World, app: Flask) -> None:
    submission_id, store = filing.draft(people), walking.premises(app).store
    made = attach(people, app, people.actor("aoba", "integrity"), submission_id, "filing.judged", "record")
    with pytest.raises(NotFoundError):
        evidence.open_(people.session, people.actor("aoba", "pi"), submission_id, made.id, store)
    _, content = evidence.open_(people.session, people.actor("aoba", "office"), submission_id, made.id, store)
    assert content == PDF
    line = people.session.scalars(select(Event).filter_by(kind="evidence:read")).one()
    assert line.data == {"item": "filing.judged", "row": None, "rule": "record", "file": sha256(PDF)}


def test_a_participant_attaches_to_their_own_row_and_to_no_other(people: World, app: Flask) -> None:
    submission_id, principal = filing.draft(people), people.actor("aoba", "pi")
    now = opened(people, submission_id, "pi")
    mine = next(
        number
        for number, place in enumerate(place for place in now.answers if place[0] == "people.consent")
        if now.participant_of[place[1]] == now.standing.participant_id
    )
    attach(people, app, principal, submission_id, "people.consent", "form", row=mine)
    with pytest.raises(NotFoundError):
        attach(people, app, principal, submission_id, "people.consent", "form", row=1 - mine)


def test_the_second_person_is_second_in_files_too(people: World, app: Flask) -> None:
    submission_id = filing.draft(people)
    one, two = people.actor("aoba", "integrity"), people.actor("aoba", "integrity2")
    attach(people, app, one, submission_id, "filing.judged", "record")
    now = opened(people, submission_id, "integrity")
    with pytest.raises(InvalidError) as refused:
        answers.save(people.session, one, now, typed(now, "filing.checked", "yes"))
    assert [error.reason for error in refused.value.values["errors"].values()] == ["second_person_item"]
    with pytest.raises(NotAllowedError, match="second_person_item"):
        attach(people, app, one, submission_id, "filing.checked", "proof")
    attach(people, app, two, submission_id, "filing.checked", "proof")


def test_whoever_attached_a_file_in_force_cannot_approve(people: World, app: Flask) -> None:
    submission_id = filing.filled(people, app)
    attach(people, app, people.actor("aoba", "office2"), submission_id, "filing.plan", "plan", another(9))
    office, second = people.actor("aoba", "office"), people.actor("aoba", "office2")
    reviews.submit(people.session, office, opened(people, submission_id))
    with pytest.raises(NotAllowedError, match="second_person"):
        reviews.approve(people.session, second, opened(people, submission_id, "office2"))


@pytest.mark.parametrize("reach", [filing.in_review, filing.approved])
def test_files_are_locked_with_the_answers(people: World, app: Flask, reach) -> None:
    submission_id, office = reach(people, app), people.actor("aoba", "office")
    now = opened(people, submission_id)
    with pytest.raises(WrongStateError):
        attach(people, app, office, submission_id, "filing.plan", "plan", another(9))
    with pytest.raises(WrongStateError):
        evidence.remove(people.session, office, now, now.evidence[key(now, "filing.plan")][0].id)


def test_a_return_opens_the_files_of_what_it_names_and_shows_what_became_of_them(people: World, app: Flask) -> None:
    submission_id = filing.in_review(people, app)
    second, office = people.actor("aoba", "office2"), people.actor("aoba", "office")
    now = opened(people, submission_id, "office2")
    place = key(now, "filing.done")
    reviews.return_(people.session, second, now, {place: "写しが違います。"})
    people.session.commit()
    assert opened(people, submission_id).revision.state == RevisionState.RETURNED
    with pytest.raises(NotAllowedError, match="not_yours"):
        attach(people, app, office, submission_id, "filing.plan", "plan", another(9))
    now = opened(people, submission_id)
    evidence.remove(people.session, office, now, now.evidence[place][0].id)
    people.session.commit()
    attach(people, app, office, submission_id, "filing.done", "copy", PNG, name="right.png")
    reviews.submit(people.session, office, opened(people, submission_id))
    (change,) = reviews.changed_since(people.session, opened(people, submission_id, "office2"))
    assert change.key == place
    assert ([one.name for one in change.files_before], [one.name for one in change.files_after]) == (
        ["sample-1.pdf"],
        ["right.png"],
    )


def test_an_approval_does_not_outlive_its_files(people: World, app: Flask) -> None:
    submission_id = filing.approved(people, app)
    attester = people.actor("aoba", "attester")
    now = opened(people, submission_id, "attester")
    before = json.loads(reviews.content(now))
    (file,) = (one for one in before["evidence"] if one["item"] == "filing.done")
    assert (file["rule"], file["name"], file["document_on"], len(file["sha256"])) == (
        "copy",
        "sample-1.pdf",
        None,
        64,
    )
    there = now.evidence[key(now, "filing.done")][0]
    there.removed_at, there.removed_by = NOW, attester.user_id
    people.session.flush()
    now = revisions.find(people.session, attester, submission_id)
    with pytest.raises(WrongStateError, match="content_changed"):
        attestations.attest(people.session, attester, now, walking.premises(app))


def test_the_content_does_not_depend_on_the_order_in_which_files_came(people: World, app: Flask) -> None:
    orders = []
    for code, numbers in (("aoba", (1, 2)), ("seto", (2, 1))):
        submission_id, office = filing.draft(people, code), people.actor(code, "office")
        for number in numbers:
            attach(people, app, office, submission_id, "filing.plan", "plan", another(number))
        now = revisions.find(people.session, office, submission_id)
        orders.append([one["sha256"] for one in json.loads(reviews.content(now))["evidence"]])
    assert orders[0] == orders[1]


def test_the_record_counts_files_and_names_none(people: World, app: Flask) -> None:
    submission_id = filing.approved(people, app)
    attestation = walking.attest(people, app, "aoba", submission_id)
    record = Record.model_validate_json(attestation.record)
    counted = {item.id: item.files for part in record.sections for item in part.items}
    assert {name: number for name, number in counted.items() if number} == {"filing.done": 1, "filing.plan": 1}
    assert b"sample-1" not in attestation.record
    assert sha256(PDF).encode() not in attestation.record
    assert record_bytes(record) == attestation.record
    assert "files" not in json.loads(attestation.record)["sections"][1]["items"][0]
    by_id = {item.id: item for part in record.sections for item in part.items}
    assert (by_id["filing.scope"].state, by_id["filing.scope"].answer) == ("derived", None)


def test_the_next_revision_takes_the_files_along(people: World, app: Flask) -> None:
    submission_id = filing.approved(people, app)
    walking.attest(people, app, "aoba", submission_id)
    office = people.actor("aoba", "office")
    before = opened(people, submission_id)
    revising.revise(people.session, later(office, NOW + timedelta(days=3)), before)
    people.session.commit()
    now = opened(people, submission_id)
    assert now.revision.number == 2
    assert (now.evaluation.missing, now.evaluation.wanting) == ([], [])
    place = key(now, "filing.done")
    (old,), (new,) = before.evidence[place], now.evidence[place]
    assert new.id != old.id
    assert (new.sha256, new.name, new.uploaded_by, new.uploaded_at, new.method) == (
        old.sha256,
        old.name,
        old.uploaded_by,
        old.uploaded_at,
        "carry",
    )
    evidence.remove(people.session, office, now, new.id)
    first = revisions.find(people.session, office, submission_id, number=1)
    assert len(first.evidence[place]) == 1
    _, content = evidence.open_(people.session, office, submission_id, old.id, walking.premises(app).store)
    assert sha256(content) == old.sha256


def test_a_damaged_or_missing_file_is_not_handed_out(people: World, app: Flask) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.plan", "plan")
    store = walking.premises(app).store
    place = store.folder / made.sha256[:2] / made.sha256[2:]
    for spoil in (lambda: place.write_bytes(PDF[:-1]), place.unlink):
        spoil()
        with pytest.raises(StoredFileError, match="file_damaged"):
            evidence.open_(people.session, office, submission_id, made.id, store)


@pytest.mark.parametrize("statement", ["UPDATE evidence_file SET size = 1", "DELETE FROM evidence_file"])
def test_what_was_kept_cannot_be_changed_or_deleted(people: World, app: Flask, statement: str) -> None:
    attach(people, app, people.actor("aoba", "office"), filing.draft(people), "filing.plan", "plan")
    with pytest.raises(DatabaseError, match="append-only"):
        people.session.execute(text(statement))
    people.session.rollback()


@pytest.mark.parametrize(
    ("column", "value"), [("removed_at", NOW), ("sha256", "0" * 64), ("answer_id", "other"), ("copy", None)]
)
def test_the_database_states_the_rules_of_files_too(people: World, app: Flask, column: str, value: object) -> None:
    """Removed is removed by somebody; what stands with an answer is a file of the house, and stands there once."""
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    made = attach(people, app, office, submission_id, "filing.plan", "plan")
    if column == "copy":
        names = {one.name for one in Evidence.__table__.columns} - {"id"}
        people.session.add(Evidence(**{name: getattr(made, name) for name in names}))
    elif column == "answer_id":
        there = revisions.find(people.session, people.actor("seto", "office"), filing.draft(people, "seto"))
        made.answer_id = next(iter(there.answers.values())).id
    else:
        setattr(made, column, value)
    with pytest.raises(DatabaseError):
        people.session.flush()
    people.session.rollback()


@pytest.mark.parametrize(
    ("item", "value", "kept", "cleared"),
    [
        ("filing.promise", "confirmed", "confirmed", True),
        ("filing.share", "１２．５０", "12.5", True),
        ("filing.contact", " 高木 智子 (室長) ", "高木 智子 (室長)", True),
    ],
)
def test_the_new_kinds_are_answered_and_cleared_with_history(
    people: World, item: str, value: str, kept: str, cleared: bool
) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    for given in ((value,), ()):
        now = opened(people, submission_id)
        answers.save(people.session, office, now, typed(now, item, *given))
        people.session.commit()
    now = opened(people, submission_id)
    assert now.answers[key(now, item)].state == "cleared"
    assert [line.value for line in answers.history(people.session, now, key(now, item))] == [kept, None]
    assert people.count(AnswerRevision) == 2


def test_nobody_types_what_is_computed(people: World) -> None:
    submission_id, office = filing.draft(people), people.actor("aoba", "office")
    now = opened(people, submission_id)
    with pytest.raises(NotFoundError, match="no_slot"):
        answers.save(people.session, office, now, {("filing.scope", None): Typed(0, "", ["yes"], "")})
