"""One line of the list in the words that the page shows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

from features.languages import ENGLISH, Voice
from models.reasons import Reason
from pipelines.lists.day import Band, Line
from pipelines.lists.plain import clipped, plain
from pipelines.lists.shared import Shared, own_reasons
from pipelines.lists.words import DRAWN, money, points_says, split_chance

LONGEST_MOVE = 240
LONGEST_SEND = 160
MOST_BESIDE = 3
SAME_ACCOUNT = "{name} of the same account is on the list of {owner}."
FULL_BARS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class ShownReason:
    """A reason; it raises the chance (up) or lowers it, by so many hundredths."""

    up: bool
    says: str
    points: str


@dataclass(frozen=True)
class Beside:
    """That a lead of the same account, by its key, is on the call list of somebody else."""

    key: str
    says: str


@dataclass(frozen=True)
class Row:
    """A line as the page shows it: texts are plain and short, bar is 0..100, the other numbers are to sort by; key is its line_key."""

    key: str = ""
    rank: int = 0
    band: Band = "call"
    name: str = ""
    lead_id: str = ""
    company: str = ""
    account_id: str = ""
    owner: str = ""
    stage: str = ""
    stage_place: int = 0
    scores: str = ""
    frequency: str = ""
    outcome: str = ""
    chance: float | None = None
    bar: float = 0.0
    money: str = ""
    value: float | None = None
    reasons: tuple[ShownReason, ...] = ()
    send: str = ""
    helps: str = ""
    moved: str = ""
    letter: str = ""
    country: str = ""
    beside: tuple[Beside, ...] = ()


def rows(
    lines: Sequence[Line], stages: tuple[str, ...], voice: Voice = ENGLISH, shared: Sequence[Shared] = ()
) -> list[Row]:
    """The lines as rows, said in a voice. `stages` is the funnel's order; a stage that is not in it sorts behind.

    shared: the reasons that stand above the calls and not in their lines.
    """
    full = full_bar(line.chance for line in lines)
    places = {plain(stage): place for place, stage in enumerate(stages)}
    callers = _callers(lines)
    return [_row(line, own_reasons(line, shared), full, places, callers, voice) for line in lines]


def line_key(lead_id: str) -> str:
    """What marks a lead's line in the page, whatever signs its id is made of."""
    return hashlib.blake2b(lead_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def full_bar(chances: Iterable[float]) -> float:
    """The chance that fills a bar: the smallest round one that no chance of the list exceeds."""
    highest = max((chance for chance in chances if not isnan(chance)), default=1.0)
    return next((full for full in FULL_BARS if highest <= full), 1.0)


def _callers(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The calls of each account on which more than one owner stands."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.band == "call" and line.account_id and line.owner_id:
            found.setdefault(line.account_id, []).append(line)
    return {account: calls for account, calls in found.items() if len({call.owner_id for call in calls}) > 1}


def _beside(line: Line, callers: dict[str, list[Line]], voice: Voice) -> tuple[Beside, ...]:
    """What the caller of a line is to know of the same account: who else calls whom there."""
    others = callers.get(line.account_id, []) if line.band == "call" else []
    return tuple(
        Beside(
            line_key(other.lead_id),
            voice.say(SAME_ACCOUNT, name=clipped(other.name) or clipped(other.lead_id), owner=clipped(other.owner_id)),
        )
        for other in others
        if other.owner_id != line.owner_id
    )[:MOST_BESIDE]


def _row(
    line: Line,
    reasons: Sequence[Reason],
    full: float,
    places: dict[str, int],
    callers: dict[str, list[Line]],
    voice: Voice,
) -> Row:
    lead_id, account_id, stage = clipped(line.lead_id), clipped(line.account_id), clipped(line.stage)
    name, company = clipped(line.name), clipped(line.company)
    frequency, outcome = split_chance(clipped(line.chance_says), voice)
    value = _known(line.expected_value)
    return Row(
        key=line_key(line.lead_id),
        rank=int(line.rank),
        band=line.band,
        name=name or lead_id,
        lead_id=lead_id if name else "",
        company=company or account_id,
        account_id=account_id if company else "",
        owner=clipped(line.owner_id),
        stage=stage,
        stage_place=places.get(stage, len(places)),
        scores="\n".join(_scores(line, voice)),
        frequency=frequency,
        outcome=outcome,
        chance=_known(line.chance),
        bar=round(100 * (_known(line.chance) or 0.0) / full, 1),
        money=voice.say("not known") if value is None else money(value, clipped(line.currency, 8), voice),
        value=value,
        reasons=tuple(_shown(reason, voice, has_points=not isnan(line.chance)) for reason in reasons),
        send=clipped(line.send, LONGEST_SEND),
        helps=clipped(line.helps),
        moved=clipped(" ".join((line.feedback, voice.say(DRAWN) if line.drawn else "", line.moved)), LONGEST_MOVE),
        letter=plain(line.letter),
        country=clipped(line.country, 40),
        beside=_beside(line, callers, voice),
    )


def _scores(line: Line, voice: Voice) -> list[str]:
    told = {"Fit": _known(line.fit), "Engagement": _known(line.engagement)}
    letter = [voice.say("Band {letter}", letter=plain(line.letter))] if line.letter else []
    return letter + [f"{voice.say(name)} {score:.0f}" for name, score in told.items() if score is not None]


def _known(number: float | None) -> float | None:
    return None if number is None or isnan(number) else round(float(number), 6)


def _shown(reason: Reason, voice: Voice, *, has_points: bool) -> ShownReason:
    """has_points: a line that tells no chance tells no hundredths of it either."""
    points = points_says(reason.points, voice) if has_points else ""
    return ShownReason(reason.points > 0, clipped(reason.says), points)
