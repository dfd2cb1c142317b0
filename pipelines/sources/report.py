"""What became of every row of a source: kept, left out, folded or rejected, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.sources.scanned import NOTHING_MARKED, Marked


@dataclass(frozen=True)
class Example:
    """The first rejected row of a reason; line counts from 1 and the header of a CSV is line 1."""

    file: str
    line: int


@dataclass(frozen=True)
class SourceReport:
    """One source's rows: read = kept + left_out (where, without, not_after) + folded (once_per_lead) + erased + all rejected."""

    table: str
    files: str
    read: int
    kept: int
    left_out: int
    folded: int
    erased: int
    rejected: Mapping[str, int]
    examples: Mapping[str, Example]
    seconds: float

    @property
    def rejects(self) -> int:
        """How many rows broke the contract."""
        return sum(self.rejected.values())

    @property
    def says(self) -> str:
        """One line for the person at the keyboard.

        >>> SourceReport("touches", "a.csv", 5, 3, 1, 0, 0, {"no time": 1}, {"no time": Example("a.csv", 4)}, 0.1).says
        'touches from a.csv: 5 rows read, 3 kept, 1 left out, 1 rejected (no time: 1, such as a.csv line 4)'
        """
        parts = [f"{self.read:,} rows read", f"{self.kept:,} kept"]
        parts += [f"{self.left_out:,} left out"] if self.left_out else []
        parts += [f"{self.folded:,} later rows of a lead folded"] if self.folded else []
        parts += [f"{self.erased:,} of erased leads left out"] if self.erased else []
        reasons = "; ".join(
            f"{reason}: {count:,}, such as {self.examples[reason].file} line {self.examples[reason].line}"
            for reason, count in sorted(self.rejected.items(), key=lambda item: (-item[1], item[0]))
        )
        parts += [f"{self.rejects:,} rejected ({reasons})"] if reasons else []
        return f"{self.table} from {self.files}: {', '.join(parts)}"


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did; observed_until is the last known_at of all source tables (UTC, naive); marked: what scanners did."""

    sources: tuple[SourceReport, ...]
    observed_until: datetime
    seconds: float
    marked: Marked = NOTHING_MARKED

    @property
    def rejects(self) -> int:
        """How many rows of all sources broke the contract."""
        return sum(source.rejects for source in self.sources)

    @property
    def rows_of_unknown_leads(self) -> dict[str, int]:
        """For each table, how many rows name a lead that the table leads does not hold."""
        counts: dict[str, int] = {}
        for source in self.sources:
            if UNKNOWN_LEAD in source.rejected:
                counts[source.table] = counts.get(source.table, 0) + source.rejected[UNKNOWN_LEAD]
        return counts


UNKNOWN_LEAD = "lead not in leads"
