"""Tells in words what came of the lists that were served."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from models.holdout import Added
from models.receipt import ALL, CALL, Brought, Receipt, Tally
from pipelines.narrator import Narrator

WHAT = {"win": "wins", "progress": "steps ahead", "leave": "departures", "churn": "cancellations"}
DID = {"win": "were won", "progress": "moved ahead", "leave": "left", "churn": "cancelled"}
RIVALS = {
    "stage_rate": "the usual rate of the stage",
    "recency": "most recent touch first",
    "oldest_first": "longest open first",
    "best_column": "the one best column",
    "points": "the points table",
    "bayes": "naive Bayes",
    "logistic": "logistic regression",
}


def tell_receipts(narrator: Narrator, receipts: Sequence[Receipt], next_end: datetime | None) -> None:
    """Prints a block for each receipt and, for each head, the sum of its days; next_end (UTC): when the next open window is over."""
    for receipt in receipts:
        for line in _day(receipt):
            narrator.say(line)
    for head in dict.fromkeys(receipt.listed.head for receipt in receipts):
        for line in _sum([receipt for receipt in receipts if receipt.listed.head == head]):
            narrator.say(line)
    if next_end is not None:
        narrator.say(f"  The next window is over on {next_end:%Y-%m-%d}; until then its list has no receipt.")


def _day(receipt: Receipt) -> Iterable[str]:
    listed, tallies = receipt.listed, receipt.tallies
    called, nurtured, skipped = (tallies[band].leads for band in (CALL, "nurture", "skip"))
    yield (
        f"{listed.day}, model version {listed.model_version}, judged by {listed.head} within {listed.horizon_days} days: "
        f"{called:,} called, {nurtured:,} nurtured, {skipped:,} skipped"
    )
    for name, band in (("called", CALL), ("everybody", ALL)):
        yield f"  {name}: {_promised(tallies[band], listed.head, receipt.currency)}"
    precision = receipt.precision_at_capacity
    hit = "" if precision is None else f"{100 * precision:.0f} in 100 calls were right; "
    yield (
        f"  {hit}of the nurtured {tallies['nurture'].came:,.0f} and of the skipped {tallies['skip'].came:,.0f} "
        f"{DID[listed.head]} all the same"
    )
    if receipt.drawn is not None:
        yield f"  of the calls {receipt.drawn.leads:,} by lot: {_promised(receipt.drawn, listed.head, receipt.currency)}"
    if receipt.added is not None:
        yield f"  {_added(receipt.added, listed.head)}"
    if receipt.rivals:
        told = (f"{RIVALS[name]} {_brought(one, receipt.currency)}" for name, one in receipt.rivals.items())
        yield f"  as many calls would have brought: {', '.join(told)}"
    for name, reason in receipt.left_out.items():
        yield f"  left out: {RIVALS[name]}. {reason}"


def _added(one: Added, head: str) -> str:
    return (
        f"above the cut {100 * one.listed_came:.1f} % of {one.listed:,} leads {DID[head]}, and {100 * one.held_came:.1f} % of {one.held:,} "
        f"that were held back: listing added {100 * one.difference:+.1f} points ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
    )


def _promised(tally: Tally, head: str, currency: str | None) -> str:
    said = f"{tally.expected:,.1f} {WHAT[head]} expected, {_count(tally.came)} came"
    if tally.expected_value is None or tally.came_value is None:
        return said
    return f"{said}; {_money(tally.expected_value, currency)} expected, {_money(tally.came_value, currency)} came"


def _brought(one: Brought, currency: str | None) -> str:
    return _count(one.came) if one.came_value is None else f"{_count(one.came)} ({_money(one.came_value, currency)})"


def _sum(receipts: Sequence[Receipt]) -> Iterable[str]:
    """What the lists of one head brought together; each rival beside the lists of the days on which it had enough past."""
    called = [receipt.tallies[CALL] for receipt in receipts]
    said = (
        f"{_lists(len(receipts))} called {sum(one.leads for one in called):,} leads: {sum(one.expected for one in called):,.1f} "
        f"{WHAT[receipts[0].listed.head]} expected, {_count(sum(one.came for one in called))} came"
    )
    yield said
    for name, words in RIVALS.items():
        met = [receipt for receipt in receipts if name in receipt.rivals]
        if met:
            theirs = _count(sum(receipt.rivals[name].came for receipt in met))
            ours = _count(sum(receipt.tallies[CALL].came for receipt in met))
            fewer = "" if len(met) == len(receipts) else f" on {_lists(len(met))}, where the calls made brought {ours}"
            yield f"  {words} would have brought {theirs}{fewer}"


def _lists(count: int) -> str:
    return f"{count:,} {'list' if count == 1 else 'lists'}"


def _count(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _money(value: float, currency: str | None) -> str:
    return f"{value:,.0f} {currency}" if currency else f"{value:,.0f}"
