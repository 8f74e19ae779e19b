"""Which language a page speaks, and how dates, texts and codes are written in it."""

from datetime import date, datetime

from flask import Flask, request
from flask_babel import get_domain, get_locale
from markupsafe import Markup

from app.domain.texts import Text, date_with_era, fiscal_year_with_era, in_japan
from app.extensions import babel

LANGUAGES = ("ja", "en")
COOKIE = "lang"


def chosen() -> str:
    """Return the language of this request: chosen by the person, else the browser's, else Japanese."""
    if request.cookies.get(COOKIE) in LANGUAGES:
        return request.cookies[COOKIE]
    return request.accept_languages.best_match(LANGUAGES, "ja") or "ja"


def language() -> str:
    """Return the language in use now."""
    return str(get_locale().language)


def text(value: Text | str) -> str:
    """Return a bilingual text in the language in use."""
    return value.in_(language()) if isinstance(value, Text) else value


def day(value: date | datetime | str) -> str:
    """Return a day with its era."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return date_with_era(in_japan(value).date() if isinstance(value, datetime) else value, language())


def moment(value: datetime | str) -> str:
    """Return a moment in Japan's time, with the day's era."""
    local = in_japan(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return f"{date_with_era(local.date(), language())} {local:%H:%M} JST"


def fiscal_year(value: int) -> str:
    """Return a fiscal year with its era."""
    return fiscal_year_with_era(value, language())


# a translation never changes while the process lives; each is looked up once for each language
_KNOWN: dict[str, dict[str, Markup]] = {name: {} for name in LANGUAGES}


def _speaker() -> dict[str, object]:
    """Return gettext for the templates of this request: a page asks for a thousand words, few of them new."""
    name = language()
    known, translations = _KNOWN[name], get_domain().get_translations()

    def say(message: str, **values: object) -> Markup:
        found = known.get(message)
        if found is None:
            found = known[message] = Markup(translations.gettext(message))  # noqa: S704 - our own catalogue
        return found % values if values or "%%" in found else found

    return {"lang": name, "_": say, "gettext": say}


def init(app: Flask) -> None:
    """Teach the templates to speak."""
    babel.init_app(app, locale_selector=chosen, default_locale="ja")
    app.jinja_env.filters.update(text=text, day=day, moment=moment, fiscal_year=fiscal_year)

    app.context_processor(_speaker)
