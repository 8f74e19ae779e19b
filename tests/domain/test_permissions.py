"""Who answers and who reads: every respondent, role and standing, generated and held to the rules."""

from itertools import product

import pytest

from app.domain.checklist import Item, Respondent
from app.domain.people import ROLES_OF, OrganizationKind, Role
from app.domain.permissions import PERMISSIONS, Permission, Standing, may, may_answer, may_read
from tests.domain.samples import checklist, item
from tests.domain.test_workflow import actor

NOBODY = Standing()
PI = Standing(principal=True, participant_id="p1")
MEMBER = Standing(participant_id="p2")
STANDINGS = (NOBODY, PI, MEMBER)
ROWS = (None, "p1", "p2", "p3")
PERSONS = {Respondent.PRINCIPAL_INVESTIGATOR, Respondent.PARTICIPANT}
OFFICES = [respondent for respondent in Respondent if respondent not in PERSONS]
READS_ALL = {Role.RESEARCH_OFFICE, Role.INTEGRITY_OFFICER, Role.EXPORT_CONTROL_OFFICER, Role.ATTESTER}


ITEMS = {each: checklist(item("q", answered_by=each.value)).items["q"] for each in Respondent}


def asked(respondent: Respondent) -> Item:
    return ITEMS[respondent]


def roles(*held: Role) -> frozenset[Role]:
    return frozenset(held)


def test_every_office_that_answers_is_a_role_by_the_same_name() -> None:
    assert {respondent.value for respondent in OFFICES} <= {role.value for role in Role}


@pytest.mark.parametrize("respondent", OFFICES)
def test_nobody_answers_for_an_officer(respondent: Respondent) -> None:
    for role, standing, row in product(Role, STANDINGS, ROWS):
        expected = role.value == respondent.value
        assert may_answer(roles(role), standing, asked(respondent), row) is expected, (role, standing, row)


def test_the_investigator_answers_what_is_theirs_and_the_office_may_write_it_down() -> None:
    for role, standing, row in product(Role, STANDINGS, ROWS):
        expected = standing.principal or role is Role.RESEARCH_OFFICE
        assert may_answer(roles(role), standing, asked(Respondent.PRINCIPAL_INVESTIGATOR), row) is expected


def test_a_participant_answers_the_own_row_only_and_the_office_may_write_it_down() -> None:
    for role, standing, row in product(Role, STANDINGS, ROWS):
        own = row is not None and row == standing.participant_id
        expected = own or role is Role.RESEARCH_OFFICE
        assert may_answer(roles(role), standing, asked(Respondent.PARTICIPANT), row) is expected


def test_a_person_on_no_grant_has_no_row_not_even_one_without_a_person() -> None:
    assert not may_answer(roles(Role.RESEARCHER), NOBODY, asked(Respondent.PARTICIPANT), None)


def test_offices_that_answer_review_or_certify_the_whole_read_everything() -> None:
    for role, respondent, row in product(READS_ALL, Respondent, ROWS):
        assert may_read(roles(role), NOBODY, asked(respondent), row)


def test_all_others_read_what_they_may_answer_and_a_pi_reads_about_the_project() -> None:
    project = {Respondent.PRINCIPAL_INVESTIGATOR, Respondent.RESEARCH_OFFICE}
    for role, standing, respondent, row in product(set(Role) - READS_ALL, STANDINGS, Respondent, ROWS):
        one = asked(respondent)
        expected = may_answer(roles(role), standing, one, row) or (
            standing.principal and respondent in project and row is None
        )
        assert may_read(roles(role), standing, one, row) is expected, (role, standing, respondent, row)


def test_a_pi_reads_neither_an_officers_judgement_nor_another_persons_row() -> None:
    for respondent in set(OFFICES) - {Respondent.RESEARCH_OFFICE}:
        assert not any(may_read(roles(Role.RESEARCHER), PI, asked(respondent), row) for row in ROWS)
    assert may_read(roles(Role.RESEARCHER), PI, asked(Respondent.PARTICIPANT), "p1")
    assert not may_read(roles(Role.RESEARCHER), PI, asked(Respondent.PARTICIPANT), "p2")
    assert not may_read(roles(Role.RESEARCHER), PI, asked(Respondent.RESEARCH_OFFICE), "p1")


def test_whoever_may_answer_may_read_what_they_answered() -> None:
    for role, standing, respondent, row in product(Role, STANDINGS, Respondent, ROWS):
        if may_answer(roles(role), standing, asked(respondent), row):
            assert may_read(roles(role), standing, asked(respondent), row)


def test_a_standing_takes_part_as_principal_or_with_a_row() -> None:
    assert [standing.takes_part for standing in STANDINGS] == [False, True, True]
    assert Standing(principal=True).takes_part


def test_the_two_kinds_of_organization_share_no_role_and_leave_none_out() -> None:
    institution, agency = ROLES_OF[OrganizationKind.INSTITUTION], ROLES_OF[OrganizationKind.AGENCY]
    assert institution | agency == set(Role)
    assert not institution & agency


def test_an_agency_officer_holds_nothing_of_an_institution() -> None:
    agency = PERMISSIONS[Role.AGENCY_OFFICER]
    assert agency == {Permission.ANNEX_READ, Permission.ATTESTATION_AUDIT}
    shared = {one for role in ROLES_OF[OrganizationKind.INSTITUTION] for one in agency & PERMISSIONS[role]}
    # each side reads the annexes that it can reach at all
    assert shared == {Permission.ANNEX_READ}


def test_an_annex_is_read_by_those_who_may_read_every_answer() -> None:
    anybodys = checklist(item("q")).items["q"].model_copy(update={"answered_by": Respondent.ATTESTER})
    for role in ROLES_OF[OrganizationKind.INSTITUTION]:
        reads_all = may_read(frozenset({role}), Standing(), anybodys, None)
        assert (Permission.ANNEX_READ in PERMISSIONS[role]) is reads_all, role


def test_only_an_attester_attests() -> None:
    assert [role for role in Role if may(actor(role), Permission.ATTESTATION_ATTEST)] == [Role.ATTESTER]


def test_a_person_may_what_any_of_their_roles_allows() -> None:
    for one, other, permission in product(Role, Role, Permission):
        expected = permission in PERMISSIONS[one] | PERMISSIONS[other]
        assert may(actor(one, other), permission) is expected
    assert not any(may(actor(), permission) for permission in Permission)
