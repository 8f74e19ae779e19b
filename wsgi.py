"""The application as a server or the ``flask`` command finds it."""

import click

from app.web import create_app, registry

app = create_app()
if click.get_current_context(silent=True) is None:
    registry.hold(app)
else:
    # what commands need, a server keeps in the memory of each worker
    from app import cli

    cli.init(app)
