"""The seals and authorities of the test vectors: ``python -m tests.offline.keys`` made them, once.

Their private keys lie here for everybody to read: whoever trusts these authorities trusts everybody.
"""

from datetime import UTC, datetime
from pathlib import Path

from app.domain.texts import Text
from app.signing.authority import make_authority
from app.signing.rotation import make_seal
from app.signing.timekeys import make_time_authority

FOLDER = Path(__file__).parent / "testkeys"
OURS, LOOKALIKE = FOLDER / "ours", FOLDER / "lookalike"
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


def private() -> None:
    """Close the keys to others on this machine, as their reader demands: git does not keep who may read a file."""
    for path in FOLDER.rglob("*.pem"):
        path.chmod(0o600)


if __name__ == "__main__":
    make()
