"""What stands behind the question mark of an address, read leniently: nonsense is as if it were not there."""

from flask import request

from app.domain.answers import tidy
from app.domain.errors import InvalidError

_LARGEST_PAGE = 100_000


def page_number() -> int:
    """Return the page asked for, 1 for anything that is no page."""
    typed = request.args.get("page", "1")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        return 1
    return min(max(int(typed), 1), _LARGEST_PAGE)


def words() -> str:
    """Return the words searched for, nothing for what cannot be searched."""
    try:
        return tidy(request.args.get("q", ""), 100)
    except InvalidError:
        return ""
