"""Between leads of which nothing new is known calls go from one to another only where it pays, and only so many."""

from math import ceil

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.project import ListSetting
from models.rank import rank_open
from models.steady import Standing, exchanged

CHANCES = st.lists(st.integers(1, 99).map(lambda share: share / 100), min_size=2, max_size=14)
NAMES = st.sets(st.integers(0, 13).map("L{}".format), max_size=8).map(frozenset)


def called(chances: list[float], standing: Standing, margin: float, most: float, **setting: object) -> pd.DataFrame:
    frame = pd.DataFrame({"lead_id": [f"L{number}" for number in range(len(chances))], "win": chances})
    frame = frame.assign(amount=float("nan"), last_touch_at=pd.Timestamp("2026-03-01"), owner_id=None)
    owned = setting.pop("owned", None)
    frame = frame if owned is None else frame.assign(owner_id=pd.Series(owned)[: len(frame)])
    steady = {"margin": margin, "most": most}
    told = ListSetting.model_validate({"head": "win", "explore": 0, "capacity": 5, "steady": steady, **setting})
    found = rank_open(frame, told, "shop 1", standing).scores
    return found[found["band"] == "call"]


def odds(chance: float) -> float:
    return chance / (1 - chance)


@settings(max_examples=60)
@given(CHANCES, NAMES, NAMES, st.sampled_from([0.0, 0.1, 0.5]), st.sampled_from([0.0, 0.2, 0.4]))
def test_no_more_than_the_share_of_the_calls_changes_without_news(
    chances: list[float], calls: frozenset[str], quiet: frozenset[str], margin: float, most: float
) -> None:
    now = called(chances, Standing(calls, quiet), margin, most)
    there = {f"L{number}" for number in range(len(chances))}
    assert len(now) == min(5, len(chances))
    assert exchanged(calls, set(now["lead_id"]), quiet & there) <= ceil(5 * most)


@settings(max_examples=60)
@given(CHANCES, NAMES, NAMES, st.sampled_from([0.0, 0.1, 0.5]))
def test_without_news_a_call_is_lost_only_to_odds_greater_by_more_than_the_margin(
    chances: list[float], calls: frozenset[str], quiet: frozenset[str], margin: float
) -> None:
    now = called(chances, Standing(calls, quiet, renewed=True), margin, 0.0)
    chance = {f"L{number}": one for number, one in enumerate(chances)}
    held, here = quiet & calls, set(now["lead_id"])
    lost = [chance[lead] for lead in held & set(chance) if lead not in here]
    for newcomer in (quiet - calls) & here:
        assert all(odds(chance[newcomer]) * (1 + 1e-9) >= odds(one) * (1 + margin) for one in lost)
    kept_out = [odds(chance[lead]) for lead in set(chance) - here]
    assert all(odds(chance[lead]) * (1 + margin) * (1 + 1e-9) >= max(kept_out, default=0.0) for lead in here)


@settings(max_examples=60)
@given(CHANCES, NAMES, st.lists(st.sampled_from(["anna", "bo", None]), min_size=14, max_size=14))
def test_every_owner_keeps_their_leads(chances: list[float], calls: frozenset[str], owners: list[str | None]) -> None:
    everybody = frozenset(f"L{number}" for number in range(len(chances)))
    now = called(chances, Standing(calls, everybody), 0.0, 0.0, owned=owners, owners={"anna": 3, "bo": 2}, capacity=5)
    owner = dict(zip(sorted(everybody, key=lambda lead: int(lead[1:])), owners, strict=False))
    here = set(now["lead_id"])
    for pool in ("anna", "bo", None):
        of_pool = {lead for lead in everybody if owner[lead] == pool}
        assert exchanged(calls & of_pool, here & of_pool, everybody) == 0


def test_news_counts_at_once_and_a_newcomer_with_news_needs_no_margin() -> None:
    chances = [0.51, 0.5, 0.1]
    before = frozenset({"L1"})
    standing = Standing(before, frozenset({"L0", "L1", "L2"}))
    assert list(called(chances, standing, 0.1, 1.0, capacity=1)["lead_id"]) == ["L1"]
    assert list(called([0.53, 0.5, 0.1], standing, 0.1, 1.0, capacity=1)["lead_id"]) == ["L0"]
    assert list(called([0.53, 0.5, 0.1], standing, 0.1, 0.0, capacity=1)["lead_id"]) == ["L1"]
    with_news = Standing(before, frozenset({"L1", "L2"}))
    assert list(called(chances, with_news, 0.1, 0.0, capacity=1)["lead_id"]) == ["L0"]


def test_where_nothing_is_known_of_a_list_before_the_best_are_called() -> None:
    chances = list(np.linspace(0.9, 0.1, 9))
    assert list(called(chances, Standing(), 0.5, 0.0)["lead_id"]) == [f"L{number}" for number in range(5)]
