"""Rows that wait in short cells come back as they were, and a log that does not fit into them is counted all the same."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from features import kernel, packing
from features.engine import compute
from features.feature import Feature, FeatureColumn, Selection
from features.packing import Block, Packing, pack
from features.plan import Layout
from features.reading import Files
from features.shortening import MIDDLE_S, MOST_S, SECOND_US, TooLong, lengthened, shortened
from features.tables import touches as touches_table
from features.words import number
from tests.histories import Row, lake, spine

touches = Selection(touches_table)
MEASURES = (
    touches.where(kind="call").count(),
    touches.sum("value"),
    touches.distinct("page"),
    touches.active_days(),
    touches.last("value"),
)
COLUMNS: tuple[FeatureColumn, ...] = tuple(
    column
    for place, measure in enumerate(MEASURES)
    for column in Feature(
        measure, number, "{value}", "none", (7, "ever") if measure.aggregate != "last" else (), f"column_{place}"
    ).columns
)
START, NOW = datetime(2026, 3, 1), datetime(2026, 3, 20)
LAYOUT = Layout(numbers=1, values=1, pattern_bits=4, folded=False)


def cells(seconds: int, value: float, late: int | None = None) -> NDArray[np.int64]:
    """One packed row: a lead and label that fill their halves, the moment, the value, a code and perhaps when it was known."""
    bits = int(np.float64(value).view(np.int64))
    known = [] if late is None else [(MIDDLE_S + late) * SECOND_US]
    label = np.int64(7) << 32 | np.int64(0xFFFFFFF1)
    return np.array([[label, (MIDDLE_S + seconds) * SECOND_US, bits, -1, *known]], dtype=np.int64)


@pytest.mark.parametrize("seconds", [0, 1, -1, MOST_S, -MOST_S])
@pytest.mark.parametrize("value", [0.0, -0.0, 2.5, 2.0**24, np.inf, np.nan])
@pytest.mark.parametrize("late", [None, 0, 86_400])
def test_a_short_row_comes_back_as_it_was(seconds: int, value: float, late: int | None) -> None:
    packed = cells(seconds, value, late)
    short = shortened(packed, LAYOUT)
    assert short.nbytes < packed.nbytes
    np.testing.assert_array_equal(lengthened([short, short], LAYOUT), [np.concatenate([packed, packed])])


@pytest.mark.parametrize(
    "packed",
    [
        cells(0, 0.1),
        cells(0, 2.0**24 + 1),
        cells(0, 1e300),
        cells(MOST_S + 1, 1.0),
        cells(-MOST_S - 1, 1.0),
        cells(0, 1.0) + np.array([0, 1, 0, 0]),
        cells(0, 1.0, MOST_S + 1),
    ],
)
def test_what_would_be_changed_is_too_long(packed: NDArray[np.int64]) -> None:
    with pytest.raises(TooLong):
        shortened(packed, LAYOUT)


def touch(place: int, **cells: object) -> Row:
    return {
        "lead_id": f"lead {place % 9}",
        "happened_at": START + timedelta(minutes=place),
        "kind": ("call", "form")[place % 2],
        "page": (None, "pricing", "home")[place % 3],
        "value": None if place % 5 == 0 else place % 11 / 4,
        **cells,
    }


LOGS: dict[str, Callable[[int], Row]] = {
    "short": touch,
    "known late": lambda place: touch(place, known_at=START + timedelta(minutes=place + place % 4)),
    "between two seconds": lambda place: touch(place, happened_at=START + timedelta(microseconds=place)),
    "far away": lambda place: touch(place, happened_at=datetime(1900, 1, 1) + timedelta(days=place)),
    "many digits": lambda place: touch(place, value=place / 10),
}


@pytest.mark.parametrize("log", LOGS)
def test_short_rows_change_no_feature(log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, used = tmp_path / "touches.parquet", list[Layout]()
    with lake({"touches": [LOGS[log](place) for place in range(900)]}) as con:
        con.execute(f"COPY touches TO '{path}' (FORMAT parquet)")
        spine(con, [(f"lead {place}", NOW) for place in range(9)])
        files = {"touches": Files((str(path),))}
        at_once = compute(con, COLUMNS, files=files)

        def seen(batches: Iterable[pa.RecordBatch], packing: Packing) -> list[Block]:
            blocks = pack(batches, packing)
            used.append(packing.layout)
            return blocks

        monkeypatch.setattr(kernel, "pack", seen)
        monkeypatch.setattr(kernel, "LEAST_GB", 1e-5)
        monkeypatch.setattr(packing, "ROWS_A_BLOCK", 128)
        np.testing.assert_array_equal(compute(con, COLUMNS, files=files, memory_gb=0.0), at_once)
    assert {layout.short for layout in used} == {log in {"short", "known late"}}
    assert len(used) > 1
