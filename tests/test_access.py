"""Who may open what: every endpoint × person × three tenants, generated from the URL map.

A new view needs no line here: its policy is read from the view, its probes are made from its rule.
"""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from app.domain.people import OrganizationKind, Role
from app.domain.permissions import PERMISSIONS
from app.models import Base
from app.services import publishing
from app.web.access import Access
from tests import own, walking
from tests.world import AGENCIES, INSTITUTIONS, PUBLISHERS, ROLES, World

PUBLIC = {
    "static",
    "_health",
    "account.home",
    "account.sign_in",
    "account.sign_in_submit",
    "account.language",
    "verify.form",
    "verify.by_file",
    "verify.by_text",
    "verify.status",
    "verify.by_code",
    "verify.code",
    "ledger.page",
    "ledger.checkpoint",
    "ledger.tile",
    "checklists.families",
    "checklists.version",
    "checklists.by_number",
    "checklists.source",
    "checklists.workbook",
    "checklists.content",
    "checklists.compiled",
    "checklists.code_list",
    "checklists.comparison",
}
# these decide about the person who asks and nothing else; signing out would end the probing
_OF_ONESELF = {"account.sign_out", "account.confirm", "account.confirm_submit"}
_BOOKKEEPING = {"session_record", "sign_in_failure"}
_REFUSED = {403, 404}
# published versions are nobody's own: whoever may open the page may open it for each of them
_OF_NOBODY = {"sha256"}
# the samples were attested by people who had signed in: there is no scan of paper
_OF_PAPER = {"institution.scan", "agency.scan"}
# what a tenant's submission about itself is called beside the one of its grant
ITSELF = " itself"
_HAS_ONE = {"submission_id", "attestation_id"}


@dataclass(frozen=True)
class Objects:
    """The ids of one tenant's things, as they stand in addresses."""

    grant_id: UUID
    submission_id: UUID
    requirement_id: UUID
    participant_id: UUID
    batch_id: UUID
    row_id: UUID
    attestation_id: UUID
    answer_id: UUID
    evidence_id: UUID
    rule_id: str = "certificate"
    section_id: str = "scope"
    group_id: str = "partners"
    number: int = 1
    code: str = "00000-00000-00000-00000"
    filename: str = "app.css"
    sha256: str = "0" * 64

    def fill(self, rule: Rule) -> dict[str, object]:
        """Return the values of a rule's arguments."""
        return {name: getattr(self, name) for name in rule.arguments}


MISSING = Objects(*(uuid4() for _ in range(9)))


@pytest.fixture
def things(people: World, app: Flask) -> dict[str, Objects]:
    """In every institution: a grant with an attested submission and its annex, a row, an uploaded file; and one
    of its own.
    """
    for wanted in (people.requirement("application"), own.required(people)):
        wanted.annex = True
    people.session.commit()
    published = publishing.standings(people.session)[0].sha256
    found = {code: Objects(**walking.one_of_each(people, app, code), sha256=published) for code in INSTITUTIONS}
    for code in INSTITUTIONS:
        submission_id, attestation = walking.attested(people, app, code, "yearly")
        row = walking.found(people, code, submission_id).rows[own.GROUP][0]
        found[code + ITSELF] = replace(
            found[code],
            submission_id=submission_id,
            attestation_id=attestation.id,
            row_id=row.id,
            section_id=own.SECTION,
            group_id=own.GROUP,
        )
    return found


def targets_of(rule: Rule, things: dict[str, Objects]) -> dict[str, Objects]:
    """Return whose things a rule can be asked about; an institution's own only where a submission is named."""
    if not rule.arguments:
        return {"any": MISSING}
    fitting = {name: each for name, each in things.items() if ITSELF not in name or rule.arguments & _HAS_ONE}
    return {**fitting, "missing": MISSING}


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """Return every rule with each method it answers, HEAD and OPTIONS left to Flask."""
    found = []
    for rule in app.url_map.iter_rules():
        found += [(rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def policy(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions[endpoint], "access", None)


def test_every_view_carries_a_policy_and_the_public_ones_are_known(app: Flask) -> None:
    for endpoint in app.view_functions:
        if endpoint == "static":
            continue
        access = policy(app, endpoint)
        assert access is not None, f"{endpoint} has no policy"
        assert access.signed_in == (endpoint not in PUBLIC), endpoint


def test_a_view_without_a_policy_does_not_open(app: Flask, people: World) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def fingerprint(people: World) -> str:
    """Return a hash over every row of every table but the sessions'."""
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name not in _BOOKKEEPING:
            rows = people.session.execute(text(f"SELECT * FROM {table.name}")).all()
            digest.update(repr(sorted(map(repr, rows))).encode())
    people.session.rollback()
    return digest.hexdigest()


def test_nobody_opens_what_is_not_theirs(app: Flask, people: World, things: dict[str, Objects]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    probes = 0
    # every role of one institution against all tenants' things, and the strongest of another against the first's
    persons = [(None, None)] + [(INSTITUTIONS[0], name) for name in ROLES]
    persons += [(INSTITUTIONS[1], name) for name in ("office", "attester", "pi")]
    persons += [(code, name) for code in AGENCIES for name in ("officer", "outsider", *PUBLISHERS)]
    clients = {(code, name): app.test_client() for code, name in persons}
    for (code, name), client in clients.items():
        if code and name:
            client.sign_in(code, name)
    # signing in leaves a line of the log; nothing else may
    before = fingerprint(people)
    for (code, name), client in clients.items():
        for rule, method in rules(app):
            access = policy(app, rule.endpoint)
            if rule.endpoint in PUBLIC | _OF_ONESELF or access is None:
                continue
            bodies = {}
            for tenant, objects in targets_of(rule, things).items():
                allowed = _may(people, code, name, access)
                own = _own(people, code, name, tenant, rule)
                if allowed and own:
                    continue
                with app.test_request_context():
                    address = app.url_map.bind("localhost").build(rule.endpoint, objects.fill(rule), method)
                answer = client.open(address, method=method, data={"csrf_token": "x"} if method == "POST" else None)
                probes += 1
                if code is None:
                    assert answer.status_code == 302, (rule.rule, answer.status_code)
                    assert answer.location.startswith("/sign-in"), answer.location
                else:
                    expected = 404 if allowed else 403
                    assert answer.status_code == expected, (code, name, method, address, answer.status_code)
                bodies[tenant] = answer.status_code
            assert len(set(bodies.values())) <= 1, "foreign and missing must look alike"
        assert fingerprint(people) == before, f"a refused probe of {name}@{code} changed something"
    assert probes > 2000


def _may(people: World, code: str | None, name: str | None, access: Access) -> bool:
    """Return whether the written tables let the person pass the first gate."""
    if code is None or name is None:
        return not access.signed_in
    roles = ROLES.get(name, [Role.CHECKLIST_PUBLISHER if name in PUBLISHERS else Role.AGENCY_OFFICER])
    kind = OrganizationKind.AGENCY if code in AGENCIES else OrganizationKind.INSTITUTION
    held = frozenset().union(*(PERMISSIONS[role] for role in roles))
    return access.kind in {None, kind} and (access.permission is None or access.permission in held)


def _own(people: World, code: str | None, name: str | None, tenant: str, rule: Rule) -> bool:
    """Return whether the target belongs to the person: the same tenant, and for researchers their grant.

    What an institution submits about itself is for its offices, and for every officer of the agency that asks.
    """
    if not rule.arguments:
        return True
    if rule.arguments <= _OF_NOBODY:
        return tenant != "missing"
    itself = tenant.endswith(ITSELF)
    if code in AGENCIES and itself:
        return code == own.AGENCY
    if code in AGENCIES:
        # the world's grants are all under the first agency's first programme
        return tenant in INSTITUTIONS and code == AGENCIES[0] and name == "officer"
    if tenant.removesuffix(ITSELF) != code:
        return False
    return name not in ({"pi", "researcher"} if itself else {"researcher"})


def test_each_person_reaches_what_is_theirs(app: Flask, people: World, things: dict[str, Objects]) -> None:
    """The other side: a gate that refuses everybody would pass the test above."""
    for code, name in (
        ("aoba", "office"),
        ("aoba", "pi"),
        ("aoba", "attester"),
        ("jsps", "officer"),
        ("jsps", "publisher"),
    ):
        client = app.test_client().sign_in(code, name)
        for rule, method in rules(app):
            access = policy(app, rule.endpoint)
            if access is None or method != "GET" or rule.endpoint in PUBLIC | _OF_ONESELF:
                continue
            if not _may(people, code, name, access):
                continue
            address = app.url_map.bind("localhost").build(rule.endpoint, things["aoba"].fill(rule))
            answer = client.get(address)
            unreadable = rule.endpoint in _OF_PAPER or (name == "pi" and rule.endpoint == "institution.section")
            assert answer.status_code == 200 or unreadable, (name, address, answer.status_code)


def test_each_office_and_the_agency_reach_what_an_institution_submits_about_itself(
    app: Flask, people: World, things: dict[str, Objects]
) -> None:
    reached = 0
    offices = [("aoba", name) for name in ROLES if name not in {"pi", "researcher"}]
    for code, name in (*offices, (own.AGENCY, "officer"), (own.AGENCY, "outsider")):
        client = app.test_client().sign_in(code, name)
        for rule, method in rules(app):
            access = policy(app, rule.endpoint)
            if access is None or method != "GET" or not (rule.arguments & _HAS_ONE):
                continue
            if "evidence_id" in rule.arguments:  # the sample of an institution's own asks for no files
                continue
            if _may(people, code, name, access):
                address = app.url_map.bind("localhost").build(rule.endpoint, things["aoba" + ITSELF].fill(rule))
                # the library answers nothing in this section, and reads nothing of the others
                unreadable = name == "library" and rule.endpoint == "institution.section"
                unreadable = unreadable or rule.endpoint in _OF_PAPER
                assert client.get(address).status_code == (404 if unreadable else 200), (name, address)
                reached += 1
    assert reached > 30


def test_every_unsafe_view_refuses_a_request_without_a_token(app: Flask, people: World) -> None:
    exempt = {"account.language", "verify.by_file", "verify.by_text", "verify.by_code"}
    client = app.test_client().sign_in("aoba", "office")
    tried = 0
    for rule, method in rules(app):
        if method == "POST" and rule.endpoint not in exempt:
            address = app.url_map.bind("localhost").build(rule.endpoint, MISSING.fill(rule), method)
            assert client.post(address, data={"x": "y"}).status_code == 400, address
            tried += 1
    assert tried > 12


def test_a_disabled_person_is_out_at_once(app: Flask, people: World) -> None:
    client = app.test_client().sign_in("aoba", "office")
    assert client.get("/grants").status_code == 200
    people.member("aoba", "office").user.disabled_at = people.actor("aoba", "office").at
    people.session.commit()
    assert client.get("/grants").status_code == 302
