"""Packing the verifier into one file from the very modules that the service runs, and naming what it needs.

Equal sources give equal bytes. What is packed is found by following imports from the program.
"""

import ast
import io
import re
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

PROGRAM = "kakunin-verify.pyz"
REQUIREMENTS = "kakunin-verify-requirements.txt"

_ROOT = Path(__file__).parents[2]
_START = "app.offline.__main__"
# these ask somebody for a time-stamp, make keys in tokens, or pack: a verifier does none of it
_LEFT_OUT = {"app.signing.asking", "app.offline.packing", "pkcs11"}
_VECTORS = "docs/verification/vectors"
# the words of a page are in its templates and its mark; how they look is for whoever draws
_PAGES, _WORDS = "templates/pdf", ("confirmation.html", "words.html", "sample.svg")
# the earliest that a zip can say
_THEN = (1980, 1, 1, 0, 0, 0)
_MAIN = "import sys\n\nfrom app.offline.program import main\n\nsys.exit(main())\n"
_SHEBANG = b"#!/usr/bin/env python3\n"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def pack(root: Path = _ROOT) -> bytes:
    """Return the program as a zip that Python runs: our modules, the words of a page, the test vectors."""
    ours, _ = _followed(root)
    content = {_file(root, name).relative_to(root).as_posix(): _file(root, name).read_bytes() for name in ours}
    content |= {f"app/offline/vectors/{one.name}": one.read_bytes() for one in (root / _VECTORS).iterdir()}
    content |= {f"{_PAGES}/{name}": (root / _PAGES / name).read_bytes() for name in _WORDS}
    content["__main__.py"] = _MAIN.encode()
    return _SHEBANG + zipped(content)


def verifier(root: Path = _ROOT) -> dict[str, bytes]:
    """Return all that verifies without the service: the program, what it needs, and the page for a browser."""
    return {
        PROGRAM: pack(root),
        REQUIREMENTS: requirements(root).encode(),
        "verify.html": (root / "docs" / "verification" / "verify.html").read_bytes(),
    }


def requirements(root: Path = _ROOT) -> str:
    """Return what the program needs, each pinned by version and hashes as the service has it (pip's format)."""
    _, others = _followed(root)
    # what they are called where they are installed from is, for all of these, what they are called here
    wanted = [_plain(name) for name in others]
    pinned = _pinned((root / "requirements.txt").read_text("utf-8"))
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in found or name not in pinned:
            # what is not pinned is for another Python than those that the service runs on
            continue
        found.add(name)
        needs = (line for line in _needs(name) if "extra ==" not in line)
        wanted += [_plain(match[0]) for line in needs if (match := _NAME.match(line))]
    return "".join(pinned[name] for name in sorted(found))


def _needs(name: str) -> list[str]:
    """Return what a distribution requires, nothing of one that is pinned for other systems only."""
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def zipped(content: dict[str, bytes]) -> bytes:
    """Return a zip of files by their paths; equal content, equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            put(archive, name, data)
    return out.getvalue()


def put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Put a file into a zip without the clock, the account or the system of this machine."""
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    archive.writestr(entry, data, compresslevel=9)


def _followed(root: Path) -> tuple[set[str], set[str]]:
    """Return the modules of ours that the program reaches, and the names of other packages they import."""
    ours: set[str] = set()
    others: set[str] = set()
    waiting = [_START]
    while waiting:
        name = waiting.pop()
        if name in ours:
            continue
        ours.add(name)
        parent = name.rpartition(".")[0]
        if parent:
            waiting.append(parent)
        for imported in _imported(_file(root, name).read_text("utf-8")):
            if imported in _LEFT_OUT or imported.partition(".")[0] in _LEFT_OUT:
                continue
            if imported.partition(".")[0] != "app":
                others.add(imported.partition(".")[0])
            elif _file(root, imported).exists():
                waiting.append(imported)
    return ours, others - sys.stdlib_module_names


def _imported(source: str) -> set[str]:
    """Return what a module imports, wherever it does: modules, and names that may be modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def _file(root: Path, name: str) -> Path:
    place = root.joinpath(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pinned(text: str) -> dict[str, str]:
    """Return each requirement of a file with its hashes, by name."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        match = _NAME.match(block)
        if match:
            name = _plain(match[0])
            found[name] = found.get(name, "") + block.strip() + "\n"
    return found
