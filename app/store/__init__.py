"""Keeps files by the hash of their content; what is stored is durable before its hash is given back."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.domain.attestation import sha256


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
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._sync(place.parent)
        self._sync(self.folder)
        return name

    def get(self, name: str) -> bytes:
        """Return the content named by a SHA-256; raise DamagedFileError when it differs from its name."""
        content = self._place(name).read_bytes()
        if sha256(content) != name:
            raise DamagedFileError(f"the file {name} is damaged")
        return content

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _sync(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
