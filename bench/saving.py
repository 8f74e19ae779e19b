"""Saving: one answer as one types, and a whole section; beside a bare save and beside insert and commit alone."""

import itertools
import json
from collections.abc import Callable

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models import Answer
from bench import bare, fields
from bench.clock import alternately
from bench.pages import Section
from bench.place import Browser, Place, token
from bench.report import Row, row

_WORDS = ("確認済みです。", "記録のとおりです。")


def saves(place: Place, engine: Engine, one: Section, name: str, dialect: str, turns: tuple[int, int]) -> list[Row]:
    """Measure both saves of a section on one database; ``turns`` are those of one answer and of the whole."""
    asked = fields.mirror(place, one.browser, one.submission_id, one.section_id, engine, name)
    floor = Browser(bare.bare_app(engine, {name: asked}))
    counts = f"{len(asked)} questions"
    alone = bare.insert_and_commit(engine)
    rows = []
    for whole in (False, True):
        ours = _ours(place, one, whole=whole)
        theirs = _theirs(engine, floor, name, whole=whole)
        taken = alternately({"ours": ours, "bare": theirs, "commit": lambda: next(alone)}, turns[whole])
        label = f"{dialect}: save {'a whole section' if whole else 'one answer'} ({counts})"
        rows.append(
            row("save", label, taken, goal=2.5, commit=taken["commit"].median, whole=whole, dialect=dialect)
        )
    return rows


def _ours(place: Place, one: Section, *, whole: bool) -> Callable[[], None]:
    page = one.browser.get(one.path)
    form = fields.sent(page)
    secret = token(page)
    changed, kind = _first_text(form, page)
    seq = {key: int(value) for key, value in form if key.startswith("q-")}
    kept = [pair for pair in form if whole or pair[0].endswith(changed)]
    words = itertools.cycle(_WORDS)

    def save() -> None:
        said = next(words)
        now = [
            (key, str(seq[key]) if key in seq else said if key == f"{kind}-{changed}" else value)
            for key, value in kept
        ]
        status, body = one.browser.post(one.path, [("csrf_token", secret), *now], by_itself=not whole)
        if whole:
            if status != 302:
                raise RuntimeError(f"not saved: {status}")
            seq[f"q-{changed}"] += 1
        else:
            told = json.loads(body)
            if not told["saved"] or told["errors"] or told["seqs"][changed] != seq[f"q-{changed}"] + 1:
                raise RuntimeError(f"not saved: {body[:300]}")
            seq[f"q-{changed}"] = told["seqs"][changed]
        save.said = said  # type: ignore[attr-defined]

    save()
    _read_back(place, changed, kind, save.said)  # type: ignore[attr-defined]
    return save


def _first_text(form: list[tuple[str, str]], page: str) -> tuple[str, str]:
    """Return the slot to change and the field in which: a text, or the reason of an answer."""
    for kind in ("v", "r"):
        for key, _ in form:
            if key.startswith(f"{kind}-") and f'<textarea class="input" id="{key}"' in page:
                return key[2:], kind
    raise RuntimeError("the page has no text to change")


def _read_back(place: Place, slot: str, kind: str, said: str) -> None:
    with place.session() as session:
        found = next(one for one in session.scalars(select(Answer)) if str(one.id) == slot)
        if (found.value if kind == "v" else found.reason) != said:
            raise RuntimeError("what was saved is not there")


def _theirs(engine: Engine, floor: Browser, name: str, *, whole: bool) -> Callable[[], None]:
    page = floor.get(f"/pages/{name}")
    form = fields.sent(page)
    changed = next(key[2:] for key, _ in form if key.startswith("r-"))
    kept = [pair for pair in form if whole or pair[0].endswith(changed)]
    words = itertools.cycle(_WORDS)

    def save() -> None:
        said = next(words)
        now = [(key, said if key == f"r-{changed}" else value) for key, value in kept]
        status, body = floor.post(f"/pages/{name}", now)
        if status != 200 or changed not in json.loads(body)["seqs"]:
            raise RuntimeError("the floor did not save")
        save.said = said  # type: ignore[attr-defined]

    save()
    with Session(engine) as session:
        stored = {str(one.id): one.reason for one in session.scalars(select(bare.BareAnswer))}
        if stored[changed] != save.said:  # type: ignore[attr-defined]
            raise RuntimeError("what the floor saved is not there")
    return save
