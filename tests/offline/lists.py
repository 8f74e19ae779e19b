"""Vectors of status lists: what is known of the status, as of when."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.domain import statuslist
from app.domain.attestation import canonical
from app.domain.ledger import Kind, name_of, superseding
from app.domain.paper import base64url
from tests.offline.good import PLACE, held
from tests.offline.parts import (
    ELSEWHERE,
    OLDER_ID,
    OTHERS,
    OURS,
    entry,
    flip,
    issue,
    jws,
    proof,
    record,
    signed,
    tree,
)
from tests.offline.vectors import Vector

LISTED_AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
_GOOD = {"list": "P", "standing": "P"}


def listed(status: str | None, *, at: datetime = LISTED_AT, key: Any = OURS, **more: Any) -> str:
    """Return a list with the vector's attestation under a status, or without it, among strangers."""
    data = record()
    names = {name_of(f"{number:032x}", OLDER_ID): "in_force" for number in range(4)}
    if status is not None:
        names[name_of(data["salt"], data["id"])] = status
    kid = more.get("kid") or key.verifier.id.hex()
    return statuslist.written(more.get("origin", key.name), at, 20, names, key.sign, kid)


def vector(
    name: str, about: str, lists: list[str], exit_: int, status: str | None, lines: dict[str, str], **more: Any
) -> Vector:
    letter = "P" if lines.get("standing") == "P" and lines.get("list") == "P" else more.pop("letter")
    given = more.pop("held", held(record()))
    return Vector(name, about, given, exit_, f"PWN{letter}", lines, status=status, known={"lists": lists}, **more)


def vectors() -> Iterator[Vector]:
    yield from _told()
    yield from _refused()


def _told() -> Iterator[Vector]:
    about = "A list of the day before says that it is in force."
    yield vector("list-in-force", about, [listed("in_force")], 0, "in_force", _GOOD)
    for status in ("superseded", "withdrawn", "expired"):
        about = f"A list of the day before says that it is {status}."
        lines = {"list": "P", "standing": f"W {status}"}
        yield vector(f"list-{status}", about, [listed(status)], 3, status, lines, letter="W")
    about = "Of two lists the newer one counts, whatever their order."
    newer, older = listed("withdrawn"), listed("in_force", at=LISTED_AT.replace(day=29))
    lines = {"list": "P", "standing": "W withdrawn"}
    yield vector("list-newest-counts", about, [newer, older], 3, "withdrawn", lines, letter="W")
    about = "A list of last month: in force as of then, and no more is known."
    lines = {"list": "W status_list_stale", "standing": "P"}
    late = "2026-12-31T00:00:00Z"
    yield vector("list-stale", about, [listed("in_force")], 0, "in_force", lines, letter="W", at=late)
    about = "The list says in force; its last day has passed since."
    lines = {"list": "W status_list_stale", "standing": "W expired"}
    late = "2027-12-01T00:00:00Z"
    yield vector("list-last-day-passed", about, [listed("in_force")], 3, "expired", lines, letter="W", at=late)
    about = "The list says in force; a proven entry says that it was superseded: entries are never taken back."
    data = record()
    later = entry(Kind.SUPERSEDE, data, superseding(name_of("ff" * 16, OLDER_ID)))
    made = tree({PLACE: issue(data), 8: later}, 11)
    proofs = [
        {"proof": proof(made, PLACE).text, "entry": None},
        {"proof": proof(made, 8).text, "entry": later.content.decode()},
    ]
    lines = {"list": "P", "standing": "W superseded"}
    given = held(data, "record", "statement") | {"proofs": proofs}
    yield vector(
        "list-older-than-entry", about, [listed("in_force")], 3, "superseded", lines, letter="W", held=given
    )
    about = "The list does not have it."
    lines = {"list": "P", "standing": "N not_listed"}
    yield vector("list-not-in-it", about, [listed(None)], 5, None, lines, letter="N")
    about = "Paper alone: its name in the list needs the record's salt."
    lines = {"record": "N no_record", "entry": "N no_proof", "list": "P", "standing": "N no_record"}
    alone = {"statement": jws(data)}
    yield vector("list-paper-alone", about, [listed("in_force")], 5, None, lines, letter="N", held=alone)


def _refused() -> Iterator[Vector]:
    right = listed("withdrawn")
    head, content, signature = right.split(".")
    said = {"list": "F not_a_status_list", "standing": "N status_unknown"}
    claims = json.loads(statuslist.unbase64url(content))
    claims["names"] = dict.fromkeys(claims["names"], "in_force")
    changed = base64url(canonical(claims))
    header = canonical({"alg": "EdDSA", "kid": OURS.verifier.id.hex(), "typ": statuslist.TYPE})
    restored = canonical(claims | {"names": dict.fromkeys(claims["names"], "restored")})
    for name, about, text in (
        ("signature", "One bit of the signature is another.", f"{head}.{content}.{flip(signature, 10)}"),
        ("changed", "A withdrawal was changed into a standing in force.", f"{head}.{changed}.{signature}"),
        (
            "other-key",
            "Another key signed under the id of ours.",
            listed("in_force", key=OTHERS, kid=OURS.verifier.id.hex()),
        ),
        (
            "origin",
            "It says that it is of another ledger, and is signed with the key of ours.",
            listed("in_force", origin="elsewhere.example/ledger"),
        ),
        ("status", "It has a status that there is not, and is signed.", signed(header, restored)),
        ("statement", "A statement in place of a list.", jws(record())),
        ("empty", "There is nothing in it.", ""),
    ):
        yield vector(f"list-bad-{name}", about, [text], 5, None, said, letter="F")
    about = "A list of a ledger whose key is not known."
    lines = {"list": "N unknown_paper_key", "standing": "N status_unknown"}
    yield vector("list-unknown-key", about, [listed("in_force", key=ELSEWHERE)], 5, None, lines, letter="N")
    about = "One list is forged, the other one is right: the right one counts."
    forged = f"{head}.{changed}.{signature}"
    lines = {"list": "P", "standing": "W withdrawn"}
    yield vector("list-one-forged", about, [forged, right], 3, "withdrawn", lines, letter="W")
