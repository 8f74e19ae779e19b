"""Texts in both languages, and the two ways a date is written in Japan."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

JST = timezone(timedelta(hours=9), "JST")
Language = Literal["ja", "en"]

# (first day, Japanese name, Latin initial), newest first; 元号法 and the orders made under it
_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
)


def _nfc(text: str) -> str:
    """Hold a text to Unicode NFC without control characters, so that one text has one hash."""
    if text != unicodedata.normalize("NFC", text):
        raise ValueError("text is not in Unicode NFC")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in text):
        raise ValueError("text holds a control character")
    return text


Plain = Annotated[str, AfterValidator(_nfc)]
Name = Annotated[str, StringConstraints(min_length=1), AfterValidator(_nfc)]


def _on_the_calendar(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no day of the calendar") from None
    return text


IsoDay = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_on_the_calendar)
]
PartDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]


class Text(BaseModel):
    """One text in Japanese (authoritative) and English; neither may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1, str_max_length=4000)

    ja: Plain
    en: Plain

    def in_(self, language: str) -> str:
        """Return the text in ``language``, Japanese for any language we do not carry."""
        return self.en if language == "en" else self.ja


def composed(ja: str, en: str) -> Text:
    """Return words that the service put together, which may grow longer than any that an author writes."""
    return Text.model_construct(ja=ja, en=en)


def filled(template: Text, **parts: Text | str) -> Text:
    """Return a template with its named places filled, each language with its own words."""
    ja = {name: part if isinstance(part, str) else part.ja for name, part in parts.items()}
    en = {name: part if isinstance(part, str) else part.en for name, part in parts.items()}
    return composed(template.ja.format(**ja), template.en.format(**en))


def era_year(day: date) -> tuple[str, int]:
    """Return the Japanese era name and its year for ``day``, e.g. ``("令和", 8)`` for 2026.

    Raises ValueError for days before Meiji 6 (1873), when Japan kept another calendar.
    """
    if day.year < 1873:
        raise ValueError("no era date before 1873")
    first, name, _ = next(era for era in _ERAS if day >= era[0])
    return name, day.year - first.year + 1


def date_with_era(day: date, language: str) -> str:
    """Write ``day`` with its era: ``2026年11月23日(令和8年)`` or ``23 November 2026 (Reiwa 8)``."""
    name, year = era_year(day)
    if language == "en":
        latin = {"令和": "Reiwa", "平成": "Heisei", "昭和": "Showa", "大正": "Taisho", "明治": "Meiji"}[name]
        return f"{day.day} {day:%B} {day.year} ({latin} {year})"
    return f"{day.year}年{day.month}月{day.day}日({name}{'元' if year == 1 else year}年)"


def fiscal_year_with_era(year: int, language: str) -> str:
    """Write a Japanese fiscal year (April to March): ``令和8年度(2026年度)`` or ``FY2026 (Reiwa 8)``."""
    name, number = era_year(date(year, 5, 1))
    if language == "en":
        return f"FY{year} ({date_with_era(date(year, 5, 1), 'en').rpartition('(')[2]}"
    return f"{name}{'元' if number == 1 else number}年度({year}年度)"


def in_japan(moment: datetime) -> datetime:
    """Move an aware moment to Japan Standard Time (UTC+9, no summer time)."""
    return moment.astimezone(JST)


def utc_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with whole seconds, the only form records carry."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
