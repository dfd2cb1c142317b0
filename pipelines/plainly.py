"""Keeps at training which way the past plainly points for every value that may be told, for the lists of that model."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from configs.project import HeadName
from features.matrix import Matrix
from models.judgement import outcomes_of, rows_to_learn
from models.plain import Plain, PlainWays, plain_ways
from models.split import leads_of
from models.track import Champion
from pipelines.store import Workspace, write_beside


def keep_plain(workspace: Workspace, trained: Champion, matrix: Matrix) -> None:
    """Writes models/VERSION/plain.json: by head and column which way values point, on the rows that the heads learned from."""
    kept = {name: _plain_of(trained, name, matrix) for name in trained.bundle.heads}
    with write_beside(plain_file(workspace, trained.version)) as part:
        part.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def read_plain(workspace: Workspace, version: str) -> Mapping[HeadName, PlainWays]:
    """What was kept at the training of a version; nothing where it was trained elsewhere, or before this was kept."""
    file = plain_file(workspace, version)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {
        head: {name: Plain(tuple(one["edges"]), tuple(one["ways"])) for name, one in found.items()}
        for head, found in kept.items()
    }


def plain_file(workspace: Workspace, version: str) -> Path:
    """Where it is kept; it holds edges and signs, and nobody's name."""
    return workspace.models / version / "plain.json"


def _plain_of(trained: Champion, name: HeadName, matrix: Matrix) -> dict[str, object]:
    head = trained.bundle.heads[name].head
    rows = rows_to_learn(matrix, head, trained.bundle.trained_until)
    found = plain_ways(rows.values, rows.columns, outcomes_of(rows, head), leads_of(rows.snapshots))
    return {column: asdict(one) for column, one in found.items()}
