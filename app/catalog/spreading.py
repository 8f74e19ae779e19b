"""Spreads the plain data of a version over the rows of its sheets, so that ``gathering`` can put it together again.

Whatever the columns cannot say, such as an empty list that was written out, goes into the row's last
column as JSON: nothing of a version is lost, however it was written.
"""

from copy import deepcopy
from typing import Any

from app.catalog.columns import Form, Table, to_cell
from app.catalog.tables import (
    CLAUSES,
    CONDITIONS,
    ITEMS,
    LISTS,
    OF_ITEM,
    REST,
    SCALES,
    SECTIONS,
    SIGNATORIES,
    SOURCES,
    SUCCESSION,
    TABLES,
    VERSION,
)

# a longer condition stands on its own sheet under a name
_BESIDE = 160

Row = dict[str, str]


def spread(data: dict[str, Any]) -> dict[str, list[Row]]:
    """Return sheet → rows, each row column key → text of the cell."""
    spreading = _Spreading()
    spreading.version(deepcopy(data))
    return spreading.rows


class _Spreading:
    """Takes a copy of the data apart: what has a cell is taken out, and what is left of a row is its rest."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
        self.names: dict[str, str] = {}

    def version(self, data: dict[str, Any]) -> None:
        """Spread a whole version."""
        for source in _rows(data, "sources"):
            clauses = _rows(source, "clauses")
            self._all(CLAUSES, clauses, source=self._add(SOURCES, source)["id"])
        self._all(LISTS, _rows(data, "lists"))
        self._scales(data)
        for section in _rows(data, "sections"):
            items = _rows(section, "items")
            name = self._add(SECTIONS, section)["id"]
            for item in items:
                self._item(item, section=name)
        self._all(SIGNATORIES, _rows(data, "attestation", "signatories"))
        self._succession(data)
        self._add(VERSION, data)
        for condition, name in self.names.items():
            self.rows[CONDITIONS.name].append({"name": name, "condition": condition})

    def _item(self, item: dict[str, Any], **of: str) -> None:
        """Add an item, what hangs on it, and the items inside it."""
        hanging = {key: _rows(item, key) for key in OF_ITEM}
        inner = _rows(item, "items")
        name = self._add(ITEMS, item, **of)["id"]
        for key, table in OF_ITEM.items():
            self._all(table, hanging[key], item=name)
        for each in inner:
            self._item(each, section=of["section"], group=name)

    def _scales(self, data: dict[str, Any]) -> None:
        scales = data.get("scales")
        for name in list(scales) if isinstance(scales, dict) else ():
            if to_cell(Form.CODE, name):
                self._all(SCALES, _rows(data, "scales", name), scale=name)

    def _succession(self, data: dict[str, Any]) -> None:
        rows = self.rows[SUCCESSION.name]
        for before, now in _words(data, "supersedes", "renamed").items():
            rows.append({"act": "renamed", "item": before, "to": now})
        mapped = _at(data, "supersedes", "options")
        for item in list(mapped) if isinstance(mapped, dict) else ():
            words = _words(data, "supersedes", "options", item) if to_cell(Form.CODE, item) else {}
            rows += [{"act": "option", "item": item, "option": old, "to": new} for old, new in words.items()]
        for act in ("removed", "reconfirm", "editorial"):
            named = _at(data, "supersedes", act)
            if to_cell(Form.CODES, named):
                rows += [{"act": act, "item": item} for item in _take(data, "supersedes", act)]

    def _all(self, table: Table, owners: list[dict[str, Any]], **of: str) -> None:
        for owner in owners:
            self._add(table, owner, **of)

    def _add(self, table: Table, owner: dict[str, Any], **of: str) -> Row:
        """Add the row of one part of the version, which is emptied, and return it."""
        row = {"id": "", **of}
        for column in table.columns:
            text = None if column.link else self._cell(column.form, _at(owner, *column.path))
            if text is not None:
                row[column.key] = text
                _take(owner, *column.path)
        if owner:
            row[REST.key] = to_cell(REST.form, owner) or ""
        self.rows[table.name].append(row)
        return row

    def _cell(self, form: Form, value: Any) -> str | None:
        text = to_cell(form, value)
        if form is not Form.CONDITION or text is None or len(text) <= _BESIDE:
            return text
        return self.names.setdefault(text, f"c{len(self.names) + 1}")


def _at(owner: Any, *path: str) -> Any:
    """Return what stands under keys, None where nothing does."""
    for key in path:
        owner = owner.get(key) if isinstance(owner, dict) else None
    return owner


def _take(owner: dict[str, Any], *path: str) -> Any:
    """Take out what stands under keys, and the mappings around it that are empty then."""
    if len(path) == 1:
        return owner.pop(path[0])
    inner = owner[path[0]]
    found = _take(inner, *path[1:])
    if not inner:
        del owner[path[0]]
    return found


def _rows(owner: dict[str, Any], *path: str) -> list[dict[str, Any]]:
    """Take out a list of mappings; what is none, or empty, stays."""
    found = _at(owner, *path)
    if not (isinstance(found, list) and found and all(isinstance(each, dict) and each for each in found)):
        return []
    _take(owner, *path)
    return found


def _words(owner: dict[str, Any], *path: str) -> dict[str, str]:
    """Take out a mapping of words to words; what is none stays."""
    found = _at(owner, *path)
    if not (isinstance(found, dict) and all(to_cell(Form.TEXT, value) for value in found.values())):
        return {}
    if not all(to_cell(Form.CODE, key) for key in found) or not found:
        return {}
    _take(owner, *path)
    return found
