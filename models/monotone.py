"""Holds a model to what is declared of a feature: that more of it is never worse for us, or never better."""

from collections.abc import Mapping, Sequence

from features.feature import Monotone
from models.heads import GOOD, Head

SIGNS: dict[Monotone, int] = {"rising": 1, "falling": -1}


def constraints(head: Head, columns: Sequence[str], monotone: Mapping[str, Monotone]) -> dict[str, str]:
    """LightGBM's settings by which the chance of a head never moves against what is declared of the columns, in their order.

    Between known values only: unknown is a value of its own. Empty where nothing is declared. Calibrators keep the order of chances, and
    heads that are made to agree (models.coherence) keep to it too, because one declaration means the opposite for what we fear.
    """
    turn = 1 if head.name in GOOD else -1
    signs = [turn * SIGNS[monotone[name]] if name in monotone else 0 for name in columns]
    return {"monotone_constraints": ",".join(map(str, signs))} if any(signs) else {}
