"""The settings of the service: the only reader of the environment."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """What differs between one installation and another. Every name is read with the prefix ``KAKUNIN_``."""

    model_config = SettingsConfigDict(env_prefix="KAKUNIN_", env_file=None)

    production: bool = Field(False, description="refuse to start with development settings")
    data_folder: Path = Field(Path("instance"), description="where files, keys and the embedded database are kept")
    database_url: str = Field(
        "", description="SQLAlchemy address of the database; empty: SQLite in the data folder"
    )
    secret_key: SecretStr = Field(SecretStr(""), description="at least 32 characters; empty: made on first start")
    address: str = Field("http://127.0.0.1:8000", description="the public address, printed on every attestation")
    checklists_folder: Path = Field(Path("checklists"), description="where checklist versions lie")
    largest_file: int = Field(20, ge=1, le=200, description="the largest file taken as evidence, in megabytes")
    ledger_folder: Path | None = Field(
        None,
        description="where the ledger's last checkpoint is kept, best on another disk",
    )
    limits: bool = Field(True, description="limit how often sign-in and verification may be asked")
    limits_storage: str = Field(
        "memory://", description="where the limits count; shared storage for many processes"
    )

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.production:
            if len(self.secret_key.get_secret_value()) < _SHORTEST_SECRET:
                raise ValueError(f"KAKUNIN_SECRET_KEY needs at least {_SHORTEST_SECRET} characters in production")
            if not self.address.startswith("https://"):
                raise ValueError("KAKUNIN_ADDRESS begins with https:// in production")
        return self

    @property
    def database(self) -> str:
        """Return the database address, SQLite in the data folder by default."""
        return self.database_url or f"sqlite:///{(self.data_folder / 'kakunin.sqlite').resolve()}"

    @property
    def secure(self) -> bool:
        """Return whether browsers reach the service over TLS."""
        return self.address.startswith("https://")

    @property
    def keys_folder(self) -> Path:
        """Return where the seals are kept."""
        return self.data_folder / "keys"

    @property
    def files_folder(self) -> Path:
        """Return where stored files are kept."""
        return self.data_folder / "files"

    @property
    def checkpoint_folder(self) -> Path:
        """Return where the ledger's last signed checkpoint is kept, outside of the database."""
        return self.ledger_folder or self.data_folder / "ledger"
