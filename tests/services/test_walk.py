"""The main job through the services: open, fill, review, attest, verify."""

from tests.world import World


def test_opening_twice_gives_the_same_submission(people: World) -> None:
    from app.services import grants, submissions

    office = people.actor("aoba", "office")
    grant = grants.find(people.session, office, people.grant("aoba").id)
    requirement = people.requirement("award")
    first = submissions.open_(people.session, office, grant, requirement.id)
    second = submissions.open_(people.session, office, grant, requirement.id)
    assert first.id == second.id
