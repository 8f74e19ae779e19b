"""The settings of the service: the only reader of the environment."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.signing.unlocking import Unlocking, secret_in

_SHORTEST_SECRET = 32
_SHORTEST_PASSPHRASE = 16


class Settings(BaseSettings):
    """What differs between one installation and another. Every name is read with the prefix ``KAKUNIN_``."""

    model_config = SettingsConfigDict(env_prefix="KAKUNIN_", env_file=None, hide_input_in_errors=True)

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
    time_stamp_url: str = Field(
        "", description="the time-stamp authority (RFC 3161); empty: the development authority's own"
    )
    anchors: Path | None = Field(
        None, description="the folder with the roots of purchased authorities; empty: in the data folder"
    )
    seal_passphrase: SecretStr = Field(
        SecretStr(""), description="opens the key files of seals; at least 16 characters"
    )
    seal_passphrase_file: Path | None = Field(None, description="a file with that passphrase in its first line")
    seal_pin: SecretStr = Field(SecretStr(""), description="the PIN of the token that holds seals (PKCS#11)")
    seal_pin_file: Path | None = Field(None, description="a file with that PIN in its first line")
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
            if not self.time_stamp_url:
                raise ValueError("KAKUNIN_TIME_STAMP_URL names a time-stamp authority in production")
        passphrase = self.unlocking.passphrase
        if passphrase and len(passphrase.get_secret_value()) < _SHORTEST_PASSPHRASE:
            raise ValueError(f"the passphrase of seals needs at least {_SHORTEST_PASSPHRASE} characters")
        return self

    @property
    def unlocking(self) -> Unlocking:
        """Return what opens the keys of seals; raise ValueError for a secret given twice or not readable."""
        return Unlocking(
            passphrase=_secret("KAKUNIN_SEAL_PASSPHRASE", self.seal_passphrase, self.seal_passphrase_file),
            pin=_secret("KAKUNIN_SEAL_PIN", self.seal_pin, self.seal_pin_file),
            strict=self.production,
        )

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
    def anchors_folder(self) -> Path:
        """Return where the roots of purchased authorities lie."""
        return self.anchors or self.data_folder / "anchors"

    @property
    def files_folder(self) -> Path:
        """Return where stored files are kept."""
        return self.data_folder / "files"

    @property
    def checkpoint_folder(self) -> Path:
        """Return where the ledger's last signed checkpoint is kept, outside of the database."""
        return self.ledger_folder or self.data_folder / "ledger"


def _secret(name: str, given: SecretStr, file: Path | None) -> SecretStr | None:
    if file is None:
        return given if given.get_secret_value() else None
    if given.get_secret_value():
        raise ValueError(f"{name} and {name}_FILE are both given; one is enough")
    return secret_in(file)
