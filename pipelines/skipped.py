"""The cells of the leads that a list skips, column by column: there may be a million of them, and nobody reads them one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from configs.project import HeadName
from models.reasons import NOTHING
from pipelines.lines import ROWS_AT_ONCE, Words, says_of, shows_value
from pipelines.lists.csv_text import number_cells, text_cells
from pipelines.lists.sheets import COLUMNS, HEADS


@dataclass(frozen=True)
class Skipped:
    """The rows of skip.csv, those of the skipped leads of one cohort, some at a time.

    Tables of texts with the columns COLUMNS; their cells are what pipelines.lists.sheets.record gives a line.
    """

    words: Words
    scores: pd.DataFrame
    head: HeadName

    def __iter__(self) -> Iterator[pa.Table]:
        if self.head not in self.scores:
            return
        says = says_of(self.words, self.scores, self.head)
        sentences = text_cells(pa.array([*self.words.explanations.sentences, ""], pa.string()))
        skipped = np.flatnonzero((self.scores["band"] == "skip").to_numpy())
        for start in range(0, len(skipped), ROWS_AT_ONCE):
            rows = skipped[start : start + ROWS_AT_ONCE]
            some = self.scores.iloc[rows]
            told = self.words.explanations.says[some["explained"].to_numpy()]
            reasons = [
                sentences.take(pa.array(column)) for column in np.where(told == NOTHING, len(sentences) - 1, told).T
            ]
            cells = [*self._columns(some, says(rows)), *reasons, *self._marks(some)]
            yield pa.Table.from_arrays(cells, names=list(COLUMNS))

    def _columns(self, some: pd.DataFrame, says: list[str]) -> Iterator[pa.Array]:
        people = self.words.people.reindex(some["lead_id"])
        stage_words = self.words.job.project.funnel.stage_words
        stages = {stage: stage_words.get(stage, stage) for stage in some["stage"].unique()}
        told = self.words.told
        yield _texts(some["lead_id"])
        yield _same(self.words.job.day.isoformat(), some)
        yield pa.array(some["rank"].to_numpy(dtype=np.int64)).cast(pa.string())
        yield _same("skip", some)
        yield from (_texts(column) for column in (people["display_name"], people["company"]))
        yield from (_texts(some[name]) for name in ("account_id", "owner_id"))
        yield _texts(some["stage"].map(stages))
        yield _numbers(some, self.head, 6, is_shown=self.head in told)
        yield text_cells(pa.array(says, pa.string()))
        yield from (_numbers(some, head, 6, is_shown=head in told) for head in HEADS)
        yield _numbers(some, "expected_value", 2, is_shown=shows_value(self.head, some.columns, told))
        yield _texts(some["currency"])
        yield from (_numbers(some, name, 0) for name in ("fit", "engagement"))

    def _marks(self, some: pd.DataFrame) -> tuple[pa.Array, ...]:
        """The letter, and that no lot has drawn it and nothing is sent."""
        shows_letter = self.head in self.words.told and "letter" in some
        return _texts(some["letter"]) if shows_letter else _same("", some), _same("", some), _same("", some)


def _same(text: str, some: pd.DataFrame) -> pa.Array:
    return pa.repeat(text, len(some))


def _texts(column: pd.Series) -> pa.Array:
    texts = pa.array(column, pa.string(), from_pandas=True)
    return text_cells(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)


def _numbers(some: pd.DataFrame, name: str, decimals: int, *, is_shown: bool = True) -> pa.Array:
    if not is_shown or name not in some:
        return _same("", some)
    return number_cells(some[name].to_numpy(dtype=np.float64), decimals)
