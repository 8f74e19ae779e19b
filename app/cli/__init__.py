"""The door for commands: Click lives here. Every command ends with a sentence and an exit code."""

from flask import Flask

from app.cli import accounts, attestations, authoring, demo, exchange, ledger, seals, watching


def init(app: Flask) -> None:
    """Give the ``flask`` command its groups; commands for authors share one, and those around the ledger."""
    for module in (accounts, attestations, authoring, exchange, demo, ledger, seals, watching):
        app.cli.add_command(module.group)
