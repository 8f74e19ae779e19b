"""Which seal an institution may use, what a revocation means for what was sealed, and that nothing is undone."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import InvalidError, WrongStateError
from app.domain.verdicts import Check, Result
from app.models import Attestation, AttestationEvent, Event, SealCertificate, SealRevocation
from app.services import archiving, attestations, revisions, seals, verification
from app.services.inventory import inventory
from app.signing import authority, tokens
from app.signing.errors import SealUnavailableError
from app.signing.keys import kept, load_seal
from app.signing.rotation import make_seal
from app.signing.unlocking import Unlocking
from tests import walking
from tests.signing.softtoken import PIN, make_token, move_into, needs_softhsm
from tests.world import NOW, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def certificate(app: Flask, code: str = "aoba") -> x509.Certificate:
    return load_seal(walking.premises(app).keys, code, at=NOW).certificate


def revoke(people: World, app: Flask, at=NOW, now=None, one=None, publish: bool = True) -> seals.Revocation:
    keys, own = walking.premises(app).keys, one or certificate(app)
    told = seals.revoke(
        people.session, keys, people.organization("aoba"), own, at, ReasonFlags.key_compromise, now or max(at, NOW)
    )
    people.session.commit()
    if publish:
        assert seals.publish_revocation(keys, own, told)
    return told


def issuer(people: World, app: Flask, content: bytes, at=NOW + 10 * DAY) -> tuple[str, str]:
    verdict = verification.by_file(people.session, content, walking.premises(app), at)
    line = next(line for line in verdict.lines if line.check is Check.ISSUER)
    assert verdict.authentic == (line.result is not Result.FAILED)
    return line.result.value, line.reason


# --- before anything is written --------------------------------------------------------------------------------


def _expired(app: Flask, people: World, place) -> object:
    return replace(place, keys=_alone(app, at=NOW - 4000 * DAY))


def _not_yet(app: Flask, people: World, place) -> object:
    return replace(place, keys=_alone(app, at=NOW + DAY))


def _alone(app: Flask, at):
    """Return a folder with another authority and seals of another time."""
    keys = walking.premises(app).keys.parent / "alone"
    authority.make_authority(keys, at=at)
    make_seal(keys, "aoba", _name(), at=at)
    return keys


def _name():
    from app.domain.texts import Text

    return Text(ja="青葉大学", en="Aoba University")


def _revoked(app: Flask, people: World, place) -> object:
    revoke(people, app)
    return place


def _mismatched(app: Flask, people: World, place) -> object:
    shutil.copy(place.keys / "authority" / "key.pem", place.keys / "seals" / "aoba" / "key.pem")
    return place


def _missing(app: Flask, people: World, place) -> object:
    shutil.rmtree(place.keys / "seals" / "aoba")
    return place


def _production(app: Flask, people: World, place) -> object:
    return replace(place, sample=False)


def _strict(app: Flask, people: World, place) -> object:
    return replace(place, unlocking=Unlocking(strict=True))


REFUSED = {
    "seal_expired": _expired,
    "seal_not_yet_valid": _not_yet,
    "seal_revoked": _revoked,
    "seal_mismatch": _mismatched,
    "seal_missing": _missing,
    "seal_development": _production,
    "seal_plain": _strict,
}


@pytest.mark.parametrize("reason", REFUSED)
def test_nothing_is_written_when_the_seal_cannot_be_used(people: World, app: Flask, reason: str) -> None:
    submission_id = walking.approved(people, "aoba")
    place = REFUSED[reason](app, people, walking.premises(app))
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    before = _counts(people)
    with pytest.raises(SealUnavailableError) as refusal:
        attestations.attest(people.session, attester, opened, place)
    assert refusal.value.reason == reason
    people.session.flush()
    assert _counts(people) == before
    assert opened.revision.state == "awaiting_attestation"
    people.session.rollback()


def _counts(people: World) -> list[int]:
    return [
        people.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Attestation, AttestationEvent, Event, SealCertificate)
    ]


@pytest.mark.parametrize("reason", ["seal_revoked", "seal_mismatch", "seal_missing", "seal_plain"])
def test_what_was_certified_waits_when_the_seal_cannot_be_used_any_more(
    people: World, app: Flask, reason: str
) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    attestation = attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    place = REFUSED[reason](app, people, walking.premises(app))
    before = _counts(people)
    with pytest.raises(SealUnavailableError) as refusal:
        attestations.issue(people.session, attestation, place, attester.at)
    assert refusal.value.reason == reason
    people.session.rollback()
    assert attestation.status == "issuing"
    assert _counts(people) == before
    # a new seal takes over, and the attestation is finished with it
    made = make_seal(place.keys, "aoba", _name(), at=NOW)
    attestations.issue(people.session, attestation, walking.premises(app), NOW + HOUR)
    people.session.commit()
    assert attestation.status == "in_force"
    assert issuer(people, app, attestations.file_of(attestation, walking.premises(app))) == ("passed", "")
    assert kept(place.keys, "aoba")[-1].certificate == made.certificate


def test_a_record_that_is_no_sample_is_never_sealed_with_a_development_seal(people: World, app: Flask) -> None:
    place = walking.premises(app)
    with pytest.raises(SealUnavailableError) as refusal:
        seals.usable(people.session, place, people.organization("aoba").id, "aoba", NOW, sample=False)
    assert refusal.value.reason == "seal_development"


def test_a_seal_revoked_while_the_page_is_drawn_is_not_given_out(
    people: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission_id = walking.approved(people, "aoba")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    attestation = attestations.attest(people.session, attester, opened, walking.premises(app))
    people.session.commit()
    drawn = attestations.render

    def meanwhile(*args):
        with Session(people.session.get_bind()) as session:
            own, institution = certificate(app), people.organization("aoba")
            people.session.commit()
            reason = ReasonFlags.key_compromise
            seals.revoke(session, walking.premises(app).keys, institution, own, NOW, reason, NOW)
            session.commit()
        return drawn(*args)

    monkeypatch.setattr(attestations, "render", meanwhile)
    with pytest.raises(SealUnavailableError) as refusal:
        attestations.issue(people.session, attestation, walking.premises(app), attester.at)
    assert refusal.value.reason == "seal_revoked"
    people.session.rollback()
    people.session.refresh(attestation)
    assert (attestation.status, attestation.files) == ("issuing", [])


@needs_softhsm
def test_an_institution_whose_seal_lies_in_a_token_attests_and_waits_while_it_is_away(
    people: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_REFUSED", set())
    # the passphrase is for the key of the ledger, which lies in a file
    words = SecretStr("correct horse battery")
    place = replace(walking.premises(app), unlocking=Unlocking(words, SecretStr(PIN), strict=True))
    app.extensions["premises"] = place
    token = make_token(tmp_path / "hsm", monkeypatch)
    move_into(token, place.keys / "seals" / "aoba")
    _, first = walking.attested(people, app, "aoba")
    content = attestations.file_of(first, place)
    verdict = verification.by_file(people.session, content, place, NOW + DAY)
    assert verdict.authentic
    assert verdict.in_force
    submission_id = walking.approved(people, "aoba", "yearly")
    attester = people.actor("aoba", "attester")
    opened = revisions.find(people.session, attester, submission_id)
    second = attestations.attest(people.session, attester, opened, place)
    people.session.commit()
    token.tokens.rename(token.folder / "away")
    token.tokens.mkdir()
    with pytest.raises(SealUnavailableError) as refusal:
        attestations.issue(people.session, second, place, attester.at)
    assert refusal.value.reason == "token_away"
    people.session.rollback()
    token.tokens.rmdir()
    (token.folder / "away").rename(token.tokens)
    attestations.issue(people.session, second, place, attester.at)
    people.session.commit()
    assert second.status == "in_force"


# --- what a revocation means -----------------------------------------------------------------------------------


def test_what_was_sealed_before_stays_valid_and_says_that_the_seal_was_revoked_later(
    people: World, app: Flask
) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = attestations.file_of(attestation, walking.premises(app))
    assert issuer(people, app, content) == ("passed", "")
    revoke(people, app, attestation.issued_at + HOUR)
    assert issuer(people, app, content) == ("warning", "revoked_later")


@pytest.mark.parametrize("earlier", [timedelta(), HOUR, 30 * DAY])
def test_what_was_sealed_from_the_compromise_on_is_not_authentic(people: World, app: Flask, earlier) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    content = attestations.file_of(attestation, walking.premises(app))
    revoke(people, app, attestation.issued_at - earlier)
    assert issuer(people, app, content) == ("failed", "revoked_before")


@pytest.mark.parametrize("archived", [True, False], ids=["archived before", "archived after"])
def test_an_archived_file_outlives_the_later_revocation(people: World, app: Flask, archived: bool) -> None:
    """Archiving puts the authority's list into the file: also the one that names the seal itself."""
    _, attestation = walking.attested(people, app, "aoba")
    place, moment = walking.premises(app), attestation.issued_at + HOUR
    for step in ("archive", "revoke") if archived else ("revoke", "archive"):
        if step == "archive":
            of = (attestation.organization_id, attestation.id)
            archiving.archive(people.session, of, place, NOW + 3 * DAY)
            people.session.commit()
        else:
            revoke(people, app, moment)
    assert [each.kind for each in attestation.files] == ["seal", "archive"]
    for content in (attestations.file_of(attestation, place), place.store.get(attestation.files[0].sha256)):
        assert issuer(people, app, content) == ("warning", "revoked_later")


def test_another_file_with_the_revoked_seal_proves_no_time(people: World, app: Flask) -> None:
    """Whoever holds the stolen key can claim any time in a file of his own."""
    from app.domain.attestation import Record
    from app.pdf.confirmation import Enclosed, render
    from app.signing.seal import seal

    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    enclosed = Enclosed(attestation.statement, attestation.proof)
    plain = render(Record.model_validate_json(attestation.record), attestation.record, enclosed)
    forged = seal(plain, load_seal(place.keys, "aoba", at=NOW), NOW - 20 * DAY, timestamper=None)
    revoke(people, app, attestation.issued_at + HOUR)
    verdict = verification.by_file(people.session, forged, place, NOW + DAY)
    assert not verdict.authentic
    assert "revoked_unproven" in verdict.reasons()


def test_a_rotated_institution_verifies_old_and_new(people: World, app: Flask) -> None:
    _, old = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    make_seal(place.keys, "aoba", _name(), at=NOW, starts_at=NOW + DAY)
    submission_id = walking.approved(people, "aoba", "yearly")
    attester = people.actor("aoba", "attester", NOW + 2 * DAY)
    opened = revisions.find(people.session, attester, submission_id)
    new = attestations.attest(people.session, attester, opened, place)
    people.session.commit()
    attestations.issue(people.session, new, place, attester.at)
    people.session.commit()
    assert people.session.scalar(select(func.count()).select_from(SealCertificate)) == 2
    for each in (old, new):
        assert issuer(people, app, attestations.file_of(each, place)) == ("passed", "")
    # the old one is revoked: the new one is not touched by it
    revoke(people, app, NOW + HOUR * 30, one=kept(place.keys, "aoba")[0].certificate)
    assert issuer(people, app, attestations.file_of(old, place)) == ("warning", "revoked_later")
    assert issuer(people, app, attestations.file_of(new, place)) == ("passed", "")


def test_the_earliest_moment_counts_and_nothing_is_taken_back(people: World, app: Flask) -> None:
    keys, own, institution = walking.premises(app).keys, certificate(app), people.organization("aoba")
    revoke(people, app, NOW)
    revoke(people, app, NOW)
    assert people.session.scalar(select(func.count()).select_from(SealRevocation)) == 1
    with pytest.raises(WrongStateError) as later:
        revoke(people, app, NOW + HOUR)
    assert later.value.reason == "revoked_earlier"
    people.session.rollback()
    revoke(people, app, NOW - DAY, NOW)
    told = seals.revocation(people.session, keys, institution.id, own)
    assert told == seals.Revocation(NOW - DAY, "key_compromise")
    for statement in ("UPDATE seal_revocation SET reason = reason", "DELETE FROM seal_revocation"):
        with pytest.raises(DatabaseError, match="append-only"):
            people.session.execute(text(statement))
        people.session.rollback()


def test_a_revocation_does_not_lie_ahead(people: World, app: Flask) -> None:
    with pytest.raises(InvalidError) as refusal:
        revoke(people, app, NOW + DAY, NOW)
    assert refusal.value.reason == "revocation_ahead"
    people.session.rollback()
    own = seals.remember(people.session, people.organization("aoba").id, certificate(app))
    ahead = SealRevocation(
        organization_id=own.organization_id,
        fingerprint=own.fingerprint,
        revoked_at=NOW + DAY,
        reason="unspecified",
        recorded_at=NOW,
    )
    people.session.add(ahead)
    with pytest.raises(IntegrityError):
        people.session.flush()
    people.session.rollback()


def test_a_database_from_before_the_revocation_does_not_undo_it(people: World, app: Flask) -> None:
    """The development authority's own list is asked too."""
    place = walking.premises(app)
    authority.revoke(place.keys, certificate(app).serial_number, NOW, ReasonFlags.superseded)
    with pytest.raises(SealUnavailableError) as refusal:
        seals.usable(people.session, place, people.organization("aoba").id, "aoba", NOW, sample=True)
    assert refusal.value.reason == "seal_revoked"
    assert seals.usable(people.session, place, people.organization("seto").id, "seto", NOW, sample=True)


def test_a_damaged_list_of_the_authority_lets_nothing_pass(people: World, app: Flask) -> None:
    _, attestation = walking.attested(people, app, "aoba")
    place = walking.premises(app)
    revoke(people, app, NOW + DAY, NOW + DAY)
    next((place.keys / "authority" / "revoked").rglob("*.json")).write_bytes(b"damaged")
    content = attestations.file_of(attestation, place)
    for act in (
        lambda: seals.usable(people.session, place, attestation.organization_id, "aoba", NOW, sample=True),
        lambda: verification.by_file(people.session, content, place, NOW + 2 * DAY),
    ):
        with pytest.raises(SealUnavailableError) as refusal:
            act()
        assert refusal.value.reason == "seal_unreadable"
    concerns = inventory(people.session, place, NOW).concerns
    assert {one.reason for one in concerns} == {"seal_unreadable"}


def test_a_purchased_seal_is_put_on_no_list_of_ours(app: Flask) -> None:
    keys = walking.premises(app).keys
    root = authority.load_root(keys)
    key = authority.new_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Another authority")])
    from cryptography.hazmat.primitives import hashes

    bought = authority.unsigned(root.subject, name, key.public_key(), NOW, 30).sign(key, hashes.SHA256())
    assert not seals.publish_revocation(keys, bought, seals.Revocation(NOW, "superseded"))
    assert authority.revoked(keys) == {}


@pytest.mark.parametrize(
    ("told", "proven", "expected"),
    [
        (None, None, ""),
        (None, NOW, ""),
        (seals.Revocation(NOW, "superseded"), None, "revoked_unproven"),
        (seals.Revocation(NOW, "superseded"), NOW - HOUR, "revoked_later"),
        (seals.Revocation(NOW, "superseded"), NOW, "revoked_before"),
        (seals.Revocation(NOW, "superseded"), NOW + HOUR, "revoked_before"),
    ],
)
def test_the_standing_of_what_was_sealed(told, proven, expected) -> None:
    assert seals.standing(told, proven) == expected
