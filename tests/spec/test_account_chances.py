"""An account is as likely as its likeliest lead."""

from math import nan

import pandas as pd

from models.accounts import account_chances


def test_the_highest_chance_of_an_account_is_its_own_and_who_has_no_account_or_chance_counts_for_nothing() -> None:
    chances = pd.Series([0.2, 0.5, 0.9, nan, nan, 0.4])
    accounts = pd.Series(["X", "X", None, "X", "Y", " "])
    assert account_chances(chances, accounts).to_dict() == {"X": 0.5}
