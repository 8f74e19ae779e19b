"""Keys that never leave a token (PKCS#11): a smart card, a hardware module, SoftHSM in tests.

Each act is a visit of its own: the module is opened, the PIN told, the key used, the module closed.
So a token that was away is found again, and a process that forks shares nothing with its child.
"""

import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator

from app.signing.errors import SealUnavailableError
from app.signing.unlocking import Unlocking, secret_in

FILE = "pkcs11.toml"

# one visit at a time: a module knows one login for the whole process
_VISIT = threading.Lock()
# a PIN refused once is not told again: tokens lock themselves after a few wrong ones
_REFUSED: set[tuple[str, str, SecretStr]] = set()


class _Place(BaseModel):
    """What ``pkcs11.toml`` says: which module, which token, which key, and where its PIN is kept.

    A PIN itself is refused here, and what was written is not repeated in the refusal.
    """

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)

    module: str
    token: str
    key: str
    id: str = ""
    pin_file: str = ""

    @field_validator("module")
    @classmethod
    def _absolute(cls, module: str) -> str:
        if not Path(module).is_absolute():
            raise ValueError("the module is named by its whole path")
        return module

    @field_validator("id")
    @classmethod
    def _hex(cls, id_: str) -> str:
        bytes.fromhex(id_)
        return id_


@dataclass(frozen=True)
class TokenKey:
    """An RSA key in a token. It signs as the keys of ``cryptography`` do, and shows nothing of its PIN."""

    code: str
    public: rsa.RSAPublicKey = field(repr=False)
    _visit: Callable[[], Any] = field(repr=False, compare=False)

    @property
    def key_size(self) -> int:
        """Return the size of the key in bits."""
        return self.public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public half."""
        return self.public

    def sign(self, data: bytes, padding_: Any, algorithm: Any) -> bytes:
        """Return the signature of ``data`` by PKCS#1 v1.5 with SHA-256, the only one a seal is made with."""
        if not isinstance(padding_, padding.PKCS1v15) or not isinstance(algorithm, hashes.SHA256):
            raise ValueError("a token signs by PKCS#1 v1.5 with SHA-256 only")
        from pkcs11 import Mechanism

        with self._visit() as key:
            signature = bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
        try:
            # what a failing or exchanged token gives is not passed on
            self.public.verify(signature, data, padding_, algorithm)
        except InvalidSignature as wrong:
            raise SealUnavailableError("seal_mismatch", code=self.code) from wrong
        return signature


def in_token(folder: Path) -> bool:
    """Tell whether the key of a folder lies in a token."""
    return (folder / FILE).is_file()


def open_key(folder: Path, code: str, unlocking: Unlocking) -> TokenKey:
    """Return the key that ``pkcs11.toml`` in ``folder`` names, after visiting it once.

    Raise SealUnavailableError: ``seal_unreadable``, ``token_unsupported``, ``token_module``, ``token_away``,
    ``token_pin_missing``, ``token_pin``, ``token_pin_locked``, ``token_key`` or ``token_failed``.
    """
    place = _read(folder, code)

    def visit() -> Any:
        return _visiting(place, _pin(place, code, unlocking), code)

    with visit() as key:
        from pkcs11 import Attribute

        modulus, exponent = key[Attribute.MODULUS], key[Attribute.PUBLIC_EXPONENT]
    public = rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
    return TokenKey(code, public, visit)


def _read(folder: Path, code: str) -> _Place:
    try:
        return _Place.model_validate(tomllib.loads((folder / FILE).read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
        # no cause: it may quote what was written
        raise SealUnavailableError("seal_unreadable", code=code) from None


def _pin(place: _Place, code: str, unlocking: Unlocking) -> SecretStr:
    try:
        pin = secret_in(Path(place.pin_file)) if place.pin_file else unlocking.pin
    except ValueError as away:
        raise SealUnavailableError("token_pin_missing", code=code) from away
    if pin is None:
        raise SealUnavailableError("token_pin_missing", code=code)
    if (place.module, place.token, pin) in _REFUSED:
        raise SealUnavailableError("token_pin", code=code)
    return pin


@contextmanager
def _visiting(place: _Place, pin: SecretStr, code: str) -> Iterator[Any]:
    """Give the private key, and close the module whatever happens."""
    try:
        import pkcs11
    except ImportError as absent:
        raise SealUnavailableError("token_unsupported", code=code) from absent
    with _VISIT:
        try:
            library = pkcs11.lib(place.module)
        except pkcs11.PKCS11Error as wrong:
            raise SealUnavailableError("token_module", code=code, module=place.module) from wrong
        try:
            with _session(library, place, pin, code) as session:
                yield _key(session, place)
        except pkcs11.PKCS11Error as wrong:
            if isinstance(wrong, pkcs11.PinIncorrect):
                _REFUSED.add((place.module, place.token, pin))
            raise SealUnavailableError(_reason(wrong), code=code) from wrong
        finally:
            with suppress(pkcs11.PKCS11Error):
                library.finalize()


def _session(library: Any, place: _Place, pin: SecretStr, code: str) -> Any:
    """Open the token with its PIN, unless the next wrong one would lock it."""
    from pkcs11 import MultipleTokensReturned, NoSuchToken, TokenFlag

    # searches are read to their end: one cut off ends itself later, when the module is closed
    found = list(library.get_tokens(token_label=place.token))
    if len(found) != 1:
        raise MultipleTokensReturned() if found else NoSuchToken()
    if found[0].flags & (TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED):
        raise SealUnavailableError("token_pin_locked", code=code)
    return found[0].open(user_pin=pin.get_secret_value())


def _key(session: Any, place: _Place) -> Any:
    from pkcs11 import Attribute, KeyType, MultipleObjectsReturned, NoSuchKey, ObjectClass

    wanted = {
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.KEY_TYPE: KeyType.RSA,
        Attribute.LABEL: place.key,
        **({Attribute.ID: bytes.fromhex(place.id)} if place.id else {}),
    }
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        raise MultipleObjectsReturned() if found else NoSuchKey()
    return found[0]


def _reason(wrong: Exception) -> str:
    import pkcs11

    told = {
        "token_pin": (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinExpired),
        "token_pin_locked": (pkcs11.PinLocked,),
        "token_away": (pkcs11.NoSuchToken, pkcs11.TokenNotPresent, pkcs11.DeviceRemoved, pkcs11.SlotIDInvalid),
        "token_key": (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned, pkcs11.MultipleTokensReturned),
    }
    return next((reason for reason, kinds in told.items() if isinstance(wrong, kinds)), "token_failed")
