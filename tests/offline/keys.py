"""The seals and authorities of the test vectors: ``python -m tests.offline.keys`` made them, once.

Their private keys lie here for everybody to read: whoever trusts these authorities trusts everybody.
"""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.domain.texts import Text
from app.signing.authority import make_authority
from app.signing.rotation import make_seal
from app.signing.timekeys import make_time_authority
from tests.signing.people import House, Person

FOLDER = Path(__file__).parent / "testkeys"
OURS, LOOKALIKE, PERSONS = FOLDER / "ours", FOLDER / "lookalike", FOLDER / "persons"
HANAKO, NOBODY = "hanako", "nobody"
SEIRAN, OTHER = "seiran-u", "other-u"
NAMES = {
    SEIRAN: Text(ja="国立大学法人青嵐大学", en="Seiran University"),
    OTHER: Text(ja="別の大学", en="Other University"),
}
SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def make() -> None:
    """Make both authorities; the second has the same names as the first, and is nobody's."""
    for folder in (OURS, LOOKALIKE):
        make_authority(folder, at=SINCE)
        make_time_authority(folder, at=SINCE)
        make_seal(folder, SEIRAN, NAMES[SEIRAN], at=SINCE)
    make_seal(OURS, OTHER, NAMES[OTHER], at=SINCE)
    make_persons()


def make_persons() -> None:
    """Make an authority of persons with one of them, and a person of an authority that nobody believes."""
    PERSONS.mkdir(parents=True, exist_ok=True)
    for name, house, called in ((HANAKO, House(), "Hanako Aoki"), (NOBODY, House("Other CA"), "Taro Nobody")):
        person = house.issue(called)
        key = person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (PERSONS / f"{name}.key.pem").write_bytes(key)
        (PERSONS / f"{name}.crt.pem").write_bytes(person.certificate.public_bytes(Encoding.PEM))
        (PERSONS / f"{name}.root.pem").write_bytes(house.root.public_bytes(Encoding.PEM))


def person(name: str) -> Person:
    """Return a person with the key that everybody has."""
    key = load_pem_private_key((PERSONS / f"{name}.key.pem").read_bytes(), None)
    return Person(x509.load_pem_x509_certificate((PERSONS / f"{name}.crt.pem").read_bytes()), key)


def private() -> None:
    """Close the keys to others on this machine, as their reader demands: git does not keep who may read a file."""
    for path in FOLDER.rglob("*.pem"):
        path.chmod(0o600)


if __name__ == "__main__":
    make()
