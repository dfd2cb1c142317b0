"""Tells what the list itself was tried by: what it added to the leads held back from it, and what its calls by lot found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from features.languages import Voice
from models.receipt import CALL, Receipt


@dataclass(frozen=True)
class AddedRow:
    """What one list added among the leads above its cut, in words: of the listed and of the held how many came, and the difference."""

    day: str
    iso: str
    listed: str
    held: str
    added: str


@dataclass(frozen=True)
class DrawnRow:
    """What came of the calls of one list that were drawn by lot, beside all its calls."""

    day: str
    iso: str
    calls: str
    drawn: str
    expected: str
    came: str


def added_rows(receipts: Sequence[Receipt], voice: Voice) -> Iterator[AddedRow]:
    """One row for each list above whose cut some leads were held back and some were not, with the range of models.holdout.Added."""
    for receipt in receipts:
        one, day = receipt.added, receipt.listed.day
        if one is None:
            continue
        named = {name: _signed(getattr(one, name), voice) for name in ("difference", "low", "high")}
        yield AddedRow(
            voice.day(day, "d MMMM y"),
            day.isoformat(),
            _of(one.listed_came, one.listed, voice),
            _of(one.held_came, one.held, voice),
            voice.say("{difference} points ({low} to {high})", **named),
        )


def drawn_rows(receipts: Sequence[Receipt], voice: Voice) -> Iterator[DrawnRow]:
    """One row for each list with calls by lot."""
    for receipt in receipts:
        one, day = receipt.drawn, receipt.listed.day
        if one is not None:
            numbers = (receipt.tallies[CALL].leads, one.leads, one.expected, one.came)
            yield DrawnRow(
                voice.day(day, "d MMMM y"), day.isoformat(), *(count_says(number, voice) for number in numbers)
            )


def count_says(number: float, voice: Voice) -> str:
    """A count, with one decimal where it is not whole."""
    return voice.figures(f"{number:,.1f}".removesuffix(".0"))


def _of(share: float, leads: int, voice: Voice) -> str:
    """How many of some leads came: '3 of 24 (12.5 %)'."""
    named = {"came": count_says(share * leads, voice), "leads": count_says(leads, voice)}
    return voice.say("{came} of {leads} ({share} %)", **named, share=voice.figures(f"{100 * share:.1f}"))


def _signed(share: float, voice: Voice) -> str:
    return voice.figures(f"{100 * share:+.1f}".replace("-", "\N{MINUS SIGN}"))
