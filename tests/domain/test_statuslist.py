"""The signed status list: one spelling, one key, and an age."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.errors import InvalidError
from app.domain.paper import base64url
from app.domain.statuslist import STALE_AFTER, known, read, written

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
KID = "0123abcd"
ONE, TWO = "1" * 64, "2" * 64
NAMES = {ONE: "in_force", TWO: "withdrawn"}


def trusted(kid: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if kid == KID else None


def made(names: dict[str, str] = NAMES, kid: str = KID) -> str:
    return written("a.jp/ledger", AT, 5, names, KEY.sign, kid)


def test_a_holder_finds_the_own_status_and_how_old_it_is() -> None:
    statuses = read(made(), trusted)
    assert (statuses.size, statuses.origin, statuses.at) == (5, "a.jp/ledger", "2026-11-24T03:00:00Z")
    found = known(statuses, TWO, AT + timedelta(hours=3))
    assert (found.status, found.age, found.stale) == ("withdrawn", timedelta(hours=3), False)
    assert known(statuses, "3" * 64, AT).status is None


def test_an_old_list_says_that_it_is_old() -> None:
    statuses = read(made(), trusted)
    assert not known(statuses, ONE, AT + STALE_AFTER).stale
    assert known(statuses, ONE, AT + STALE_AFTER + timedelta(seconds=1)).stale


def test_it_says_nothing_but_names_and_statuses() -> None:
    content = base64.urlsafe_b64decode(made().split(".")[1] + "==").decode()
    assert content == (
        f'{{"at":"2026-11-24T03:00:00Z","names":{{"{ONE}":"in_force","{TWO}":"withdrawn"}},'
        '"origin":"a.jp/ledger","size":5,"v":1}'
    )


def forged(old: bytes, new: bytes) -> str:
    head, body, signature = made().split(".")
    content = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(old, new)
    return ".".join((head, base64url(content), signature))


@pytest.mark.parametrize(
    ("jws", "reason"),
    [
        ("", "not_a_status_list"),
        ("a.b", "not_a_status_list"),
        ("e30.e30.e30", "not_a_status_list"),
        (forged(b"withdrawn", b"in_force"), "not_a_status_list"),
        (made(kid="ffffffff"), "unknown_paper_key"),
        (made({"short": "in_force"}), "not_a_status_list"),
        (made({ONE: "issuing"}), "not_a_status_list"),
    ],
)
def test_anything_else_is_refused(jws: str, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        read(jws, trusted)
