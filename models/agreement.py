"""Makes sure that the quick way to a model's answers gives what LightGBM gives."""

import lightgbm as lgb
import numpy as np

from models.bins import Values
from models.bundle import HeadModel
from models.fast import fast_contributions, fast_margins, read_fast
from models.forest import UnreadableForest

MARGIN_OFF, CONTRIBUTION_OFF = 1e-9, 1e-6


def disagreement(model: HeadModel, values: Values) -> str:
    """Why only LightGBM may answer for a model: a sentence, empty when the compiled trees agree with it on values (rows, model.columns).

    They agree when no margin differs by more than 1e-9 and no contribution by more than 1e-6.
    """
    leave = f"LightGBM itself scores and explains {model.head.name}, which takes longer:"
    try:
        fast = read_fast(model.booster)
    except UnreadableForest as reason:
        return f"{leave} the model cannot be read for the quick way, because {reason}."
    booster = lgb.Booster(model_str=model.booster)
    margin = _furthest(fast_margins(fast, values), booster.predict(values, raw_score=True))
    targets = np.arange(len(model.columns))
    contribution = _furthest(fast_contributions(fast, values, targets), booster.predict(values, pred_contrib=True))
    if margin <= MARGIN_OFF and contribution <= CONTRIBUTION_OFF:
        return ""
    return (
        f"{leave} the quick way is off by up to {margin:.1e} in a margin (at most {MARGIN_OFF:.0e} is allowed) and by up to "
        f"{contribution:.1e} in a contribution (at most {CONTRIBUTION_OFF:.0e})."
    )


def _furthest(found: np.ndarray[tuple[int, ...], np.dtype[np.float64]], wanted: object) -> float:
    """The largest distance; NaN when something is not a number, which is no agreement."""
    return float(np.abs(found - np.asarray(wanted, dtype=np.float64)).max(initial=0.0))
