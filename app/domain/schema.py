"""The published JSON Schema (2020-12) of ``checklist/1`` and ``checklist-cases/1``, made from the types.

The types give fields, patterns and limits; what their validators say between fields is added here, and a test
holds both to refuse the same files. References, operators by kind and reachability are for the checker.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from app.domain.cases import Cases
from app.domain.checklist import BELONGS_TO, CHOOSING, NEEDS, Checklist, Kind
from app.domain.conditions import MAX_DEPTH, OPERATORS

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULL: Schema = {"type": "null"}
# what counts as not written
_NOTHING: Schema = {"enum": [None, []]}
PRINTABLE = r"^[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$"
_MOMENT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
    r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)$"
)
_NOT_SAID = (
    "Not said here, and checked by the service: min is at most max, until is not before from, only the last "
    "case of value_when stands without if, days are days of the calendar (format), texts are in Unicode NFC, "
    "ids and clauses that are referred to exist, operators fit kinds."
)


def checklist_schema() -> Schema:
    """Return the schema of a version."""
    about = "A version of a checklist family."
    schema = published(Checklist, "urn:checklist:schema:1", "checklist/1", about, _NOT_SAID)
    defs = schema["$defs"]
    for name, more in _BETWEEN_FIELDS.items():
        defs[name]["allOf"] = more
    defs |= _conditions(defs["Condition"])
    return schema


def cases_schema() -> Schema:
    """Return the schema of the golden cases of a family."""
    about = "The golden cases of a family."
    schema = published(Cases, "urn:checklist-cases:schema:1", "checklist-cases/1", about, _NOT_SAID)
    case = schema["$defs"]["Case"]["properties"]
    case["expect"] = {"anyOf": [case["expect"], _NULL]}
    return schema


class _Plain(GenerateJsonSchema):
    """Makes schemas without titles that only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Return False: a field is called by its key."""
        return False


def published(model: type[BaseModel], identity: str, title: str, description: str, comment: str) -> Schema:
    """Return what the types of a model give: fields, patterns, limits; ``comment`` tells what they cannot say."""
    made = model.model_json_schema(by_alias=True, schema_generator=_Plain)
    head = {"$schema": _DIALECT, "$id": identity, "title": title, "description": description, "$comment": comment}
    schema: Schema = _mended(head | {key: value for key, value in made.items() if key not in head})
    defs = schema["$defs"]
    for language in ("ja", "en"):
        defs["Text"]["properties"][language]["pattern"] = PRINTABLE
    return schema


def _mended(schema: Any) -> Any:
    """Return a schema with what the generator leaves open or writes for Python alone."""
    if isinstance(schema, list):
        return [_mended(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _mended(value) for key, value in schema.items()}
    if isinstance(found.get("description"), str):
        found["description"] = found["description"].replace("``", "`")
    if isinstance(patterns := found.pop("patternProperties", None), dict):
        # a key that does not fit the pattern is refused, not passed over
        ((pattern, value),) = patterns.items()
        found["propertyNames"] = found.get("propertyNames", {}) | {"pattern": pattern}
        found["additionalProperties"] = value
    match found.get("pattern"):
        case str(pattern) if pattern.endswith("T"):
            found |= {"pattern": _MOMENT, "format": "date-time"}
        case str(pattern) if pattern == "^[0-9]{4}-[0-9]{2}-[0-9]{2}$":
            found["format"] = "date"
    return found


def _has(*names: str, **more: Schema) -> Schema:
    """Return the schema of an object in which these keys are written."""
    written = {name: {"not": _NOTHING} for name in names}
    return {"required": list(names), "properties": written | more}


def _lacks(*names: str) -> Schema:
    return {"properties": dict.fromkeys(names, _NOTHING)}


def _if_kind(kinds: Iterable[Kind], then: Schema, otherwise: Schema | None = None) -> Schema:
    rule: Schema = {"if": {"properties": {"kind": {"enum": sorted(kinds)}}}, "then": then}
    return rule if otherwise is None else rule | {"else": otherwise}


def _of_items() -> list[Schema]:
    """Return what an item's kind says about its other fields."""
    none_of = {name: {"maxItems": 0} for name in ("states", "evidence", "must_differ_from")}
    one_file = {"required": ["evidence"], "properties": {"evidence": {"minItems": 1, "maxItems": 1}}}
    choices = {"oneOf": [_has("scale", options=_NOTHING), _has("options", scale=_NOTHING)]}
    unconditional = {"properties": {"if": _NULL}}
    return [
        *(_if_kind(kinds, {}, _lacks(name)) for name, kinds in BELONGS_TO.items()),
        *(_if_kind([kind], _has(*names)) for kind, names in NEEDS.items()),
        _if_kind(CHOOSING, choices, _lacks("scale", "options")),
        _if_kind([Kind.DERIVED], {"properties": {"required": {"const": False}} | none_of}),
        _if_kind([Kind.FILE], one_file),
        {"properties": {"items": {"items": {"properties": {"kind": {"not": {"const": Kind.GROUP}}}}}}},
        {"properties": {"value_when": {"contains": unconditional, "minContains": 0, "maxContains": 1}}},
    ]


_BETWEEN_FIELDS: dict[str, list[Schema]] = {
    "Item": _of_items(),
    "Source": [{"if": {"properties": {"confirmed": {"const": False}}}, "then": _has("note")}],
    "EvidenceRule": [{"oneOf": [_has("max_age_days", "age_from"), _lacks("max_age_days", "age_from")]}],
    "InProgress": [{"if": {"properties": {"policy": {"const": "must_move"}}}, "then": _has("finish_by")}],
}


def _conditions(made: Schema) -> dict[str, Schema]:
    """Return the conditions by how deeply they may still nest: exactly one head, exactly one operator."""
    fields = {name: _not_null(field) for name, field in made["properties"].items()}
    names = {"enum": list(fields)}
    found = {"Condition1": _comparison(fields) | {"type": "object", "propertyNames": names}}
    for depth in range(2, MAX_DEPTH + 1):
        inner = {"$ref": f"#/$defs/Condition{depth - 1}"}
        several = {name: fields[name] | {"items": inner} for name in ("all", "any")}
        shapes = [
            *({name: several[name]} for name in several),
            {"not": inner},
            *({name: fields[name], "where": inner} for name in ("some", "every")),
        ]
        nested = [{"required": list(shape), "properties": shape, "additionalProperties": _NULL} for shape in shapes]
        found[f"Condition{depth}"] = {
            "type": "object",
            "propertyNames": names,
            "oneOf": [*nested, {"$ref": "#/$defs/Condition1"}],
        }
    outermost = found.pop(f"Condition{MAX_DEPTH}")
    return found | {"Condition": {"description": made["description"]} | outermost}


def _comparison(fields: dict[str, Schema]) -> Schema:
    operators = [name.rstrip("_") for name in OPERATORS]

    def exactly_one(names: list[str]) -> Schema:
        return {
            "oneOf": [
                {"required": [one], "properties": {name: fields[name] if name == one else _NULL for name in names}}
                for one in names
            ]
        }

    neither = [name for name in fields if name not in {"item", "fact", *operators}]
    return {
        "properties": dict.fromkeys(neither, _NULL),
        "allOf": [exactly_one(["item", "fact"]), exactly_one(operators)],
    }


def _not_null(field: Schema) -> Schema:
    """Return the schema of an optional field as it is when it is written."""
    shapes = [shape for shape in field["anyOf"] if shape != _NULL]
    return dict(shapes[0]) if len(shapes) == 1 else {"anyOf": shapes}
