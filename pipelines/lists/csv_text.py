"""Columns of cells, and their lines of CSV, for tables too long to be written cell by cell."""

from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.lists.plain import cell

# Words of ASCII with single spaces between them that begin like no formula and hold no ';' stay as they are; see plain.cell.
UNCHANGED = r"^([!-*,./0-:<>?A-~]( ?[!-:<-~])*)?$"
WITHIN = bytes(sign for sign in range(ord(" "), ord("~") + 1) if sign != ord(";"))
FORMULA = np.isin(np.arange(256), list(b" +-=@"))  # what no unchanged cell begins with
SIGNS = '",\r\n'  # a cell with one of them is quoted
END = "\r\n"
EXACT = 1e15  # from here on a number has not six decimals to be rounded


def text_cells(texts: pa.Array) -> pa.Array:
    """The cell of each text (n,), see plain.cell; empty where there is none."""
    known = texts.fill_null("")
    if _all_unchanged(known):
        return known
    changed = pc.invert(pc.match_substring_regex(known, UNCHANGED))
    if not pc.any(changed).as_py():
        return known
    return pc.replace_with_mask(known, changed, pa.array([cell(text) for text in known.filter(changed).to_pylist()]))


def _all_unchanged(texts: pa.Array) -> bool:
    """Whether the bytes of all cells together tell at once that each is UNCHANGED."""
    stored = _bytes(texts)
    if stored.translate(None, WITHIN) or b"  " in stored:
        return False
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    signs, filled = np.frombuffer(stored, dtype=np.uint8), np.diff(ends) > 0
    return not (FORMULA[signs[ends[:-1][filled]]].any() or (signs[ends[1:][filled] - 1] == ord(" ")).any())


def _bytes(texts: pa.Array) -> bytes:
    """The bytes of all cells, one after the other, and perhaps of others that lie beside them."""
    stored = texts.buffers()[-1]
    return stored.to_pybytes() if stored else b""


def number_cells(numbers: NDArray[np.float64], decimals: int) -> pa.Array:
    """Numbers (n,) with so many decimals, empty where NaN: what f"{number:.{decimals}f}" says."""
    if not (np.isnan(numbers) | (~np.signbit(numbers) & (numbers < EXACT))).all():
        said = ["" if np.isnan(number) else f"{number:.{decimals}f}" for number in numbers.tolist()]
        return pa.array(said, pa.string())
    exact = pa.array(numbers, from_pandas=True).cast(pa.decimal128(38, decimals), safe=False)
    return exact.cast(pa.string()).fill_null("")


def csv_lines(table: pa.Table) -> str:
    """The rows of a table of texts as csv.writer writes them (RFC 4180), each with its end."""
    columns = [_quoted(column.combine_chunks()) for column in table.columns]
    lines = pc.binary_join_element_wise(pc.binary_join_element_wise(*columns, ","), END, "")
    together = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return str(pc.binary_join(together, "")[0])


def _quoted(cells: pa.Array) -> pa.Array:
    stored = _bytes(cells)
    # most columns hold no such sign anywhere, which their bytes tell sooner than their cells
    signs = [sign for sign in SIGNS if sign.encode() in stored]
    if not signs:
        return cells
    needed = reduce(pc.or_, (pc.match_substring(cells, sign) for sign in signs))
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), cells)
