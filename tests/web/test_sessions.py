"""What a visit leaves behind, and what every page costs."""

import pytest
from sqlalchemy import event

from app.models import Participant, SessionRecord
from app.services import grants, revisions
from tests import walking
from tests.web.client import StrictClient
from tests.world import World


def test_a_visitor_who_only_reads_leaves_no_session_behind(client: StrictClient, people: World) -> None:
    client.get("/verify")
    client.get("/verify/00000-00000-00000-00000")
    assert people.count(SessionRecord) == 0


def queries(people: World, client: StrictClient, address: str) -> list[str]:
    """Return the statements that a page takes."""
    counted: list[str] = []
    with client.application.app_context():
        from app.extensions import db

        engine = db.engine

    def count(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(("BEGIN", "INSERT INTO session", "UPDATE session")):
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    answer = client.get(address)
    event.remove(engine, "before_cursor_execute", count)
    assert answer.status_code == 200
    return counted


@pytest.mark.parametrize("page", ["", "/sections/declarations", "/check", "/review"])
def test_a_page_takes_the_same_number_of_queries_however_many_people_take_part(
    client: StrictClient, people: World, page: str
) -> None:
    submission_id = walking.draft(people, "aoba", "application")
    office = people.actor("aoba", "office")
    client.sign_in("aoba", "office")
    address = f"/submissions/{submission_id}{page}"
    client.get(address)
    few = queries(people, client, address)
    grant = grants.find(people.session, office, people.grant("aoba").id)
    for n in range(15):
        people.session.add(
            Participant(
                organization_id=grant.organization_id,
                grant_id=grant.id,
                part="participant",
                name=f"参加者 {n}",
                affiliation="見本大学",
                added_at=office.at,
            )
        )
    people.session.flush()
    people.session.expire_all()
    grant = grants.find(people.session, office, grant.id)
    revisions.align_drafts(people.session, office, grant)
    people.session.commit()
    many = queries(people, client, address)
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(few) <= 20
