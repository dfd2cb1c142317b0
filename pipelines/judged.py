"""Keeps what a backtest found at each cut-off, so that a killed one goes on where it stopped."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from models.backtest import Backtest
from pipelines.cut_offs import CutOff
from pipelines.job import Job
from pipelines.recall import code_meaning, lake_meaning
from pipelines.workspace import write_beside

ROWS, NOTES = "rows.parquet", "notes.json"
CODE = ("configs", "features", "models", "pipelines")
LIBRARIES = ("duckdb", "lightgbm", "numpy", "scikit-learn")


@dataclass(frozen=True)
class Kept:
    """A folder for each cut-off, named by all that its result depends on: the lake, the code, the project and the days."""

    folder: Path
    meaning: str

    def place(self, cut_off: CutOff) -> Path:
        """Where the result of a cut-off lies, or will."""
        digest = hashlib.sha256(f"{self.meaning}\n{cut_off!r}".encode()).hexdigest()[:32]
        return self.folder / f"{cut_off.judged[0]}_{digest}"

    def read(self, cut_off: CutOff) -> Backtest | None:
        """What was found at a cut-off; None when that is still to be done."""
        place = self.place(cut_off)
        if not place.is_dir():
            return None
        return Backtest(pd.read_parquet(place / ROWS), tuple(json.loads((place / NOTES).read_text(encoding="utf-8"))))

    def write(self, cut_off: CutOff, found: Backtest) -> None:
        """Keeps what was found at a cut-off; a kill leaves all of it or nothing."""
        with write_beside(self.place(cut_off)) as folder:
            folder.mkdir()
            found.rows.to_parquet(folder / ROWS, index=False)
            (folder / NOTES).write_text(json.dumps(found.notes) + "\n", encoding="utf-8")

    def others(self, cut_offs: Collection[CutOff]) -> list[Path]:
        """The kept results that are of none of these cut-offs."""
        mine = {self.place(cut_off) for cut_off in cut_offs}
        return [place for place in sorted(self.folder.glob("*")) if place not in mine]


def open_kept(job: Job) -> Kept:
    """What is kept for the job's lake and project, for this code and its libraries and, where rows teach by their calls, for past lists."""
    project = job.project.model_dump_json(exclude={"workspace", "data", "schedule", "tracking", "watch"})
    libraries = [f"{library} {version(library)}" for library in LIBRARIES]
    lake = lake_meaning(job.workspace, with_lists=job.project.learning.as_called)
    meaning = [*lake, *code_meaning(*CODE), *libraries, project]
    return Kept(job.workspace.judged, hashlib.sha256("\n".join(meaning).encode()).hexdigest())
