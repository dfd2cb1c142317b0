"""Gives every lead and customer the chance of each thing that may happen to it."""

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.bundle import Bundle, HeadModel
from models.coherence import agree
from models.fast import fast_contributions, fast_margins, fast_reasons
from models.rivals import additive
from models.shapley import strongest

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]

# A copy of a model's columns of all rows would fill as much new memory as the matrix has.
ROWS_AT_ONCE = 131_072
# Rows times leaves that LightGBM itself is through with in the half to whole second in which compiled trees are loaded.
LEAST_TO_SCORE, LEAST_TO_EXPLAIN = 35_000_000, 2_000_000


def predict(bundle: Bundle, matrix: Matrix) -> pd.DataFrame:
    """The calibrated chances of the matrix' rows, a column a head, NaN where the row is not of the head's cohort.

    Over one horizon they agree (models.coherence).
    Raises FunnelcastError when the matrix lacks a column that a model needs.
    """
    said = pd.DataFrame({name: _chances(model, matrix) for name, model in bundle.heads.items()})
    return agree(said, {name: model.head for name, model in bundle.heads.items()})


def ranges(bundle: Bundle, chances: pd.DataFrame) -> pd.DataFrame:
    """low_HEAD and high_HEAD for each head (rows): 90 of 100 true chances lie between them; NaN where nothing is known."""
    found: dict[str, Floats] = {}
    for name, model in bundle.heads.items():
        said = chances[name].to_numpy(dtype=np.float64)
        found |= {f"low_{name}": model.spread.low(said), f"high_{name}": model.spread.high(said)}
    return pd.DataFrame(found, index=chances.index)


def inputs(model: HeadModel, values: Values, columns: Sequence[str]) -> Values:
    """The model's own columns, in its order, out of values (rows, columns): these very values where they are no others.

    Raises FunnelcastError when one is missing.
    """
    if tuple(columns) == model.columns:
        return values
    places = {name: place for place, name in enumerate(columns)}
    missing = [name for name in model.columns if name not in places]
    if missing:
        raise FunnelcastError(
            f"The model of {model.head.name} needs the feature column '{missing[0]}'; run `funnelcast train`."
        )
    return np.take(values, [places[name] for name in model.columns], axis=1)


def margins_of(model: HeadModel, matrix: Matrix) -> Floats:
    """The margins (rows,) of a matrix' rows, whatever step of the ladder the model stands on, in log odds before calibration."""
    if model.served is not None:
        return additive.margins(model.served.sum, matrix)
    parts = np.array_split(matrix.values, max(1, -(-len(matrix.values) // ROWS_AT_ONCE)))
    return np.concatenate([margins(model, inputs(model, part, matrix.columns)) for part in parts])


def parts_of(model: HeadModel) -> tuple[str, ...]:
    """The names of what adds up to a margin: feature columns; of a points table or naive Bayes the stage and fields as field_NAME too."""
    return model.columns if model.served is None else model.served.sum.parts


def contributions_of(model: HeadModel, matrix: Matrix) -> Floats:
    """What each part adds to the margin (rows, parts + 1), the last being the base, whatever step the model stands on."""
    if model.served is not None:
        return model.served.sum.contributions(matrix)
    return contributions(model, inputs(model, matrix.values, matrix.columns))


def margins(model: HeadModel, values: Values) -> Floats:
    """Regression and trees together (rows,), in log odds before calibration, of the model's own columns (rows, len(model.columns))."""
    if not len(values):
        return np.empty(0)
    line = model.start.margins(values) if model.start else 0.0
    if _pays(model, values, LEAST_TO_SCORE):
        return fast_margins(model.fast, values) + line
    return np.asarray(_booster(model).predict(values, raw_score=True), dtype=np.float64) + line


def contributions(model: HeadModel, values: Values) -> Floats:
    """What each of the model's own columns adds to the margin (rows, len(model.columns) + 1), the last being the base.

    The regression's own parts and path-dependent TreeSHAP (Lundberg et al. 2020) of the trees as LightGBM computes it; a row sums to its
    margin.
    """
    return grouped_contributions(model, values, np.arange(len(model.columns)))


def grouped_contributions(model: HeadModel, values: Values, targets: Ints) -> Floats:
    """What each target adds to the margin (rows, targets + 1), the last being the base.

    targets (len(model.columns),): the number from 0 of what each column counts for; contributions of one target are summed.
    """
    if len(values) and _pays(model, values, LEAST_TO_EXPLAIN):
        found = fast_contributions(model.fast, values, targets)
    elif len(values):
        found = summed(np.asarray(_booster(model).predict(values, pred_contrib=True), dtype=np.float64), targets)
    else:
        found = np.zeros((0, int(targets.max(initial=-1)) + 2))
    if model.start:
        found += summed(model.start.adds(values), targets)
    return found


def reasons(model: HeadModel, values: Values, targets: Ints, most: int) -> tuple[Places, Floats]:
    """The targets (rows, most) that move the margin most, the strongest first, -1 where there are no more; and what they add to it.

    targets as in grouped_contributions. The contributions of all rows are never held at once where the compiled trees give them.
    """
    if len(values) and _pays(model, values, LEAST_TO_EXPLAIN):
        start = model.start
        also = (lambda some: summed(start.adds(some), targets)[:, :-1]) if start else None
        return fast_reasons(model.fast, values, targets, most, also)
    found = grouped_contributions(model, values, targets)[:, :-1]
    places, weights = np.empty((len(values), most), dtype=np.int32), np.empty((len(values), most))
    strongest(np.ascontiguousarray(found.T), places, weights)
    return places, weights


def summed(contributions: Floats, targets: Ints) -> Floats:
    """Contributions (rows, columns + 1), the last being the base, summed by target: (rows, targets + 1), the last being the base."""
    order = np.argsort(targets, kind="stable")
    kept, first = np.unique(targets[order], return_index=True)
    found = np.zeros((len(contributions), int(targets.max(initial=-1)) + 2))
    if len(kept):
        found[:, kept] = np.add.reduceat(contributions[:, order], first, axis=1)
    found[:, -1] = contributions[:, -1]
    return found


def to_chance(model: HeadModel, margins: Floats) -> Floats:
    """Calibrated chances of margins; never changes their order."""
    return model.calibrator.chances(margins)


def _chances(model: HeadModel, matrix: Matrix) -> Floats:
    chances = np.full(len(matrix.values), np.nan)
    rows = (matrix.snapshots["cohort"] == model.head.cohort).to_numpy()
    chances[rows] = to_chance(model, margins_of(model, matrix.take(rows)))
    return chances


def _pays(model: HeadModel, values: Values, least: int) -> bool:
    """Whether the compiled trees give the answer, and sooner."""
    is_read_alike = values.dtype == np.float32 and values.shape[1] == len(model.columns)
    return model.is_fast and is_read_alike and len(values) * model.leaves >= least


def _booster(model: HeadModel) -> lgb.Booster:
    return lgb.Booster(model_str=model.booster)
