"""The documents say what the program is: every setting, every command, and the workflow as it stands."""

import re
from pathlib import Path

import click
import pytest

from app.config import Settings
from app.domain.workflow import OWNER, TRANSITIONS, RevisionState

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    written = set(re.findall(r"`KAKUNIN_([A-Z_]+)`", README))
    assert written == {name.upper() for name in Settings.model_fields}


def test_every_command_is_in_the_readme() -> None:
    from app.cli import accounts, attestations, checklists, demo, ledger, seals, watching

    for module in (accounts, attestations, checklists, demo, ledger, seals, watching):
        group: click.Group = module.group
        line = "\n".join(one for one in README.splitlines() if f"flask {group.name}" in one)
        for name in group.commands:
            assert re.search(rf"\b{name}\b", line), f"flask {group.name} {name}"


def test_the_page_about_keys_names_commands_and_reasons_that_are_there() -> None:
    from app.cli import seals
    from app.signing.errors import SealUnavailableError

    page = (ROOT / "docs" / "keys.md").read_text("utf-8")
    assert set(re.findall(r"flask seals ([a-z]+)", page)) <= set(seals.group.commands)
    section = page.split("## When a seal cannot be used")[1].split("##")[0]
    reasons = set(re.findall(r"`((?:seal|token)_[a-z_]+)`", str(SealUnavailableError.__doc__).replace("``", "`")))
    # a code that is no code, and a seal brought twice, stop only the command that was typed
    assert set(re.findall(r"`((?:seal|token)_[a-z_]+)`", section)) == reasons - {"seal_code", "seal_known"}


def workflow() -> str:
    """Draw the workflow from its tables."""
    lines = [
        "# The workflow of a revision",
        "",
        "Drawn from `app/domain/workflow.py`; a test keeps it true.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "  [*] --> draft",
    ]
    for line in TRANSITIONS.values():
        for source in sorted(line.sources):
            lines.append(f"  {source.value} --> {(line.to or source).value}: {line.action.value}")
    lines += ["  submitted --> superseded: the next one is attested", "```", ""]
    lines += ["| State | Owner |", "| --- | --- |"]
    lines += [f"| {state.value} | {OWNER[state]} |" for state in RevisionState]
    lines += ["", "| Action | From | To | Permission | Guards |", "| --- | --- | --- | --- | --- |"]
    for line in TRANSITIONS.values():
        source = ", ".join(sorted(one.value for one in line.sources))
        guards = ", ".join(guard.__name__.replace("_", " ") for guard in line.guards) or "–"
        to = line.to.value if line.to else "as it was"
        lines.append(f"| {line.action.value} | {source} | {to} | `{line.permission.value}` | {guards} |")
    return "\n".join(lines) + "\n"


def test_the_workflow_is_drawn_as_it_is() -> None:
    assert (ROOT / "docs" / "workflow.md").read_text("utf-8") == workflow()


@pytest.mark.parametrize(
    "document", ["README.md", *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md")))]
)
def test_every_link_and_picture_of_a_document_is_there(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / document).parent / target).exists(), target


if __name__ == "__main__":
    (ROOT / "docs" / "workflow.md").write_text(workflow(), "utf-8")
