"""Each byte of a sealed file counts: a sample of them always, every one where there is time (``make soak``)."""

import os
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

from app.signing.reasons import CONTENT
from app.signing.validate import validate
from tests.signing.conftest import AT, Sealed

SOAK = os.environ.get("SOAK") == "1"
NOW = AT + timedelta(hours=1)
# what the processes look at: they are forked with it, since keys and certificates are not handed over
_at_hand: list[Sealed] = []


def between(sealed: Sealed) -> range:
    """Return where the digits of the signature stand, which it does not cover."""
    start = sealed.pdf.index(b"/Contents <") + len(b"/Contents <")
    return range(start, sealed.pdf.index(b">", start))


def sampled(places: list[int], number: int) -> list[int]:
    return places if SOAK else random.Random(20261123).sample(places, number)


def missed(places: list[int]) -> list[int]:
    """Return the places where a changed bit is not told, or is told as something else than a change."""
    sealed, found = _at_hand[0], []
    for place in places:
        changed = bytearray(sealed.pdf)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        if not CONTENT & set(validate(bytes(changed), sealed.anchors, NOW).reasons):
            found.append(place)
    return found


def lying(places: list[int]) -> list[int]:
    """Return the places among the digits of the signature where a changed one shows another record as good."""
    sealed, found = _at_hand[0], []
    for place in places:
        changed = bytearray(sealed.pdf)
        changed[place] = ord("0") if changed[place] != ord("0") else ord("1")
        report = validate(bytes(changed), sealed.anchors, NOW)
        if report.good and report.record != sealed.data:
            found.append(place)
    return found


def over_all_cores(work: Callable[[list[int]], list[int]], sealed: Sealed, places: list[int]) -> list[int]:
    """Return what ``work`` finds at all places; in this process unless there are many."""
    _at_hand[:] = [sealed]
    if not SOAK:
        return work(places)
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
        parts = pool.map(work, (places[first :: 50 * cores] for first in range(50 * cores)))
        return sorted(place for part in parts for place in part)


def test_every_changed_byte_under_the_seal_is_detected(sealed):
    covered = sorted(set(range(len(sealed.pdf))) - set(between(sealed)))
    assert over_all_cores(missed, sealed, sampled(covered, 300)) == []


def test_changes_inside_the_signature_never_show_another_record(sealed):
    """Padding there is covered by no signature: whoever kept the file's own hash detects it."""
    assert over_all_cores(lying, sealed, sampled(list(between(sealed)), 20)) == []
