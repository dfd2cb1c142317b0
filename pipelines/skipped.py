"""The cells of the leads that a list skips, column by column: there may be a million of them, and nobody reads them one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np
import pandas as pd

from configs.project import HeadName
from models.reasons import NOTHING
from pipelines.lines import ROWS_AT_ONCE, Words, says_of, shows_value
from pipelines.lists.plain import cells
from pipelines.lists.sheets import HEADS

Cells = list[str]


@dataclass(frozen=True)
class Skipped:
    """The rows of skip.csv, those of the skipped leads of one cohort; their cells are what pipelines.lists.sheets.record gives a line."""

    words: Words
    scores: pd.DataFrame
    head: HeadName

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        if self.head not in self.scores:
            return
        says = says_of(self.words, self.scores, self.head)
        sentences = np.array(cells([*self.words.explanations.sentences, ""]), dtype=object)
        skipped = np.flatnonzero((self.scores["band"] == "skip").to_numpy())
        for start in range(0, len(skipped), ROWS_AT_ONCE):
            rows = skipped[start : start + ROWS_AT_ONCE]
            some = self.scores.iloc[rows]
            told = self.words.explanations.says[some["explained"].to_numpy()]
            reasons = sentences[np.where(told == NOTHING, len(sentences) - 1, told)]
            yield from zip(*self._columns(some, says(rows)), *reasons.T.tolist(), *self._marks(some), strict=True)

    def _columns(self, some: pd.DataFrame, says: Cells) -> Iterator[Cells]:
        people = self.words.people.reindex(some["lead_id"])
        stages = self.words.job.project.funnel.stage_words
        told = self.words.told
        yield _texts(some["lead_id"])
        yield [self.words.job.day.isoformat()] * len(some)
        yield [str(rank) for rank in some["rank"].to_list()]
        yield ["skip"] * len(some)
        yield from (_texts(column) for column in (people["display_name"], people["company"]))
        yield from (_texts(some[name]) for name in ("account_id", "owner_id"))
        yield _texts(some["stage"].map(lambda stage: stages.get(stage, stage)))
        yield _numbers(some, self.head, 6, is_shown=self.head in told)
        yield cells(says)
        yield from (_numbers(some, head, 6, is_shown=head in told) for head in HEADS)
        yield _numbers(some, "expected_value", 2, is_shown=shows_value(self.head, some.columns, told))
        yield _texts(some["currency"])
        yield from (_numbers(some, name, 0) for name in ("fit", "engagement"))

    def _marks(self, some: pd.DataFrame) -> tuple[Cells, Cells]:
        """The letter, and that no lot has drawn it."""
        shows_letter = self.head in self.words.told and "letter" in some
        return _texts(some["letter"]) if shows_letter else [""] * len(some), [""] * len(some)


def _texts(column: pd.Series) -> Cells:
    return cells([one if isinstance(one, str) else "" for one in column.to_list()])


def _numbers(some: pd.DataFrame, name: str, decimals: int, *, is_shown: bool = True) -> Cells:
    if not is_shown or name not in some:
        return [""] * len(some)
    return ["" if isnan(one) else f"{one:.{decimals}f}" for one in some[name].to_numpy(dtype=np.float64).tolist()]
