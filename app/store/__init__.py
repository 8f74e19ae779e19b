"""Keeps files by the hash of their content; what is stored is durable before its hash is given back."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.attestation import sha256
from app.store import durable


class DamagedFileError(OSError):
    """A stored file no longer has the content its name promises."""


@dataclass(frozen=True)
class FileStore:
    """Content-addressed files below one folder."""

    folder: Path

    def put(self, content: bytes) -> str:
        """Store ``content`` durably and return its SHA-256; storing it again changes nothing,
        unless what is there was damaged: then it is stored anew.
        """
        name = sha256(content)
        place = self._place(name)
        if place.exists() and place.read_bytes() == content:
            return name
        durable.write(place, content)
        durable.settle(self.folder)
        return name

    def get(self, name: str) -> bytes:
        """Return the content named by a SHA-256; raise DamagedFileError when it differs from its name."""
        content = self._place(name).read_bytes()
        if sha256(content) != name:
            raise DamagedFileError(f"the file {name} is damaged")
        return content

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]
