"""The institution itself submits: the same verbs without a grant, and each also when it must refuse."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from app.demo.filling import fill
from app.domain import machine
from app.domain.attestation import Record, record_bytes
from app.domain.checklist import Stage
from app.domain.errors import InvalidError, NotAllowedError, NotFoundError, StaleError, WrongStateError
from app.domain.people import Role
from app.domain.workflow import RevisionState
from app.models import Submission
from app.services import (
    answers,
    attestations,
    audits,
    events,
    funding,
    grants,
    overviews,
    reviews,
    revising,
    revisions,
    submissions,
    verification,
)
from app.services.answers import Typed
from tests import own, walking
from tests.world import NOW, World, later

OFFICES = ("office", "office2", "integrity", "integrity2", "export", "library", "attester")


def find(people: World, submission_id, name: str = "office", code: str = "aoba"):
    people.session.expire_all()
    return revisions.find(people.session, people.actor(code, name), submission_id)


def typed(opened, item: str, value: str, seq: int | None = None) -> dict:
    base = opened.answers[item, None].head_seq if seq is None else seq
    return {(item, None): Typed(base, "", [value], "")}


def test_what_agencies_ask_of_the_institution_itself_is_told_with_the_reason(people: World) -> None:
    requirement = own.required(people)
    (line,) = submissions.required_of_institution(people.session, people.actor("aoba", "office"))
    assert line.requirement.id == requirement.id
    assert line.choice.verdict is True
    assert line.choice.version is not None
    assert {reason.name for reason in line.choice.reasons} == {"fiscal_year", "stage"}
    assert line.facts == {
        "stage": "yearly",
        "fiscal_year": own.YEAR,
        "institution.screens_all": "no",
        "institution.security_training": "yes",
    }


def test_an_earlier_year_needs_no_version_of_today(people: World) -> None:
    requirement = own.required(people, 2025)
    office = people.actor("aoba", "office")
    (line,) = submissions.required_of_institution(people.session, office)
    assert line.choice.verdict is False
    with pytest.raises(InvalidError, match="no_version_applies"):
        submissions.open_(people.session, office, None, requirement.id)


def test_a_family_without_a_published_version_is_undecided_and_not_refused(people: World) -> None:
    agency = people.organization(own.AGENCY)
    day = NOW.date()
    made = funding.require_of_institutions(people.session, agency, "not-there-yet", Stage.YEARLY, 2026, day)
    office = people.actor("aoba", "office")
    (line,) = submissions.required_of_institution(people.session, office)
    assert (line.choice.version, line.choice.verdict, line.choice.reasons) == (None, None, [])
    with pytest.raises(InvalidError, match="no_version_applies"):
        submissions.open_(people.session, office, None, made.id)


def test_only_an_agency_asks_and_once_a_year(people: World) -> None:
    day = NOW.date()
    with pytest.raises(InvalidError, match="not_an_agency"):
        funding.require_of_institutions(
            people.session, people.organization("aoba"), own.FAMILY, Stage.YEARLY, 2026, day
        )
    agency = own.required(people).organization
    with pytest.raises(IntegrityError):
        funding.require_of_institutions(people.session, agency, own.FAMILY, Stage.YEARLY, own.YEAR, day)
    people.session.rollback()


def test_opening_twice_gives_the_same_and_each_institution_has_its_own(people: World) -> None:
    first = walking.draft(people, "aoba", "yearly")
    assert walking.draft(people, "aoba", "yearly") == first
    assert walking.draft(people, "seto", "yearly") != first
    opened = find(people, first)
    assert opened.grant is None
    assert opened.institution.code == "aoba"
    assert not opened.standing.takes_part
    assert not opened.stale_facts
    # nobody takes part: a group over participants has no row
    assert opened.rows == {}
    assert ("persons.told", None) not in opened.answers


def test_a_second_submission_for_the_same_requirement_is_refused_by_the_database(people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    there = people.session.scalars(people.session.query(Submission).filter_by(id=submission_id).statement).one()
    people.session.add(
        Submission(
            organization_id=there.organization_id, agency_id=there.agency_id, requirement_id=there.requirement_id
        )
    )
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


def test_a_requirement_of_a_call_is_not_opened_without_a_grant_nor_the_other_way_round(people: World) -> None:
    office = people.actor("aoba", "office")
    with pytest.raises(NotFoundError):
        submissions.open_(people.session, office, None, people.requirement("award").id)
    grant = grants.find(people.session, office, people.grant("aoba").id)
    with pytest.raises(NotFoundError):
        submissions.open_(people.session, office, grant, own.required(people).id)


@pytest.mark.parametrize("name", ["integrity", "library", "attester"])
def test_only_the_research_office_opens_it(people: World, name: str) -> None:
    requirement = own.required(people)
    with pytest.raises(NotAllowedError):
        submissions.open_(people.session, people.actor("aoba", name), None, requirement.id)


def test_offices_find_it_and_researchers_and_strangers_do_not(people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    for name in OFFICES:
        assert find(people, submission_id, name).grant is None
    for code, name in (("aoba", "pi"), ("aoba", "researcher"), ("seto", "office"), ("jst", "officer")):
        with pytest.raises(NotFoundError):
            find(people, submission_id, name, code)
    for name in ("pi", "researcher"):
        with pytest.raises(NotAllowedError):
            submissions.required_of_institution(people.session, people.actor("aoba", name))


def test_grants_at_a_glance_do_not_count_it(people: World) -> None:
    office = people.actor("aoba", "office")
    before = overviews.overview(people.session, office).states
    walking.draft(people, "aoba", "yearly")
    assert overviews.overview(people.session, office).states == before


def test_two_people_on_one_answer_lose_nothing(people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    one, two = people.actor("aoba", "office"), people.actor("aoba", "office2")
    page = find(people, submission_id)
    answers.save(people.session, one, page, typed(page, "duty.rules", "yes"))
    people.session.commit()
    with pytest.raises(StaleError) as clash:
        answers.save(
            people.session, two, find(people, submission_id, "office2"), typed(page, "duty.rules", "no", 0)
        )
    conflict = clash.value.values["conflicts"][0]
    assert (conflict.value, conflict.theirs.value) == ("no", "yes")


def test_a_judgement_and_its_check_are_two_peoples(people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    judge = people.actor("aoba", "integrity")
    opened = find(people, submission_id, "integrity")
    answers.save(people.session, judge, opened, typed(opened, "duty.judged", "yes"))
    opened = find(people, submission_id, "integrity")
    with pytest.raises(InvalidError) as refused:
        answers.save(people.session, judge, opened, typed(opened, "duty.checked", "yes"))
    assert {error.reason for error in refused.value.values["errors"].values()} == {"second_person_item"}


def test_it_cannot_be_sent_incomplete_nor_approved_by_who_sent_it(people: World) -> None:
    submission_id = walking.draft(people, "aoba", "yearly")
    office = people.actor("aoba", "office")
    with pytest.raises(InvalidError, match="incomplete"):
        reviews.submit(people.session, office, find(people, submission_id))
    with pytest.raises(WrongStateError):
        reviews.approve(people.session, people.actor("aoba", "office2"), find(people, submission_id))
    fill(people.session, walking.fillers(people, "aoba"), submission_id)
    reviews.submit(people.session, office, find(people, submission_id))
    with pytest.raises(NotAllowedError, match="second_person"):
        reviews.approve(people.session, office, find(people, submission_id))


def test_what_becomes_known_about_the_institution_stops_the_sending_until_it_is_renewed(people: World) -> None:
    submission_id = walking.filled(people, "aoba", "yearly")
    # not known yet whether it is a national agency, so what depends on it is shown
    assert ("duty.national", None) in set(find(people, submission_id).evaluation.in_force())
    office = people.actor("aoba", "office")
    institution = people.organization("aoba")
    institution.facts = {**institution.facts, "institution.national_agency": "no"}
    people.session.commit()
    opened = find(people, submission_id)
    assert opened.stale_facts
    with pytest.raises(InvalidError, match="facts_changed"):
        reviews.submit(people.session, office, opened)
    submissions.renew_facts(people.session, office, opened)
    opened = find(people, submission_id)
    assert not opened.stale_facts
    assert ("duty.national", None) not in set(opened.evaluation.in_force())


def test_it_is_returned_corrected_and_taken_back_like_any_other(people: World) -> None:
    submission_id = walking.in_review(people, "aoba", "yearly")
    second, office = people.actor("aoba", "office2"), people.actor("aoba", "office")
    reviews.return_(
        people.session, second, find(people, submission_id, "office2"), {("duty.rules", None): "規程名"}
    )
    opened = find(people, submission_id)
    assert opened.revision.state == RevisionState.RETURNED
    assert answers.open_again(people.session, opened) == {("duty.rules", None)}
    answers.save(people.session, office, opened, typed(opened, "duty.rules", "no"))
    reviews.submit(people.session, office, find(people, submission_id))
    changed = reviews.changed_since(people.session, find(people, submission_id, "office2"))
    assert [one.key for one in changed] == [("duty.rules", None)]
    reviews.recall(people.session, office, find(people, submission_id))
    assert find(people, submission_id).revision.state == RevisionState.DRAFT


def test_who_answered_in_the_office_does_not_attest(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba", "yearly")
    office = people.actor("aoba", "office")
    both = replace(office, roles=frozenset({Role.ATTESTER, Role.RESEARCH_OFFICE}))
    with pytest.raises(NotAllowedError, match="attester_not_apart"):
        attestations.attest(people.session, both, find(people, submission_id), walking.premises(app))


def test_the_walk_ends_in_a_record_that_names_the_institution_the_agency_and_the_year(
    people: World, app: Flask
) -> None:
    submission_id, attestation = walking.attested(people, app, "aoba", "yearly")
    record = Record.model_validate_json(attestation.record)
    assert record_bytes(record) == attestation.record
    assert record.grant is None
    assert record.issuer.code == "aoba"
    assert (record.funder.code, record.funder.fiscal_year) == (own.AGENCY, own.YEAR)
    assert (record.funder.programme, record.funder.programme_name, record.funder.call_name) == (None, None, None)
    assert record.stage == "yearly"
    assert record.about == "aoba-FY2026"
    place = walking.premises(app)
    content = attestations.file_of(attestation, place)
    verdict = verification.by_file(people.session, content, place, NOW)
    assert verdict.authentic
    assert verdict.in_force
    told = machine.as_json(verdict)["attestation"]
    assert isinstance(told, dict)
    assert (told["grant"], told["programme"], told["funder"], told["fiscal_year"]) == (None, None, "jst", 2026)
    kinds = [line.kind for line, _ in submissions.history(people.session, find(people, submission_id))]
    assert kinds[0] == "attestation:issued"
    assert kinds[-1] == "submission:opened"
    assert events.first_break(people.session, attestation.organization_id) is None


def test_a_new_revision_begins_with_the_answers_and_supersedes_when_attested(people: World, app: Flask) -> None:
    submission_id, old = walking.attested(people, app, "aoba", "yearly")
    office, second = people.actor("aoba", "office"), people.actor("aoba", "office2")
    revising.revise(people.session, office, find(people, submission_id))
    people.session.commit()
    opened = find(people, submission_id)
    assert opened.revision.number == 2
    assert opened.evaluation.missing == []
    assert [opened.row_label(row) for row in opened.rows[own.GROUP]] == ["記録のとおり"]
    reviews.submit(people.session, office, opened)
    reviews.approve(people.session, second, find(people, submission_id, "office2"))
    people.session.commit()
    new = walking.attest(people, app, "aoba", submission_id, minutes=5)
    people.session.refresh(old)
    assert (old.status, new.status) == ("superseded", "in_force")
    assert Record.model_validate_json(new.record).supersedes == str(old.id)


def test_every_officer_of_the_agency_that_asks_reads_it_and_no_other(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba", "yearly")
    walking.attested(people, app, "aoba")
    for name in ("officer", "outsider"):
        officer = people.actor(own.AGENCY, name)
        found = audits.attested(people.session, officer)
        assert [one.id for one in found.attestations] == [attestation.id]
        read, record = audits.read(people.session, officer, attestation.id)
        assert (read.id, record.grant) == (attestation.id, None)
        assert events.first_break(people.session, officer.organization_id) is None
    for code, name in (("jsps", "officer"), ("jsps", "outsider")):
        stranger = people.actor(code, name)
        assert attestation.id not in {one.id for one in audits.attested(people.session, stranger).attestations}
        with pytest.raises(NotFoundError):
            audits.read(people.session, stranger, attestation.id)
    with pytest.raises(NotAllowedError):
        audits.read(people.session, people.actor("aoba", "office"), attestation.id)


def test_an_officer_finds_it_by_the_name_of_the_institution(people: World, app: Flask) -> None:
    walking.attested(people, app, "aoba", "yearly")
    walking.attested(people, app, "seto", "yearly")
    officer = people.actor(own.AGENCY, "officer")
    assert audits.attested(people.session, officer).total == 2
    for words, total in (("seto大", 1), ("Aoba Univ", 1), ("%", 0), ("JP26K", 0)):
        assert audits.attested(people.session, officer, words=words).total == total
    walking.attested(people, app, "aoba")
    for words in ("JP26K", "量子", "aoba大学"):
        assert audits.attested(people.session, people.actor("jsps", "officer"), words=words).total == 1


def test_what_is_asked_takes_the_same_number_of_queries_however_much_it_is(people: World, app: Flask) -> None:
    office = people.actor("aoba", "office")

    def queries() -> int:
        counted = []
        engine = people.session.get_bind()

        def count(_connection, _cursor, statement: str, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                counted.append(statement)

        people.session.commit()
        people.session.expire_all()
        event.listen(engine, "before_cursor_execute", count)
        for line in submissions.required_of_institution(people.session, office):
            assert line.requirement.organization.name.ja
            assert line.submission is None or line.submission.current
        event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    own.required(people)
    few = queries()
    walking.draft(people, "aoba", "yearly")
    for year in range(2027, 2037):
        submissions.open_(people.session, office, None, own.required(people, year).id)
    # one more: now there are submissions whose revisions are read along
    assert queries() == few + 1


def test_a_sign_in_that_is_not_fresh_does_not_attest(people: World, app: Flask) -> None:
    submission_id = walking.approved(people, "aoba", "yearly")
    attester = people.actor("aoba", "attester")
    stale = replace(later(attester, NOW), at=NOW + timedelta(minutes=11))
    with pytest.raises(NotAllowedError, match="sign_in_again"):
        attestations.attest(people.session, stale, find(people, submission_id, "attester"), walking.premises(app))
