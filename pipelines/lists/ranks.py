"""The words of a list that shows ranks, because its chances did not keep their word."""

from collections.abc import Mapping

import pandas as pd

from configs.project import HeadName
from features.languages import ENGLISH, Voice
from models.bundle import HeadModel
from models.heads import VERBS
from models.honesty import UNPROVEN
from pipelines.lists.words import EXACT


def withheld_by(heads: Mapping[HeadName, HeadModel], voice: Voice = ENGLISH) -> dict[HeadName, str]:
    """For each head whose chances failed on later weeks (models.honesty), or have met no outcome yet, the sentence that says so."""
    return {name: _says(name, model, voice) for name, model in heads.items() if not model.honesty.holds}


def ranks_say(chances: pd.Series, voice: Voice = ENGLISH) -> list[str]:
    """What stands in the place of each chance: its rank, the highest chance first; equal chances share the better rank.

    >>> ranks_say(pd.Series([0.1, 0.4, 0.1]))
    ['rank 2 of 3, chance withheld', 'rank 1 of 3, chance withheld', 'rank 2 of 3, chance withheld']
    """
    ranks = chances.astype("float64").rank(method="min", ascending=False)
    whole = voice.figures(f"{len(ranks):,}")
    return [
        voice.say("rank {rank} of {all}, chance withheld", rank=voice.figures(f"{rank:,.0f}"), all=whole)
        for rank in ranks
    ]


UNTESTED = (
    "The chances to {verb} have met too few outcomes to be put to the test, so the list shows ranks instead of them."
)
MISSED = "The chances to {verb} missed what came by {share} on later weeks, so the list shows ranks instead of them."


def _says(head: HeadName, model: HeadModel, voice: Voice) -> str:
    verb = voice.say(VERBS[head])
    if model.honesty == UNPROVEN:
        return voice.say(UNTESTED, verb=verb)
    share = voice.say(EXACT, count=f"{100 * model.honesty.error:.0f}", size="100")
    return voice.say(MISSED, verb=verb, share=share)
