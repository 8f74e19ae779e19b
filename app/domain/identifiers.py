"""The formats of identifiers used in Japanese research funding; see each function for its source."""

import re
import unicodedata

_AWARD = re.compile(r"JP[0-9A-Za-z]{6,20}")
_LOCAL_AWARD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,29}")
_ROR = re.compile(r"https://ror\.org/0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}")


def narrow(typed: str) -> str:
    """Return an identifier as typed with full-width letters and digits made narrow, spaces gone."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def is_researcher_number(text: str) -> bool:
    """Return whether ``text`` is an e-Rad researcher number: eight digits, leading zeros kept."""
    return len(text) == 8 and text.isascii() and text.isdigit()


def researcher_number_checks(text: str) -> bool:
    """Return whether the check digit fits; a rule found by trial, so a reason to warn, never to refuse."""
    digits = [int(c) for c in text]
    weighted = (digit * (2 if place % 2 else 1) for place, digit in enumerate(digits[1:]))
    return digits[0] == sum(weighted) % 10


def is_award_number(text: str) -> bool:
    """Return whether ``text`` can be a 体系的番号 (JP…, agreement of 2020-01-14) or a funder's own number."""
    return bool(_AWARD.fullmatch(text) or _LOCAL_AWARD.fullmatch(text))


def is_orcid(text: str) -> bool:
    """Return whether ``text`` is an ORCID iD with a right check character (ISO 7064 MOD 11-2)."""
    digits = text.replace("-", "")
    if not re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", text, re.ASCII):
        return False
    total = 0
    for c in digits[:-1]:
        total = (total + int(c)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))


def is_ror(text: str) -> bool:
    """Return whether ``text`` is a ROR identifier in its URL form."""
    return bool(_ROR.fullmatch(text))
