"""A proposal is taken back by those who made it while nobody has published it, and can be made again."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.catalog.versions import lists_in, read_version
from app.domain.errors import InvalidError, NotAllowedError, WrongStateError
from app.extensions import alembic
from app.models import ChecklistVersion, Event, VersionProposal, VersionStatus
from app.services import publishing
from tests import drafts
from tests.web.test_checklists import hash_of, propose, publish
from tests.web.test_publishing import UPLOAD, area, bring, checked
from tests.world import PUBLISHERS, World

WHY = "A clause is missing."


def discard(people: World, sha256: str, code: str = "jsps", name: str = PUBLISHERS[0], why: str = WHY) -> None:
    publishing.discard(people.session, people.actor(code, name), sha256, why)
    people.session.commit()


def acts(people: World, sha256: str) -> list[str]:
    found = publishing.find(people.session, people.actor("jsps", PUBLISHERS[0]), sha256)
    assert [act.seq for act in found.acts] == list(range(1, len(found.acts) + 1))
    return [act.status for act in found.acts]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_whoever_proposed_takes_it_back_with_a_reason(app: Flask, people: World, language: str) -> None:
    client = app.test_client().sign_in("jsps", PUBLISHERS[0])
    client.language = language
    sha256 = propose(people, drafts.next_version())
    address = f"/publisher/versions/{sha256}/discard"
    assert f'href="{address}"' in client.get(f"/publisher/versions/{sha256}").text
    empty = client.press(address, {"reason": " "}, on=address)
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    done = client.press(address, {"reason": WHY}, on=address)
    assert done.location == f"/publisher/versions/{sha256}"
    page = client.get(done.location).text
    assert WHY in page
    assert {"ja": "撤回", "en": "Taken back"}[language] in page
    assert f'href="{address}"' not in page
    assert WHY in client.get(f"/checklists/{sha256}").text
    assert WHY in client.get("/publisher").text
    people.session.commit()
    assert acts(people, sha256) == ["proposed", "discarded"]
    event = people.session.scalars(select(Event).where(Event.kind == "checklist:discarded")).one()
    assert event.data == {"checklist": sha256, "reason": WHY}
    assert event.organization_id == people.actor("jsps", PUBLISHERS[0]).organization_id


def test_another_publisher_of_the_agency_may_and_one_of_another_agency_may_not(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    address = f"/publisher/versions/{sha256}/discard"
    stranger = app.test_client().sign_in("jst", PUBLISHERS[0])
    assert f'href="{address}"' not in stranger.get(f"/publisher/versions/{sha256}").text
    assert "You cannot take this one back" in stranger.get(address).text
    refused = stranger.press(address, {"reason": WHY}, on=UPLOAD)
    assert refused.status_code == 403
    assert "Only publishers of the agency that proposed" in refused.text
    assert acts(people, sha256) == ["proposed"]
    colleague = app.test_client().sign_in("jsps", PUBLISHERS[1])
    assert f'href="{address}"' in colleague.get(f"/publisher/versions/{sha256}").text
    assert colleague.press(address, {"reason": WHY}, on=address).status_code == 302
    people.session.commit()
    assert acts(people, sha256) == ["proposed", "discarded"]


def test_a_proposal_is_taken_back_once_and_then_nobody_publishes_it(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    discard(people, sha256)
    first, second = (
        app.test_client().sign_in("jsps", PUBLISHERS[0]),
        app.test_client().sign_in("jst", PUBLISHERS[1]),
    )
    again = first.press(f"/publisher/versions/{sha256}/discard", {"reason": WHY}, on=UPLOAD)
    assert again.status_code == 409
    page = second.get(f"/publisher/versions/{sha256}/publish").text
    assert "This proposal was taken back." in page
    assert second.press(f"/publisher/versions/{sha256}/publish", on=UPLOAD).status_code == 409
    people.session.commit()
    assert people.count(ChecklistVersion, sha256=sha256) == 0


def test_what_is_published_cannot_be_taken_back(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    publish(people, sha256)
    client = app.test_client().sign_in("jsps", PUBLISHERS[0])
    address = f"/publisher/versions/{sha256}/discard"
    assert f'href="{address}"' not in client.get(f"/publisher/versions/{sha256}").text
    assert client.press(address, {"reason": WHY}, on=UPLOAD).status_code == 409
    with pytest.raises(WrongStateError, match="published_already"):
        discard(people, sha256)
    people.session.rollback()
    assert acts(people, sha256) == ["proposed", "published"]


def test_the_verb_asks_for_a_reason_and_for_the_agency_itself(people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    with pytest.raises(InvalidError, match="reason_needed"):
        discard(people, sha256, why=" ")
    with pytest.raises(NotAllowedError, match="other_agency"):
        discard(people, sha256, "jst")
    with pytest.raises(NotAllowedError):
        discard(people, sha256, "jsps", "officer")
    with pytest.raises(WrongStateError, match="published_already"):
        discard(people, hash_of(people))


def test_others_do_not_find_it_and_nobody_keeps_its_files(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    discard(people, sha256)
    paths = [f"/checklists/{sha256}{rest}" for rest in ("", "/checklist.yaml", "/checklist.xlsx", "/content.json")]
    for client in (app.test_client(), app.test_client().sign_in("aoba", "office")):
        for path in paths:
            assert client.get(path).status_code == 404
        assert sha256 not in client.get("/checklists").text
        assert sha256 not in client.get(f"/checklists/{hash_of(people)}").text
    publisher = app.test_client().sign_in("jst", PUBLISHERS[0])
    for path in paths:
        answer = publisher.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Waiting for a second publisher" not in publisher.get("/publisher").text


# again


def test_the_same_content_is_proposed_again_in_the_bytes_of_then_and_published(app: Flask, people: World) -> None:
    client = app.test_client().sign_in("jsps", PUBLISHERS[0])
    sha256 = propose(people, drafts.next_version())
    discard(people, sha256)
    commented = drafts.next_version() + "# as it should be\n"
    page = bring(client, commented)
    assert page.status_code == 200
    answer = bring(client, area(page.text), act="propose", checked=checked(page.text))
    assert answer.location == f"/publisher/versions/{sha256}"
    people.session.commit()
    assert acts(people, sha256) == ["proposed", "discarded", "proposed"]
    assert people.count(VersionProposal, sha256=sha256) == 2
    publish(people, sha256)
    assert acts(people, sha256) == ["proposed", "discarded", "proposed", "published"]
    assert publishing.content(people.session, sha256)[0] == commented.encode()
    assert app.test_client().get(f"/checklists/{sha256}/checklist.yaml").data == commented.encode()


def test_it_takes_two_people_also_the_second_time(people: World) -> None:
    """Who proposed it last is the one who cannot publish it; who only proposed it before, can."""
    sha256 = propose(people, drafts.next_version())
    discard(people, sha256)
    file = read_version(drafts.next_version().encode(), "next", lists_in(drafts.CHECKLISTS))
    publishing.propose(people.session, people.actor("jst", PUBLISHERS[1]), file)
    people.session.commit()
    with pytest.raises(NotAllowedError, match="second_publisher"):
        publish(people, sha256)
    people.session.rollback()
    with pytest.raises(NotAllowedError, match="other_agency"):
        discard(people, sha256)
    people.session.rollback()
    publishing.publish(people.session, people.actor("jsps", PUBLISHERS[0]), sha256)
    people.session.commit()
    assert people.count(ChecklistVersion, sha256=sha256) == 1


def test_the_number_is_free_for_other_content(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    discard(people, sha256)
    other = propose(people, drafts.next_version().replace("迷う時は", "もし迷う時は"))
    assert other != sha256
    publish(people, other)
    assert app.test_client().get(f"/checklists/{drafts.FAMILY}/{drafts.NEXT}").location == f"/checklists/{other}"
    with pytest.raises(WrongStateError, match="number_published"):
        propose(people, drafts.next_version())


def test_a_proposal_whose_number_another_took_can_still_be_taken_back(people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    publish(people, propose(people, drafts.next_version().replace("迷う時は", "もし迷う時は")))
    discard(people, sha256)
    assert acts(people, sha256) == ["proposed", "discarded"]


# at once


def test_of_two_acts_at_once_the_database_takes_one(people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    actor = people.actor("jsps", PUBLISHERS[0])
    for status in ("published", "discarded"):
        people.session.add(
            VersionStatus(sha256=sha256, seq=2, status=status, by=actor.user_id, at=actor.at, reason=WHY)
        )
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


@pytest.mark.parametrize(
    ("status", "seq", "reason"),
    [("discarded", 2, ""), ("withdrawn", 2, ""), ("lost", 2, WHY), ("proposed", 1, WHY)],
    ids=["discarded without a reason", "withdrawn without a reason", "no such act", "the first act twice"],
)
def test_the_database_states_the_rules_too(people: World, status: str, seq: int, reason: str) -> None:
    sha256 = propose(people, drafts.next_version())
    actor = people.actor("jsps", PUBLISHERS[0])
    people.session.add(
        VersionStatus(sha256=sha256, seq=seq, status=status, by=actor.user_id, at=actor.at, reason=reason)
    )
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


def test_a_version_is_published_and_withdrawn_once_whatever_came_before(people: World) -> None:
    sha256 = hash_of(people)
    actor = people.actor("jsps", PUBLISHERS[0])
    people.session.add(
        VersionStatus(
            sha256=sha256, seq=9, status="published", by=actor.user_id, at=actor.at + timedelta(1), reason=""
        )
    )
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


# tables


def test_going_down_keeps_every_act_and_is_refused_while_one_was_taken_back(app: Flask, people: World) -> None:
    sha256 = propose(people, drafts.next_version())
    query = text("SELECT sha256, status, reason FROM version_status ORDER BY sha256, status")
    before = people.session.execute(query).all()
    people.session.close()
    with app.app_context():
        alembic.downgrade("0008")
    assert people.session.execute(query).all() == before
    people.session.close()
    with app.app_context():
        alembic.upgrade()
    assert people.session.execute(query).all() == before
    assert acts(people, sha256) == ["proposed"]
    assert acts(people, hash_of(people)) == ["proposed", "published"]
    discard(people, sha256)
    people.session.close()
    with app.app_context(), pytest.raises(RuntimeError, match="1 proposals were taken back"):
        alembic.downgrade("0008")
