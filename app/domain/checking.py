"""What a publisher is told before publishing: items nobody will ever see, rules that never speak, origin asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.checklist import Checklist, Item
from app.domain.compiling import placed
from app.domain.explaining import stages_in_force
from app.domain.faults import Path, Problem
from app.domain.reaching import Reach

# words that speak of where a person comes from rather than of what a person is bound to (rule 9 of the house)
_ORIGIN = re.compile(
    r"国籍|出身国|出生地|出生国|母国|人種|民族|宗教|信条"
    r"|\b(nationalit(y|ies)|citizenships?|ethnic\w*|races?|racial|religions?|religious)\b"
    r"|\b(country of (origin|birth)|birthplace)\b",
    re.IGNORECASE,
)


def problems(checklist: Checklist) -> Iterator[Problem]:
    """Yield what must be mended in a compiled version before it is published: what can never be.

    An item that no facts and answers bring into force, a rule that can never speak, a case that never holds.
    """
    reach = Reach(checklist)
    for path, item, group in placed(checklist):
        if group is not None and not reach.item(group):
            continue
        if not reach.item(item):
            blamed = "show_when" if stages_in_force(checklist, item) else "stages"
            yield (*path, blamed), f"{item.id} can never be shown"
            continue
        yield from _never(reach, path, item)


def _never(reach: Reach, path: Path, item: Item) -> Iterator[Problem]:
    for r, rule in enumerate(item.rules):
        if not reach.together(item, rule.when):
            yield (*path, "rules", r, "when"), f"the rule {rule.id} can never speak"
    for e, one in enumerate(item.evidence):
        if one.required_when is not None and not reach.together(item, one.required_when):
            yield (*path, "evidence", e, "required_when"), f"the evidence {one.id} can never be required"
    for b, branch in enumerate(item.value_when):
        if branch.if_ is not None and not reach.together(item, branch.if_):
            yield (*path, "value_when", b, "if"), f"the case {branch.then} can never hold"


def warnings(checklist: Checklist) -> Iterator[Problem]:
    """Yield what a publisher should look at again: the neutrality guard, and reasons that are not needed."""
    for path, item, _ in placed(checklist):
        found = sorted({match.group(0) for text in _asked(item) for match in _ORIGIN.finditer(text)})
        if found and item.origin_reason is None:
            yield (
                path,
                (
                    f"{item.id} speaks of origin ({', '.join(found)}): ask what a person is bound to, "
                    "or say under origin_reason why it must be asked"
                ),
            )
        if item.origin_reason is not None and not found:
            yield path, f"{item.id} gives an origin_reason but does not speak of origin"


def _asked(item: Item) -> Iterator[str]:
    for text in (item.text, *(option.label for option in item.choices)):
        yield from (text.ja, text.en)


@dataclass(frozen=True)
class Coverage:
    """Which clauses no item rests on, and which items rest on nothing that was confirmed."""

    unused: tuple[tuple[str, str], ...]
    unconfirmed: tuple[str, ...]
    items_of: dict[tuple[str, str], tuple[str, ...]]


def coverage(checklist: Checklist) -> Coverage:
    """Return how sources and items meet; clauses are named by (source id, clause id)."""
    items_of: dict[tuple[str, str], list[str]] = {
        (source.id, clause.id): [] for source in checklist.sources for clause in source.clauses
    }
    for item in checklist.items.values():
        for cite in item.cites:
            items_of[cite.source, cite.clause].append(item.id)
    confirmed = {source.id for source in checklist.sources if source.confirmed}
    return Coverage(
        unused=tuple(name for name, items in items_of.items() if not items),
        unconfirmed=tuple(
            item.id for item in checklist.items.values() if not confirmed & {cite.source for cite in item.cites}
        ),
        items_of={name: tuple(items) for name, items in items_of.items()},
    )
