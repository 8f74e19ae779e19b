"""Asking over HTTP: a ledger for its tiles, a witness for its cosignature. Whatever goes wrong is one refusal."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus

from app.domain.errors import InvalidError, KakuninError, NotFoundError
from app.domain.notes import tobase64
from app.witness.witnessing import written_request

SECONDS = 30.0
# 256 entries of the greatest length that a bundle can tell
_LONGEST = 256 * (2**16 + 2)
_TRIES = 3


class AwayError(KakuninError):
    """What was asked for could not be had: nobody there, too slow, too long, or an answer out of order."""


def get(url: str) -> bytes:
    """Return what is at an address; raise NotFoundError where nothing is, AwayError where it cannot be had."""
    status, content = _asked(url)
    if status == HTTPStatus.NOT_FOUND:
        raise NotFoundError("not_served", url=url)
    if status != HTTPStatus.OK:
        raise AwayError("not_served", url=url, status=status)
    return content


def cosigned(url: str, note: str, size: int, old: int, proof: Callable[[int, int], list[bytes]]) -> list[str]:
    """Return the signature lines of the witness at ``url`` for a checkpoint of ``size`` entries.

    ``proof(old, size)`` gives the proof from what the witness saw last; where it saw another size than ``old``
    it says so and is asked again. Raise InvalidError ``witness_refused`` when it does not sign, and
    ``witness_ahead`` when it has seen a longer ledger than ours.
    """
    for _ in range(_TRIES):
        body = written_request(old, [tobase64(one) for one in proof(old, size)], note)
        status, content = _asked(f"{url}/add-checkpoint", body)
        if status == HTTPStatus.OK:
            return content.decode("utf-8", "replace").splitlines(keepends=True)
        if status != HTTPStatus.CONFLICT:
            raise InvalidError("witness_refused", url=url, status=status)
        seen = content.strip()
        if not seen.isdigit() or int(seen) > size:
            raise InvalidError("witness_ahead", url=url, size=seen.decode("ascii", "replace"))
        old = int(seen)
    raise AwayError("not_served", url=url, status=HTTPStatus.CONFLICT)


def _asked(url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Return the status and content of an answer; of a refusal no more than its first words."""
    if not url.startswith(("http://", "https://")):
        raise AwayError("not_served", url=url)
    try:
        request = urllib.request.Request(url, data=body)  # noqa: S310 - the scheme is looked at above
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            status, content = answer.status, answer.read(_LONGEST + 1)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(1024)
    except (OSError, ValueError, http.client.HTTPException) as away:
        raise AwayError("not_served", url=url) from away
    if len(content) > _LONGEST:
        raise AwayError("not_served", url=url)
    return status, content
