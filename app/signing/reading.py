"""The shape of a sealed PDF: which signatures it has, what they cover, what was added later, what is enclosed."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.acts import MOST_PERSONS
from app.signing.reasons import Reason
from app.signing.seal import PERSON_FIELD, SEAL_FIELD

RECORD_NAME = "attestation.json"
STATEMENT_NAME = "attestation.jws"
PROOF_NAME = "attestation.tlog-proof"
# what the confidential annex of an attestation attaches: it is none itself
ANNEX_NAME = "annex.json"

# the fields of the time-stamps that archiving puts around a file, numbered from 1
ARCHIVE_FIELD = "archive-{}"

_SIGNATURE, _STAMP = "/Sig", "/DocTimeStamp"
_SUBFILTER = "/ETSI.CAdES.detached"
# the tools of persons are not ours: both of these are signatures over the file (ISO 32000-1, 12.8.3.3)
_OF_PERSONS = {_SUBFILTER, "/adbe.pkcs7.detached"}
_NO_CHANGES, _FILLING = 1, 2
_HEX = re.compile(rb"<[0-9A-Fa-f]+>")
_WHITESPACE = b"\t\n\r "
# in the order in which a file of ours attaches them
_PARTS = {RECORD_NAME: "record", STATEMENT_NAME: "statement", PROOF_NAME: "proof"}


@dataclass(frozen=True)
class Signatures:
    """The signatures of a file (pyHanko's), each kind with the oldest first."""

    seal: Any
    persons: tuple[Any, ...]
    stamps: tuple[Any, ...]


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


def invited(record: bytes | None) -> int:
    """Return how many persons a record says may sign beside the seal; none where it cannot be read."""
    try:
        said = json.loads(record or b"{}").get("personal_signatures", 0)
    except (ValueError, AttributeError, RecursionError):
        return 0
    return said if type(said) is int and 0 < said <= MOST_PERSONS else 0


def misshapen(signatures: Sequence[Any], persons: int) -> Reason | None:
    """Return why the signatures are not ours: one seal, the oldest, then at most so many persons, then time-stamps.

    Persons sign in their fields in order, and the archive stamps in its own.
    """
    if not signatures:
        return Reason.NO_SIGNATURE
    signed = sum(one.sig_object_type != _STAMP for one in signatures[1:])
    if signed > persons:
        return Reason.SEVERAL_SIGNATURES
    if signatures[0].sig_object_type != _SIGNATURE:
        return Reason.NO_SIGNATURE
    expected = [(SEAL_FIELD, _SIGNATURE)]
    expected += [(PERSON_FIELD.format(number), _SIGNATURE) for number in range(1, signed + 1)]
    expected += [(ARCHIVE_FIELD.format(number), _STAMP) for number in range(1, len(signatures) - signed)]
    found = [(one.field_name, one.sig_object_type) for one in signatures]
    return None if found == expected else Reason.WRONG_FIELD


def sorted_out(signatures: Sequence[Any]) -> Signatures:
    """Return the signatures of a file that is not misshapen, by kind."""
    seal, *later = signatures
    persons = tuple(one for one in later if one.sig_object_type == _SIGNATURE)
    return Signatures(seal, persons, tuple(later[len(persons) :]))


def unlike_ours(reader: Any, signatures: Signatures, persons: int) -> Iterator[Reason]:
    """Yield what is wrong with the kinds of signatures.

    The seal is one certification that allows no changes after it, or, where persons may sign, that they do.
    A person's signature forbids nothing: neither other persons nor the archive.
    """
    seal = signatures.seal
    kinds = [(seal, {_SUBFILTER}), *((one, _OF_PERSONS) for one in signatures.persons)]
    if any(_entry(one.sig_object, "/SubFilter", None) not in kind for one, kind in kinds):
        yield Reason.WRONG_FORMAT
    permissions, level = _entry(reader.root, "/Perms", {}), seal.docmdp_level
    certifies = "/DocMDP" in permissions and _is_same(permissions, "/DocMDP", seal.sig_field, "/V")
    if not certifies or level is None or level.value != (_FILLING if persons else _NO_CHANGES):
        yield Reason.NOT_CERTIFIED
    if any(one.docmdp_level is not None or one.fieldmdp is not None for one in signatures.persons):
        yield Reason.PERSON_LOCKS


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


def only_ours(signatures: Signatures) -> bool:
    """Tell whether all that was added after the seal is persons' signing in their fields, then what archiving adds.

    Compares revision with revision.
    """
    from pyhanko.sign.diff_analysis import ModificationLevel

    *earlier, last = [signatures.seal, *signatures.persons]
    signed_only = not earlier or _at_most(ModificationLevel.FORM_FILLING, earlier[0])
    return signed_only and _at_most(ModificationLevel.LTA_UPDATES, last)


def _at_most(level: Any, signature: Any) -> bool:
    """Tell whether no more than ``level`` allows was changed after a signature."""
    from pyhanko.sign.diff_analysis import DiffResult

    signature.compute_integrity_info()
    found = signature.diff_result
    return isinstance(found, DiffResult) and found.modification_level <= level


def _entry(dictionary: Any, name: str, default: Any) -> Any:
    """Return an entry with references followed, which pyHanko's own ``get`` does not do."""
    return dictionary[name] if name in dictionary else default  # noqa: SIM401


def _is_same(one: Any, name: str, other: Any, other_name: str) -> bool:
    return bool(one.raw_get(name).reference == other.raw_get(other_name).reference)
