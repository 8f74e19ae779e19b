"""Whom a verifier believes: who may vouch for seals, and, kept apart, who for time, and who for persons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from app.signing.authority import load_root
from app.signing.errors import SealUnavailableError
from app.signing.timekeys import load_time_root

SEALS, TIMES, PERSONS = "seals", "time-stamps", "persons"


@dataclass(frozen=True)
class Anchors:
    """The root certificates believed. One that vouches for seals says nothing about time or persons, and so on."""

    seals: tuple[x509.Certificate, ...] = ()
    times: tuple[x509.Certificate, ...] = ()
    persons: tuple[x509.Certificate, ...] = ()

    def chain_of_seal(
        self, certificate: x509.Certificate, known: Iterable[x509.Certificate], moment: datetime
    ) -> tuple[x509.Certificate, ...]:
        """Return the certificates from a seal's to the root that vouches for it at ``moment``, empty without one.

        ``known`` are the certificates that may stand in between.
        """
        from app.signing.chains import chain_to_root

        return chain_to_root(certificate, known, self.seals, moment)


def load_anchors(folder: Path | None, keys: Path | None) -> Anchors:
    """Return the roots in ``folder`` (``seals/``, ``time-stamps/``, ``persons/*.pem``) and ours of development.

    The development ones are in ``keys``; none of them vouches for persons.
    A folder that is not there, or None, holds nothing: a service that has no roots believes nobody.
    Raises ValueError for a file that is no certificate, so that a typing error does not pass for distrust.
    """
    seals, times = _certificates(folder, SEALS), _certificates(folder, TIMES)
    if keys is not None:
        seals += _if_there(load_root, keys)
        times += _if_there(load_time_root, keys)
    return Anchors(seals, times, _certificates(folder, PERSONS))


def _certificates(folder: Path | None, name: str) -> tuple[x509.Certificate, ...]:
    found = sorted((folder / name).glob("*.pem")) if folder else []
    return tuple(one for path in found for one in x509.load_pem_x509_certificates(path.read_bytes()))


def _if_there(load: Callable[[Path], x509.Certificate], keys: Path) -> tuple[x509.Certificate, ...]:
    try:
        return (load(keys),)
    except SealUnavailableError:
        return ()
