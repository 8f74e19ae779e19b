"""What is told: rows of figures, as a Markdown table and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.clock import Taken


@dataclass
class Row:
    """One measured work beside its bare cost, in milliseconds of processor time."""

    group: str
    label: str
    ours: float
    bare: float
    goal: float | None
    p99: float
    wall: float
    wall_p99: float
    turns: int
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def tail(self) -> float:
        return self.p99 / self.ours

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else round(self.ratio, 1) <= self.goal

    def data(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio, "tail": self.tail, "met": self.met}


def row(
    group: str,
    label: str,
    taken: Mapping[str, Taken],
    *,
    goal: float | None = None,
    against: str = "bare",
    **more: Any,
) -> Row:
    """Return the row of ``taken["ours"]`` against another work of the same run."""
    ours = taken["ours"]
    return Row(
        group,
        label,
        ours.median,
        taken[against].median,
        goal,
        ours.p99,
        ours.wall_median,
        ours.wall_p99,
        len(ours.cpu),
        more,
    )


def table(head: Iterable[str], lines: Iterable[Iterable[object]]) -> str:
    names = list(head)
    out = [f"| {' | '.join(names)} |", f"| {' | '.join(['---'] + ['---:'] * (len(names) - 1))} |"]
    out += [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines]
    return "\n".join(out)


def verdict(met: bool | None) -> str:
    return "" if met is None else ("yes" if met else "**no**")


def figures(rows: Iterable[Row]) -> str:
    """Return rows as one table."""
    head = ("Work", "ours ms", "bare ms", "× bare", "goal", "met", "wall ms p50", "wall ms p99")
    return table(
        head,
        (
            (
                one.label,
                f"{one.ours:.1f}",
                f"{one.bare:.2f}",
                f"**{one.ratio:.1f}**",
                f"≤ {one.goal:g}" if one.goal else "–",
                verdict(one.met),
                f"{one.wall:.1f}",
                f"{one.wall_p99:.1f}",
            )
            for one in rows
        ),
    )


def replaced(document: str, name: str, content: str) -> str:
    """Return a document with what stands between the two marks of ``name`` replaced."""
    first, last = f"<!-- bench {name} -->\n", f"<!-- end of bench {name} -->"
    before, rest = document.split(first)
    _, after = rest.split(last)
    return f"{before}{first}{content}\n{last}{after}"
