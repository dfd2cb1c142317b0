"""Times a piece of work beside its floor, in turn, in one process."""

import gc
import resource
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

RUNS = 3


@dataclass(frozen=True)
class Result:
    """Medians of a piece of work and of its floor; peak_gb is that of the whole process so far."""

    name: str
    seconds: float
    floor_seconds: float
    ratio: float
    must: float
    reach: float
    peak_gb: float

    def plain(self) -> dict[str, str | float]:
        """The fields by name."""
        return asdict(self)


def compare(name: str, work: Callable[[], object], floor: Callable[[], object], must: float, reach: float) -> Result:
    """Runs floor and work in turn, once unmeasured (compiling, warming the disk's cache) and then RUNS times."""
    times: dict[str, list[float]] = {"work": [], "floor": []}
    for turn in range(RUNS + 1):
        for key, run in (("floor", floor), ("work", work)):
            gc.collect()
            started = perf_counter()
            run()
            if turn:
                times[key].append(perf_counter() - started)
    seconds, floor_seconds = median(times["work"]), median(times["floor"])
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Result(name, seconds, floor_seconds, seconds / floor_seconds, must, reach, peak_gb)
