"""Takes a log from the disk to the finished columns of the matrix, all leads at once or some of them at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, pairwise
from os import cpu_count

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.identity import finder
from features.ledger import Spine
from features.packing import Block, Packing, TooManyValues, ValueCodes, pack
from features.patterns import Naming
from features.plan import Layout, Plan, Reading, make_plan
from features.reading import Part, Source
from features.rhythm import Step, follow, walk_of
from features.shortening import TooLong
from features.sorting import rows_of_bucket
from features.windows import sweep

Matrix32 = NDArray[np.float32]

ROWS_A_BUCKET = 1 << 18  # a bucket's rows are sorted and swept while they are in the processor's cache
OTHER_GB = 0.6  # what the process takes beside packed rows and matrix: libraries, what is being read
LEAST_GB = 0.25


@dataclass(frozen=True)
class Asked:
    """What is asked of a log: for which leads (distinct names, as Arrow), at which moments, and what is read for which column.

    steps: the columns that look at how rows follow one another.
    """

    leads: pa.Array
    spine: Spine
    naming: Naming
    numbers: tuple[str, ...]
    values: tuple[str, ...]
    readings: Sequence[tuple[int, Reading]]
    steps: Sequence[Step] = ()


def sweep_log(source: Source, asked: Asked, matrix: Matrix32, memory_gb: float) -> None:
    """Fills the columns of the readings in the rows of the spine.

    A column over w looks at rows with happened_at in (as_of - w, as_of] and known_at <= as_of. Neither threads nor memory_gb (about
    what the process may take, in 10**9 bytes) change a value.
    """
    bits = (asked.naming.patterns - 1).bit_length()
    room = 1e9 * max(LEAST_GB, memory_gb - OTHER_GB - matrix.nbytes / 1e9)
    layout = Layout(len(asked.numbers), len(asked.values), bits, folded=bool(asked.values))
    # short rows cost a moment each, and save reading the log once more
    layout = replace(layout, short=_passes(source, layout, room) > 1)
    done = False
    while not done:
        try:
            _sweep_in_passes(source, asked, layout, matrix, _passes(source, layout, room))
            done = True
        except TooManyValues:
            layout = replace(layout, folded=False)
        except TooLong:
            layout = replace(layout, short=False)


def _passes(source: Source, layout: Layout, room: float) -> int:
    return max(1, int(np.ceil(source.rows * layout.row_bytes / room)))


def _sweep_in_passes(source: Source, asked: Asked, layout: Layout, matrix: Matrix32, passes: int) -> None:
    plan = make_plan(asked.naming.shown, asked.readings, layout)
    find, count = finder(asked.leads), len(asked.leads)
    passes = min(count, passes)
    edges = [count * number // passes for number in range(passes + 1)]
    for first, last in pairwise(edges):
        rows = max(1, source.rows // passes)
        shift = max(0, int(np.log2(max(1, (last - first) * ROWS_A_BUCKET // rows))))
        codes = tuple(ValueCodes() for _ in asked.values)
        known_by = _known_by(source, asked.spine)
        packing = Packing(
            source.lead, find, asked.naming, asked.numbers, asked.values, known_by, codes, first, last, shift, layout
        )
        _one_pass(source, packing, asked, plan, matrix)


def _known_by(source: Source, spine: Spine) -> int:
    """The last moment (microseconds since 1970 UTC) whose rows count for anybody."""
    newest = int(spine.as_of.max())
    if source.known_by is None:
        return newest
    since = source.known_by.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return min(newest, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _one_pass(source: Source, packing: Packing, asked: Asked, plan: Plan, matrix: Matrix32) -> None:
    walk = walk_of(asked.naming.shown, plan.pattern_bits)
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        read = pool.map(lambda part: _packed(part, packing), source.parts)
        blocks: list[Block] = list(chain.from_iterable(read))
        keys = max((len(codes) for codes in packing.codes), default=1)

        def finish(bucket: int) -> None:
            rows = rows_of_bucket(blocks, bucket, packing, max(1, keys))
            first = packing.first + (bucket << packing.shift)
            sweep(rows, asked.spine, first, plan, matrix)
            follow(rows, asked.spine, first, walk, asked.steps, matrix)

        list(pool.map(finish, range(packing.buckets)))


def _packed(part: Part, packing: Packing) -> list[Block]:
    with closing(part()) as batches:
        return pack(batches, packing)
