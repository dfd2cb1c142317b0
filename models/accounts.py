"""How likely it is that something comes of an account, whose leads are looked at one by one."""

import pandas as pd


def account_chances(chances: pd.Series, accounts: pd.Series) -> pd.Series:
    """The chance (0 to 1) by account: the highest of its leads' chances; leads without an account, or without a chance, count for nothing.

    Between the highest (all follow one decision) and 1 - prod(1 - p) (each decides alone) lies every account whose leads help each other.
    """
    known = accounts.notna() & (accounts.astype(str).str.strip() != "")
    return chances[known].groupby(accounts[known].astype(str)).max().dropna()
