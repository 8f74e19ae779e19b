"""The door for commands: Click lives here. Every command ends with a sentence and an exit code."""

from flask import Flask

from app.cli import accounts, attestations, checklists, demo, seals


def init(app: Flask) -> None:
    """Give the ``flask`` command its groups."""
    for group in (accounts.group, attestations.group, checklists.group, demo.group, seals.group):
        app.cli.add_command(group)
