"""Gathers the rows of a version's sheets into its plain data, with the cell in which each part of it stands."""

from dataclasses import dataclass, field
from typing import Any

from app.catalog.columns import CellError, Column, Form, Table, from_cell
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
    VERSION,
)
from app.catalog.workbooks import MAX_CHARACTERS

Path = tuple[str | int, ...]
Cell = tuple[str, int, int]


@dataclass
class Row:
    """One row of a sheet: the text and the cell of each column, and what it amounts to."""

    table: Table
    texts: dict[str, str]
    cells: dict[str, Cell]
    data: dict[str, Any] = field(default_factory=dict)
    path: Path | None = None

    def link(self, key: str) -> str:
        """Return what the row belongs to, by the name of a column."""
        return self.texts.get(key, "").strip()

    def order(self) -> None:
        """Bring the data into the order in which the language names its parts."""
        if self.table.model is not None:
            names = [each.alias or name for name, each in self.table.model.model_fields.items()]
            ordered = {name: self.data[name] for name in names if name in self.data} | self.data
            self.data.clear()
            self.data.update(ordered)

    @property
    def id(self) -> str:
        """Return the id of the row as others refer to it."""
        return str(self.data.get("id", ""))


class Gathering:
    """The data of a version as it comes together; ``faults`` holds what is wrong, with the cell."""

    def __init__(self, rows: dict[str, list[Row]]):
        self.rows = rows
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Cell] = {}
        self.faults: list[tuple[Cell, str]] = []
        # rows of which something could not be read; what they lack is not told a second time
        self.troubled: set[tuple[str, int]] = set()
        self.conditions: dict[str, tuple[Row, dict[str, Any] | None]] = {}
        self.used: set[str] = set()
        self.characters = 0

    def fault(self, row: Row, key: str, message: str) -> None:
        """Take down what is wrong with a cell."""
        cell = row.cells[key]
        self.faults.append((cell, message))
        self.troubled.add(cell[:2])

    def gather(self) -> None:
        """Put the data together."""
        self._conditions()
        for rows in self.rows.values():
            for row in rows:
                self._decode(row)
        for row in self.rows[VERSION.name]:
            self.data = row.data
            self._settle(row, ())
        sources = self._list(SOURCES, ("sources",))
        self._hanging(CLAUSES, "source", sources, "clauses")
        self._list(LISTS, ("lists",))
        for row in self.rows[SCALES.name]:
            if name := row.link("scale"):
                self._attach(row, "scale", ("scales", name))
            else:
                self.fault(row, "scale", "say which scale the option belongs to")
        sections = self._list(SECTIONS, ("sections",))
        items = self._items(sections)
        for key, table in OF_ITEM.items():
            self._hanging(table, "item", items, key)
        self._list(SIGNATORIES, ("attestation", "signatories"))
        for row in self.rows[SUCCESSION.name]:
            self._succession(row)
        for name, (row, _) in self.conditions.items():
            if name not in self.used:
                self.fault(row, "name", f"nothing refers to the condition {name}")
        for rows in self.rows.values():
            for row in rows:
                row.order()

    def _conditions(self) -> None:
        for row in self.rows[CONDITIONS.name]:
            name, text = row.link("name"), row.texts.get("condition", "")
            if not name or name in self.conditions or not text:
                self.fault(row, "name", "a condition has a name of its own, and stands beside it")
                continue
            found = None
            try:
                found = from_cell(Form.CONDITION, text)
            except CellError as error:
                self.fault(row, "condition", str(error))
            self.conditions[name] = row, found

    def _decode(self, row: Row) -> None:
        """Read the cells of a row into its data."""
        for column in row.table.columns:
            text = row.texts.get(column.key)
            if column.link or text is None:
                continue
            try:
                value = self._value(row, column, text)
            except CellError as error:
                self.fault(row, column.key, str(error))
                continue
            _put(row.data, column.path, value)
        if REST.key in row.texts:
            try:
                _merge(row.data, from_cell(REST.form, row.texts[REST.key]))
            except CellError as error:
                self.fault(row, REST.key, str(error))

    def _value(self, row: Row, column: Column, text: str) -> Any:
        if column.form is not Form.CONDITION or text.lstrip().startswith("{"):
            return from_cell(column.form, text)
        name = text.strip()
        if name not in self.conditions:
            raise CellError(f"this is neither JSON in {{…}} nor the name of a row of the sheet {CONDITIONS.name}")
        self.used.add(name)
        other, found = self.conditions[name]
        # a name may stand in many cells: what it stands for counts each time
        self.characters += len(other.texts["condition"])
        if self.characters > MAX_CHARACTERS:
            raise CellError("conditions by name amount to more than a checklist may hold")
        if found is None:
            self.troubled.add(row.cells[column.key][:2])
            return {}
        row.cells[column.key] = other.cells["condition"]
        return found

    def _list(self, table: Table, path: Path) -> dict[str, Row]:
        """Attach all rows of a table to one list of the version, and return them by id."""
        for row in self.rows[table.name]:
            self._attach(row, next(iter(row.cells)), path)
        return _by_id(self.rows[table.name])

    def _hanging(self, table: Table, link: str, owners: dict[str, Row], key: str) -> None:
        """Attach rows of a table to the rows that they name."""
        for row in self.rows[table.name]:
            self._under(row, link, owners, key)

    def _under(self, row: Row, link: str, owners: dict[str, Row], key: str) -> None:
        name = row.link(link)
        owner = owners.get(name)
        if owner is None:
            self.fault(row, link, f"there is no {link} {name}" if name else f"say which {link} this belongs to")
        elif owner.path is not None:
            self._attach(row, link, (*owner.path, key))

    def _items(self, sections: dict[str, Row]) -> dict[str, Row]:
        """Attach items to sections and groups; in groups when all groups have their place."""
        rows = self.rows[ITEMS.name]
        items = _by_id(rows)
        for row in rows:
            if not row.link("group"):
                self._under(row, "section", sections, "items")
        for row in rows:
            if name := row.link("group"):
                self._inside(row, name, items.get(name))
        return items

    def _inside(self, row: Row, name: str, group: Row | None) -> None:
        if group is None or group.link("group"):
            self.fault(row, "group", f"there is no group {name}")
        elif row.link("section") not in {"", group.link("section")}:
            self.fault(row, "section", f"the group {name} is in the section {group.link('section')}")
        elif group.path is not None:
            self._attach(row, "group", (*group.path, "items"))

    def _succession(self, row: Row) -> None:
        act, item, option, to = (
            row.link("act"),
            row.link("item"),
            row.texts.get("option", ""),
            row.texts.get("to", ""),
        )
        wanted = {"renamed": (True, False, True), "option": (True, True, True)}.get(act, (True, False, False))
        if act not in {"renamed", "option", "removed", "reconfirm", "editorial"}:
            self.fault(row, "act", "this is one of renamed, option, removed, reconfirm, editorial")
        elif (bool(item), bool(option), bool(to)) != wanted:
            named = [name for name, needed in zip(("item", "option", "to"), wanted, strict=True) if needed]
            self.fault(row, "item", f"{act} goes with {', '.join(named)} and nothing else")
        elif act in {"renamed", "option"}:
            path = ("supersedes", "renamed", item) if act == "renamed" else ("supersedes", "options", item, option)
            self._once(row, path, to)
        else:
            self._append(row, "item", ("supersedes", act), item)

    def _once(self, row: Row, path: Path, value: str) -> None:
        try:
            _merge(self.data, _nested(path, value))
        except CellError:
            self.fault(row, "item", "this stands twice")
        self.places[path] = row.cells["item"]

    def _attach(self, row: Row, key: str, path: Path) -> None:
        """Append the data of a row to the list at a path, and note where its parts stand."""
        place = self._append(row, key, path, row.data)
        if place is not None:
            self._settle(row, place)

    def _append(self, row: Row, key: str, path: Path, value: Any) -> Path | None:
        into: Any = self.data
        for step in path[:-1]:
            into = into[int(step)] if isinstance(into, list) else _inner(into, step)
        found = into.setdefault(path[-1], []) if isinstance(into, dict) else None
        if not isinstance(found, list):
            self.fault(row, key, f"{path[-1]} stands in the column {REST.key} already")
            return None
        found.append(value)
        self.places.setdefault((*path, len(found) - 1), row.cells[key])
        self.places.setdefault(path, row.cells[key])
        return *path, len(found) - 1

    def _settle(self, row: Row, path: Path) -> None:
        """Note the cells of a row whose place in the data is known now."""
        row.path = path
        first = row.cells.get("id") or next(iter(row.cells.values()))
        self.places[path] = first
        for column in row.table.columns:
            if not column.link:
                for end in range(1, len(column.path) + 1):
                    self.places.setdefault((*path, *column.path[:end]), row.cells[column.key])

    def place(self, path: Path) -> Cell:
        """Return the cell of a path of the data, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (VERSION.name, 1, 1))


def _by_id(rows: list[Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        if row.id:
            found.setdefault(row.id, row)
    return found


def _inner(into: Any, step: str | int) -> Any:
    return into.setdefault(step, {}) if isinstance(into, dict) else None


def _nested(path: Path, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {str(path[-1]): value}
    for step in reversed(path[:-1]):
        found = {str(step): found}
    return found


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = value


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """Bring in what stands elsewhere; what stands in both is refused."""
    for key, value in more.items():
        if key not in into:
            into[key] = value
        elif isinstance(into[key], dict) and isinstance(value, dict):
            _merge(into[key], value)
        else:
            raise CellError(f"{key} has a column of its own and stands there already")
