"""Moments as commands take them."""

from datetime import UTC, datetime
from typing import Any

import click


class Moment(click.ParamType[datetime]):
    """``now``, or a moment of RFC 3339 with its offset: a time without one is refused rather than guessed."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        if isinstance(value, datetime):
            return value
        if value == "now":
            return datetime.now(UTC)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment; write now or 2027-04-01T00:00+09:00.", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset; write it as in 2027-04-01T00:00+09:00.", param, ctx)
        return moment.astimezone(UTC)


MOMENT = Moment()
