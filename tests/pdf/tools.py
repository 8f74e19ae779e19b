"""What independent programs say about a PDF."""

import re
import subprocess
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.domain.attestation import Record


def said(*command: str | Path) -> str:
    """Run a program and return everything it says, whatever it thinks of the file."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@dataclass
class Drawn:
    """A confirmation on disk with the record it shows."""

    record: Record
    data: bytes
    path: Path

    @cached_property
    def pages(self) -> list[str]:
        """Return the text of each page."""
        return said("pdftotext", "-layout", self.path, "-").split("\f")[:-1]

    @cached_property
    def text(self) -> str:
        """Return the whole text without any white space, as lines break anywhere in Japanese."""
        return squeezed("".join(said("pdftotext", "-raw", self.path, "-")))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))
