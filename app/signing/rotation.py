"""How keys come and go: made or brought, in charge from a moment, encrypted anew. Older ones are kept."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from app.domain.texts import Text
from app.signing import keyfiles, tokens
from app.signing.authority import load_authority, new_key, unsigned, usage
from app.signing.errors import SealUnavailableError
from app.signing.keys import STARTS, SealKey, kept, open_seal, require_valid, seal_place
from app.signing.unlocking import OPEN, Unlocking

_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_SEAL_DAYS = 3 * 365


def make_seal(
    folder: Path,
    code: str,
    name: Text,
    *,
    at: datetime | None = None,
    starts_at: datetime | None = None,
    unlocking: Unlocking = OPEN,
) -> SealKey:
    """Issue a seal for the institution ``code`` from the development authority, in charge from ``starts_at``.

    Without it, from now: ``at``, which the certificate is dated by. Older seals are kept beside it:
    what they sealed stays sealed. Two who make the first seal at once leave one whole.
    """
    seal_place(folder, code)
    now = at or datetime.now(UTC)
    certificate, key = _issued(folder, code, name, now)
    require_valid(code, certificate, starts_at or now)
    files = {
        keyfiles.KEY: keyfiles.key_pem(key, unlocking.passphrase),
        keyfiles.CERTIFICATE: certificate.public_bytes(Encoding.PEM),
    }
    place, made = _store(folder, code, certificate, files, starts_at or now)
    if not made:
        return next(one for one in kept(folder, code) if one.folder == place)
    return SealKey(place, certificate, starts_at or now)


def _issued(folder: Path, code: str, name: Text, now: datetime) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    authority_key, authority = load_authority(folder)
    key = new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name.ja[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name.en[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, code),
        ]
    )
    certificate = (
        unsigned(subject, authority.subject, key.public_key(), now, _SEAL_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    return certificate, key


def bring(folder: Path, code: str, source: Path, *, starts_at: datetime, unlocking: Unlocking) -> SealKey:
    """Take over a purchased seal from the folder ``source``, in charge from ``starts_at``.

    It is opened first: a key that cannot be used or does not fit is refused, and nothing is kept. A key
    file is encrypted on the way if there is a passphrase; ``source`` is left as it is.
    """
    seal_place(folder, code)
    # the file that is brought may lie open: what is kept is held to the rules
    lenient = Unlocking(unlocking.passphrase, unlocking.pin)
    certificate = open_seal(source, code, lenient).certificate
    require_valid(code, certificate, starts_at)
    if any(one.certificate == certificate for one in kept(folder, code)):
        raise SealUnavailableError("seal_known", code=code)
    files = {keyfiles.CERTIFICATE: (source / keyfiles.CERTIFICATE).read_bytes()}
    if tokens.in_token(source):
        files[tokens.FILE] = (source / tokens.FILE).read_bytes()
    elif unlocking.strict and unlocking.passphrase is None:
        raise SealUnavailableError("seal_plain", code=code)
    else:
        key = keyfiles.read_key(source, code, lenient)
        files[keyfiles.KEY] = keyfiles.key_pem(key, unlocking.passphrase)
    place, made = _store(folder, code, certificate, files, starts_at)
    if not made:
        # another one became the first meanwhile
        place, made = _store(folder, code, certificate, files, starts_at)
    if not made:
        raise SealUnavailableError("seal_known", code=code)
    return SealKey(place, certificate, starts_at)


def _store(
    folder: Path, code: str, certificate: x509.Certificate, files: Mapping[str, bytes], starts_at: datetime
) -> tuple[Path, bool]:
    """Store a seal as the institution's first, or beside the others; one step, so no moment is without a seal."""
    place = seal_place(folder, code)
    if place.is_dir():
        place = place.with_name(f"{code}.{certificate.serial_number:x}")
    return place, keyfiles.store(place, {**files, STARTS: _moment(starts_at)})


def take_over(folder: Path, code: str, serial: str, at: datetime) -> SealKey:
    """Put the key with this serial number in charge from ``at``; refuse it outside of its dates."""
    one = find(folder, code, serial)
    require_valid(code, one.certificate, at)
    keyfiles.replace(one.folder / STARTS, _moment(at))
    return SealKey(one.folder, one.certificate, at)


def find(folder: Path, code: str, serial: str) -> SealKey:
    """Return the key with this serial number in hex; refuse with ``seal_missing``."""
    wanted = serial.lower().replace(":", "").lstrip("0")
    for one in kept(folder, code):
        if one.serial == wanted:
            return one
    raise SealUnavailableError("seal_missing", code=code)


def key_files(folder: Path) -> Sequence[tuple[Path, str]]:
    """Return each folder of a seal that has a key file, with its institution's code; retired ones too."""
    places = [file.parent for file in sorted((folder / "seals").glob(f"[!.]*/{keyfiles.KEY}"))]
    return [(place, place.name.partition(".")[0]) for place in places]


def encrypt(place: Path, code: str, new: SecretStr, old: SecretStr | None = None) -> bool:
    """Encrypt the key file of a folder with ``new``; return False if it opens with that already.

    It may lie open or be encrypted with ``old``. A crash leaves the old file or the new one, whole.
    """
    if keyfiles.encrypted(place):
        try:
            keyfiles.read_key(place, code, Unlocking(passphrase=new))
        except SealUnavailableError:
            if old is None:
                raise
        else:
            return False
    key = keyfiles.read_key(place, code, Unlocking(passphrase=old))
    keyfiles.replace(place / keyfiles.KEY, keyfiles.key_pem(key, new))
    return True


def _moment(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat().encode()
