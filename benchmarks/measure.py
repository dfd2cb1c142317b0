"""Times a piece of work beside its floor, in turn, in one process."""

import gc
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from statistics import median
from time import perf_counter
from typing import TypeVar

RUNS = 3
Found = TypeVar("Found")


@dataclass(frozen=True)
class Result:
    """Medians of a piece of work and of its floor; peak_gb is that of a fresh process that has done the work once, peak_must_gb its bar."""

    name: str
    seconds: float
    floor_seconds: float
    ratio: float
    must: float
    reach: float
    peak_gb: float
    peak_must_gb: float | None = None

    @property
    def above(self) -> tuple[str, ...]:
        """Which bars it is above."""
        bars = (("ratio", self.ratio, self.must), ("peak", self.peak_gb, self.peak_must_gb))
        return tuple(name for name, found, bar in bars if bar is not None and found > bar)

    def plain(self) -> dict[str, str | float | None]:
        """The fields by name."""
        return asdict(self)


def compare(
    name: str,
    work: Callable[[], object],
    floor: Callable[[], object],
    must: float,
    reach: float,
    peak_must_gb: float | None = None,
    runs: int = RUNS,
) -> Result:
    """Runs work and floor in turn, once unmeasured (compiling, warming the disk's cache) and then `runs` times."""
    times: dict[str, list[float]] = {"work": [], "floor": []}
    peak_gb = 0.0
    for turn in range(runs + 1):
        for key, run in (("work", work), ("floor", floor)):
            gc.collect()
            started = perf_counter()
            run()
            peak_gb = peak_gb or peak_gb_so_far()
            if turn:
                times[key].append(perf_counter() - started)
    seconds, floor_seconds = median(times["work"]), median(times["floor"])
    return Result(name, seconds, floor_seconds, seconds / floor_seconds, must, reach, peak_gb, peak_must_gb)


def peak_gb_so_far() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def alone(measurement: Callable[..., Found], *given: object) -> Found:
    """Runs a measurement in a process of its own, so that it pays for no other one's memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(measurement, *given).result()
