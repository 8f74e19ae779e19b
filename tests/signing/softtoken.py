"""A token of SoftHSM in a folder of its own, with the key of a seal in it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.signing import keyfiles

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN, LABEL = "5550123987", "9990123987", "kakunin"

needs_softhsm = pytest.mark.skipif(not MODULE.exists(), reason="Debian's softhsm2 is not installed")


@dataclass(frozen=True)
class SoftToken:
    """Where the token lies; the variable SOFTHSM2_CONF leads the module there."""

    folder: Path

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    def import_key(self, key: Path, label: str, id_: str = "01") -> None:
        """Put a private key into the token."""
        run("--import", str(key), "--token", LABEL, "--label", label, "--id", id_, "--pin", PIN)


def run(*args: str) -> str:
    done = subprocess.run(["softhsm2-util", *args], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make_token(folder: Path, patch: pytest.MonkeyPatch) -> SoftToken:
    """Make an empty token, and lead the module to it while the test runs."""
    token = SoftToken(folder)
    token.tokens.mkdir(parents=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {token.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    patch.setenv("SOFTHSM2_CONF", str(conf))
    run("--init-token", "--free", "--label", LABEL, "--so-pin", SO_PIN, "--pin", PIN)
    return token


def described(**changes: str) -> str:
    """Return a pkcs11.toml."""
    told = {"module": str(MODULE), "token": LABEL, "key": "seal", **changes}
    return "".join(f'{name} = "{value}"\n' for name, value in told.items())


def move_into(token: SoftToken, place: Path) -> None:
    """Put the key of a seal that lies in files into the token, and leave it there alone."""
    token.import_key(place / keyfiles.KEY, "seal")
    (place / keyfiles.KEY).unlink()
    (place / "pkcs11.toml").write_text(described())
