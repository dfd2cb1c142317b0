"""The one kind of error that is meant to be read by the person at the keyboard."""

from collections.abc import Iterable
from difflib import get_close_matches


class FunnelcastError(Exception):
    """Something the user can put right: says what is wrong, where, what was meant and what to do.

    The command line prints it without a traceback and exits with code 2. It may quote what a stranger typed, so it says only
    printable signs and line breaks: no command to a terminal.
    """

    def __str__(self) -> str:
        return "".join(sign for sign in super().__str__() if sign.isprintable() or sign == "\n")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean 'page'?' when a known word is close to the given one, else the known words.

    >>> did_you_mean("pgae", ["page", "kind"])
    "; did you mean 'page'?"
    >>> did_you_mean("xyz", ["page", "kind"])
    '; known here: kind, page'
    """
    options = sorted(set(known))
    folded = {option.lower(): option for option in reversed(options)}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{folded[close[0]]}'?"
    return f"; known here: {', '.join(options)}" if options else ""
