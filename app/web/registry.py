"""Before serving: a published version has the bytes it was locked and published with, or nothing starts."""

from flask import Flask
from sqlalchemy import inspect

from app.catalog.strict import CatalogError
from app.catalog.versions import families, read_lock, tampered
from app.config import Settings
from app.extensions import db
from app.models import ChecklistVersion
from app.services import publishing


def hold(app: Flask) -> None:
    """Raise SystemExit with a sentence when a locked file was changed, or a number is published with other content.

    Only hashes are compared, so that a start stays quick; commands start without it, to say what is wrong.
    """
    settings: Settings = app.extensions["settings"]
    folder = settings.checklists_folder
    try:
        changed = tampered(folder)
        locked = [
            (family.name, number, entry.content)
            for family in families(folder)
            for number, entry in read_lock(family).items()
        ]
    except (CatalogError, OSError) as error:
        raise SystemExit(f"The service does not start: {error}") from None
    if changed:
        raise SystemExit(f"The service does not start: {', '.join(changed)} is not what was locked.")
    with app.app_context():
        there = inspect(db.engine).has_table(ChecklistVersion.__tablename__)
        other = publishing.mismatched(db.session, locked) if there else []
    if other:
        raise SystemExit(f"The service does not start: {', '.join(other)} is published here with other content.")
