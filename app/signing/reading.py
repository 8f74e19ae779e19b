"""The shape of a sealed PDF: which signatures it has, what they cover, what was added later, what is enclosed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.signing.reasons import Reason
from app.signing.seal import SEAL_FIELD

RECORD_NAME = "attestation.json"
STATEMENT_NAME = "attestation.jws"
PROOF_NAME = "attestation.tlog-proof"
# what the confidential annex of an attestation attaches: it is none itself
ANNEX_NAME = "annex.json"

# the fields of the time-stamps that archiving puts around a file, numbered from 1
ARCHIVE_FIELD = "archive-{}"

_SUBFILTER = "/ETSI.CAdES.detached"
_NO_CHANGES = 1
_HEX = re.compile(rb"<[0-9A-Fa-f]+>")
_WHITESPACE = b"\t\n\r "
# in the order in which a file of ours attaches them
_PARTS = {RECORD_NAME: "record", STATEMENT_NAME: "statement", PROOF_NAME: "proof"}


@dataclass(frozen=True)
class Enclosure:
    """What is attached to a PDF, by the name of the report's field, and what is wrong with that."""

    parts: dict[str, bytes]
    faults: tuple[Reason, ...] = ()


def enclosed(reader: Any) -> Enclosure:
    """Return what a PDF encloses; our files attach the record, then what goes with it, in a flat list of names."""
    files = _entry(_entry(reader.root, "/Names", {}), "/EmbeddedFiles", {})
    names = _entry(files, "/Names", [])
    found = [str(names[place]["/UF"]) for place in range(1, len(names), 2)]
    if not found and "/Kids" not in files:
        return Enclosure({}, (Reason.RECORD_MISSING,))
    if "/Kids" in files or len(found) > len(_PARTS) or len(set(found)) < len(found):
        return Enclosure({}, (Reason.SEVERAL_RECORDS,))
    if found == [ANNEX_NAME]:
        return Enclosure({}, (Reason.ANNEX,))
    if found != list(_PARTS)[: len(found)]:
        return Enclosure({}, (Reason.RECORD_MISSING if RECORD_NAME not in found else Reason.SEVERAL_RECORDS,))
    contents = [bytes(names[place]["/EF"]["/F"].data) for place in range(1, len(names), 2)]
    return Enclosure(dict(zip(_PARTS.values(), contents, strict=False)))


def misshapen(signatures: Sequence[Any]) -> Reason | None:
    """Return why the signatures are not ours: one seal, the oldest, then time-stamps of the archive in order."""
    if not signatures:
        return Reason.NO_SIGNATURE
    if any(one.sig_object_type != "/DocTimeStamp" for one in signatures[1:]):
        return Reason.SEVERAL_SIGNATURES
    if signatures[0].sig_object_type != "/Sig":
        return Reason.NO_SIGNATURE
    expected = [SEAL_FIELD, *(ARCHIVE_FIELD.format(number) for number in range(1, len(signatures)))]
    return None if [one.field_name for one in signatures] == expected else Reason.WRONG_FIELD


def unlike_ours(reader: Any, seal: Any) -> Iterator[Reason]:
    """Yield what is wrong with the kind of seal: ours is one certification that allows no changes after it."""
    if _entry(seal.sig_object, "/SubFilter", None) != _SUBFILTER:
        yield Reason.WRONG_FORMAT
    permissions, level = _entry(reader.root, "/Perms", {}), seal.docmdp_level
    certifies = "/DocMDP" in permissions and _is_same(permissions, "/DocMDP", seal.sig_field, "/V")
    if not certifies or level is None or level.value != _NO_CHANGES:
        yield Reason.NOT_CERTIFIED


def covers_all(signatures: Sequence[Any], pdf: bytes) -> bool:
    """Tell whether each signature covers all up to its end but its own hex digits, and the last one all there is.

    White space may follow: some who pass files on add a line end.
    """
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    for one in signatures:
        start, first, second, _rest = (int(number) for number in one.byte_range)
        if start != 0 or not first < second or _HEX.fullmatch(pdf[first:second]) is None:
            return False
        one.compute_integrity_info(skip_diff=True)
        if one.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            return False
    ends = [end_of(one) for one in signatures]
    return ends == sorted(set(ends)) and not pdf[ends[-1] :].strip(_WHITESPACE)


def end_of(signature: Any) -> int:
    """Return how many bytes, from the first, a signature is about."""
    _start, _first, second, rest = (int(number) for number in signature.byte_range)
    return second + rest


def only_archived(seal: Any) -> bool:
    """Tell whether everything added after the seal is what archiving adds; compares revision with revision."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel

    seal.compute_integrity_info()
    found = seal.diff_result
    return isinstance(found, DiffResult) and found.modification_level <= ModificationLevel.LTA_UPDATES


def _entry(dictionary: Any, name: str, default: Any) -> Any:
    """Return an entry with references followed, which pyHanko's own ``get`` does not do."""
    return dictionary[name] if name in dictionary else default  # noqa: SIM401


def _is_same(one: Any, name: str, other: Any, other_name: str) -> bool:
    return bool(one.raw_get(name).reference == other.raw_get(other_name).reference)
