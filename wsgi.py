"""The application as a server or the ``flask`` command finds it."""

from app import cli
from app.web import create_app

app = create_app()
cli.init(app)
