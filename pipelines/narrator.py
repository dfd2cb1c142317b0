"""Tells the person at the keyboard what is going on, with a bar for whatever takes a while."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@dataclass(frozen=True)
class Bar:
    """A bar on the screen for one step."""

    progress: Progress
    task: TaskID

    def advance(self, part: str, parts: int = 1) -> None:
        """Moves the bar on by one part or more, and says which."""
        self.progress.update(self.task, advance=parts, part=part)

    def reach(self, done: int, total: int) -> None:
        """Moves the bar to `done` parts of `total`."""
        self.progress.update(self.task, completed=done, total=total)


def printable(text: str) -> str:
    """The text without the signs that a terminal could take for commands."""
    return "".join(sign for sign in text if sign.isprintable())


class Narrator:
    """Prints one line for each finished step and, on a terminal, a bar for the one that runs."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False)

    def say(self, line: str) -> None:
        """Prints a line as it is, but only what is printable."""
        self._console.print(printable(line), soft_wrap=True, markup=False, emoji=False)

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Bar]:
        """Shows a bar with `total` parts (None: not known yet) until the block ends, then the time that it took."""
        started = perf_counter()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[part]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as progress:
            yield Bar(progress, progress.add_task(escape(name), total=total, part=""))
        self.say(f"{name}: {perf_counter() - started:.1f} s")
