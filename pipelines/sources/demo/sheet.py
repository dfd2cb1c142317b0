"""One file of the export, written in groups of rows so that a large company needs no large memory."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Values = NDArray[np.generic]
Cells = Callable[[Values], pa.Array]
Columns = Mapping[str, tuple[str, Cells]]

ROWS_IN_A_GROUP = 200_000


class Sheet:
    """A Parquet file that grows; columns: header to the name of the values and how they become cells."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.columns = columns
        self._waiting: list[Mapping[str, Values]] = []
        self._waiting_rows = 0
        self._writer = pq.ParquetWriter(path, self._table([]).schema)

    def add(self, rows: Mapping[str, Values]) -> None:
        """Appends rows: arrays of one length by name."""
        self._waiting.append(rows)
        self._waiting_rows += len(next(iter(rows.values())))
        if self._waiting_rows >= ROWS_IN_A_GROUP:
            self._write()

    def close(self) -> None:
        """Writes what still waits and finishes the file."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        if self._waiting_rows:
            self._writer.write_table(self._table(self._waiting))
        self._waiting, self._waiting_rows = [], 0

    def _table(self, parts: Sequence[Mapping[str, Values]]) -> pa.Table:
        empty: Values = np.zeros(0, np.int64)
        return pa.table(
            {
                header: cells(np.concatenate([part[name] for part in parts]) if parts else empty)
                for header, (name, cells) in self.columns.items()
            }
        )


def labels(words: Sequence[str]) -> Cells:
    """Codes to a few words; a negative code is an empty cell."""
    distinct = list(dict.fromkeys(words))
    known = pa.array(distinct, pa.string())
    # Parquet does not say which of two equal words a writer keeps, so that equal tables would differ in their bytes
    place = np.array([distinct.index(word) for word in words], np.int32)

    def cells(values: Values) -> pa.Array:
        given = values.astype(np.int32)
        codes = np.where(given < 0, -1, place.take(given, mode="clip"))
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), known)

    return cells


def named(names: Sequence[str]) -> Cells:
    """Places to names, of which there may be more than rows."""
    known = pa.array(names, pa.string())
    return lambda places: known.take(pa.array(places))


def always(word: str) -> Cells:
    """The same word in every row."""
    return lambda values: pa.array([word] * len(values), pa.string())


def moments(midnight_us: int) -> Cells:
    """Seconds after a midnight (microseconds since 1970, UTC) to times; a negative number is an empty cell."""

    def cells(values: Values) -> pa.Array:
        seconds = values.astype(np.int64)
        return pa.array(seconds * 1_000_000 + midnight_us, pa.timestamp("us"), mask=seconds < 0)

    return cells


def dates(first_day: np.datetime64) -> Cells:
    """Days after the first day to dates."""
    return lambda days: pa.array(first_day + days.astype("timedelta64[D]"), pa.date32())


def numbers(values: Values) -> pa.Array:
    """Numbers as they are; NaN is an empty cell."""
    return pa.array(values.astype(np.float64), from_pandas=True)


def whole(values: Values) -> pa.Array:
    """Whole numbers."""
    return pa.array(values.astype(np.int64))


def texts(values: Values) -> pa.Array:
    """Texts as they are."""
    return pa.array(values.astype(object), pa.string())


def flags(values: Values) -> pa.Array:
    """True or false."""
    return pa.array(values.astype(np.bool_))
