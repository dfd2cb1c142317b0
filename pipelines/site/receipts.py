"""Shows what came of the lists that were settled: expected beside realised, for each list and over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from configs.errors import FunnelcastError
from features.languages import Voice
from features.snapshots import midnight
from models.receipt import CALL, Receipt, Tally
from pipelines.job import Job
from pipelines.lists.words import money
from pipelines.receipts import read_receipts
from pipelines.site.tried import AddedRow, DrawnRow, added_rows, count_says, drawn_rows

RIVAL_TITLES = {
    "stage_rate": "The usual rate of the stage",
    "recency": "Most recent touch first",
    "oldest_first": "Longest open first",
    "best_column": "The one best column",
    "points": "The points table",
    "bayes": "Naive Bayes",
    "logistic": "Logistic regression",
}
GAINED = {"win": "Won", "progress": "Moved ahead", "leave": "Left", "churn": "Cancelled"}


@dataclass(frozen=True)
class SettledList:
    """What one list promised and what came, in words; bars are in hundredths of the longest one."""

    day: str
    iso: str
    calls: str
    expected: str
    came: str
    expected_bar: float
    came_bar: float
    expected_value: str
    came_value: str
    nurtured: str
    skipped: str


@dataclass(frozen=True)
class Beside:
    """What as many calls in another order would have brought on the days on which both are known, beside what the calls made brought."""

    name: str
    lists: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Settled:
    """All settled lists of the newest head, the newest first; what: the verb of its outcomes; has_value: whether money is told."""

    what: str
    horizon_days: int
    lists: Sequence[SettledList]
    calls: str
    expected: str
    came: str
    rivals: Sequence[Beside]
    has_value: bool
    added: Sequence[AddedRow] = ()
    drawn: Sequence[DrawnRow] = ()


def settled_of(job: Job) -> Settled | None:
    """The receipts of lists whose windows were over at midnight (UTC) of the job's day; None where there is none.

    A receipt that cannot be read is told and is no reason to make no list.
    """
    try:
        kept = read_receipts(job).values()
    except FunnelcastError as error:
        job.narrator.say(f"  No page of receipts: {error}")
        return None
    known = [one for one in kept if one.listed.ends_at <= midnight(job.day)]
    if not known:
        return None
    newest = max(known, key=lambda one: one.listed.day).listed
    return settled([one for one in known if one.listed.head == newest.head], job.voice)


def settled(receipts: Sequence[Receipt], voice: Voice) -> Settled:
    """Receipts of one head in words; needs at least one."""
    newest_first = sorted(receipts, key=lambda one: one.listed.day, reverse=True)
    called = [one.tallies[CALL] for one in newest_first]
    longest = max(1e-9, *(max(one.expected, one.came) for one in called))
    lists = [_list(one, longest, voice) for one in newest_first]
    head = newest_first[0].listed
    return Settled(
        what=voice.say(GAINED[head.head]),
        horizon_days=head.horizon_days,
        lists=lists,
        calls=voice.figures(f"{sum(one.leads for one in called):,}"),
        expected=count_says(sum(one.expected for one in called), voice),
        came=count_says(sum(one.came for one in called), voice),
        rivals=_rivals(newest_first, voice),
        has_value=any(one.expected_value for one in lists),
        added=list(added_rows(newest_first, voice)),
        drawn=list(drawn_rows(newest_first, voice)),
    )


def _list(receipt: Receipt, longest: float, voice: Voice) -> SettledList:
    called, day = receipt.tallies[CALL], receipt.listed.day
    return SettledList(
        day=voice.day(day, "d MMMM y"),
        iso=day.isoformat(),
        calls=voice.figures(f"{called.leads:,}"),
        expected=count_says(called.expected, voice),
        came=count_says(called.came, voice),
        expected_bar=round(100 * called.expected / longest, 1),
        came_bar=round(100 * called.came / longest, 1),
        expected_value=_money(called.expected_value, receipt, voice),
        came_value=_money(called.came_value, receipt, voice),
        nurtured=_came(receipt.tallies["nurture"], voice),
        skipped=_came(receipt.tallies["skip"], voice),
    )


def _rivals(receipts: Sequence[Receipt], voice: Voice) -> list[Beside]:
    found = []
    for name, title in RIVAL_TITLES.items():
        met = [one for one in receipts if name in one.rivals]
        if met:
            ours = sum(one.tallies[CALL].came for one in met)
            theirs = sum(one.rivals[name].came for one in met)
            counts = (voice.figures(f"{len(met):,}"), count_says(ours, voice), count_says(theirs, voice))
            found.append(Beside(voice.say(title), *counts))
    return found


def _came(tally: Tally, voice: Voice) -> str:
    return count_says(tally.came, voice)


def _money(value: float | None, receipt: Receipt, voice: Voice) -> str:
    return "" if value is None else money(value, receipt.currency or "", voice)
