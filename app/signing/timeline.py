"""Walking back in time through a sealed PDF: who still vouches today, and for what moment each of them does.

The outermost time-stamp is judged now. If it is good, everything it covers is known to have been there
at its time, so the one below is judged at that moment, and so on down to the seal. Thus a seal stays
proven after its certificate and its first authority have expired, as long as somebody renewed in time.
Loads pyHanko, so it is imported late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, message_imprint_checker

from app.signing.anchors import Anchors
from app.signing.authority import CLOCK_LEEWAY
from app.signing.chains import Judged, judge_person, judge_seal, judge_stamp, ours
from app.signing.reading import Signatures
from app.signing.reasons import Fault
from app.signing.revocation import HARMLESS, Known, Lists, known_of
from app.signing.timestamps import Stamp, stamp_of


@dataclass(frozen=True)
class Look:
    """One time-stamp as it was found: what it says, what is wrong with it, and its chain, signer first.

    ``known`` tells whether somebody said, after it was made, that its authority was not revoked.
    """

    stamp: Stamp
    fault: Fault | None
    chain: tuple[x509.Certificate, ...]
    known: bool


@dataclass(frozen=True)
class Personal:
    """A person's signature as it was found. ``proven_at`` is when it was there by the word of a good time-stamp,
    its own or the oldest around it. ``known`` tells whether somebody said, after the time of its own stamp or
    the time it claims, that the certificate was not revoked; ``revoked_at`` that it was.
    """

    judged: Judged
    claimed_at: datetime | None
    proven_at: datetime | None
    known: bool
    revoked_at: datetime | None


@dataclass(frozen=True)
class Timeline:
    """What the time-stamps prove of a seal, what the seal is worth at that time, and what persons' signatures are.

    ``first`` is the time-stamp of the seal itself; ``later`` are those put around the document, the oldest
    first. ``proven_at`` is None when none of them can be relied upon.
    """

    seal: Judged
    seal_known: bool
    seal_revoked_at: datetime | None
    first: Look | None
    later: tuple[Look, ...]
    proven_at: datetime | None
    persons: tuple[Personal, ...] = ()


async def walk(signatures: Signatures, anchors: Anchors, at: datetime, in_hand: Lists) -> Timeline:
    """Judge the signatures of a file at ``at``.

    Revocation is looked up in the file and ``in_hand``; nothing is fetched.
    """
    seal = signatures.seal
    certificates, kept = _store_of(seal.reader)
    lists = in_hand + kept
    moment, later = at, list[Look]()
    for each in reversed(signatures.stamps):
        look = await _look(each.signed_data, _digest_of(each), anchors.times, moment, certificates, lists)
        later.append(look)
        moment = moment if look.fault else look.stamp.at
    around = moment if any(one.fault is None for one in later) else None
    persons = [await _personal(one, anchors, moment, around, certificates, lists) for one in signatures.persons]
    first = await _first(seal, anchors.times, moment, certificates, lists)
    good = [one.stamp.at for one in (*later, first) if one is not None and one.fault is None]
    proven = good[-1] if good else None
    # with no time proven the seal is judged at the time it claims: whose it is, is a question of its own
    used = proven or seal.self_reported_timestamp or at
    judged = await judge_seal(seal.signed_data, seal.compute_digest(), anchors.seals, used, certificates)
    words = [known_of(*pair, lists) for pair in pairwise(judged.chain)]
    revoked = _revoked_at(words)
    if judged.fault is None and revoked is not None and revoked <= (proven or at):
        judged = replace(judged, fault=Fault.REVOKED)
    return Timeline(
        judged, _known_since(words, used), revoked, first, tuple(reversed(later)), proven, tuple(persons)
    )


async def _personal(
    signature: Any,
    anchors: Anchors,
    moment: datetime,
    around: datetime | None,
    certificates: Sequence[x509.Certificate],
    lists: Lists,
) -> Personal:
    """Judge a person's signature, known to have been there at ``moment``, and ``around`` by a time-stamp."""
    own = await _first(signature, anchors.times, moment, certificates, lists)
    proven = own.stamp.at if own is not None and own.fault is None else around
    digest = signature.compute_digest()
    judged = await judge_person(signature.signed_data, digest, anchors.persons, proven or moment, certificates)
    words = [known_of(*pair, lists) for pair in pairwise(judged.chain)]
    revoked = _revoked_at(words)
    if judged.fault is None and revoked is not None and revoked <= (proven or moment):
        judged = replace(judged, fault=Fault.REVOKED)
    claimed = signature.self_reported_timestamp
    # a tool may write a time without its zone, which says nothing
    claimed = claimed if claimed and claimed.tzinfo else None
    # what is asked of the archive is a word from after the signing, and that is from before the archive's stamp
    known = _known_since(words, own.stamp.at if own is not None and own.fault is None else claimed or moment)
    return Personal(judged, claimed, proven, known, revoked)


def _store_of(reader: PdfFileReader) -> tuple[tuple[x509.Certificate, ...], Lists]:
    """Return certificates and revocation data that were added to a file for this purpose."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return (), Lists()
    certificates = tuple(ours(each) for each in store.load_certs())
    crls, ocsps = (tuple(bytes(ref.get_object().data) for ref in refs) for refs in (store.crls, store.ocsps))
    return certificates, Lists(crls, ocsps)


def _digest_of(stamp: Any) -> Any:
    return lambda name: stamp.compute_digest() if name == stamp.external_md_algorithm else b""


async def _first(
    seal: Any,
    roots: Sequence[x509.Certificate],
    moment: datetime,
    certificates: Sequence[x509.Certificate],
    lists: Lists,
) -> Look | None:
    """Look at the time-stamp inside a seal or a person's signature; of several, ours has one, the first counts."""
    token = next(iter(extract_tst_data_iter(seal.signer_info, signed=False)), None)
    if token is None:
        return None
    return await _look(token, message_imprint_checker(seal.signer_info), roots, moment, certificates, lists)


async def _look(
    signed: cms.SignedData,
    digest: Any,
    roots: Sequence[x509.Certificate],
    moment: datetime,
    certificates: Sequence[x509.Certificate],
    lists: Lists,
) -> Look:
    """Look at one time-stamp, known to have been there at ``moment``."""
    at = signed["encap_content_info"]["content"].parsed["gen_time"].native
    judged = await judge_stamp(signed, digest, roots, moment, certificates)
    if judged.signer is None:
        raise ValueError("a time-stamp that cannot be read")
    words = [known_of(*pair, lists) for pair in pairwise(judged.chain)]
    fault = judged.fault
    if fault is None and at > moment + CLOCK_LEEWAY:
        fault = Fault.ORDER
    if fault is None and any(_spoils(one, at, moment) for one in words):
        fault = Fault.REVOKED
    return Look(stamp_of(judged.signer, at), fault, judged.chain, _known_since(words, at))


def _spoils(one: Known, at: datetime, moment: datetime) -> bool:
    """Tell whether a revocation spoils a stamp of ``at`` that is known to have been there at ``moment``.

    A key that fell into other hands may have stamped any time, so that only what was covered before counts.
    """
    if one.revoked_at is None:
        return False
    return one.revoked_at <= (at if one.reason in HARMLESS else moment)


def _revoked_at(words: Sequence[Known]) -> datetime | None:
    return min((one.revoked_at for one in words if one.revoked_at), default=None)


def _known_since(words: Sequence[Known], at: datetime) -> bool:
    """Tell whether something was said about the whole chain after ``at``."""
    return bool(words) and all(one.known_at is not None and one.known_at > at for one in words)
