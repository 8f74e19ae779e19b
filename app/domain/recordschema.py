"""The published JSON Schema (2020-12) of the record of an attestation, made from its types."""

from typing import Any

from app.domain.attestation import Record
from app.domain.schema import PRINTABLE, Schema, published

_NULL: Schema = {"type": "null"}
_NOT_SAID = (
    "Not said here, and checked by the service: texts are in Unicode NFC, acts stand in the order prepared, "
    "reviewed, attested, each who attests certifies the statement of the record or one of its declarations, the "
    "last the statement, and every declaration is certified by somebody, days are days of the "
    "calendar, and the whole is written as canonical JSON (RFC 8785)."
)


def record_schema() -> Schema:
    """Return the schema of ``kakunin-attestation/1``."""
    about = "What a confirmation says: the bytes attached to it and named by their SHA-256."
    schema: Schema = published(
        Record, "urn:kakunin-attestation:schema:1", "kakunin-attestation/1", about, _NOT_SAID
    )
    _hold_to_text(schema)
    # a record has all members, those too that its types would fill in, but for what is written only where it speaks
    schema["required"] = [name for name, field in Record.model_fields.items() if field.exclude_if is None]
    schema["properties"]["annex"] = {"$ref": "#/$defs/AnnexPart"}
    schema["properties"]["declarations"] |= {"minItems": 1}
    del schema["properties"]["declarations"]["default"]
    defs = schema["$defs"]
    defs["Funder"]["required"] = list(defs["Funder"]["properties"])
    line = ("programme", "programme_name", "call_name")
    asks_itself = {"properties": {"grant": _NULL, "funder": {"properties": dict.fromkeys(line, _NULL)}}}
    of_grant = {"properties": {name: {"not": _NULL} for name in ("grant",)}}
    of_grant["properties"]["funder"] = {"properties": {name: {"not": _NULL} for name in line}}
    schema["oneOf"] = [asks_itself, of_grant]
    schema["properties"]["acts"] |= {
        "minItems": 1,
        "contains": {"properties": {"act": {"const": "attested"}}},
    }
    ink = {"properties": {"method": {"const": "ink"}}}
    defs["Act"]["allOf"] = [
        {
            "if": {"properties": {"act": {"const": "attested"}}},
            "then": {"properties": {"statement_sha256": {"not": _NULL}}},
            "else": {"properties": {"statement_sha256": _NULL}},
        },
        {"if": ink, "then": {"properties": {"ink": {"not": _NULL}}}, "else": {"properties": {"ink": _NULL}}},
    ]
    defs["Ink"]["properties"]["method"]["not"] = {"const": "ink"}
    return schema


def _hold_to_text(part: Any) -> None:
    """Refuse control characters in every text that has no pattern of its own."""
    if isinstance(part, list):
        for each in part:
            _hold_to_text(each)
    if isinstance(part, dict):
        if part.get("type") == "string" and not part.keys() & {"const", "enum", "pattern"}:
            part["pattern"] = PRINTABLE
        for each in part.values():
            _hold_to_text(each)
