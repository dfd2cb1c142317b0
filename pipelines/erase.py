"""Erases people who ask for it from everything that a workspace holds."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from configs.errors import FunnelcastError
from pipelines.erased import keep_erased, read_erased
from pipelines.job import Job
from pipelines.lists.strike import names, strike
from pipelines.recall import forget
from pipelines.store import Workspace, write_beside

LAKE, SCORES, BACKTESTS = "[!_]*/*.parquet", "*/scores.parquet", "*/predictions.parquet"


def erase_leads(job: Job, lead_ids: Sequence[str]) -> int:
    """Removes leads from lake, scores, backtests and lists, and returns how many rows and lines went.

    From then on ingest leaves them out. Erasing twice is erasing once, and erasing goes on where a killed one stopped. Models hold
    no row of anybody and stay. Raises FunnelcastError, before anything is changed, for a lead of whom nothing is kept; one that the
    sources no longer hold is erased from what is left of them.
    """
    erased = read_erased(job.workspace)
    _refuse_strangers(job, [lead_id for lead_id in lead_ids if lead_id not in erased])
    # Remembered first: after a kill in between, the next ingest leaves the leads out all the same.
    keep_erased(job.workspace, erased.with_leads(lead_ids))
    with job.narrator.step("Erasing"):
        rows = {
            "lake": _drop_rows(job.workspace.lake, LAKE, lead_ids),
            "scores": _drop_rows(job.workspace.scores, SCORES, lead_ids),
            "backtests": _drop_rows(job.workspace.backtests, BACKTESTS, lead_ids),
            "lists": sum(strike(folder, lead_ids) for folder in _lists(job.workspace)),
        }
    forget(job.workspace)
    for place, count in rows.items():
        job.narrator.say(f"  {place}: {count:,} {'row' if count == 1 else 'rows'} erased")
    job.narrator.say(f"  {job.data} is not ours to change: erase them there too; until then ingest leaves them out.")
    return sum(rows.values())


def _refuse_strangers(job: Job, lead_ids: Sequence[str]) -> None:
    unknown = [lead_id for lead_id in lead_ids if not _is_kept(job.workspace, lead_id)]
    if unknown:
        raise FunnelcastError(
            f"There is no lead '{unknown[0]}' in {job.workspace.root}, so nothing was erased; "
            "give lead ids as they stand in the column lead_id of the lists."
        )


def _is_kept(workspace: Workspace, lead_id: str) -> bool:
    """Whether anything names the lead; looked for first among the leads, where all are that the sources hold."""
    places = (
        (workspace.lake, "leads/*.parquet"),
        (workspace.lake, LAKE),
        (workspace.scores, SCORES),
        (workspace.backtests, BACKTESTS),
    )
    files = (file for folder, pattern in places for file in sorted(folder.glob(pattern)))
    return any(_rows_in(pq.ParquetFile(file), [lead_id]) for file in files) or any(
        names(folder, [lead_id]) for folder in _lists(workspace)
    )


def _drop_rows(folder: Path, pattern: str, lead_ids: Sequence[str]) -> int:
    return sum(_drop_from(file, lead_ids) for file in sorted(folder.glob(pattern)))


def _drop_from(file: Path, lead_ids: Sequence[str]) -> int:
    """Writes a Parquet file anew without the leads, group of rows by group of rows; the other rows keep their order."""
    stored = pq.ParquetFile(file)
    found = _rows_in(stored, lead_ids)
    if not found:
        return 0
    with write_beside(file) as part, pq.ParquetWriter(part, stored.schema_arrow, compression="zstd") as kept:
        for group in range(stored.num_row_groups):
            rows = stored.read_row_group(group)
            kept.write_table(rows.filter(pc.invert(_is_of(rows, lead_ids))))
    return found


def _rows_in(stored: pq.ParquetFile, lead_ids: Sequence[str]) -> int:
    """How many rows of a file are of the leads."""
    if "lead_id" not in stored.schema_arrow.names:
        return 0
    groups = (stored.read_row_group(group, ["lead_id"]) for group in range(stored.num_row_groups))
    return sum(pc.sum(_is_of(rows, lead_ids)).as_py() or 0 for rows in groups)


def _is_of(rows: pa.Table, lead_ids: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(rows["lead_id"].cast(pa.string()), value_set=pa.array(lead_ids, pa.string()))


def _lists(workspace: Workspace) -> list[Path]:
    return [folder for folder in sorted(workspace.lists.glob("*")) if folder.is_dir()]
