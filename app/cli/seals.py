"""``flask seals``: the keys of institutions, from the first to the revoked one."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from cryptography.x509 import Certificate, ReasonFlags, load_pem_x509_certificate
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.moments import MOMENT
from app.config import Settings
from app.domain.errors import KakuninError, LedgerError
from app.domain.people import OrganizationKind
from app.domain.texts import utc_text
from app.extensions import db
from app.models import Organization, SealCertificate
from app.services import sealchecks, seals
from app.services.inventory import Entry, Inventory, inventory
from app.services.records import Premises
from app.signing import rotation
from app.signing.authority import crl, make_authority
from app.signing.errors import SealUnavailableError
from app.signing.keys import fingerprint, kept, load_seal
from app.signing.ledgerkeys import encrypt_note_key
from app.signing.unlocking import secret_in

group = AppGroup("seals", help="Keep the seals with which institutions sign.")

NEEDS_TENDING = 3

# RFC 5280, 5.3.1, but for what is said of authorities and of holding for a while
REASONS = ("key_compromise", "affiliation_changed", "superseded", "cessation_of_operation", "unspecified")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

_CONCERNS = {
    "expires": "ends in {days} days and no other seal follows (told {within} days ahead)",
    "none_in_charge": "has no seal in charge",
    "not_on_list": "is revoked here but not on the authority's list; revoke it again",
    "seal_untrusted": "chains to no root that is believed; put that of its authority into KAKUNIN_ANCHORS",
    "revoked_by_authority": "was revoked by the authority that issued it, and seals no more",
    "authority_silent": "cannot be asked about: neither list nor answer came from its authority",
    "foreign_authority": "was issued by another development authority than the one here",
}


def _premises() -> Premises:
    found: Premises = current_app.extensions["premises"]
    return found


def _institution(code: str) -> Organization:
    found = db.session.scalar(select(Organization).filter_by(code=code, kind=OrganizationKind.INSTITUTION))
    if found is None:
        raise click.ClickException(f"There is no institution {code}.")
    return found


def _refuse(error: KakuninError, what: str) -> NoReturn:
    raise click.ClickException(f"{what}: {error}.") from None


@group.command("make")
def make() -> None:
    """Make a development seal for every institution that has none."""
    settings: Settings = current_app.extensions["settings"]
    if settings.production:
        raise click.ClickException("In production, seals are bought, not made here.")
    now = datetime.now(UTC)
    make_authority(settings.keys_folder, at=now)
    made = 0
    institutions = select(Organization).filter_by(kind=OrganizationKind.INSTITUTION)
    for institution in db.session.scalars(institutions.order_by(Organization.code)):
        code, name = institution.code, institution.name
        try:
            load_seal(settings.keys_folder, code, at=now, unlocking=settings.unlocking)
        except SealUnavailableError as refused:
            if refused.reason not in {"seal_missing", "seal_expired"}:
                _refuse(refused, f"{made} seals were made, then {code} has one that cannot be used")
            one = rotation.make_seal(settings.keys_folder, code, name, at=now, unlocking=settings.unlocking)
            seals.remember(db.session, institution.id, one.certificate)
            db.session.commit()
            made += 1
    click.echo(f"{made} seals were made. What they seal is marked as a sample.")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the inventory as JSON.")
def list_(as_json: bool) -> None:
    """List every seal with owner, dates and state. Exit code 3 when something needs tending."""
    _tell(inventory(db.session, _premises(), datetime.now(UTC)), as_json)


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print the inventory as JSON.")
def check(as_json: bool) -> None:
    """List as ``list`` does, try every key that seals now or next, and ask its authority. Exit code 3 as there.

    A seal that its authority has revoked is revoked here too.
    """
    at = datetime.now(UTC)
    tried = sealchecks.examine(db.session, _premises(), at)
    db.session.commit()
    found = inventory(db.session, _premises(), at)
    _tell(Inventory(found.entries, [*found.concerns, *tried]), as_json)


def _tell(found: Inventory, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        width = max((len(one.institution) for one in found.entries), default=0)
        for one in found.entries:
            click.echo(f"{one.institution:{width}}  {_line(one)}")
        for each in found.concerns:
            said = _CONCERNS.get(each.reason, f"cannot be used ({each.reason})").format(
                days=each.days, within=each.within
            )
            click.echo(" ".join(word for word in (each.institution, each.serial, said) if word) + ".")
        click.echo(f"{len(found.entries)} seals; {len(found.concerns)} things need tending.")
    if found.concerns:
        sys.exit(NEEDS_TENDING)


def _line(one: Entry) -> str:
    first, last = (moment.date() for moment in (_first(one), one.certificate.not_valid_after_utc))
    since = f" since {utc_text(one.revocation.at)} ({one.revocation.reason})" if one.revocation else ""
    return f"{one.state.value:8} {one.keeping.value:9} {first} to {last}  {one.serial}{since}"


def _first(one: Entry) -> datetime:
    return one.starts_at or one.certificate.not_valid_before_utc


def _as_data(found: Inventory) -> dict[str, Any]:
    return {
        "format": "kakunin-seals/1",
        "seals": [
            {
                "institution": one.institution,
                "purpose": "attestation",
                "state": one.state.value,
                "key": one.keeping.value,
                "development": one.development,
                "serial": one.serial,
                "fingerprint": fingerprint(one.certificate),
                "not_before": utc_text(one.certificate.not_valid_before_utc),
                "not_after": utc_text(one.certificate.not_valid_after_utc),
                "starts_at": utc_text(one.starts_at) if one.starts_at else None,
                "revoked_at": utc_text(one.revocation.at) if one.revocation else None,
                "reason": one.revocation.reason if one.revocation else None,
            }
            for one in found.entries
        ],
        "concerns": [
            {
                "institution": one.institution,
                "serial": one.serial or None,
                "reason": one.reason,
                "days": one.days,
                "within": one.within,
            }
            for one in found.concerns
        ],
    }


@group.command()
@click.argument("code")
@click.option("--from", "source", type=FOLDER, help="A folder with a bought seal.")
@click.option("--starts", type=MOMENT, required=True, help="When it takes over: now, or as 2027-04-01T00:00+09:00.")
def prepare(code: str, source: Path | None, starts: datetime) -> None:
    """Prepare the next seal: bought, from a folder, or in development a new one. The old one is kept."""
    settings: Settings = current_app.extensions["settings"]
    institution, unlocking = _institution(code), settings.unlocking
    if source is None and settings.production:
        raise click.ClickException("In production, seals are bought: name the folder with --from.")
    try:
        if source is None:
            one = rotation.make_seal(
                settings.keys_folder, code, institution.name, starts_at=starts, unlocking=unlocking
            )
        else:
            one = rotation.bring(settings.keys_folder, code, source, starts_at=starts, unlocking=unlocking)
    except SealUnavailableError as error:
        _refuse(error, "Nothing was prepared")
    seals.remember(db.session, institution.id, one.certificate)
    db.session.commit()
    click.echo(f"{one.serial} seals for {code} from {utc_text(one.starts_at)}.")


@group.command()
@click.argument("code")
@click.option("--serial", required=True, help="The serial number in hex, as listed.")
@click.option("--at", type=MOMENT, default="now", show_default=True, help="When it takes over.")
def promote(code: str, serial: str, at: datetime) -> None:
    """Put one of the seals of an institution in charge from another moment than was planned."""
    settings: Settings = current_app.extensions["settings"]
    institution = _institution(code)
    try:
        one = rotation.find(settings.keys_folder, code, serial)
        if seals.revocation(db.session, settings.keys_folder, institution.id, one.certificate):
            raise SealUnavailableError("seal_revoked", code=code)
        one = rotation.take_over(settings.keys_folder, code, serial, at)
    except SealUnavailableError as error:
        _refuse(error, "Nothing was changed")
    click.echo(f"{one.serial} seals for {code} from {utc_text(one.starts_at)}.")


@group.command()
@click.argument("code")
@click.option("--serial", required=True, help="The serial number in hex, as listed.")
@click.option("--at", type=MOMENT, required=True, help="From when its seals prove nothing; not in the future.")
@click.option("--reason", type=click.Choice(REASONS), required=True)
def revoke(code: str, serial: str, at: datetime, reason: str) -> None:
    """Revoke a seal: it seals no more, and what it sealed from that moment on is not authentic."""
    settings: Settings = current_app.extensions["settings"]
    institution = _institution(code)
    certificate, flag = _certificate(institution, serial), ReasonFlags[reason]
    now = datetime.now(UTC)
    try:
        told = seals.revoke(db.session, settings.keys_folder, institution, certificate, at, flag, now)
    except KakuninError as error:
        _refuse(error, "Nothing was revoked")
    # the service refuses the seal first; what fails below is done by repeating the command
    db.session.commit()
    try:
        ours = seals.publish_revocation(settings.keys_folder, certificate, told)
    except SealUnavailableError as error:
        _refuse(error, "It is revoked here, but the authority's list was not written")
    rest = "The development authority lists it." if ours else "Tell the authority that issued it to do so too."
    click.echo(f"{certificate.serial_number:x} of {code} is revoked from {utc_text(told.at)}. {rest}")


def _certificate(institution: Organization, serial: str) -> Certificate:
    """Find a certificate among those kept and those remembered."""
    wanted = serial.lower().replace(":", "").lstrip("0")
    rows = db.session.scalars(select(SealCertificate).filter_by(organization_id=institution.id))
    found = [load_pem_x509_certificate(row.pem.encode()) for row in rows]
    try:
        found += [one.certificate for one in kept(_premises().keys, institution.code)]
    except SealUnavailableError:
        # a damaged folder must not keep a stolen key from being revoked
        click.echo("Warning: a folder of seals cannot be read.", err=True)
    for certificate in found:
        if f"{certificate.serial_number:x}" == wanted:
            return certificate
    raise click.ClickException(f"{institution.code} has no seal {serial}.")


@group.command("crl")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def crl_(file: Path) -> None:
    """Write the development authority's list of revoked seals as of now (CRL, DER) to a file."""
    settings: Settings = current_app.extensions["settings"]
    try:
        file.write_bytes(crl(settings.keys_folder, datetime.now(UTC)))
    except SealUnavailableError as error:
        _refuse(error, "Nothing was written")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file} holds the list of revoked seals; it is good for a day.")


@group.command()
@click.option(
    "--old", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file: the passphrase so far."
)
def encrypt(old: Path | None) -> None:
    """Encrypt every key file, of seals and of the ledger, with KAKUNIN_SEAL_PASSPHRASE; repeat it after a crash."""
    settings: Settings = current_app.extensions["settings"]
    new = settings.unlocking.passphrase
    if new is None:
        raise click.ClickException("KAKUNIN_SEAL_PASSPHRASE or KAKUNIN_SEAL_PASSPHRASE_FILE gives no passphrase.")
    changed = 0
    try:
        before = secret_in(old) if old else None
        for place, code in rotation.key_files(settings.keys_folder):
            changed += rotation.encrypt(place, code, new, before)
        if (settings.keys_folder / "ledger").is_dir():
            changed += encrypt_note_key(settings.keys_folder / "ledger", new, before)
    except (SealUnavailableError, LedgerError) as error:
        _refuse(error, f"{changed} keys were encrypted, then one could not be")
    except ValueError as error:
        raise click.ClickException(f"Nothing was encrypted: {error}.") from None
    click.echo(f"{changed} keys were encrypted; every key file opens with the passphrase now.")
