"""Grants at a glance: the most pressing first, counted by state, found by words."""

from datetime import date

from sqlalchemy import event

from app.domain.workflow import RevisionState
from app.models import Call, Grant, Requirement
from app.services import overviews
from tests import walking
from tests.world import NOW, World


def more_grants(people: World, number: int) -> None:
    """Add grants of one institution, each under a call of its own that is due a day later than the last."""
    programme = people.requirement().call.programme
    institution = people.organization("aoba")
    for n in range(number):
        call = Call(
            organization_id=programme.organization_id,
            programme_id=programme.id,
            code=f"more-{n}",
            name_ja="公募",
            name_en="Call",
            fiscal_year=2026,
            facts={},
        )
        people.session.add(call)
        people.session.flush()
        people.session.add(
            Requirement(
                organization_id=call.organization_id,
                call_id=call.id,
                family="research-security-integrity",
                stage="award",
                due_on=date(2027, 3, 31 - n) if n < 28 else date(2027, 4, 1),
            )
        )
        people.session.add(
            Grant(
                organization_id=institution.id,
                agency_id=call.organization_id,
                call_id=call.id,
                number=f"JP26M{n:05}",
                title_ja=f"課題 {n} 100%_",
                title_en=f"Project {n}",
                created_at=NOW,
            )
        )
    people.session.commit()


def test_the_most_pressing_stands_first_and_what_is_attested_presses_no_more(people: World, app) -> None:
    more_grants(people, 3)
    office = people.actor("aoba", "office")
    before = [line.grant.number for line in overviews.overview(people.session, office).grants]
    assert before == ["JP26K00001", "JP26M00002", "JP26M00001", "JP26M00000"]
    for stage in ("application", "award"):
        walking.attested(people, app, "aoba", stage)
    after = [line.grant.number for line in overviews.overview(people.session, office).grants]
    assert after == ["JP26M00002", "JP26M00001", "JP26M00000", "JP26K00001"]


def test_states_are_counted_and_filter_the_list(people: World) -> None:
    more_grants(people, 2)
    walking.draft(people, "aoba")
    office = people.actor("aoba", "office")
    found = overviews.overview(people.session, office)
    assert found.states == {"draft": 1, "not_started": 3}
    drafts = overviews.overview(people.session, office, state=RevisionState.DRAFT)
    assert [line.grant.number for line in drafts.grants] == ["JP26K00001"]
    assert overviews.overview(people.session, office, state="in_review").total == 0
    assert overviews.overview(people.session, office, state="not_started").total == 3


def test_words_are_looked_for_as_typed(people: World) -> None:
    more_grants(people, 3)
    office = people.actor("aoba", "office")
    assert overviews.overview(people.session, office, words="%_").total == 3
    assert overviews.overview(people.session, office, words="m00001").total == 1
    assert overviews.overview(people.session, office, words="%%").total == 0


def test_a_page_of_grants_takes_the_same_number_of_queries_however_many_there_are(people: World) -> None:
    office = people.actor("aoba", "office")

    def queries() -> list[str]:
        counted = []
        engine = people.session.get_bind()

        def count(_connection, _cursor, statement: str, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                counted.append(statement)

        people.session.expire_all()
        event.listen(engine, "before_cursor_execute", count)
        overviews.overview(people.session, office)
        event.remove(engine, "before_cursor_execute", count)
        return counted

    few = queries()
    more_grants(people, 20)
    many = queries()
    assert len(many) == len(few), many
    assert len(few) <= 10


def test_a_researcher_sees_only_the_grants_they_take_part_in(people: World) -> None:
    more_grants(people, 2)
    assert overviews.overview(people.session, people.actor("aoba", "pi")).total == 1
    assert overviews.overview(people.session, people.actor("aoba", "researcher")).total == 0
