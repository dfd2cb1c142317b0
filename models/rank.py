"""Whom to call first: by what a lead is expected to be worth, or by its chance where no amounts are known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.project import ListSetting
from features.languages import Voice, voice_of
from models.allot import with_bands
from models.aside import beside
from models.heads import VERBS
from models.holdout import HELD, beside_held
from models.steady import NO_LIST_BEFORE, Standing

ENOUGH_AMOUNTS = 0.5  # with amounts on fewer leads than this, ranking by value would rank the note-taking

HELD_BACK = (
    "{count} lead is never listed, always the same, to learn what the list adds.",
    "{count} leads are never listed, always the same, to learn what the list adds.",
)


@dataclass(frozen=True)
class Ranking:
    """Ranked scores and the sentence that says by what."""

    scores: pd.DataFrame
    says: str


BY_VALUE = (
    "Ranked by expected value: the chance of winning times the amount; where no amount is known, the median stands in."
)
BY_MARGIN = (
    "Ranked by expected margin: the chance of winning times the margin of the amount, which is what values here are; where no amount is "
    "known, the median stands in."
)
BY_CHANCE = "Ranked by the chance to {verb}."
BY_WHOM = "Calls a day: {calls}. What nobody owns goes to whoever has most room left."
BY_LOT = (
    "{count} call is drawn at random from below the cut, to learn from.",
    "{count} calls are drawn at random from below the cut, to learn from.",
)


def rank_open(scores: pd.DataFrame, setting: ListSetting, seed: str, standing: Standing = NO_LIST_BEFORE) -> Ranking:
    """Open leads with expected_value, rank (from 1), band (call, nurture, skip, held) and what models.allot.with_bands says of them.

    scores: lead_id, owner_id, amount, last_touch_at, a chance a head and, where some are held back (models.holdout) or rest
    (features.feedback), held and resting. With amounts on at least half of the leads the order is by chance of winning times amount, a lead
    without an amount standing in with the median; otherwise by the chance of the list's head. Ties: the higher chance, then the later
    touch, then lead_id. seed: of the calls that are drawn by lot. standing: of leads on the list before, whose calls are steady
    (models.steady).
    """
    chance = scores[setting.head]
    won = scores.get("win", chance)
    ranked = scores.assign(expected_value=won * scores["amount"] if "win" in scores else np.nan)
    by_value = ranks_by_value(ranked)
    worth = won * scores["amount"].fillna(scores["amount"].median()) if by_value else chance
    ranked = _ordered(ranked.assign(worth=worth, made_of=won if by_value else chance), worth, chance)

    def called(rows: pd.DataFrame) -> pd.DataFrame:
        return with_bands(rows, setting, seed, standing)

    def listed(rows: pd.DataFrame) -> pd.DataFrame:
        return beside(rows, _marked(rows, "resting"), "skip", called)

    banded = beside_held(ranked, _marked(ranked, "held"), listed, by_owner=bool(setting.owners))
    voice = voice_of(setting.language)
    value_says = BY_MARGIN if setting.margin else BY_VALUE
    by_what = voice.say(value_says if by_value else BY_CHANCE, verb=voice.say(VERBS[setting.head]))
    said = [
        by_what,
        _by_whom(setting, voice),
        _counted(BY_LOT, int(banded["drawn"].sum()), voice),
        _counted(HELD_BACK, int((banded["band"] == HELD).sum()), voice),
    ]
    return Ranking(banded, " ".join(one for one in said if one))


def _by_whom(setting: ListSetting, voice: Voice) -> str:
    if not setting.owners:
        return ""
    calls = ", ".join(f"{owner} {voice.figures(f'{many:,}')}" for owner, many in sorted(setting.owners.items()))
    return voice.say(BY_WHOM, calls=calls)


def _marked(ranked: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    return ranked[name].to_numpy(dtype=np.bool_) if name in ranked else np.zeros(len(ranked), dtype=np.bool_)


def _counted(words: tuple[str, str], many: int, voice: Voice) -> str:
    return voice.count(*words, f"{many:,}") if many else ""


def ranks_by_value(scores: pd.DataFrame) -> bool:
    """Whether open leads rank by their expected_value: there is a chance of winning, and at least half are worth something."""
    return "win" in scores and bool(scores["expected_value"].gt(0).mean() >= ENOUGH_AMOUNTS)


def rank_customers(scores: pd.DataFrame, setting: ListSetting) -> pd.DataFrame:
    """Customers with expected_value (chance of leaving times amount), rank and band: keep (the first `customers`), else skip.

    The order is by expected loss where at least half have an amount, else by the chance of leaving; ties as for open leads.
    """
    chance = scores["churn"]
    by_value = scores["amount"].gt(0).mean() >= ENOUGH_AMOUNTS
    ranked = scores.assign(expected_value=chance * scores["amount"])
    worth = chance * scores["amount"].fillna(scores["amount"].median()) if by_value else chance
    ranked = _ordered(ranked, worth, chance)
    return ranked.assign(band=np.where(ranked["rank"] <= setting.customers, "keep", "skip"))


def _ordered(scores: pd.DataFrame, worth: pd.Series, chance: pd.Series) -> pd.DataFrame:
    keys = scores[["last_touch_at", "lead_id"]].assign(worth=worth, chance=chance)
    order = keys.sort_values(
        ["worth", "chance", "last_touch_at", "lead_id"], ascending=[False, False, False, True], na_position="last"
    ).index
    ranked = scores.loc[order].reset_index(drop=True)
    ranked["rank"] = np.arange(1, len(ranked) + 1)
    return ranked
