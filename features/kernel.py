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

from features.colleagues import Accounts
from features.identity import finder
from features.ledger import Rows, Spine
from features.packing import Block, Packing, TooManyValues, ValueCodes, pack
from features.patterns import Naming
from features.plan import Layout, Plan, Reading, make_plan
from features.reading import Part, Source
from features.rhythm import Step, Walk, follow, walk_of
from features.shortening import TooLong
from features.sorting import rows_of_accounts, rows_of_bucket
from features.windows import sweep

Matrix32 = NDArray[np.float32]
Ints = NDArray[np.int64]

ROWS_A_BUCKET = 1 << 18  # a bucket's rows are sorted and swept while they are in the processor's cache
LEAST_BUCKETS = 16  # among which threads share a short log
OTHER_GB = 0.6  # what the process takes beside packed rows and matrix: libraries, what is being read
LEAST_GB = 0.25


@dataclass(frozen=True)
class Asked:
    """What is asked of a log: for which leads (distinct names, as Arrow), at which moments, and what is read for which column.

    shift: leads are looked at in buckets of 2 ** shift. steps: the columns that look at how rows follow one another. accounts: what is
    asked of the accounts of the leads besides, whose places are then those of features.colleagues.Seats.
    """

    leads: pa.Array
    shift: int
    spine: Spine
    naming: Naming
    numbers: tuple[str, ...]
    values: tuple[str, ...]
    readings: Sequence[tuple[int, Reading]]
    steps: Sequence[Step] = ()
    accounts: Accounts | None = None

    @property
    def cuts(self) -> Ints:
        """The buckets before which the leads may be cut, and the number of all: no account is cut."""
        buckets = ((len(self.leads) - 1) >> self.shift) + 1
        return np.flatnonzero(~self.accounts.straddle(self.shift)) if self.accounts else np.arange(buckets + 1)


@dataclass(frozen=True)
class Way:
    """How to go over the rows of leads, or of accounts, to the columns of the matrix."""

    spine: Spine
    plan: Plan
    walk: Walk
    steps: Sequence[Step]

    def go(self, rows: Rows, first: int, matrix: Matrix32) -> None:
        """Fills the columns for the leads or accounts of the rows, which are those of the spine from `first` on."""
        sweep(rows, self.spine, first, self.plan, matrix)
        follow(rows, self.spine, first, self.walk, self.steps, matrix)


def bucket_shift(leads: int, rows: int) -> int:
    """How many leads share a bucket, as a power of 2: about ROWS_A_BUCKET rows, fewer where that would make too few buckets."""
    wanted = max(1, min(ROWS_A_BUCKET, rows // LEAST_BUCKETS))
    return max(0, int(np.log2(max(1, leads * wanted // max(1, rows)))))


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
    find, cuts = finder(asked.leads), asked.cuts
    passes = min(len(cuts) - 1, passes)
    edges = [(len(cuts) - 1) * number // passes for number in range(passes + 1)]
    for low, high in pairwise(edges):
        codes = tuple(ValueCodes() for _ in asked.values)
        first, last = (min(len(asked.leads), int(cuts[edge]) << asked.shift) for edge in (low, high))
        packing = Packing(
            source.lead,
            find,
            asked.naming,
            asked.numbers,
            asked.values,
            _known_by(source, asked.spine),
            codes,
            first,
            last,
            asked.shift,
            layout,
        )
        _one_pass(source, packing, asked, cuts[low : high + 1] - cuts[low], matrix)


def _known_by(source: Source, spine: Spine) -> int:
    """The last moment (microseconds since 1970 UTC) whose rows count for anybody."""
    newest = int(spine.as_of.max())
    if source.known_by is None:
        return newest
    since = source.known_by.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return min(newest, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _one_pass(source: Source, packing: Packing, asked: Asked, cuts: Ints, matrix: Matrix32) -> None:
    """Reads the log once for the leads of a packing; cuts: the buckets before which they may be cut, and the number of all."""
    of_leads, of_accounts = _ways(asked, packing.layout)
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        read = pool.map(lambda part: _packed(part, packing), source.parts)
        blocks: list[Block] = list(chain.from_iterable(read))
        keys = max((len(codes) for codes in packing.codes), default=1)

        def finish(low: int, high: int) -> None:
            rows = rows_of_bucket(blocks, low, high, packing, max(1, keys))
            first = packing.first + (low << packing.shift)
            of_leads.go(rows, first, matrix)
            if asked.accounts and of_accounts:
                some = asked.accounts.among(first, first + len(rows.offsets) - 1)
                of_accounts.go(rows_of_accounts(rows, some, packing.layout), some.first, matrix)

        list(pool.map(finish, cuts[:-1].tolist(), cuts[1:].tolist()))


def _ways(asked: Asked, layout: Layout) -> tuple[Way, Way | None]:
    """How to go over the rows of leads, and over those of accounts where those are asked for."""
    shown, accounts = asked.naming.shown, asked.accounts
    walk = walk_of(shown, layout.pattern_bits)
    of_leads = Way(asked.spine, make_plan(shown, asked.readings, layout), walk, asked.steps)
    if accounts is None:
        return of_leads, None
    numbered = replace(layout, values=layout.values + 1, short=False)
    return of_leads, Way(accounts.spine, make_plan(shown, accounts.readings, numbered), walk, accounts.steps)


def _packed(part: Part, packing: Packing) -> list[Block]:
    with closing(part()) as batches:
        return pack(batches, packing)
