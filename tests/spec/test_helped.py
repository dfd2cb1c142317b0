"""An action is named where leads surely were won more often after it, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from features.languages import voice_of
from models.helped import Helped, Tried, best_for, helped
from pipelines.lists.helps import helps_say


def tried(seed: int, effect: float, leads: int = 1_500, chosen: float = 0.0) -> Tried:
    """Four weekly looks at each lead. effect: on the odds in stage 'offer'; chosen: how much more those are called that are likelier."""
    luck = np.random.default_rng(seed)
    lead = np.repeat(np.arange(leads), 4)
    chance = np.repeat(expit(luck.normal(-1.8, 0.8, leads)), 4)
    stage = np.where(lead % 2, "offer", "new").astype(object)
    did = luck.random(len(lead)) < expit(-1.0 + chosen * (logit(chance) + 1.8))
    odds = logit(chance) + effect * did * (stage == "offer")
    # a lead keeps its luck from week to week, so that its four rows are hardly more than one
    yes = (np.repeat(luck.random(leads), 4) < expit(odds)).astype(np.float64)
    return Tried(stage, chance, did, yes, lead)


def test_a_planted_effect_is_found_where_it_was_planted() -> None:
    rows = tried(1, 1.2, 6_000)
    found = helped({"call": rows, "meeting": tried(2, 0.0)})
    assert {(one.action, one.stage) for one in found} == {("call", "offer")}
    for one in found:
        assert 0 < one.least < one.after - one.without
        assert one.leads > 100
        there = rows.chances[
            rows.did & (rows.stages == one.stage) & (rows.chances >= one.above) & (rows.chances < one.below)
        ]
        planted = (expit(logit(there) + 1.2) - there).mean()
        assert one.after - one.without == pytest.approx(planted, abs=0.06)


def test_no_effect_is_promised_where_there_is_none() -> None:
    """Not even where those who are likelier to be won are called more."""
    alarms = [
        helped({name: tried(seed * 10 + place, 0.0, 400, chosen=1.0) for place, name in enumerate("abc")})
        for seed in range(40)
    ]
    assert sum(map(bool, alarms)) <= 5


def test_weeks_of_the_same_lead_prove_no_more_than_one() -> None:
    once = tried(3, 0.0, 600)
    lucky = replace(once, yes=np.where(once.leads % 10 < 4, 1.0, 0.0), did=once.leads % 10 < 1)
    few = lucky.leads < 60
    often = Tried(*(np.tile(part[few], 20) for part in vars(lucky).values()))
    assert helped({"call": often}) == ()


def test_an_action_that_harms_or_was_hardly_tried_is_not_named() -> None:
    assert helped({"call": tried(4, -1.2)}) == ()
    rows = tried(5, 3.0)
    rare = replace(rows, did=rows.did & (rows.leads < 60))
    assert helped({"call": rare}) == ()
    assert helped({}) == ()


def test_the_largest_difference_among_the_open_actions_is_named() -> None:
    call, meeting = (
        Helped(name, "new", 0.1, 0.3, after, 0.1, 0.01, 80) for name, after in (("call", 0.2), ("meeting", 0.3))
    )
    both = frozenset({"call", "meeting"})
    assert best_for((call, meeting), "new", 0.1, both) == meeting
    assert best_for((call, meeting), "new", 0.2, frozenset({"call"})) == call
    for stage, chance, actions in (
        ("new", 0.3, both),
        ("new", 0.09, both),
        ("offer", 0.2, both),
        ("new", 0.2, frozenset()),
    ):
        assert best_for((call, meeting), stage, chance, frozenset(actions)) is None


@pytest.mark.parametrize(
    ("language", "after", "says"),
    [
        ("en", 0.141, "Leads like this one were won more often after a call: 14 of 100 against 9 of 100."),
        ("en", 0.0935, "Leads like this one were won more often after a call: 94 of 1,000 against 90 of 1,000."),
        ("fr", 0.141, "Les prospects comme celui-ci ont été plus souvent gagnés après un appel : 14 sur 100 contre 9 sur 100."),
        ("nl", 0.141, "Leads zoals deze werden vaker gewonnen na een telefoongesprek: 14 van de 100 tegen 9 van de 100."),
    ],
)  # fmt: skip
def test_it_is_said_as_what_went_together(language: str, after: float, says: str) -> None:
    found = Helped("call", "new", 0.0, 1.0, after, 0.09, 0.01, 60)
    assert helps_say(found, "a call", "win", voice_of(language)).replace("\N{NO-BREAK SPACE}", " ") == says
