"""The letter of a lead, from A for the likeliest to D, which stays where its chance has hardly moved."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from configs.project import LetterSetting

LETTERS = ("A", "B", "C", "D")
Floats = NDArray[np.float64]


def edges(chances: Floats, setting: LetterSetting) -> Floats:
    """The least chance of an A, a B and a C: as the setting gives them, else with its shares of the day's chances (n,) below."""
    if setting.chances is not None:
        return np.array(setting.chances)
    known = chances[~np.isnan(chances)]
    return np.quantile(known, setting.shares_below) if len(known) else np.ones(len(setting.shares_below))


def letters(chances: Floats, least: Floats, before: Sequence[str | None], margin: float) -> list[str]:
    """The letter of each chance (n,); empty where it is not known (NaN). least: as `edges` gives it.

    before: the letters of the list before, None for a lead that did not stand on it. A lead keeps its letter while the odds of its chance
    are at least 1 / (1 + margin) of those of the letter's lower edge, and less than 1 + margin of those of its upper one.
    """
    odds, bars = _odds(chances), np.concatenate([[np.inf], _odds(least), [0.0]])
    now = (chances[:, None] < least[None, :]).sum(axis=1)
    number = {letter: place for place, letter in enumerate(LETTERS)}
    held = np.array([number.get(one or "", -1) for one in before], dtype=np.int64)
    stays = (held >= 0) & (odds >= bars[held + 1] / (1 + margin)) & (odds < bars[held] * (1 + margin))
    places = np.where(np.isnan(chances), len(LETTERS), np.where(stays, held, now))
    told: list[str] = np.array([*LETTERS, ""], dtype=object)[places].tolist()
    return told


def _odds(chances: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(chances / (1 - chances), dtype=np.float64)
