"""``flask attestations``: verifying a file, finishing what a crash cut off, keeping files provable."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.exchange import tell_schema
from app.domain import machine
from app.domain.errors import KakuninError, SealError
from app.domain.persons import Person
from app.domain.recordschema import record_schema
from app.domain.verdicts import Aspect, Check, Outcome, Verdict
from app.extensions import db
from app.models import AnnexFile
from app.services import archiving, personal, statuses, verification
from app.services.archiving import SERIES, File, FileKind
from app.services.records import Premises
from app.services.statuslists import StatusLists

group = AppGroup(
    "attestations",
    help="Verify attestations, finish those whose issuing was cut off, and keep their files provable.",
)

AUTHENTIC, NOT_IN_FORCE, NOT_AUTHENTIC, ON_PAPER = 0, 3, 4, 5

_NAMES = {
    Check.FILE: "The file can be read",
    Check.SIGNATURE: "The seal is intact",
    Check.WHOLE: "Nothing was added after sealing",
    Check.RECORD: "The record is the one certified",
    Check.PAGE: "The page says what the record says",
    Check.ISSUED: "This very file was issued",
    Check.STATEMENT: "The statement in the QR code is signed by the service",
    Check.KEPT: "The service's own copy is whole",
    Check.CHECKLIST: "The checklist version is known",
    Check.ISSUER: "The seal belongs to the institution",
    Check.KEEPER: "The service keeps it for the institution named",
    Check.SAMPLE: "It is more than a sample",
    Check.STAMP: "A time-stamp authority vouches for the time",
    Check.LEDGER: "It stands in the public ledger",
    Check.STATUS: "The attestation is in force",
}
_ASPECTS = {Aspect.CONTENT: "Content", Aspect.ISSUER: "Issuer", Aspect.TIME: "Time", Aspect.STATUS: "Status"}
_PERSON_FAULTS = {
    "untrusted": "no authority that is believed vouches for the certificate",
    "expired": "the certificate was not valid then",
    "revoked": "the certificate had been revoked",
    **dict.fromkeys(("unreadable", "digest", "signature"), "the signature is broken"),
}
_NOT_TAKEN = {
    "no_permission": "this account does not review or certify at the institution",
    "not_ours": "it is no attestation that is kept here",
    "not_in_force": "the attestation is no longer in force",
    "already_archived": "it is archived already, and takes no more signatures",
    "nobody_more_signs": "as many have signed as the attestation allows",
    "not_signed_yet": "it is the very file on offer: let one more person sign it first",
    "not_the_newest_file": "it does not begin with the newest file on offer; that one is to be signed",
    "too_much_added": "more was added to it than a signature",
    "file_not_good": "it does not verify ({found})",
    "not_one_more_person": "exactly one more person is to sign it at a time",
    "person_untrusted": "no authority that is believed vouches for the certificate of who signed it",
    "person_expired": "the certificate of who signed it was not valid then",
    "person_revoked": "the certificate of who signed it had been revoked",
}


def _premises() -> Premises:
    found: Premises = current_app.extensions["premises"]
    return found


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def verify(file: Path, as_json: bool) -> None:
    """Verify a PDF, or the QR code on a print of one (PDF, PNG or JPEG).

    Exit code 0: authentic and in force; 3: authentic, not in force; 4: not authentic; 5: only the statement on
    paper was verified, so compare what the copy says with it.
    """
    verdict = verification.by_file(db.session, file.read_bytes(), _premises(), datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(machine.as_json(verdict), ensure_ascii=False, indent=2))
    else:
        for aspect, name in _ASPECTS.items():
            click.echo(f"{name}: {verdict.outcome(aspect).value}")
            for line in verdict.of(aspect):
                reason = f" ({line.reason})" if line.reason else ""
                click.echo(f"  {line.result.value:12} {_NAMES[line.check]}{reason}")
                if line.difference:
                    there = line.difference
                    click.echo(f"{'':15}{there.field}: record “{there.expected}”, page “{there.found}”")
        for person in verdict.persons:
            _tell(person)
        status = verdict.status.value.replace("_", " ") if verdict.status else "unknown"
        click.echo(f"{_word(verdict)}; status: {status}.")
    sys.exit(_code(verdict))


def _tell(person: Person) -> None:
    """Print who signed beside the seal, and whether that is believed."""
    moment = person.proven_at or person.claimed_at
    how = "time-stamped" if person.proven_at else "claimed"
    when = f"{moment:%Y-%m-%d %H:%M} UTC ({how})" if moment else "at a time unknown"
    whose = f"{person.name}, {person.organization}" if person.organization else person.name
    click.echo(f"Signed beside the seal: {whose}, {when}")
    vouched = f"vouched for by {person.authority}"
    click.echo(f"  {_PERSON_FAULTS.get(person.fault, person.fault) if person.fault else vouched}")


def _code(verdict: Verdict) -> int:
    if verdict.authentic:
        return AUTHENTIC if verdict.in_force else NOT_IN_FORCE
    return ON_PAPER if verdict.outcome(Aspect.CONTENT) is Outcome.PARTLY else NOT_AUTHENTIC


def _word(verdict: Verdict) -> str:
    words = {NOT_AUTHENTIC: "Not authentic", ON_PAPER: "The statement on paper is genuine"}
    return words.get(_code(verdict), "Authentic")


@group.command("statuses")
def status_list() -> None:
    """Print the signed status list, as it stands at /status, for verifiers without the network."""
    click.echo(StatusLists().text(db.session, _premises(), datetime.now(UTC)))


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="The account of the member who brings it.")
def bring(file: Path, email: str) -> None:
    """Take back an attestation that one more person signed beside the seal. Exit code 1: it was refused."""
    at = datetime.now(UTC)
    try:
        brought = personal.read(db.session, file.read_bytes(), _premises(), at)
        author, roles = personal.member(db.session, email, brought.attestation.organization_id, at)
        kept = personal.bring(db.session, author, roles, brought, _premises())
        db.session.commit()
    except KakuninError as refused:
        db.session.rollback()
        why = _NOT_TAKEN.get(refused.reason, str(refused)).format(**refused.values)
        raise click.ClickException(f"The file was not taken: {why}.") from None
    click.echo(f"{kept.attestation_id} has {kept.revision - 1} signatures of persons; this file is now on offer.")


@group.command()
def archive() -> None:
    """Add revocation data and a time-stamp to what was sealed a day ago. Exit code 1: some could not be done."""
    _archive(FileKind.ARCHIVE, archiving.archive, "archived")


@group.command()
def renew() -> None:
    """Renew the time-stamp of what would be unprovable within a year. Exit code 1: some could not be done."""
    _archive(FileKind.RENEWAL, archiving.renew, "renewed")


def _archive(kind: FileKind, verb: Callable[..., File], done: str) -> None:
    """Do what is due one by one, each in a transaction of its own: what is done stays done."""
    at, waiting = datetime.now(UTC), 0
    found = [(of, series) for series in SERIES for of in archiving.due(db.session, kind, at, series)]
    db.session.rollback()
    for number, (of, series) in enumerate(found, 1):
        what = f"{of[1]} (annex)" if series is AnnexFile else str(of[1])
        try:
            kept = verb(db.session, of, _premises(), datetime.now(UTC), series)
            db.session.commit()
            click.echo(f"{number} of {len(found)}: {what} is good until {kept.good_until:%Y-%m-%d}.")
        except (SealError, OSError) as refused:
            db.session.rollback()
            waiting += 1
            click.echo(f"{number} of {len(found)}: {what} waits: {refused}.", err=True)
    click.echo(f"{len(found) - waiting} files were {done}.")
    if waiting:
        raise click.ClickException(f"{waiting} files could not be {done} now; run this again later.")


@group.command()
def expire() -> None:
    """Write down which attestations have expired: those whose last day, as Japan counts days, has passed."""
    at = datetime.now(UTC)
    number = 0
    for attestation in statuses.overdue(db.session, at):
        number += statuses.expire(db.session, attestation, at)
        db.session.commit()
    click.echo(f"{number} attestations have expired.")


@group.command()
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def schema(path: Path | None) -> None:
    """Print the JSON Schema of the record inside an attestation, or write it to a file."""
    tell_schema(record_schema(), path)
