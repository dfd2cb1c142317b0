"""The receipt of a list: what it promised, what came of it, and what other ways of ranking would have brought on the same day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.snapshots import midnight
from models.holdout import HELD, Added, added
from models.metrics import brought
from models.rivals.rival import Rival

Floats = NDArray[np.float64]

CALL, ALL = "call", "all"
BANDS = (CALL, "nurture", "skip")


@dataclass(frozen=True)
class Listed:
    """Which list it was: its day, the head that it was ranked by, and what it is judged by.

    The window is (day, day + horizon_days], from midnight UTC. known_until (UTC without zone): what was known by then is what came.
    scores_sha256: of the file of the scores. not_judged: leads whose outcome is not known, such as the silent ones for leave.
    """

    day: date
    head: HeadName
    horizon_days: int
    known_until: datetime
    model_version: str
    scores_sha256: str
    not_judged: int = 0

    @property
    def ends_at(self) -> datetime:
        """When the window is over (UTC without zone)."""
        return midnight(self.day) + timedelta(days=self.horizon_days)


@dataclass(frozen=True)
class Tally:
    """Some leads: how many, how many yes their chances add up to, how many came, and the same in money (None: no amount is known)."""

    leads: int
    expected: float
    came: float
    expected_value: float | None
    came_value: float | None


@dataclass(frozen=True)
class Brought:
    """What a rival's list of as many calls would have brought, in yes and in money; of leads that it cannot tell apart, their mean."""

    came: float
    came_value: float | None


@dataclass(frozen=True)
class Receipt:
    """What came of one list, in sums alone: nothing in it tells of a single lead.

    currency: of all values; where there are several, no values are added up. tallies: by band (call, nurture, skip), and of all together.
    rivals: by name. left_out: by the name of each rival that had too little past, why. added: what listing did, None where nobody above
    the cut was held back. drawn: the calls that were drawn by lot, None where none was.
    """

    listed: Listed
    currency: str | None
    tallies: Mapping[str, Tally]
    rivals: Mapping[str, Brought]
    left_out: Mapping[str, str]
    added: Added | None = None
    drawn: Tally | None = None

    @property
    def precision_at_capacity(self) -> float | None:
        """The share of yes among the calls; None without calls."""
        called = self.tallies[CALL]
        return called.came / called.leads if called.leads else None

    def to_json(self) -> str:
        """The same receipt gives the same text."""
        precision = {"precision_at_capacity": self.precision_at_capacity}
        return json.dumps({**asdict(self), **precision}, indent=1, default=str) + "\n"


def write_up(listed: Listed, rows: pd.DataFrame, said: Sequence[Rival], left_out: Mapping[str, str]) -> Receipt:
    """The receipt of a list from its leads with a known outcome.

    rows: band (call, nurture, skip, held), above_cut (see models.holdout; unknown without the column), drawn (whether by lot; likewise),
    chance, came (0 or 1), amount (as known on the day, NaN unknown: not added up) and currency. said: what the rivals say of the same rows
    in the same order; they call nobody who was held back.
    """
    currencies = rows.loc[rows["amount"].notna(), "currency"].dropna().unique()
    worth = rows["amount"] if len(currencies) < 2 else rows["amount"] * np.nan
    priced = rows.assign(worth=worth.astype("float64"))
    has_value = bool(priced["worth"].notna().any())
    tallies = {band: _tally(priced[priced["band"] == band], has_value=has_value) for band in BANDS}
    free = (rows["band"] != HELD).to_numpy()
    came = rows["came"].to_numpy(dtype=np.float64)[free]
    value = came * priced["worth"].fillna(0.0).to_numpy()[free] if has_value else None
    calls = tallies[CALL].leads
    return Receipt(
        listed=listed,
        currency=str(currencies[0]) if len(currencies) == 1 else None,
        tallies={**tallies, ALL: _tally(priced, has_value=has_value)},
        rivals={one.name: _brought(one.scores[free], calls, came, value) for one in said},
        left_out=dict(left_out),
        added=added(rows["band"], rows["above_cut"].astype(bool), rows["came"]) if "above_cut" in rows else None,
        drawn=_tally(priced[drawn], has_value=has_value)
        if "drawn" in rows and (drawn := rows["drawn"]).any()
        else None,
    )


def _tally(rows: pd.DataFrame, *, has_value: bool) -> Tally:
    chance, came, worth = (rows[name].to_numpy(dtype=np.float64) for name in ("chance", "came", "worth"))
    values = [float(np.nansum(share * worth)) if has_value else None for share in (chance, came)]
    return Tally(len(rows), float(chance.sum()), float(came.sum()), *values)


def _brought(scores: Floats, calls: int, came: Floats, value: Floats | None) -> Brought:
    return Brought(brought(came, scores, calls), None if value is None else brought(value, scores, calls))


def receipt_from(text: str) -> Receipt:
    """The receipt that to_json wrote. Raises FunnelcastError when the text is none."""
    try:
        kept = json.loads(text)
        listed = kept["listed"]
        moments = {
            "day": date.fromisoformat(listed["day"]),
            "known_until": datetime.fromisoformat(listed["known_until"]),
        }
        return Receipt(
            Listed(**{**listed, **moments}),
            kept["currency"],
            {name: Tally(**kept["tallies"][name]) for name in (*BANDS, ALL)},
            {name: Brought(**one) for name, one in kept["rivals"].items()},
            dict(kept["left_out"]),
            Added(**kept["added"]) if kept.get("added") else None,
            Tally(**kept["drawn"]) if kept.get("drawn") else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FunnelcastError(f"This is no whole receipt ({error!r}); restore the file from a copy.") from error
