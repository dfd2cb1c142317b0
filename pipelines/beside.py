"""Does one thing while another is done, where neither needs what the other gives."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begins the work in a thread of its own; the block is given a function that waits for what the work returns.

    The block ends when both are done. An error of the work is raised where it is waited for, at the latest at the end of the block.
    """
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(work)
        yield begun.result
        begun.result()
