"""Grades every column before a training: safe, suspect or banned, with what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from configs.errors import FunnelcastError, did_you_mean
from configs.project import HeadName
from features.evidence import GRADES, Finding, Grade, worst
from features.feature import FeatureColumn
from features.matrix import FIELD_COLUMN, Matrix
from features.sourced import FIELD, Part, parts_read
from models.fit import SETTINGS
from models.heads import Head
from models.judgement import MODEL, Judgement, judge_on_newest, rows_to_learn
from models.ranking import rankings
from models.settings import Settings
from models.standing_out import missing, standing_out


@dataclass(frozen=True)
class Graded:
    """A column (or a field that no column reads) with its grade and evidence; auc by head, where 0.5 tells nothing and 1 all.

    reads: the fields, kinds of touch and tables behind it. allowed: the project takes it whatever its grade.
    """

    name: str
    grade: Grade
    evidence: tuple[Finding, ...]
    reads: tuple[str, ...] = ()
    auc: Mapping[str, float] | None = None
    allowed: bool = False

    @property
    def says(self) -> str:
        """'closed_on_ever is filled for ...': the name and its evidence, the worst first."""
        ordered = sorted(self.evidence, key=lambda found: -GRADES.index(found.grade))
        return f"{self.name} {'; it '.join(found.says for found in ordered)}" if ordered else self.name


@dataclass(frozen=True)
class WithAndWithout:
    """The AUC of a head on the newest weeks, learned with the suspects and without them."""

    head: str
    auc_with: float
    auc_without: float


@dataclass(frozen=True)
class LeakReport:
    """All columns of a training, and the fields that none of them reads, in the order worst first."""

    project: str
    day: date
    columns: tuple[Graded, ...]
    fields: tuple[Graded, ...]
    notes: tuple[str, ...] = ()
    suspicion: tuple[WithAndWithout, ...] = ()

    @property
    def banned_fields(self) -> frozenset[str]:
        """The CRM fields that are banned themselves, whether a column reads them or not."""
        read = {column.reads[0].removeprefix(f"{FIELD} ") for column in self.of("banned") if self._is_field(column)}
        return frozenset(read | {field.name for field in self.fields if field.grade == "banned"})

    @staticmethod
    def _is_field(column: Graded) -> bool:
        return len(column.reads) == 1 and column.reads[0].startswith(f"{FIELD} ")

    def of(self, grade: Grade) -> tuple[Graded, ...]:
        """The columns of a grade."""
        return tuple(column for column in self.columns if column.grade == grade)

    @property
    def kept_out(self) -> frozenset[str]:
        """The banned columns that the project does not allow."""
        return frozenset(column.name for column in self.of("banned") if not column.allowed)

    @property
    def doubted(self) -> frozenset[str]:
        """The suspect columns that the project does not allow."""
        return frozenset(column.name for column in self.of("suspect") if not column.allowed)


def check_allowed(project: str, allowed: Sequence[str], columns: Sequence[FeatureColumn]) -> None:
    """Raises FunnelcastError, with the near miss, when the project allows a column that there is not."""
    names = [column.name for column in columns]
    for name in allowed:
        if name not in names:
            raise FunnelcastError(
                f"project {project}, leaks.allow: there is no column '{name}'{did_you_mean(name, names)}"
            )


def grade_columns(
    matrix: Matrix,
    columns: Sequence[FeatureColumn],
    heads: Sequence[Head],
    until: datetime,
    evidence: Mapping[Part, tuple[Finding, ...]],
    allowed: Sequence[str],
) -> tuple[Graded, ...]:
    """The columns of the matrix, worst first, from the evidence of the tables and from what each tells alone by `until` (UTC)."""
    found: dict[str, list[Finding]] = {column.name: [] for column in columns}
    alone: dict[str, dict[str, float]] = {column.name: {} for column in columns}
    for ranking in rankings(matrix, columns, heads, until):
        for name, auc in ranking.auc.items():
            alone[name][ranking.head] = auc
        for look in (standing_out, missing):
            for name, one in look(ranking):
                found[name].append(one)
    return _worst_first(
        [_graded(column, evidence, found[column.name], alone[column.name], allowed) for column in columns]
    )


def grade_fields(columns: Sequence[FeatureColumn], evidence: Mapping[Part, tuple[Finding, ...]]) -> tuple[Graded, ...]:
    """The fields that no column reads by name, worst first."""
    parts = list(evidence)
    single = [reads for column in columns if len(reads := parts_read(column, parts)) == 1]
    read = {part for reads in single for part in reads}
    fields = [(part[1], evidence[part]) for part in evidence if part[0] == FIELD and part not in read]
    return _worst_first([Graded(name, worst(found), found) for name, found in fields])


def mixed_notes(columns: Sequence[FeatureColumn], evidence: Mapping[Part, tuple[Finding, ...]]) -> tuple[str, ...]:
    """A sentence on each banned field whose rows are counted among others: such a column is as honest as its other rows."""
    parts, notes = list(evidence), []
    reads = {column.name: parts_read(column, parts) for column in columns}
    for part in parts:
        mixed = [name for name, read in reads.items() if len(read) > 1 and part in read]
        if mixed and worst(evidence[part]) == "banned":
            notes.append(
                f"{', '.join(mixed)} count {' '.join(part).strip()} among others; take it out of the source, or they count what is banned."
            )
    return tuple(notes)


def _graded(
    column: FeatureColumn,
    evidence: Mapping[Part, tuple[Finding, ...]],
    found: Sequence[Finding],
    auc: Mapping[str, float],
    allowed: Sequence[str],
) -> Graded:
    reads = parts_read(column, list(evidence))
    inherited = _inherited([evidence.get(part, ()) for part in reads])
    everything = (*inherited, *found)
    names = tuple(f"{kind} {name}".strip() for kind, name in reads)
    return Graded(column.name, worst(everything), everything, names, auc, column.name in allowed)


def _inherited(parts: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """What speaks against all that a column reads; among many honest rows a few of a banned field are named on that field."""
    if not parts or not all(parts):
        return ()
    return tuple(one for part in parts for one in part)


def _worst_first(graded: Sequence[Graded]) -> tuple[Graded, ...]:
    return tuple(
        sorted(graded, key=lambda one: (-GRADES.index(one.grade), -max((one.auc or {}).values(), default=0.5)))
    )


def without(matrix: Matrix, names: frozenset[str], fields: frozenset[str] = frozenset()) -> Matrix:
    """The matrix without the columns of these names, and its snapshots without these CRM fields."""
    hidden = [column for name in fields if (column := f"{FIELD_COLUMN}{name}") in matrix.snapshots]
    if not names and not hidden:
        return matrix
    kept: NDArray[np.intp] = np.flatnonzero([name not in names for name in matrix.columns])
    columns = tuple(matrix.columns[place] for place in kept)
    snapshots = matrix.snapshots.drop(columns=hidden)
    return replace(matrix, snapshots=snapshots, values=matrix.values[:, kept], columns=columns)


def with_and_without(
    matrix: Matrix,
    judgements: Sequence[Judgement],
    until: datetime,
    capacity: int,
    doubted: frozenset[str],
    settings: Mapping[HeadName, Settings] = MappingProxyType({}),
) -> tuple[WithAndWithout, ...]:
    """Each head learned once more without the doubted columns and judged on the same newest weeks; nothing when none is doubted.

    settings: by head, those that the judged were learned with.
    """
    fewer = without(matrix, doubted)
    if len(fewer.columns) == len(matrix.columns):
        return ()
    found = []
    for judgement in judgements:
        head = judgement.head
        own = settings.get(head.name, SETTINGS)
        again = judge_on_newest(rows_to_learn(fewer, head, until), head, capacity, None, own)
        found.append(WithAndWithout(head.name, _model_auc(judgement), _model_auc(again)))
    return tuple(found)


def _model_auc(judgement: Judgement) -> float:
    return float(judgement.metrics["auc"].to_dict()[MODEL])
