"""The application as a server or the ``flask`` command finds it."""

import click

from app import cli
from app.web import create_app, registry

app = create_app()
cli.init(app)
if click.get_current_context(silent=True) is None:
    registry.hold(app)
