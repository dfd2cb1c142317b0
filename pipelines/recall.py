"""Keeps columns that were worked out, so that training again works out only what has changed."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

import features
from configs.project import Project
from features.engine import compute
from features.feature import FeatureColumn
from features.query import count_rows
from features.reading import Files
from features.tables import deliveries
from pipelines.workspace import Workspace, write_beside

KEPT_SPINES = 4  # training, a backtest, the watch and the receipts look at different days
MOST_BYTES = 4 << 30  # a larger matrix is worked out faster than a disk keeps it
HOUSE = Path(features.__file__).parent.parent
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Recall:
    """The columns kept for one lake and one set of snapshots, a file each, in the order of snapshot_id."""

    folder: Path

    def compute(
        self,
        con: DuckDBPyConnection,
        columns: Sequence[FeatureColumn],
        grown_days: int,
        files: Mapping[str, Files] | None,
        memory_gb: float,
    ) -> Values:
        """(snapshots, columns) as features.engine.compute gives them; what is kept is read, the rest worked out and kept."""
        rows = count_rows(con, "snapshots")
        kept = {place: self._read(column, grown_days, rows) for place, column in enumerate(columns)}
        missing = [place for place, values in kept.items() if values is None]
        if len(missing) == len(columns):
            matrix = compute(con, columns, grown_days, files, memory_gb)
        else:
            wanted = [columns[place] for place in missing]
            fresh = compute(con, wanted, grown_days, files, memory_gb) if wanted else None
            matrix = np.empty((rows, len(columns)), dtype=np.float32)
            for place, values in kept.items():
                matrix[:, place] = values if values is not None else _column(fresh, missing.index(place))
        if matrix.nbytes <= MOST_BYTES:
            for place in missing:
                self._write(columns[place], grown_days, matrix[:, place])
        return matrix

    def _read(self, column: FeatureColumn, grown_days: int, rows: int) -> Values | None:
        file = self._file(column, grown_days)
        if not file.is_file():
            return None
        values: Values = np.load(file, allow_pickle=False)
        return values if len(values) == rows else None

    def _write(self, column: FeatureColumn, grown_days: int, values: Values) -> None:
        with write_beside(self._file(column, grown_days)) as part, part.open("wb") as file:
            np.save(file, np.ascontiguousarray(values), allow_pickle=False)

    def _file(self, column: FeatureColumn, grown_days: int) -> Path:
        """Named by what the column measures; its words do not count."""
        meaning = f"{column.feature.measure!r} over {column.window} after {grown_days}"
        return self.folder / f"{hashlib.sha256(meaning.encode()).hexdigest()[:32]}.npy"


def open_recall(workspace: Workspace, project: Project, days: Sequence[date], known_until: datetime | None) -> Recall:
    """What is kept for the lake as it is and for these snapshots; spines not used for long are forgotten."""
    meaning = [
        *lake_meaning(workspace),
        *code_meaning("features"),
        project.funnel.model_dump_json(),
        project.privacy.model_dump_json(),
        *map(str, days),
        str(known_until),
    ]
    folder = workspace.recall / hashlib.sha256("\n".join(meaning).encode()).hexdigest()[:32]
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    spines = sorted(workspace.recall.iterdir(), key=lambda spine: spine.stat().st_mtime_ns)
    for spine in spines[:-KEPT_SPINES]:
        shutil.rmtree(spine)
    return Recall(folder)


def forget(workspace: Workspace) -> None:
    """Removes all that is kept, of columns and of what backtests found."""
    for folder in (workspace.recall, workspace.judged):
        shutil.rmtree(folder, ignore_errors=True)


def lake_meaning(workspace: Workspace, *, with_lists: bool = False) -> list[str]:
    """A line for each file that features read, which changes when the file does; with_lists: and for what was put on lists."""
    files = sorted(
        file for file in workspace.lake.glob("[!_]*/*.parquet") if with_lists or file.parent.name != deliveries.name
    )
    return [f"{file.relative_to(workspace.lake)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]


def code_meaning(*packages: str) -> list[str]:
    """A line for each file of code of these packages, which changes when the code does."""
    files = [file for package in packages for file in sorted((HOUSE / package).rglob("*.py"))]
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


def _column(matrix: Values | None, place: int) -> Values:
    assert matrix is not None, "a column that is not kept was worked out"
    return matrix[:, place]
