"""At what time of the day things happen: people in the daytime, mail scanners within seconds, answers after requests."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.demo.state import Rows

Seconds = NDArray[np.float64]

HOUR, MINUTE = 3600.0, 60.0
PAGE_EVERY_S = 45.0


class Clock:
    """The times of one day, in seconds after midnight UTC; `created` is the time at which each lead of the day was created.

    Remembers when a lead was mailed, opened the mail, asked or signed, so that what follows comes later.
    """

    def __init__(self, dice: np.random.Generator, created: Seconds) -> None:
        self.dice = dice
        self.created = created
        self.mailed, self.opened, self.asked, self.signed = np.zeros((4, len(created)))
        self._times: dict[str, Callable[[Rows], Seconds]] = {
            "arriving": lambda rows: created[rows] + PAGE_EVERY_S * _place_in_run(rows),
            "asking_first": lambda rows: self._keep(self.asked, rows, created[rows] + 10 * MINUTE),
            "asking": lambda rows: self._keep(self.asked, rows, self._between(7 * HOUR, 15 * HOUR, rows)),
            "browsing": self._browsing,
            "mailing": lambda rows: self._keep(self.mailed, rows, self._between(7 * HOUR, 8.5 * HOUR, rows)),
            "opening": self._opening,
            "clicking": lambda rows: self.opened[rows] + self._between(20, 300, rows),
            "replying": lambda rows: self._keep(
                self.asked, rows, self.opened[rows] + self._between(5 * MINUTE, HOUR, rows)
            ),
            "scanning": lambda rows: self.mailed[rows] + self._between(2, 25, rows),
            "at_once": lambda rows: self.asked[rows] + self._between(5 * MINUTE, 110 * MINUTE, rows),
            "same_day": lambda rows: self.asked[rows] + self._between(3 * HOUR, 6 * HOUR, rows),
            "later": self._later,
            "working": lambda rows: self._between(8 * HOUR, 17 * HOUR, rows),
            "signing": lambda rows: self._keep(self.signed, rows, self._between(8 * HOUR, 16 * HOUR, rows)),
        }

    def times(self, clock: str, rows: Rows) -> Seconds:
        """When touches of leads happen, by the name of their clock in words.HAPPENINGS."""
        return self._times[clock](rows)

    def step(self, why: str, rows: Rows) -> Seconds:
        """When leads enter a stage: at once when they come, soon after they signed, else during office hours."""
        if why == "first":
            return self.created[rows]
        if why == "met":
            return self.created[rows] + 30 * MINUTE
        if why == "back_again":
            return self.asked[rows] + 10 * MINUTE
        office = self._between(8 * HOUR, 18 * HOUR, rows)
        return np.where(self.signed[rows] > 0, self.signed[rows] + self._between(5 * MINUTE, HOUR, rows), office)

    def word(self, why: str, rows: Rows) -> Seconds:
        """When consent is given (with the form, the contract or the lead itself) or refused (in the evening, after all mails)."""
        if why == "opt_out":
            return self._between(22 * HOUR, 23.8 * HOUR, rows)
        return {"first": self.created, "form": self.asked, "contract": self.signed}[why][rows]

    def payment(self, rows: Rows, *, signed: bool) -> Seconds:
        """When customers pay: two hours after they signed, or during office hours."""
        return self.signed[rows] + 2 * HOUR if signed else self._between(9 * HOUR, 17 * HOUR, rows)

    def note(self, rows: Rows) -> Seconds:
        """When a field is filled in."""
        return self._between(9 * HOUR, 18 * HOUR, rows)

    def _between(self, first: float, last: float, rows: Rows) -> Seconds:
        return first + (last - first) * self.dice.random(len(rows))

    def _keep(self, memory: Seconds, rows: Rows, times: Seconds) -> Seconds:
        memory[rows] = np.maximum(memory[rows], times)
        return times

    def _browsing(self, rows: Rows) -> Seconds:
        """Each run of one lead is one visit: its pages follow each other."""
        place = _place_in_run(rows)
        start = self._between(7 * HOUR, 20.5 * HOUR, rows)
        times: Seconds = start[np.arange(len(rows)) - place] + PAGE_EVERY_S * place
        return times

    def _opening(self, rows: Rows) -> Seconds:
        wait = np.minimum(self.dice.exponential(1.5 * HOUR, len(rows)), 5.5 * HOUR)
        return self._keep(self.opened, rows, self.mailed[rows] + 90 + wait)

    def _later(self, rows: Rows) -> Seconds:
        asked_again = self.asked[rows] + self._between(20 * MINUTE, HOUR, rows)
        return np.where(self.asked[rows] > 0, asked_again, self._between(8 * HOUR, 17 * HOUR, rows))


def _place_in_run(rows: Rows) -> Rows:
    """0, 1, 2, ... within each run of equal rows.

    >>> _place_in_run(np.array([4, 4, 4, 7, 9, 9])).tolist()
    [0, 1, 2, 0, 0, 1]
    """
    places = np.arange(len(rows))
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]][: len(rows)])
    return np.asarray(places - np.repeat(starts, np.diff(np.r_[starts, len(rows)])), np.intp)
