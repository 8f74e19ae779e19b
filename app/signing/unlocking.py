"""What opens keys: a passphrase and a PIN, delivered from outside and shown nowhere."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr


@dataclass(frozen=True)
class Unlocking:
    """The passphrase of key files and the PIN of tokens; ``strict`` refuses what is only for development.

    Strict means: no key file that is not encrypted, and none that others than its owner may read or write.
    """

    passphrase: SecretStr | None = None
    pin: SecretStr | None = None
    strict: bool = False


OPEN = Unlocking()


def secret_in(file: Path) -> SecretStr:
    """Return the first line of a file as a secret; raise ValueError naming the file, never its content."""
    try:
        lines = file.read_bytes().decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        # the cause may quote what it could not decode
        raise ValueError(f"the secret file {file} cannot be read") from None
    if not lines or not lines[0]:
        raise ValueError(f"the secret file {file} is empty")
    return SecretStr(lines[0])
