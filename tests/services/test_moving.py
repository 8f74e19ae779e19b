"""Moving to another version: the version that applies now, with the answers whose question is the same."""

from typing import Any

import pytest

from app.domain.checklist import State
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.models import Revision
from app.services import answers, grants, publishing, reviews, revising, revisions, submissions
from app.services.answers import Typed
from app.services.opened import Opened
from tests import walking, world
from tests.world import World


def opened(people: World, submission_id: Any, name: str = "office") -> Opened:
    return revisions.find(people.session, people.actor("aoba", name), submission_id)


def earlier_call(people: World) -> Any:
    """Open the award checklist of a call of FY2025 and answer a little; then the call turns out to be of FY2026."""
    grant = grants.find(people.session, people.actor("aoba", "office"), people.grant("aoba").id)
    grant.call.fiscal_year = 2025
    submission_id = walking.draft(people, "aoba")
    before = opened(people, submission_id)
    assert before.compiled.checklist.version == "1.0.0"
    office = people.actor("aoba", "office")
    given = {
        ("scope.foreign", None): Typed(0, "", ["no"], ""),
        ("roster.complete", None): Typed(0, "", ["yes"], "数えました"),
    }
    answers.save(people.session, office, before, {key: one for key, one in given.items() if key in before.answers})
    grant.call.fiscal_year = 2026
    people.session.commit()
    people.session.expire_all()
    return submission_id


def test_a_version_that_no_longer_fits_cannot_be_sent_and_says_why(people: World) -> None:
    submission_id = earlier_call(people)
    before = opened(people, submission_id)
    assert reviews.situation(people.session, before).version_closed == "version_not_fitting"
    with pytest.raises(InvalidError, match="version_not_fitting"):
        reviews.submit(people.session, people.actor("aoba", "office"), before)


def test_moving_takes_answers_along_and_keeps_the_revision_it_left(people: World) -> None:
    submission_id = earlier_call(people)
    before = opened(people, submission_id)
    moved = revising.move(people.session, people.actor("aoba", "office"), before)
    people.session.commit()
    after = opened(people, submission_id)
    assert after.compiled.checklist.version == "2.0.0"
    assert after.revision.number == 2
    assert after.answers["scope.foreign", None].value == "no"
    assert after.answers["scope.foreign", None].answered_at == before.answers["scope.foreign", None].answered_at
    assert answers.history(people.session, after, ("scope.foreign", None))[-1].method == "carry"
    assert (moved.carried, moved.left) == (2, 0)
    left = revisions.find(people.session, people.actor("aoba", "office"), submission_id, number=1)
    assert (left.revision.state, left.answers["scope.foreign", None].value) == ("superseded", "no")
    assert reviews.situation(people.session, after).version_closed == ""
    lines = [event.kind for event, _ in submissions.history(people.session, after)]
    assert lines[0] == "submission:moved"


def test_every_answer_that_goes_along_means_the_same_there(people: World) -> None:
    """A moved revision evaluates as a fresh one in which the same was typed."""
    submission_id = earlier_call(people)
    revising.move(people.session, people.actor("aoba", "office"), opened(people, submission_id))
    people.session.commit()
    moved = opened(people, submission_id)
    again = moved.evaluation.after({key: moved.evaluation.slot(key) for key in moved.answers}, moved.compiled.edges)
    assert list(again.visible()) == list(moved.evaluation.visible())
    assert again.missing == moved.evaluation.missing
    assert {key for key, one in moved.answers.items() if State(one.state) is State.ANSWERED} == {
        ("scope.foreign", None),
        ("roster.complete", None),
    }


def test_only_the_office_moves_and_only_what_is_being_filled_in(people: World) -> None:
    submission_id = earlier_call(people)
    with pytest.raises(NotAllowedError):
        revising.move(people.session, people.actor("aoba", "integrity"), opened(people, submission_id, "integrity"))
    sent = walking.in_review(people, "hokuryo", "application")
    found = revisions.find(people.session, people.actor("hokuryo", "office"), sent)
    with pytest.raises(WrongStateError):
        revising.move(people.session, people.actor("hokuryo", "office"), found)


def test_where_no_other_version_applies_nothing_moves(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    count = people.count(Revision)
    with pytest.raises(InvalidError, match="no_other_version"):
        revising.move(people.session, people.actor("aoba", "office"), opened(people, submission_id))
    assert people.count(Revision) == count


def test_a_withdrawn_version_is_not_started_and_not_sent_any_more(people: World) -> None:
    submission_id = walking.draft(people, "aoba")
    publisher = people.actor(world.AGENCIES[0], "publisher")
    publishing.withdraw(
        people.session, publisher, opened(people, submission_id).compiled.sha256, "誤りがありました"
    )
    people.session.commit()
    found = opened(people, submission_id)
    assert reviews.situation(people.session, found).version_closed == "version_withdrawn"
    with pytest.raises(InvalidError, match="version_withdrawn"):
        reviews.submit(people.session, people.actor("aoba", "office"), found)
    grant = grants.find(people.session, people.actor("hokuryo", "office"), people.grant("hokuryo").id)
    line = next(one for one in submissions.required(people.session, grant) if one.requirement.stage == "award")
    assert line.choice.version is None


def test_the_second_publisher_is_another_person(people: World) -> None:
    one, two = (people.actor(world.AGENCIES[0], name) for name in world.PUBLISHERS)
    standing = next(each for each in publishing.standings(people.session) if each.status == "published")
    assert {act.by for act in standing.acts} == {one.user_id, two.user_id}
    with pytest.raises(WrongStateError, match="published_already"):
        publishing.publish(people.session, two, standing.sha256)
    with pytest.raises(NotAllowedError):
        publishing.withdraw(people.session, people.actor("aoba", "office"), standing.sha256, "why")
    with pytest.raises(InvalidError, match="reason_needed"):
        publishing.withdraw(people.session, one, standing.sha256, "  ")
