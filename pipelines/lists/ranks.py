"""The words of a list that shows ranks, because its chances did not keep their word."""

from collections.abc import Mapping

import pandas as pd

from configs.project import HeadName
from models.bundle import HeadModel
from models.heads import VERBS
from models.honesty import UNPROVEN


def withheld_by(heads: Mapping[HeadName, HeadModel]) -> dict[HeadName, str]:
    """For each head whose chances failed on later weeks (models.honesty), or have met no outcome yet, the sentence that says so."""
    return {name: _says(name, model) for name, model in heads.items() if not model.honesty.holds}


def ranks_say(chances: pd.Series) -> list[str]:
    """What stands in the place of each chance: its rank, the highest chance first; equal chances share the better rank.

    >>> ranks_say(pd.Series([0.1, 0.4, 0.1]))
    ['rank 2 of 3, chance withheld', 'rank 1 of 3, chance withheld', 'rank 2 of 3, chance withheld']
    """
    ranks = chances.astype("float64").rank(method="min", ascending=False)
    return [f"rank {rank:,.0f} of {len(ranks):,}, chance withheld" for rank in ranks]


def _says(head: HeadName, model: HeadModel) -> str:
    shown = "so the list shows ranks instead of them."
    if model.honesty == UNPROVEN:
        return f"The chances to {VERBS[head]} have met too few outcomes to be put to the test, {shown}"
    missed = f"{100 * model.honesty.error:.0f} in 100"
    return f"The chances to {VERBS[head]} missed what came by {missed} on later weeks, {shown}"
