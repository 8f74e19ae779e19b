"""Opening pages: a section to fill in, and the list of grants, each beside its floor."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench import bare, fields
from bench.clock import alternately
from bench.place import Browser, Place
from bench.report import Row, row


@dataclass(frozen=True)
class Section:
    """A section of a submission as one measured page."""

    label: str
    name: str
    browser: Browser
    submission_id: UUID
    section_id: str

    @property
    def path(self) -> str:
        return fields.section_path(self.submission_id, self.section_id)


def fill_pages(
    place: Place, engine: Engine, sections: list[Section], turns: dict[str, int], otherwise: int
) -> list[Row]:
    rows = []
    for one in sections:
        asked = fields.mirror(place, one.browser, one.submission_id, one.section_id, engine, one.name)
        floor = Browser(bare.bare_app(engine, {one.name: asked}))
        ours, theirs = one.browser.get(one.path), floor.get(f"/pages/{one.name}")
        number = fields.same_controls(ours, theirs)
        taken = alternately(
            {
                "ours": lambda one=one: one.browser.get(one.path),
                "bare": lambda one=one, floor=floor: floor.get(f"/pages/{one.name}"),
            },
            turns.get(one.name, otherwise),
        )
        sizes = {"controls": number, "questions": len(asked), "bytes": len(ours), "bare_bytes": len(theirs)}
        label = f"{one.label} ({len(asked)} questions, {number} controls)"
        rows.append(row("page", label, taken, goal=3.0, **sizes))
    return rows


def grant_lists(browsers: dict[int, tuple[str, Browser]], engine: Engine, turns: int) -> list[Row]:
    """Measure the first page of the list; ``browsers`` are by the number of grants of their institution."""
    floor = Browser(bare.bare_app(engine, {}))
    rows = []
    for number, (owner, browser) in browsers.items():
        _mirror(engine, owner, number)
        ours, theirs = browser.get("/grants"), floor.get(f"/grants/{owner}")
        lines = ours.count('<tr role="row">') - 1, theirs.count("<tr><th><a")
        if lines != (25, 25) or f"{number} grants" not in ours or f"{number} grants" not in theirs:
            raise RuntimeError(f"the lists do not show the same: {lines}")
        works = {"ours": lambda b=browser: b.get("/grants"), "bare": lambda o=owner: floor.get(f"/grants/{o}")}
        rows.append(row("list", f"25 of {number:,} grants", alternately(works, turns), goal=3.0, bytes=len(ours)))
    return rows


def _mirror(engine: Engine, owner: str, number: int) -> None:
    with Session(engine) as session:
        for index in range(number):
            due = [
                {
                    "id": f"{index}-{stage}",
                    "stage": stage,
                    "due": "2026-12-20",
                    "state": "draft",
                    "done": 12,
                    "total": 40,
                }
                for stage in ("Application", "Award")
            ]
            session.add(
                bare.BareGrant(
                    owner=owner,
                    number=f"JP26B{index:05}",
                    title=f"Foundations of quantum measurement {index}",
                    call="JSPS · FY2026 call · FY2026 (Reiwa 8)",
                    principal=f"参加者 {index}",
                    lines=due,
                )
            )
        session.commit()
