"""What may be typed into an item, and what it becomes. Refusals are reason codes; words live elsewhere."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.checklist import Item, Kind, State
from app.domain.errors import InvalidError

DEFAULT_LENGTH = {Kind.TEXT: 200, Kind.LONGTEXT: 2000, Kind.PERSON: 200}
DEFAULT_PLACES = 2
CONFIRMED = "confirmed"
ATTACHED = "attached"
COMPLETE = "complete"
REASON_LENGTH = 2000
# rule 3 of the house: each of these is its own state, with a reason
_NEEDS_REASON = {State.NOT_APPLICABLE, State.UNSURE, State.NOT_OBTAINED}
_INTEGER_DIGITS = 15
# what a slot holds whose answer is an act: rows are complete, a sentence is confirmed, files are attached
MARKS = {Kind.GROUP: COMPLETE, Kind.STATEMENT: CONFIRMED, Kind.FILE: ATTACHED}


def tidy(typed: str, limit: int, *, lines: bool = False) -> str:
    """Return typed text in NFC with outer space gone and line ends as ``\\n``.

    Raise InvalidError ``bad_character`` for NUL, other controls and lone surrogates, which neither
    a database nor a page can carry, and ``too_long`` beyond ``limit`` characters.
    """
    text = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    allowed = {"\n"} if lines else set()
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in allowed for c in text):
        raise InvalidError("bad_character")
    text = unicodedata.normalize("NFC", text)
    if len(text) > limit:
        raise InvalidError("too_long", limit=limit)
    return text


def displayable(typed: str) -> str:
    """Return typed text as a page can show it again: what no page can carry is replaced, the rest is kept."""
    bad = {"Cc", "Cs"}
    return "".join("�" if unicodedata.category(c) in bad and c not in "\n\r\t" else c for c in typed)


def read(
    item: Item, state: str, typed: Sequence[str], reason: str, codes: frozenset[str]
) -> tuple[State, Any, str]:
    """Return (state, value, reason) for what a person typed into ``item``.

    A chosen value without a state is an answer; nothing at all leaves or makes the slot open.
    Raise InvalidError with the reason why not.
    """
    told = tidy(reason, REASON_LENGTH, lines=True)
    wanted = _state(item, state)
    if wanted in {State.OPEN, State.ANSWERED}:
        value = _value(item, [one for one in typed if one.strip()], codes)
        return (State.OPEN, None, told) if value is None else (State.ANSWERED, value, told)
    if wanted in _NEEDS_REASON and not told:
        raise InvalidError("reason_needed")
    return wanted, None, told


def _state(item: Item, state: str) -> State:
    if state in {"", State.OPEN, State.CLEARED, State.ANSWERED}:
        return State.ANSWERED
    if state not in item.states:
        raise InvalidError("unknown_choice")
    return State(state)


def _value(item: Item, typed: list[str], codes: frozenset[str]) -> Any:
    if not typed:
        return None
    if item.kind is Kind.MULTI:
        options = [option.value for option in item.choices]
        if any(one not in options for one in typed):
            raise InvalidError("unknown_choice")
        return [value for value in options if value in typed]
    if len(typed) > 1:
        raise InvalidError("unknown_choice")
    return _single(item, typed[0], codes)


def _single(item: Item, typed: str, codes: frozenset[str]) -> Any:
    match item.kind:
        case Kind.SINGLE | Kind.CODE:
            known = codes if item.kind is Kind.CODE else {option.value for option in item.choices}
            if typed not in known:
                raise InvalidError("unknown_choice")
            return typed
        case Kind.INTEGER:
            return _integer(item, typed)
        case Kind.DATE:
            return read_day(typed).isoformat()
        case Kind.DECIMAL:
            return _decimal(item, typed)
        case Kind.GROUP | Kind.STATEMENT | Kind.FILE:
            if typed != MARKS[item.kind]:
                raise InvalidError("unknown_choice")
            return typed
        case Kind.DERIVED:
            raise InvalidError("computed")
        case _:
            limit = item.max_length or DEFAULT_LENGTH[item.kind]
            return tidy(typed, limit, lines=item.kind is Kind.LONGTEXT)


def _integer(item: Item, typed: str) -> int:
    text = unicodedata.normalize("NFKC", typed).strip().replace(",", "")
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _INTEGER_DIGITS:
        raise InvalidError("not_a_number")
    number = int(text)
    _within(item, number)
    return number


def _decimal(item: Item, typed: str) -> str:
    """Return a decimal number as text, "0.25": numbers with a fraction are never floating point here."""
    text = unicodedata.normalize("NFKC", typed).strip().replace(",", "")
    whole, point, fraction = text.removeprefix("-").partition(".")
    digits = whole + fraction
    if not digits.isascii() or not digits.isdigit() or len(digits) > _INTEGER_DIGITS or not whole:
        raise InvalidError("not_a_number")
    places = DEFAULT_PLACES if item.places is None else item.places
    if len(fraction.rstrip("0")) > places or (point and not fraction):
        raise InvalidError("too_many_places", limit=places)
    number = Decimal(text)
    _within(item, number)
    # one number, one text: 0.50 and 0.5 are the same answer
    return f"{number.normalize() + 0:f}"


def _within(item: Item, number: int | Decimal) -> None:
    if item.min is not None and number < item.min:
        raise InvalidError("too_small", limit=item.min)
    if item.max is not None and number > item.max:
        raise InvalidError("too_large", limit=item.max)


def read_day(typed: str) -> date:
    """Return the day written as ``2026-04-01``; slashes and full-width digits are understood too."""
    text = unicodedata.normalize("NFKC", typed).strip().replace("/", "-")
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise InvalidError("not_a_date")
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        raise InvalidError("not_a_date") from None
    if not date(1900, 1, 1) <= day <= date(2200, 12, 31):
        raise InvalidError("not_a_date")
    return day
