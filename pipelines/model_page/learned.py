"""Keeps how the columns of the leads lay in the last weeks of a training, so that a later day can be set beside them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import numpy as np

from features.matrix import Matrix
from models.bundle import Bundle
from models.drift import Shape, shape_of
from models.heads import Cohort
from models.predict import parts_of
from models.track import Champion
from pipelines.store import Workspace, write_beside

COMPARED_DAYS = 28

Shapes = Mapping[Cohort, Mapping[str, Shape]]


def keep_learned(workspace: Workspace, trained: Champion, matrix: Matrix) -> None:
    """Writes models/VERSION/learned.json: by cohort the shape of each column that its heads use, over the matrix' last four weeks."""
    since = trained.bundle.trained_until - timedelta(days=COMPARED_DAYS)
    newest = matrix.take((matrix.snapshots["as_of"] >= since).to_numpy())
    shapes = {cohort: _shapes(trained.bundle, newest, cohort) for cohort in cohorts_of(trained.bundle)}
    kept = {cohort: {name: asdict(shape) for name, shape in found.items()} for cohort, found in shapes.items()}
    with write_beside(_file(workspace, trained.version)) as part:
        part.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read_learned(workspace: Workspace, version: str) -> Shapes:
    """What was kept at the training of a version; nothing where it was trained elsewhere, or before this was kept."""
    file = _file(workspace, version)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {cohort: {name: _shape(**one) for name, one in found.items()} for cohort, found in kept.items()}


def cohorts_of(bundle: Bundle) -> tuple[Cohort, ...]:
    """The cohorts that the heads of a bundle are about."""
    return tuple(dict.fromkeys(model.head.cohort for model in bundle.heads.values()))


def of_cohort(matrix: Matrix, cohort: Cohort) -> Matrix:
    """The rows of a cohort."""
    return matrix.take((matrix.snapshots["cohort"] == cohort).to_numpy())


def _file(workspace: Workspace, version: str) -> Path:
    return workspace.models / version / "learned.json"


def _shapes(bundle: Bundle, matrix: Matrix, cohort: Cohort) -> dict[str, Shape]:
    rows = of_cohort(matrix, cohort)
    if not len(rows.values):
        return {}
    used = {part for model in bundle.heads.values() if model.head.cohort == cohort for part in parts_of(model)}
    leads = rows.snapshots["lead_id"].nunique()
    places = [place for place, name in enumerate(rows.columns) if name in used]
    return {rows.columns[place]: shape_of(rows.values[:, place].astype(np.float64), leads) for place in places}


def _shape(edges: list[float], shares: list[float], leads: int, mean: float | None, unknown: float) -> Shape:
    return Shape(tuple(edges), tuple(shares), leads, mean, unknown)
