"""Importing an award list: a dry run that is kept, then the import of exactly that file."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attestation import sha256
from app.domain.errors import InvalidError, NotFoundError
from app.domain.importing import COLUMNS, MAX_BYTES, AwardList, Fault, Line, read_award_list
from app.domain.people import Actor
from app.domain.permissions import Permission
from app.models import Call, Grant, ImportBatch
from app.pdf.fonts import named
from app.services import events, grants
from app.services.grants import Particulars, Person

Printable = Callable[[str], list[str]]
_PRINTED = ("title_ja", "title_en", "name", "name_latin", "affiliation", "post")


@dataclass(frozen=True)
class DryRun:
    """What importing a file would do, and what is wrong with it."""

    batch: ImportBatch
    read: AwardList

    @property
    def importable(self) -> bool:
        """Return whether the file has no fault and was not imported yet."""
        return not self.read.faults and self.batch.applied_at is None


def dry_run(session: Session, actor: Actor, file_name: str, content: bytes, printable: Printable) -> DryRun:
    """Keep an uploaded file and report what it holds, row by row, without registering anything.

    ``printable`` returns the characters of a text that no font can print: each is a fault too.
    """
    grants.require(actor, Permission.GRANT_IMPORT)
    if len(content) > MAX_BYTES:
        raise InvalidError("file_too_large")
    batch = ImportBatch(
        organization_id=actor.organization_id,
        file_name=file_name,
        file_sha256=sha256(content),
        content=content,
        uploaded_by=actor.user_id,
        uploaded_at=actor.at,
    )
    session.add(batch)
    session.flush()
    return DryRun(batch, _read(session, actor, content, printable))


def find(session: Session, actor: Actor, batch_id: UUID, printable: Printable) -> DryRun:
    """Return the dry run of an uploaded file again, against what is registered now."""
    grants.require(actor, Permission.GRANT_IMPORT)
    batch = session.get(ImportBatch, (actor.organization_id, batch_id))
    if batch is None:
        raise NotFoundError("no_batch")
    return DryRun(batch, _read(session, actor, batch.content, printable))


def _read(session: Session, actor: Actor, content: bytes, printable: Printable) -> AwardList:
    calls = session.scalars(select(Call.code))
    taken = session.scalars(select(Grant.number).where(Grant.organization_id == actor.organization_id))
    read = read_award_list(content, calls, taken)
    for lines in read.grants.values():
        for line in lines:
            for name in _PRINTED:
                if odd := printable(line.fields[name] or ""):
                    told = ", ".join(map(named, odd))
                    read.faults.append(Fault(line.number, COLUMNS[name][0], "unprintable", told))
    read.faults.sort(key=lambda fault: fault.line)
    return read


def apply(session: Session, actor: Actor, run: DryRun) -> int:
    """Register every grant of a file without faults; all or nothing. Return how many."""
    grants.require(actor, Permission.GRANT_IMPORT)
    if run.batch.applied_at is not None:
        raise InvalidError("already_imported")
    if run.read.faults:
        raise InvalidError("import_has_faults")
    calls = {call.code: call for call in grants.calls(session)}
    members = _members_by_number(session, actor)
    for number, lines in run.read.grants.items():
        first = lines[0].fields
        people = [_person(line, members) for line in lines]
        grants.register(session, actor, calls[first["call"]], _particulars(number, lines[0]), people)
    run.batch.applied_at = actor.at
    session.flush()
    rows = len(run.read.grants)
    events.record(session, actor, "grant:imported", run.batch.id, file=run.batch.file_sha256, rows=rows)
    return rows


def _members_by_number(session: Session, actor: Actor) -> dict[str, UUID]:
    """Return members by e-Rad researcher number: names are shared, numbers are not."""
    return {
        member.user.researcher_number: member.id
        for member in grants.colleagues(session, actor)
        if member.user.researcher_number
    }


def _person(line: Line, members: dict[str, UUID]) -> Person:
    given = line.fields
    return Person(
        part=given["part"],
        name=given["name"],
        name_latin=given["name_latin"],
        affiliation=given["affiliation"],
        post=given["post"],
        researcher_number=given["researcher_number"],
        student=given["student"] == "yes",
        membership_id=members.get(given["researcher_number"] or ""),
    )


def _particulars(number: str, line: Line) -> Particulars:
    given = line.fields
    return Particulars(
        number=number,
        title_ja=given["title_ja"],
        title_en=given["title_en"] or given["title_ja"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        facts={
            "collaboration.foreign": given["foreign"],
            "collaboration.partners": given["partners"],
            "transfer.on": given["transfer_on"].isoformat() if given["transfer_on"] else "",
        },
    )
