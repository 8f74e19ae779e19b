"""The schema from migrations is the schema of the models, up and down, with rows in it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.extensions import alembic, db
from app.models import APPEND_ONLY, Requirement
from tests import filing, ledgers, own, signers, walking
from tests.signing.people import House, sign
from tests.tampering import forget_ledger
from tests.world import NOW, World


def test_the_migrations_build_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        assert alembic.compare_metadata() == []


def test_every_table_is_gone_after_going_down_and_back_after_going_up(app: Flask) -> None:
    with app.app_context():
        before = set(inspect(db.engine).get_table_names())
        alembic.downgrade("base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        alembic.upgrade()
        assert set(inspect(db.engine).get_table_names()) == before


def rows(app: Flask) -> dict[str, list[dict[str, object]]]:
    """Return every row of every table but Alembic's own, what a later migration added left out."""
    found = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            if table != "alembic_version":
                lines = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
                kept = [{name: line[name] for name in line if (table, name) not in _ADDED} for line in lines]
                found[table] = sorted(kept, key=repr)
    return found


# columns that were not there from the beginning
_ADDED = {
    ("approval", "signed_in_at"),
    ("attestation", "annex"),
    ("attestation", "opening"),
    ("attestation_file", "person"),
    ("requirement", "annex"),
    ("requirement", "fiscal_year"),
    ("review_round", "sent_signed_in_at"),
    ("user_account", "orcid"),
    ("version_proposal", "seq"),
    ("version_status", "seq"),
}


def at(revision: str, app: Flask, people: World) -> dict[str, list[dict[str, object]]]:
    """Go down to a migration, from whatever came later, and return the rows there."""
    people.session.close()
    with app.app_context():
        forget_ledger(db.engine)
        forget_openings()
        alembic.downgrade(revision)
    return rows(app)


def forget_openings() -> None:
    """Take away by force what opens the commitments of records: a schema of before it has no place for it."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE attestation SET opening = NULL"))


def test_going_down_to_mandatory_calls_and_grants_and_up_again_loses_no_row(app: Flask, people: World) -> None:
    walking.attested(people, app, "aoba")
    before = at("0002", app, people)
    assert all(before[table] for table in ("requirement", "submission", "revision", "answer", "attestation"))
    with app.app_context():
        alembic.downgrade("0001")
        below = {column["name"]: column for column in inspect(db.engine).get_columns("submission")}
        assert not below["grant_id"]["nullable"]
    assert rows(app) == before
    with app.app_context():
        alembic.upgrade("0002")
    assert rows(app) == before


def test_what_is_required_of_institutions_goes_on_the_way_down_while_nobody_opened_it(
    app: Flask, people: World
) -> None:
    before = rows(app)
    own.required(people)
    at("0002", app, people)
    with app.app_context():
        alembic.downgrade("0001")
    assert rows(app)["requirement"] == before["requirement"]


def test_going_down_is_refused_while_it_would_lose_a_submission_of_an_institution(
    app: Flask, people: World
) -> None:
    walking.attested(people, app, "aoba", "yearly")
    before = at("0002", app, people)
    with app.app_context(), pytest.raises(RuntimeError, match="1 submissions of institutions themselves"):
        alembic.downgrade("0001")
    assert rows(app) == before


def test_going_down_is_refused_while_it_would_lose_a_file_with_an_answer(app: Flask, people: World) -> None:
    filing.attach(people, app, people.actor("aoba", "office"), filing.draft(people), "filing.plan", "plan")
    before = at("0004", app, people)
    assert len(before["evidence"]) == len(before["evidence_file"]) == 1
    with app.app_context(), pytest.raises(RuntimeError, match="1 files stand with answers"):
        alembic.downgrade("0003")
    assert rows(app) == before


def test_going_down_is_refused_while_it_would_lose_entries_of_the_ledger(app: Flask, people: World) -> None:
    ledgers.enter(people, ledgers.attested(people, app), 1)
    people.session.close()
    # on SQLite every migration is a transaction of its own: those above are gone down first
    with app.app_context():
        forget_openings()
        alembic.downgrade("0005")
    before = rows(app)
    assert before["ledger_entry"]
    with app.app_context(), pytest.raises(RuntimeError, match="what proofs lead to"):
        alembic.downgrade("0004")
    assert rows(app) == before


def test_going_down_is_refused_while_it_would_lose_an_annex(app: Flask, people: World) -> None:
    people.requirement().annex = True
    people.session.commit()
    walking.attested(people, app, "aoba")
    people.session.close()
    before = rows(app)
    assert before["annex_file"]
    with app.app_context(), pytest.raises(RuntimeError, match="1 records have an annex or commitments"):
        alembic.downgrade("0009")
    assert rows(app) == before


def test_who_signed_goes_with_its_column_and_going_down_is_refused_while_it_would_lose_the_file(
    app: Flask, people: World
) -> None:
    house, at = House(), NOW + timedelta(hours=1)
    _, _, content = signers.invited(people, app, house)
    signers.brought(people, app, sign(content, house.issue("Hanako Aoki"), 1, at), at)
    people.session.close()
    before = rows(app)
    assert {one["kind"] for one in before["attestation_file"]} == {"seal", "personal"}
    with app.app_context():
        alembic.downgrade("0012")
        assert "person" not in {one["name"] for one in inspect(db.engine).get_columns("attestation_file")}
        with pytest.raises(RuntimeError, match="1 files were signed by persons; going back would lose them"):
            alembic.downgrade("0011")
    assert rows(app) == before
    with app.app_context():
        alembic.upgrade()
        assert alembic.compare_metadata() == []
    assert rows(app) == before


def test_a_file_that_nobody_signed_goes_down_and_up_again(app: Flask, people: World) -> None:
    walking.attested(people, app, "aoba")
    people.session.close()
    before = rows(app)
    with app.app_context():
        forget_openings()
        alembic.downgrade("0011")
        alembic.upgrade()
    assert rows(app)["attestation_file"] == before["attestation_file"]


@pytest.mark.parametrize(
    "changes",
    [{"fiscal_year": None}, {"fiscal_year": 1999}, {"call": True}],
    ids=["neither a call nor a year", "no year of the service", "both a call and a year"],
)
def test_a_requirement_has_either_a_call_or_a_fiscal_year(people: World, changes: dict) -> None:
    call = people.requirement().call
    made = Requirement(
        organization_id=call.organization_id,
        family="any",
        stage="yearly",
        due_on=date(2027, 3, 31),
        fiscal_year=changes.get("fiscal_year", 2026),
        call_id=call.id if "call" in changes else None,
    )
    people.session.add(made)
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


# tables of the world that hold rows, each with a column that no foreign key guards
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
@pytest.mark.parametrize(("table", "column"), [("fact", "value"), ("checklist_version", "version")])
def test_what_is_append_only_cannot_be_changed_or_deleted(
    people: World, table: str, column: str, statement: str
) -> None:
    assert table in APPEND_ONLY
    with pytest.raises(DatabaseError, match="append-only"):
        people.session.execute(text(statement.format(table, column)))
    people.session.rollback()


def test_every_append_only_table_has_its_guard(people: World) -> None:
    if people.session.get_bind().dialect.name == "sqlite":
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    assert set(people.session.scalars(text(query))) == APPEND_ONLY


def test_rows_of_tenants_cannot_point_into_another_tenant(people: World) -> None:
    tables = inspect(people.session.get_bind())
    tenant = [name for name in tables.get_table_names() if _has_tenant(tables, name)]
    assert len(tenant) > 15
    for name in tenant:
        for key in tables.get_foreign_keys(name):
            if _has_tenant(tables, key["referred_table"]) and key["referred_table"] != "organization":
                assert len(key["constrained_columns"]) == 2, (name, key)


def _has_tenant(tables, name: str) -> bool:
    return "organization_id" in {column["name"] for column in tables.get_columns(name)}
