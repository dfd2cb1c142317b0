"""A row of a log that shows nothing that a column looks for is not kept in memory."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from features.identity import finder
from features.packing import Packing, pack
from features.patterns import name_signals
from features.plan import EVER_US, Layout
from features.readings import Conditions

CALLS: Conditions = (("kind", ("call",)),)
KINDS = ("call", "mail", None, "call", "visit")


def kept(*signals: Conditions) -> list[int]:
    """The places in KINDS of the rows that are kept for some signals."""
    naming = name_signals(signals)
    layout = Layout(0, 0, (naming.patterns - 1).bit_length(), folded=False)
    packing = Packing("lead_id", finder(pa.array(["anna"])), naming, (), (), EVER_US, (), 0, 1, 0, layout)
    moments = [datetime(2026, 3, 1, hour) for hour in range(len(KINDS))]
    batch = pa.RecordBatch.from_pydict({
        "lead_id": ["anna"] * len(KINDS), "happened_at": pa.array(moments, pa.timestamp("us")), "kind": pa.array(KINDS)
    })  # fmt: skip
    cells = np.concatenate([block.cells for block in pack([batch], packing)])
    midnight = int(np.datetime64("2026-03-01", "us").astype(np.int64))
    hours: list[int] = ((cells[:, 1] - midnight) // 3_600_000_000).tolist()
    return hours


def test_rows_of_other_kinds_are_not_kept() -> None:
    assert kept(CALLS) == [0, 3]


def test_all_rows_are_kept_where_every_row_counts() -> None:
    assert kept(CALLS, ()) == [0, 1, 2, 3, 4]
