"""Gives a piece of work so many seconds in all, whatever keeps it waiting."""

from collections.abc import Callable
from threading import Thread

from pipelines.channels.failing import NotSentError


def within(seconds: float, work: Callable[[], None]) -> None:
    """Does the work, and raises what it raises, or NotSentError when it is not done in time.

    A timeout of a connection begins anew with every byte, so a server that lets them drip would hold a run up for ever; nor does it count
    while a name is looked up. So the work is done beside the run, which leaves it behind; what is left ends with the process.
    """
    raised: list[Exception] = []

    def done() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the run, which raises it
            raised.append(error)

    beside = Thread(target=done, name="channel", daemon=True)
    beside.start()
    beside.join(seconds)
    if beside.is_alive():
        raise NotSentError("it did not come to an end in time")
    if raised:
        raise raised[0]
