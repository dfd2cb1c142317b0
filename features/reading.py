"""Reads the rows of a log in the order in which they lie on disk, several parts at a time."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.tables import HAPPENED, KNOWN

ROWS_A_PART = 2_000_000
ROWS_A_BATCH = 1 << 19
STORED_BY = (
    "physical_type",
    "compression",
    "encodings",
    "total_compressed_size",
    "total_uncompressed_size",
    "num_values",
)

Part = Callable[[], Generator[pa.RecordBatch, None, None]]


@dataclass(frozen=True)
class Files:
    """The Parquet files of a table in the order of their rows; rows known later than known_by (UTC, naive) do not count."""

    paths: tuple[str, ...]
    known_by: datetime | None = None


@dataclass(frozen=True)
class Source:
    """Parts that may be read at once; together, in their order, they are the rows of a log: about `rows`, named by the column lead.

    A batch without the column known_at holds rows that were known as they happened. Rows known later than known_by (UTC, naive; None: no
    end) do not count.
    """

    lead: str
    parts: tuple[Part, ...]
    rows: int
    known_by: datetime | None = None


def source_of_files(files: Files, lead: str, columns: Sequence[str], texts: Sequence[str]) -> Source:
    """The rows of files with the columns lead, happened_at, known_at and those named; texts: those that come as dictionaries."""
    metadata = [(path, pq.read_metadata(path)) for path in files.paths]
    read = [lead, *dict.fromkeys([HAPPENED.name, KNOWN.name, *columns])]
    # Leads stored one by one would be hashed for a dictionary first, and then once more to find them.
    listed = [lead, *texts] if all(_is_listed(known, lead) for _, known in metadata) else list(texts)
    parts = [part for path, known in metadata for part in _parts_of_file(path, known, read, listed)]
    return Source(lead, tuple(parts), sum(known.num_rows for _, known in metadata), files.known_by)


def _is_listed(metadata: pq.FileMetaData, column: str) -> bool:
    """Whether a column is stored as places in a dictionary in every group of rows."""
    place = {metadata.schema.column(place).name: place for place in range(metadata.num_columns)}[column]
    groups = range(metadata.num_row_groups)
    return all(metadata.row_group(group).column(place).has_dictionary_page for group in groups)


def _parts_of_file(path: str, metadata: pq.FileMetaData, columns: list[str], texts: list[str]) -> Iterator[Part]:
    rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    ends = np.cumsum(rows)
    cuts = [0, *(np.flatnonzero(np.diff(ends // ROWS_A_PART)) + 1).tolist(), len(rows)]
    for low, high in pairwise(cuts):
        yield _part(path, metadata, range(low, high), columns, texts)


def _part(path: str, metadata: pq.FileMetaData, groups: range, columns: list[str], texts: list[str]) -> Part:
    def read() -> Generator[pa.RecordBatch, None, None]:
        with (
            Path(path).open("rb") as stored,
            pq.ParquetFile(path, metadata=metadata, read_dictionary=texts, pre_buffer=False) as file,
        ):
            for group in groups:
                same = _known_at_once(stored, metadata, group)
                wanted = [name for name in columns if not (same and name == KNOWN.name)]
                yield from file.iter_batches(ROWS_A_BATCH, row_groups=[group], columns=wanted, use_threads=False)

    return read


def _known_at_once(stored: BinaryIO, metadata: pq.FileMetaData, group: int) -> bool:
    """Whether known_at is stored as the very bytes of happened_at: comparing them is many times faster than unpacking them twice."""
    places = {metadata.schema.column(place).name: place for place in range(metadata.num_columns)}
    happened, known = places[HAPPENED.name], places[KNOWN.name]
    chunks = [metadata.row_group(group).column(place) for place in (happened, known)]
    kinds = [str(metadata.schema.column(place).logical_type) for place in (happened, known)]
    alike = kinds[0] == kinds[1] and all(getattr(chunks[0], how) == getattr(chunks[1], how) for how in STORED_BY)
    return alike and _stored(stored, chunks[0]) == _stored(stored, chunks[1])


def _stored(stored: BinaryIO, chunk: pq.ColumnChunkMetaData) -> bytes:
    stored.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
    return stored.read(chunk.total_compressed_size)
