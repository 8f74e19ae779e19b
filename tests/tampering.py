"""An insider with the database's own password: changes what triggers and foreign keys would refuse."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text


@contextlib.contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """Yield a connection on which nothing is guarded; what is not committed is undone with the guards back."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET SESSION session_replication_role = replica"))
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SET SESSION session_replication_role = origin"))
                connection.commit()
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        guards = connection.execute(
            text(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
                "AND (tbl_name LIKE 'ledger%' OR tbl_name LIKE 'attestation%')"
            )
        ).all()
        for name, _ in guards:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            for _, sql in guards:
                connection.exec_driver_sql(sql)
            connection.commit()
            driver.execute("PRAGMA foreign_keys = ON")


def forget_ledger(engine: Engine) -> None:
    """Empty the ledger by force, so that a schema of before it can be gone back to."""
    with unguarded(engine) as connection:
        for table in ("stamp", "cosignature", "checkpoint", "link", "node", "entry"):
            connection.execute(text(f"DELETE FROM ledger_{table}"))
        connection.execute(text("UPDATE ledger_head SET size = 0"))
        connection.commit()
