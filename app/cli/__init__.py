"""The door for commands: Click lives here. Every command ends with a sentence and an exit code."""

from flask import Flask

from app.cli import accounts, attestations, authoring, demo, seals


def init(app: Flask) -> None:
    """Give the ``flask`` command its groups; ``authoring`` puts its commands on that of the checklists."""
    for group in (accounts.group, attestations.group, authoring.group, demo.group, seals.group):
        app.cli.add_command(group)
