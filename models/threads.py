"""Shares rows out among the processor's cores."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor


def in_threads(work: Callable[[slice], None], rows: int, at_once: int) -> None:
    """Does the work on pieces of at most so many rows, a share for every thread; an error in a piece is raised here."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(work, _pieces(rows, at_once)))


def _pieces(rows: int, at_once: int) -> Iterator[slice]:
    threads = os.cpu_count() or 1
    rounds = max(1, -(-rows // (at_once * threads)))
    size = max(1, -(-rows // (rounds * threads)))
    return (slice(start, min(rows, start + size)) for start in range(0, rows, size))
