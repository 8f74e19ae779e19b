"""The secret that signs form tokens: from the settings, or made on first start and kept."""

import os
import secrets

from app.config import Settings


def secret_key(settings: Settings) -> str:
    """Return the secret of this installation."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    path = settings.data_folder / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text("utf-8")
