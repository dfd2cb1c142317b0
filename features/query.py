"""Takes the answer of a query out as plain columns of numbers."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray


def answer(con: DuckDBPyConnection, sql: str) -> pa.Table:
    """The whole answer of a query."""
    return con.sql(sql).to_arrow_table()


def whole_numbers(table: pa.Table, name: str, empty: int = 0) -> NDArray[np.int64]:
    """A column of whole numbers; an empty cell becomes `empty`."""
    column = pc.fill_null(table[name].cast(pa.int64()), empty)
    numbers: NDArray[np.int64] = column.to_numpy()
    return numbers


def numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column of numbers; an empty cell becomes NaN."""
    column: NDArray[np.float64] = table[name].cast(pa.float64()).to_numpy()
    return column


def count_rows(con: DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    return int(whole_numbers(answer(con, f"SELECT count(*) AS rows FROM {table}"), "rows")[0])
