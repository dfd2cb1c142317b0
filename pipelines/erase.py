"""Erases people who ask for it from everything that a workspace holds."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from configs.errors import FunnelcastError
from features.query import answer
from pipelines.erased import keep_erased, read_erased
from pipelines.job import Job
from pipelines.lists.strike import strike
from pipelines.recall import forget
from pipelines.store import Workspace, open_lake, write_beside


def erase_leads(job: Job, lead_ids: Sequence[str]) -> int:
    """Removes leads from lake, scores, backtests and lists, and returns how many rows and lines went.

    From then on ingest leaves them out. Erasing twice is erasing once, and erasing goes on where a killed one stopped. Models hold
    no row of anybody and stay. Raises FunnelcastError, before anything is changed, for a lead that nobody knows.
    """
    erased = read_erased(job.workspace)
    _refuse_strangers(job, [lead_id for lead_id in lead_ids if lead_id not in erased])
    # Remembered first: after a kill in between, the next ingest leaves the leads out all the same.
    keep_erased(job.workspace, erased.with_leads(lead_ids))
    with job.narrator.step("Erasing"):
        rows = {
            "lake": _drop_rows(job.workspace.lake, "[!_]*/*.parquet", lead_ids),
            "scores": _drop_rows(job.workspace.scores, "*/scores.parquet", lead_ids),
            "backtests": _drop_rows(job.workspace.backtests, "*/predictions.parquet", lead_ids),
            "lists": _strike_lines(job.workspace, lead_ids),
        }
    forget(job.workspace)
    for place, count in rows.items():
        job.narrator.say(f"  {place}: {count:,} {'row' if count == 1 else 'rows'} erased")
    job.narrator.say(f"  {job.data} is not ours to change: erase them there too; until then ingest leaves them out.")
    return sum(rows.values())


def _refuse_strangers(job: Job, lead_ids: Sequence[str]) -> None:
    with open_lake(job.workspace, job.project) as con:
        con.register("asked", pa.table({"lead_id": pa.array(lead_ids, pa.string())}))
        unknown = answer(con, "SELECT lead_id FROM asked ANTI JOIN leads USING (lead_id)")["lead_id"].to_pylist()
    if unknown:
        raise FunnelcastError(
            f"There is no lead '{unknown[0]}' in {job.workspace.lake}, so nothing was erased; "
            "give lead ids as they stand in the column lead_id of the lists."
        )


def _drop_rows(folder: Path, pattern: str, lead_ids: Sequence[str]) -> int:
    return sum(_drop_from(file, lead_ids) for file in sorted(folder.glob(pattern)))


def _drop_from(file: Path, lead_ids: Sequence[str]) -> int:
    """Writes a Parquet file anew without the leads, group of rows by group of rows; the other rows keep their order."""
    stored = pq.ParquetFile(file)
    if "lead_id" not in stored.schema_arrow.names:
        return 0
    groups = range(stored.num_row_groups)
    found = sum(pc.sum(_is_of(stored.read_row_group(group, ["lead_id"]), lead_ids)).as_py() or 0 for group in groups)
    if not found:
        return 0
    with write_beside(file) as part, pq.ParquetWriter(part, stored.schema_arrow, compression="zstd") as kept:
        for group in groups:
            rows = stored.read_row_group(group)
            kept.write_table(rows.filter(pc.invert(_is_of(rows, lead_ids))))
    return int(found)


def _is_of(rows: pa.Table, lead_ids: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(rows["lead_id"].cast(pa.string()), value_set=pa.array(lead_ids, pa.string()))


def _strike_lines(workspace: Workspace, lead_ids: Sequence[str]) -> int:
    folders = [folder for folder in sorted(workspace.lists.glob("*")) if folder.is_dir()]
    return sum(strike(folder, lead_ids) for folder in folders)
