"""The floor: the same work on Flask, SQLAlchemy and Jinja with nothing else.

No accounts, permissions, tokens, translations, conditions, history of who and when. One query, one page.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, jsonify, render_template, request
from jinja2 import DictLoader
from sqlalchemy import JSON, Engine, ForeignKey, String, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {Any: JSON}  # noqa: RUF012


class BareAnswer(Base):
    __tablename__ = "bare_answer"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    page: Mapped[str] = mapped_column(String(80), index=True)
    field: Mapped[int]
    seq: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(nullable=True)
    reason: Mapped[str] = mapped_column(default="")


class BareLine(Base):
    __tablename__ = "bare_line"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey(BareAnswer.id), index=True)
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(nullable=True)
    reason: Mapped[str] = mapped_column(default="")


class BareGrant(Base):
    __tablename__ = "bare_grant"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner: Mapped[str] = mapped_column(String(30), index=True)
    number: Mapped[str] = mapped_column(String(30), index=True)
    title: Mapped[str]
    call: Mapped[str]
    principal: Mapped[str]
    lines: Mapped[Any]


@dataclass(frozen=True)
class Field:
    """One question as the floor holds it in memory: the same words and choices as ours."""

    number: str | None
    text: str
    help: str
    kind: str
    options: list[tuple[str, str]]
    states: list[str]
    has_reason: bool
    lead: str = ""


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Bare</title></head><body><main><h1>Bare</h1>
<form method="post">
{% for field, answer in drawn %}{% set id = answer.id %}
{% if field.lead %}<h2>{{ field.lead }}</h2>{% endif %}
<fieldset id="item-{{ id }}"><legend>{{ field.number or "" }} {{ field.text }}</legend>
<p>{{ field.help }}</p>
{% if field.kind == "locked" %}<p>{{ answer.value }}</p></fieldset>{% continue %}{% endif %}
<input type="hidden" name="q-{{ id }}" value="{{ answer.seq }}">
{% if field.kind in ("single", "multi", "group") %}
{% for value, label in field.options %}<label><input type="{{ 'radio' if field.kind == 'single' else 'checkbox' }}"
 name="v-{{ id }}" value="{{ value }}"{% if value == answer.value
 or (field.kind == "multi" and value in (answer.value or [])) %} checked{% endif %}>{{ label }}</label>
{% endfor %}
{% elif field.kind == "code" %}
<select name="v-{{ id }}"><option value="">Choose</option>
{% for value, label in field.options %}<option value="{{ value }}"
{% if value == answer.value %} selected{% endif %}>{{ label }}</option>
{% endfor %}</select>
{% elif field.kind == "longtext" %}
<textarea name="v-{{ id }}">{{ answer.value or "" }}</textarea>
{% else %}
<input name="v-{{ id }}" value="{{ answer.value if answer.value is not none else '' }}">
{% endif %}
{% for state in field.states %}<label><input type="radio" name="s-{{ id }}" value="{{ state }}"
{% if state == answer.state %} checked{% endif %}>{{ state }}</label>
{% else %}<input type="hidden" name="s-{{ id }}" value="answered">
{% endfor %}
{% if field.has_reason %}<textarea name="r-{{ id }}">{{ answer.reason }}</textarea>{% endif %}
</fieldset>
{% endfor %}
<button>Save</button></form></main></body></html>
"""

LIST = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Bare</title></head><body><main><h1>Grants</h1>
<p>{{ total }} grants</p>
<table><tr><th>Grant</th><th>Principal investigator</th><th>Submissions due</th></tr>
{% for one in grants %}<tr><th><a href="/grants/{{ one.id }}">{{ one.number }}</a>
{{ one.title }} <span>{{ one.call }}</span></th>
<td>{{ one.principal }}</td>
<td><ul>{% for line in one.lines %}<li><a href="/submissions/{{ line.id }}">{{ line.stage }}</a>
<time>{{ line.due }}</time>
<span>{{ line.state }}</span> <span>{{ line.done }}/{{ line.total }}</span></li>{% endfor %}</ul></td></tr>
{% endfor %}</table></main></body></html>
"""


def engine_of(address: str) -> Engine:
    """Return an engine with the promises of ours: SQLite keeps what it acknowledges."""
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _: Any) -> None:
            cursor = connection.cursor()
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    return engine


def bare_app(engine: Engine, pages: dict[str, list[Field]]) -> Flask:
    """Return the floor for pages of fields whose answers lie in the database of ``engine``."""
    app = Flask(__name__)
    app.jinja_env.add_extension("jinja2.ext.loopcontrols")
    # by name, so that each is compiled once
    app.jinja_loader = DictLoader({"page.html": PAGE, "list.html": LIST})

    @app.get("/pages/<name>")
    def page(name: str) -> str:
        with Session(engine) as session:
            query = select(BareAnswer).where(BareAnswer.page == name).order_by(BareAnswer.field)
            answers = session.scalars(query).all()
            return render_template("page.html", drawn=list(zip(pages[name], answers, strict=True)))

    @app.post("/pages/<name>")
    def save(name: str) -> Any:
        """Take the answers sent: read those of the page, change the row of each, add a line of its history."""
        sent = {UUID(key[2:]): request.form for key in request.form if key.startswith("q-")}
        saved = {}
        with Session(engine, expire_on_commit=False) as session:
            query = select(BareAnswer).where(BareAnswer.page == name)
            if len(sent) == 1:
                query = query.where(BareAnswer.id == next(iter(sent)))
            for answer in session.scalars(query):
                if answer.id in sent:
                    _take(session, answer, pages[name][answer.field], request.form)
                    saved[str(answer.id)] = answer.seq
            session.commit()
        return jsonify(saved=True, seqs=saved)

    @app.get("/grants/<owner>")
    def grants(owner: str) -> str:
        with Session(engine) as session:
            mine = select(BareGrant).where(BareGrant.owner == owner)
            total = session.scalar(select(func.count()).select_from(BareGrant).where(BareGrant.owner == owner))
            found = session.scalars(mine.order_by(BareGrant.number).limit(25)).all()
            return render_template("list.html", grants=found, total=total)

    return app


def _take(session: Session, answer: BareAnswer, field: Field, form: Any) -> None:
    values = form.getlist(f"v-{answer.id}")
    value = values if field.kind == "multi" else (values[0] if values else None)
    reason = form.get(f"r-{answer.id}", "")
    if (value, reason) == (answer.value, answer.reason):
        return
    answer.seq += 1
    answer.state = "answered"
    answer.value, answer.reason = value, reason
    session.add(
        BareLine(answer_id=answer.id, seq=answer.seq, state=answer.state, value=answer.value, reason=answer.reason)
    )


def insert_and_commit(engine: Engine) -> Iterator[UUID]:
    """Insert one line and commit, each time it is asked; the least a durable save can cost."""
    with Session(engine) as session:
        parent = session.scalars(select(BareAnswer.id).limit(1)).one()
    number = 0
    while True:
        number += 1
        with Session(engine) as session:
            line = BareLine(answer_id=parent, seq=number, state="answered", value="yes", reason="")
            session.add(line)
            session.flush()
            made = line.id
            session.commit()
        yield made


def served() -> Flask:
    """Return the floor as gunicorn finds it, with pages of 30 plain questions, for weighing its worker."""
    engine = engine_of(f"sqlite:///{Path(os.environ['BENCH_FOLDER']) / 'bare-worker.sqlite'}")
    Base.metadata.create_all(engine)
    fields = [
        Field(str(n), f"Question {n}", "Help", "single", [("yes", "Yes"), ("no", "No")], [], True)
        for n in range(30)
    ]
    with Session(engine) as session:
        session.add_all(BareAnswer(page="plain", field=n, state="open", value=None) for n in range(30))
        session.commit()
    return bare_app(engine, {"plain": fields})
