"""Whom to call first: by what a lead is expected to be worth, or by its chance where no amounts are known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.project import ListSetting
from features.languages import voice_of
from models.heads import VERBS

ENOUGH_AMOUNTS = 0.5  # with amounts on fewer leads than this, ranking by value would rank the note-taking


@dataclass(frozen=True)
class Ranking:
    """Ranked scores and the sentence that says by what."""

    scores: pd.DataFrame
    says: str


BY_VALUE = (
    "Ranked by expected value: the chance of winning times the amount; where no amount is known, the median stands in."
)
BY_CHANCE = "Ranked by the chance to {verb}."


def rank_open(scores: pd.DataFrame, setting: ListSetting) -> Ranking:
    """Open leads with expected_value, rank (from 1) and band: call (the first `capacity`), nurture (the next), skip.

    scores: lead_id, amount, last_touch_at and a chance a head. With amounts on at least half of the leads the order is by chance of
    winning times amount, a lead without an amount standing in with the median; otherwise by the chance of the list's head.
    Ties: the higher chance, then the later touch, then lead_id.
    """
    chance = scores[setting.head]
    won = scores.get("win", chance)
    ranked = scores.assign(expected_value=won * scores["amount"])
    by_value = ranks_by_value(ranked)
    worth = won * scores["amount"].fillna(scores["amount"].median()) if by_value else chance
    ranked = _ordered(ranked, worth, chance)
    bands = np.select(
        [ranked["rank"] <= setting.capacity, ranked["rank"] <= setting.capacity + setting.nurture],
        ["call", "nurture"],
        "skip",
    )
    voice = voice_of(setting.language)
    says = voice.say(BY_VALUE if by_value else BY_CHANCE, verb=voice.say(VERBS[setting.head]))
    return Ranking(ranked.assign(band=bands), says)


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
