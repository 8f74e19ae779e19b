"""The main job through the services: open, fill, review, attest, verify; each verb also when it must refuse."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo.filling import fill
from app.domain.attestation import Record, record_bytes, sha256
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, SealError, StaleError, WrongStateError
from app.domain.workflow import FRESH, RevisionState
from app.models import AnswerRevision, Attestation, Event, Revision
from app.services import (
    answers,
    attestations,
    audits,
    events,
    grants,
    reviews,
    revising,
    revisions,
    submissions,
    verification,
)
from app.services.answers import Typed
from app.store import FileStore
from tests import walking
from tests.world import NOW, World, later


def state(people: World, submission_id) -> str:
    people.session.expire_all()
    return revisions.find(people.session, people.actor("aoba", "office"), submission_id).revision.state


def slot(opened, item: str):
    return next(key for key in opened.answers if key[0] == item)


def typed(opened, item: str, *values: str, seq: int | None = None, **rest: str) -> dict:
    key = slot(opened, item)
    base = opened.answers[key].head_seq if seq is None else seq
    return {key: Typed(base, rest.get("state", ""), list(values), rest.get("reason", ""))}


def test_a_grant_says_what_it_requires_and_why(people: World) -> None:
    office = people.actor("aoba", "office")
    grant = grants.find(people.session, office, people.grant("aoba").id)
    lines = submissions.required(people.session, grant)
    assert {line.requirement.stage for line in lines} == {"application", "award"}
    for line in lines:
        assert line.choice.verdict is True
        assert line.choice.version is not None
        assert {reason.name for reason in line.choice.reasons} == {"call.fiscal_year"}


def test_a_call_of_an_earlier_year_takes_the_checklist_of_its_year(people: World) -> None:
    office = people.actor("aoba", "office")
    grant = grants.find(people.session, office, people.grant("aoba").id)
    grant.call.fiscal_year = 2025
    line = submissions.required(people.session, grant)[0]
    assert line.choice.verdict is True
    assert line.choice.version is not None
    assert line.choice.version.checklist.version == "1.0.0"


def test_a_call_before_the_first_checklist_takes_none(people: World) -> None:
    office = people.actor("aoba", "office")
    grant = grants.find(people.session, office, people.grant("aoba").id)
    grant.call.fiscal_year = 2024
    line = submissions.required(people.session, grant)[0]
    assert line.choice.verdict is False
    with pytest.raises(InvalidError, match="no_version_applies"):
        submissions.open_(people.session, office, grant, line.requirement.id)


def test_opening_pins_the_content_and_twice_gives_the_same(people: World) -> None:
    first = walking.draft(people, "aoba")
    assert walking.draft(people, "aoba") == first
    opened = revisions.find(people.session, people.actor("aoba", "office"), first)
    assert opened.revision.checklist_sha256 == opened.compiled.sha256
    assert all(answer.state == "open" for answer in opened.answers.values())
    rows = {one.id for one in opened.grant.participants}
    assert all({row.participant_id for row in each} == rows for each in opened.rows.values())


def test_every_save_keeps_history_and_nothing_is_overwritten(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    office = people.actor("aoba", "office")
    for value in ("no", "yes"):
        opened = revisions.find(people.session, office, submission_id)
        answers.save(people.session, office, opened, typed(opened, "scope.designated", value))
    opened = revisions.find(people.session, office, submission_id)
    lines = answers.history(people.session, opened, slot(opened, "scope.designated"))
    assert [line.value for line in lines] == ["no", "yes"]
    assert [line.seq for line in lines] == [1, 2]
    assert {line.by for line in lines} == {office.user_id}


def test_two_people_on_one_answer_lose_nothing(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    one, two = people.actor("aoba", "office"), people.actor("aoba", "office2")
    page = revisions.find(people.session, one, submission_id)
    mine, theirs = typed(page, "scope.designated", "yes"), typed(page, "scope.designated", "no")
    answers.save(people.session, one, page, mine)
    people.session.commit()
    other = revisions.find(people.session, two, submission_id)
    with pytest.raises(StaleError) as clash:
        answers.save(people.session, two, other, theirs)
    conflict = clash.value.values["conflicts"][0]
    assert (conflict.value, conflict.theirs.value) == ("no", "yes")


def test_sending_back_what_a_page_showed_is_no_clash(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    one, two = people.actor("aoba", "office"), people.actor("aoba", "office2")
    page = revisions.find(people.session, one, submission_id)
    untouched = typed(page, "scope.designated")
    answers.save(people.session, one, page, typed(page, "scope.designated", "yes"))
    other = revisions.find(people.session, two, submission_id)
    assert answers.save(people.session, two, other, untouched) == []
    assert other.answers[slot(other, "scope.designated")].value == "yes"


def test_the_same_answer_sent_twice_is_saved_once(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    answers.save(people.session, office, opened, typed(opened, "scope.designated", "yes"))
    assert answers.save(people.session, office, opened, typed(opened, "scope.designated", "yes", seq=0)) == []


def test_nobody_answers_for_an_officer_and_a_researcher_only_what_is_theirs(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    principal = people.actor("aoba", "pi")
    opened = revisions.find(people.session, principal, submission_id)
    with pytest.raises(InvalidError) as refused:
        answers.save(people.session, principal, opened, typed(opened, "scope.designated", "yes"))
    assert {error.reason for error in refused.value.values["errors"].values()} == {"not_yours"}


def test_a_researcher_who_is_not_on_the_grant_finds_nothing(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    for who in (people.actor("aoba", "researcher"), people.actor("seto", "office")):
        with pytest.raises(NotFoundError):
            revisions.find(people.session, who, submission_id)


def test_an_incomplete_revision_cannot_be_sent(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    office = people.actor("aoba", "office")
    with pytest.raises(InvalidError, match="incomplete"):
        reviews.submit(people.session, office, revisions.find(people.session, office, submission_id))


def test_what_is_in_review_is_locked(people: World) -> None:
    submission_id = walking.in_review(people, "aoba")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    with pytest.raises(WrongStateError):
        answers.save(people.session, office, opened, typed(opened, "scope.designated", "yes"))


def test_whoever_sent_or_answered_cannot_approve(people: World) -> None:
    submission_id = walking.in_review(people, "aoba")
    for name in ("office",):
        who = people.actor("aoba", name)
        with pytest.raises(NotAllowedError, match="second_person"):
            reviews.approve(people.session, who, revisions.find(people.session, who, submission_id))


def test_returned_items_open_with_what_depends_on_them_and_the_resubmission_shows_what_changed(
    people: World,
) -> None:
    submission_id = walking.in_review(people, "aoba")
    second, office = people.actor("aoba", "office2"), people.actor("aoba", "office")
    opened = revisions.find(people.session, second, submission_id)
    key = (
        slot(opened, "scope.foreign")
        if "scope.foreign" in opened.compiled.checklist.items
        else slot(opened, "scope.designated")
    )
    with pytest.raises(InvalidError, match="nothing_named"):
        reviews.return_(people.session, second, opened, {})
    reviews.return_(people.session, second, opened, {key: "要項を確かめてください。"})
    people.session.commit()
    assert state(people, submission_id) == RevisionState.RETURNED
    opened = revisions.find(people.session, office, submission_id)
    open_keys = answers.open_again(people.session, opened)
    assert open_keys is not None
    assert key in open_keys
    assert len(open_keys) < len(list(opened.evaluation.in_force()))
    answer = opened.answers[key]
    note = {key: Typed(answer.head_seq, "", [answer.value], "要項の3頁で確かめました。")}
    answers.save(people.session, office, opened, note)
    fill(people.session, walking.fillers(people, "aoba"), submission_id)
    opened = revisions.find(people.session, office, submission_id)
    reviews.submit(people.session, office, opened)
    changed = reviews.changed_since(people.session, revisions.find(people.session, second, submission_id))
    assert [one.key for one in changed] == [key]
    assert changed[0].after.reason == "要項の3頁で確かめました。"


def test_an_approval_does_not_outlive_its_content(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    answer = next(a for key, a in opened.answers.items() if a.state == "answered" and key[1] is None)
    answer.reason, answer.head_seq = "changed behind everybody's back", answer.head_seq + 1
    people.session.flush()
    with pytest.raises(WrongStateError, match="content_changed"):
        attestations.attest(
            people.session,
            attester,
            revisions.find(people.session, attester, submission_id),
            walking.premises(app),
        )


def test_attesting_needs_a_fresh_sign_in(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    from dataclasses import replace

    stale = replace(attester, at=NOW + FRESH + timedelta(seconds=1))
    opened = revisions.find(people.session, attester, submission_id)
    with pytest.raises(NotAllowedError, match="sign_in_again"):
        attestations.attest(people.session, stale, opened, walking.premises(app))


def test_the_attester_can_send_it_back(people: World) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    reviews.send_back(people.session, attester, opened, {slot(opened, "scope.designated"): "理由"})
    assert state(people, submission_id) == RevisionState.RETURNED


def test_the_whole_walk_ends_in_a_file_that_verifies(people: World, app: Flask) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    content = attestations.file_of(attestation, place)
    verdict = verification.by_file(people.session, content, place, NOW)
    assert verdict.authentic
    assert verdict.in_force
    assert {aspect.value: found.value for aspect, found in verdict.outcomes.items()} == {
        "content": "good",
        "issuer": "note",
        "time": "good",
        "status": "good",
    }
    assert [line.reason for line in verdict.lines if line.result.value != "passed"] == ["sample"]
    record = Record.model_validate_json(attestation.record)
    assert record_bytes(record) == attestation.record
    assert sha256(attestation.record) == attestation.record_sha256
    assert record.counts.open == sum(1 for _ in record.sections for item in _.items if item.state == "open") + sum(
        item.counts.open for part in record.sections for item in part.items if item.counts
    )
    assert state(people, submission_id) == RevisionState.SUBMITTED
    assert events.first_break(people.session, attestation.organization_id) is None


@pytest.mark.parametrize("stage", ["application", "award"])
def test_the_record_carries_no_names_and_no_answers_about_persons(people: World, app: Flask, stage: str) -> None:
    _, attestation = walking.attested(people, app, "aoba", stage)
    text = attestation.record.decode()
    for name in ("𠮷田", "山﨑", "髙橋"):
        assert name not in text
    content = json.loads(text)
    by_id = {item["id"]: item for section in content["sections"] for item in section["items"]}
    opened = revisions.find(people.session, people.actor("aoba", "office"), walking.draft(people, "aoba", stage))
    for item in opened.compiled.checklist.items.values():
        if item.id in by_id and (item.disclosure == "status" or item.id in opened.compiled.checklist.group_of):
            assert by_id[item.id]["answer"] is None, item.id


def test_changes_of_the_file_are_found_with_their_reason(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    content = attestations.file_of(attestation, place)

    def reasons(changed: bytes) -> set[str]:
        verdict = verification.by_file(people.session, changed, place, NOW)
        assert not verdict.authentic
        return set(verdict.reasons())

    assert "not_whole_file" in reasons(content + b"%")
    assert "not_pdf" in reasons(b"x" + content)
    assert reasons(content[:-200])
    assert reasons(b"") == {"not_pdf"}
    for at in range(100, len(content), len(content) // 40):
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert reasons(flipped), at
    padding = content.rindex(b"0000000000>")
    assert reasons(content[:padding] + b"1" + content[padding + 1 :]) >= {"other_file"}


def test_another_institutions_seal_on_our_record_is_not_authentic(people: World, app: Flask) -> None:
    from app.pdf.confirmation import render
    from app.signing.keys import load_seal
    from app.signing.seal import seal

    _, attestation = walking.attested(people, app, "aoba")
    walking.attested(people, app, "seto")
    place = walking.premises(app)
    record = Record.model_validate_json(attestation.record)
    unsigned = render(record, attestation.record, None)
    forged = seal(unsigned, load_seal(place.keys, "seto", at=NOW), NOW, timestamper=place.times.timestamper(NOW))
    verdict = verification.by_file(people.session, forged, place, NOW)
    assert not verdict.authentic
    assert "other_institution" in verdict.reasons()


def test_a_new_revision_supersedes_the_old_one_only_when_it_is_attested(people: World, app: Flask) -> None:
    submission_id, old = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    office, second = people.actor("aoba", "office"), people.actor("aoba", "office2")
    revising.revise(people.session, office, revisions.find(people.session, office, submission_id))
    people.session.commit()
    content = attestations.file_of(old, place)
    assert verification.by_file(people.session, content, place, NOW).in_force
    opened = revisions.find(people.session, office, submission_id)
    assert opened.evaluation.missing == []
    assert opened.revision.number == 2
    reviews.submit(people.session, office, opened)
    opened = revisions.find(people.session, second, submission_id)
    reviews.approve(people.session, second, opened)
    people.session.commit()
    new = walking.attest(people, app, "aoba", submission_id, minutes=5)
    people.session.expire_all()
    verdict = verification.by_file(people.session, content, place, NOW)
    assert verdict.authentic
    assert not verdict.in_force
    assert verdict.status == "superseded"
    assert Record.model_validate_json(new.record).supersedes == str(old.id)
    states = people.session.scalars(select(Revision.state).order_by(Revision.number)).all()
    assert states == ["superseded", "submitted"]


def test_an_attestation_expires_after_its_last_day(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    content = attestations.file_of(attestation, place)
    verdict = verification.by_file(people.session, content, place, NOW + timedelta(days=400))
    assert verdict.authentic
    assert verdict.status == "expired"


def test_what_a_crash_cut_off_is_finished_once(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    attester, place = people.actor("aoba", "attester"), walking.premises(app)
    opened = revisions.find(people.session, attester, submission_id)
    waiting = attestations.attest(people.session, attester, opened, place)
    people.session.commit()
    assert attestations.unfinished(people.session) == [(waiting.organization_id, waiting.id)]
    assert waiting.status == "issuing"
    assert verification.by_code(people.session, waiting.code, walking.premises(app), NOW) is None
    with pytest.raises(NotFoundError, match="being_issued"):
        attestations.file_of(waiting, place)
    first = attestations.issue(people.session, waiting, place, NOW)
    people.session.commit()
    file = first.pdf_sha256
    assert attestations.issue(people.session, first, place, NOW).pdf_sha256 == file
    assert attestations.unfinished(people.session) == []
    assert people.count(Attestation) == 1


def test_without_time_nothing_is_given_out_and_it_is_tried_again(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba")
    attester, place = people.actor("aoba", "attester"), walking.premises(app)
    opened = revisions.find(people.session, attester, submission_id)
    attestation = attestations.attest(people.session, attester, opened, place)
    people.session.commit()
    away = replace(place, times=replace(place.times, url="http://127.0.0.1:1/"))
    with pytest.raises(SealError, match="time_stamp_unavailable"):
        attestations.issue(people.session, attestation, away, NOW)
    people.session.rollback()
    assert attestations.unfinished(people.session) == [(attestation.organization_id, attestation.id)]
    assert attestation.files == []
    attestations.issue(people.session, attestation, place, NOW)
    people.session.commit()
    assert attestation.status == "in_force"
    assert [(one.revision, one.kind, one.time_stamped_at) for one in attestation.files] == [(1, "seal", NOW)]
    assert attestation.files[0].sha256 == attestation.pdf_sha256


def test_without_a_seal_nothing_is_attested(people: World, app: Flask, tmp_path) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    nowhere = replace(walking.premises(app), keys=tmp_path / "no", store=FileStore(tmp_path / "files"))
    with pytest.raises(SealError):
        attestations.attest(people.session, attester, opened, nowhere)
    assert people.count(Attestation) == 0


def test_an_officer_sees_attested_submissions_of_her_programmes_and_the_reading_is_logged(
    people: World, app: Flask
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    officer, outsider = people.actor("jsps", "officer"), people.actor("jsps", "outsider")
    assert [one.id for one in audits.attested(people.session, officer).attestations] == [attestation.id]
    assert audits.attested(people.session, outsider).total == 0
    assert audits.attested(people.session, people.actor("jst", "officer")).total == 0
    with pytest.raises(NotFoundError):
        audits.read(people.session, outsider, attestation.id)
    audits.read(people.session, officer, attestation.id)
    kinds = people.session.scalars(select(Event.kind).filter_by(organization_id=officer.organization_id)).all()
    assert "submission:read" in kinds


def test_a_person_who_joins_gets_rows_and_one_who_leaves_keeps_their_answers_out_of_force(people: World) -> None:
    submission_id = walking.filled(people, "aoba")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    group = next(name for name, rows in opened.rows.items() if rows[0].participant_id)
    before = len(opened.rows[group])
    person = grants.Person("participant", "渡邉 葛󠄀", "", "見本大学", "", None)
    added = grants.add_participant(people.session, office, opened.grant, person)
    revisions.align_drafts(people.session, office, opened.grant)
    opened = revisions.find(people.session, office, submission_id)
    assert len(opened.rows[group]) == before + 1
    assert opened.evaluation.missing
    grants.remove_participant(people.session, office, opened.grant, added.id)
    revisions.align_drafts(people.session, office, opened.grant)
    opened = revisions.find(people.session, office, submission_id)
    assert len(opened.rows[group]) == before
    assert people.count(AnswerRevision) > 0


def test_changed_facts_stop_the_sending_until_they_are_renewed(people: World) -> None:
    submission_id = walking.filled(people, "aoba")
    office = people.actor("aoba", "office")
    opened = revisions.find(people.session, office, submission_id)
    grants.state_facts(people.session, office, opened.grant, {"collaboration.foreign": "yes"})
    opened = revisions.find(people.session, office, submission_id)
    with pytest.raises(InvalidError, match="facts_changed"):
        reviews.submit(people.session, office, opened)
    submissions.renew_facts(people.session, office, opened)
    assert not revisions.find(people.session, office, submission_id).stale_facts


def test_every_verb_leaves_its_line_and_the_chain_holds(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    lines = people.session.scalars(
        select(Event.kind).filter_by(organization_id=attestation.organization_id).order_by(Event.seq)
    ).all()
    for kind in (
        "submission:opened",
        "answers:saved",
        "submission:submitted",
        "submission:approved",
        "attestation:attested",
        "attestation:issued",
    ):
        assert kind in lines
    assert events.first_break(people.session, attestation.organization_id) is None


def test_the_attester_who_reviewed_is_refused(people: World, app: Flask) -> None:
    submission_id = walking.in_review(people, "aoba")
    member = people.member("aoba", "attester")
    member.roles = ["attester", "research_office"]
    people.session.commit()
    both = later(people.actor("aoba", "attester"), NOW)
    from dataclasses import replace

    from app.domain.people import Role

    both = replace(both, roles=frozenset({Role.ATTESTER, Role.RESEARCH_OFFICE}))
    reviews.approve(people.session, both, revisions.find(people.session, both, submission_id))
    with pytest.raises(NotAllowedError, match="attester_not_apart"):
        attestations.attest(
            people.session, both, revisions.find(people.session, both, submission_id), walking.premises(app)
        )
