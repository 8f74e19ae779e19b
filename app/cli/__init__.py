"""The door for commands: Click lives here. Every command ends with a sentence and an exit code."""

from flask import Flask

from app.cli import accounts, attestations, authoring, bundles, demo, exchange, finishing, ledger, seals, watching


def init(app: Flask) -> None:
    """Give the ``flask`` command its groups; commands on one subject share one."""
    for module in (accounts, attestations, authoring, bundles, exchange, demo, finishing, ledger, seals, watching):
        app.cli.add_command(module.group)
