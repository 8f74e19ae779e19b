"""The schema from migrations is the schema of the models, up and down, with rows in it."""

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from app.extensions import alembic, db
from app.models import APPEND_ONLY
from tests.world import World


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
