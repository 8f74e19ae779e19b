"""The door for commands: Click lives here. Every command ends with a sentence and an exit code."""

from flask import Flask

from app.cli import accounts, attestations, authoring, demo, exchange, seals


def init(app: Flask) -> None:
    """Give the ``flask`` command its groups; the commands for authors share that of the checklists."""
    for module in (accounts, attestations, authoring, exchange, demo, seals):
        app.cli.add_command(module.group)
