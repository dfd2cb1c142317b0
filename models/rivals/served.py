"""A rival that is ready to serve: its parts, the calibrator that makes its chances honest, and both as text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.calibrate import IDENTITY, Calibrator, calibrator_from, fit_platt
from models.heads import Head
from models.ladder import Step
from models.regression import Logistic
from models.rivals.additive import margins
from models.rivals.bayes import NaiveBayes, Variable
from models.rivals.points import PointsCard
from models.rivals.rival import Rival
from models.scale import Scale
from models.split import days_of, expanding_folds

Floats = NDArray[np.float64]
Sum = PointsCard | NaiveBayes | Logistic
NAMES: dict[type[Sum], Step] = {PointsCard: "points", NaiveBayes: "bayes", Logistic: "logistic"}


@dataclass(frozen=True)
class Served:
    """A sum of parts in log odds and its calibrator."""

    sum: Sum
    calibrator: Calibrator

    @property
    def name(self) -> Step:
        """points, bayes or logistic."""
        return NAMES[type(self.sum)]

    def says(self, rows: Matrix) -> Rival:
        """Margins and calibrated chances of the rows."""
        found = margins(self.sum, rows)
        return Rival(self.name, found, self.calibrator.chances(found))

    def to_json(self) -> str:
        """The same rival gives the same text."""
        return json.dumps({"kind": self.name, "sum": asdict(self.sum), "calibrator": asdict(self.calibrator)}, indent=1)


def from_json(text: str) -> Served:
    """The rival that to_json wrote. Raises FunnelcastError when the text is none."""
    try:
        kept = json.loads(text)
        return Served(_SUMS[kept["kind"]](kept["sum"]), calibrator_from(kept["calibrator"]))
    except (ValueError, KeyError, TypeError) as error:
        raise FunnelcastError(f"This is no whole model ({error!r}); run `funnelcast train` to make one.") from error


def out_of_time(
    learn: Callable[[Matrix, np.datetime64], Sum], rows: Matrix, outcomes: Floats, head: Head
) -> Calibrator:
    """The calibrator of the margins that sums, learned from the rows before a block of weeks, give to that block; see expanding_folds.

    learn: takes the earlier rows and the first as_of of the block (UTC without zone). With too few days to divide it changes nothing.
    """
    days = days_of(rows.snapshots)
    try:
        folds = expanding_folds(days, head)
    except FunnelcastError:
        return IDENTITY
    found = [margins(learn(rows.take(fold.earlier), days[fold.later].min()), rows.take(fold.later)) for fold in folds]
    return fit_platt(np.concatenate(found), np.concatenate([outcomes[fold.later] for fold in folds]))


def _bayes(kept: Mapping[str, Any]) -> NaiveBayes:
    variables = (Variable(one["name"], tuple(one["values"]), tuple(one["adds"])) for one in kept["variables"])
    return NaiveBayes(kept["base"], tuple(kept["stages"]), tuple(variables))


def logistic_from(kept: Mapping[str, Any]) -> Logistic:
    """The regression whose fields were kept as JSON. Raises KeyError or TypeError for anything else."""
    scale = Scale(**{name: tuple(numbers) for name, numbers in kept["scale"].items()})
    weights, unknown = (tuple(kept[name]) for name in ("weights", "unknown_weights"))
    return Logistic(tuple(kept["columns"]), scale, weights, unknown, kept["base"], kept["strength"], kept["share"])


def _points(kept: Mapping[str, Any]) -> PointsCard:
    return PointsCard(**kept)


_SUMS: dict[str, Callable[[Mapping[str, Any]], Sum]] = {"points": _points, "bayes": _bayes, "logistic": logistic_from}
