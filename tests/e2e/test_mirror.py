"""What a page decides by itself is what the server would decide, whoever has it open and whatever is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.catalog.versions import load_all
from app.domain.checklist import Stage
from app.domain.dependencies import Key
from app.domain.evaluation import Evaluation
from app.web.institution.mirror import page_conditions
from tests.e2e.service import ROOT
from tests.web.made_up import PEOPLE, MadeUp, all_at_once, sections

pytestmark = pytest.mark.e2e

VERDICTS = """(asked) => asked.map(({ block, fields }) => {
  const page = conditions.page(block, (key) => ({ state: fields[key][0], value: fields[key][1] }));
  const found = {};
  for (const [item, rows] of Object.entries(block.slots))
    for (const [row, slot] of Object.entries(rows))
      if (!("hidden" in slot)) found[`${item} ${row}`] = page.shown(item, row || null);
  return found;
})"""
CHECKLISTS = [all_at_once(), *(file.checklist for file in load_all(ROOT / "checklists"))]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "app/web/static/conditions.js")
    return page


@dataclass
class Case:
    """A page that somebody typed into."""

    name: str
    block: dict[str, Any]
    before: Evaluation
    after: Evaluation
    fields: dict[str, tuple[str, Any]]
    drawn: list[Key]
    reads_all: bool


def cases() -> Iterator[Case]:
    for number, checklist in enumerate(CHECKLISTS):
        for stage in Stage:
            for who, person in PEOPLE.items():
                for seed in range(12 if number == 0 else 2):
                    made = MadeUp(checklist, person, seed, stage)
                    for section in sections(checklist, stage):
                        blocks = made.drawn(section)
                        block = page_conditions(made.opened, blocks)
                        if block is None:
                            continue
                        typed = made.fields(blocks)
                        ids = {key: str(made.opened.answers[key].id) for key in typed}
                        fields = {ids[key]: (slot.state.value, slot.value) for key, slot in typed.items()}
                        drawn = [
                            v.slot_key
                            for b in blocks
                            for v in [*([b.slot] if b.slot else []), *(s for r in b.rows for s in r.slots)]
                        ]
                        name = f"{checklist.family} {checklist.version} {stage.value} {who} {seed} {section.id}"
                        yield Case(
                            name, block, made.opened.evaluation, made.after(typed), fields, drawn, who == "office"
                        )


def test_the_page_decides_as_the_server_does_and_the_office_misses_nothing(page: Page) -> None:
    made = list(cases())
    found = page.evaluate(VERDICTS, [{"block": one.block, "fields": one.fields} for one in made])
    turned = 0
    for one, verdicts in zip(made, found, strict=True):
        told = {tuple(name.split(" ")): verdict is not False for name, verdict in verdicts.items()}
        for (item, row), shown in told.items():
            server = one.after.shown((item, row or None)) is not False
            assert shown is server, (one.name, item, row)
        for key in one.drawn:
            before, after = (each.shown(key) is not False for each in (one.before, one.after))
            turned += before is not after
            if one.reads_all:
                assert before is after or (key[0], key[1] or "") in told, (one.name, key)
    assert len(made) > 300
    assert turned > 300
