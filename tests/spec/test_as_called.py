"""Rows weighed by the chance of their call speak for all leads, as they would be were they called."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from models.as_called import times_counted, worth
from pipelines.as_called import Calls
from tests.shop import Shop

NO_LIST, NOT_CALLED, BY_RANK = np.nan, 0.0, 1.0


def test_a_row_counts_by_how_unlikely_its_call_was() -> None:
    chances = np.array([NO_LIST, NOT_CALLED, BY_RANK, 0.25, 0.05, 0.001])
    assert times_counted(chances, np.zeros(6), most=20).tolist() == [1, 0, 1, 4, 20, 20]
    assert times_counted(chances, np.full(6, 0.999), most=20).tolist() == [1, 0, 1, 4, 20, 20]


@pytest.mark.parametrize(("drawn", "times"), [(0.0, 2), (0.49, 2), (0.51, 3), (0.99, 3)])
def test_a_weight_between_whole_numbers_is_rounded_by_lot(drawn: float, times: int) -> None:
    assert times_counted(np.array([0.4]), np.array([drawn]), most=20).tolist() == [times]


def test_the_called_tell_what_would_come_of_all_if_they_were_called() -> None:
    """A call adds .2 to the chance of everyone; the likeliest tenth is called, and of the others each with a chance of one in ten."""
    draws = np.random.default_rng(11)
    likely = draws.beta(2, 6, size=40_000)
    by_rank = likely >= np.quantile(likely, 0.9)
    called = by_rank | (draws.random(len(likely)) < 0.1)
    won = draws.random(len(likely)) < likely * 0.8 + 0.2 * called
    chances = np.where(called, np.where(by_rank, BY_RANK, 0.1), NOT_CALLED)
    times = times_counted(chances, draws.random(len(likely)), most=20)
    if_all_were_called, sigma = float((likely * 0.8 + 0.2).mean()), 0.5 / np.sqrt(worth(times))
    assert abs(np.average(won, weights=times) - if_all_were_called) < 3 * sigma
    assert won[called].mean() > if_all_were_called + 3 * sigma, "the called alone are the likelier ones"
    assert won.mean() < if_all_were_called - 3 * sigma, "most have not been called"


def test_what_weighted_rows_are_worth() -> None:
    assert worth(np.array([1, 1, 0, 1])) == 3
    assert worth(np.array([10, 1, 1])) == pytest.approx(144 / 102)
    assert worth(np.zeros(3, dtype=np.int64)) == 0


def test_the_training_says_how_much_its_calls_tell() -> None:
    calls = Calls(np.array([NO_LIST, NOT_CALLED, BY_RANK, BY_RANK, 0.1]), np.array([1, 0, 1, 1, 10]), days=1)
    assert calls.says == (
        "On 1 of the days there was a list, which called 3 of 4 open leads, 1 of them by lot. These alone teach there: "
        "they count as 12 rows and tell as much as 1."
    )
    none = Calls(np.array([NO_LIST]), np.array([1]), days=0)
    assert none.says == "No list was served on a day that is learned from, so all rows count once."


def test_calls_teach_nothing_of_the_others_where_none_is_drawn_by_lot(tmp_path: Path) -> None:
    shop, learning = Shop(tmp_path), {"as_called": True}
    assert shop.project(learning=learning).learning.most == 20
    with pytest.raises(ValidationError, match="learning: as_called needs calls by lot"):
        shop.project(learning=learning, list={"explore": 0})
