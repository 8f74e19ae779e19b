"""The rooms of the house: imports point down, modules stay short, names say what is inside."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "app").rglob("*.py"))
LONGEST = 300
FORBIDDEN_MODULES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
FORBIDDEN_CLASSES = re.compile(r".*(Helper|Manager|Utils?)$")


def test_imports_keep_the_contracts() -> None:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout), done.stdout


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_at_most_300_lines_long_and_named_for_its_purpose(module: Path) -> None:
    source = module.read_text("utf-8")
    assert len(source.splitlines()) <= LONGEST
    assert not FORBIDDEN_MODULES & {part.removesuffix(".py") for part in module.relative_to(ROOT).parts}
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if FORBIDDEN_CLASSES.fullmatch(name)]


def test_a_server_starts_without_what_only_some_requests_need(tmp_path: Path) -> None:
    """Each worker keeps what is loaded at the start for its whole life."""
    seldom = ["app.cli", "openpyxl", "pikepdf", "PIL", "pyhanko", "pypdfium2", "weasyprint", "zxingcpp"]
    program = f"import sys, wsgi; print([one for one in {seldom} if one in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"KAKUNIN_DATA_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout == "[]\n"
