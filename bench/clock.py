"""Measuring fairly on a busy machine: works take turns, and the processor's time counts, not the clock's."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Work = Callable[[], object]


@dataclass
class Taken:
    """How long a work took, once for each turn, in milliseconds of processor and of wall time."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.cpu)

    @property
    def wall_median(self) -> float:
        return statistics.median(self.wall)

    @staticmethod
    def _share(values: list[float], share: float) -> float:
        ordered = sorted(values)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def p99(self) -> float:
        return self._share(self.cpu, 0.99)

    @property
    def wall_p99(self) -> float:
        return self._share(self.wall, 0.99)


def alternately(works: Mapping[str, Work], turns: int, *, warm: int = 3) -> dict[str, Taken]:
    """Let each work have its turn ``turns`` times, one after the other, so that all meet the same machine."""
    for work in works.values():
        for _ in range(warm):
            work()
    # what a worker does after its start (deploy/gunicorn.conf.py); collections during the turns count
    gc.collect()
    gc.freeze()
    taken = {name: Taken() for name in works}
    for _ in range(turns):
        for name, work in works.items():
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            taken[name].cpu.append(cpu * 1000)
            taken[name].wall.append(wall * 1000)
    return taken
