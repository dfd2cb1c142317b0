"""Keeps how the columns of the leads lay in the last weeks of a training, so that a later day can be set beside them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from features.matrix import Matrix
from models.bundle import Bundle
from models.drift import Shape, moved_before, shape_of
from models.heads import Cohort
from models.predict import parts_of
from models.split import days_of
from models.track import Champion
from pipelines.store import Workspace, write_beside

COMPARED_DAYS = 28


@dataclass(frozen=True)
class Learned:
    """How a column lay in the last weeks of a training, and how far one of their days lay from the others."""

    shape: Shape
    usual: float


def keep_learned(workspace: Workspace, trained: Champion, matrix: Matrix) -> None:
    """Writes models/VERSION/learned.json: of each column that its heads use how it lay in the matrix' last weeks."""
    since = trained.bundle.trained_until - timedelta(days=COMPARED_DAYS)
    newest = matrix.take((matrix.snapshots["as_of"] >= since).to_numpy())
    learned = {cohort: _learned(trained.bundle, newest, cohort) for cohort in cohorts_of(trained.bundle)}
    kept = {cohort: {name: asdict(one) for name, one in found.items()} for cohort, found in learned.items()}
    with write_beside(_file(workspace, trained.version)) as part:
        part.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read_learned(workspace: Workspace, version: str) -> Mapping[Cohort, Mapping[str, Learned]]:
    """What was kept at the training of a version; nothing where it was trained elsewhere, or before this was kept."""
    file = _file(workspace, version)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {
        cohort: {name: _read(one["shape"], one["usual"]) for name, one in found.items()}
        for cohort, found in kept.items()
    }


def cohorts_of(bundle: Bundle) -> tuple[Cohort, ...]:
    """The cohorts that the heads of a bundle are about."""
    return tuple(dict.fromkeys(model.head.cohort for model in bundle.heads.values()))


def of_cohort(matrix: Matrix, cohort: Cohort) -> Matrix:
    """The rows of a cohort."""
    return matrix.take((matrix.snapshots["cohort"] == cohort).to_numpy())


def _file(workspace: Workspace, version: str) -> Path:
    return workspace.models / version / "learned.json"


def _learned(bundle: Bundle, matrix: Matrix, cohort: Cohort) -> dict[str, Learned]:
    rows = of_cohort(matrix, cohort)
    if not len(rows.values):
        return {}
    used = {part for model in bundle.heads.values() if model.head.cohort == cohort for part in parts_of(model)}
    leads, days = rows.snapshots["lead_id"].nunique(), days_of(rows.snapshots)
    found = {}
    for place, name in enumerate(rows.columns):
        if name in used:
            values = rows.values[:, place].astype(np.float64)
            found[name] = Learned(shape_of(values, leads), moved_before(values, days, leads))
    return found


def _read(shape: Mapping[str, Any], usual: float) -> Learned:
    lists = {name: tuple(shape[name]) for name in ("edges", "shares")}
    return Learned(Shape(**{**shape, **lists}), usual)
