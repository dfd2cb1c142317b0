"""Lets models be learned side by side without waiting for each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

AT_ONCE = 2  # models learned side by side: each copies its rows, and the answer is the same with any number


@contextmanager
def each_on_one_core() -> Iterator[None]:
    """Keeps products of matrices to the thread that asks for them.

    The threads that BLAS starts beside it wait for work in a loop. For several models at once on two cores that took as much
    processor time as the learning itself (bpic12, 143 s in place of 64 s).
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
