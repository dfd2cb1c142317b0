"""How the files of a CRM export become the tables that funnelcast works on."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configs.funnel import Name, PositiveDays, Setting

Scalar = str | int | float | bool
TableName = Literal["leads", "stage_moves", "touches", "field_changes", "purchases", "consents", "spend", "feedback"]


class PlanLengths(Setting):
    """Makes subscriptions from plans: a purchase of a plan listed here ends so many days after it was bought."""

    column: Name = "plan"
    days: Annotated[dict[str, PositiveDays], Field(min_length=1)]


class Source(Setting):
    """One table filled from one file or a glob (CSV, CSV.gz, Parquet, JSON lines), relative to the data folder.

    columns: our column to the file's column. constants: our column to a fixed value. where: keep rows whose file column
    has one of the values; without: leave such rows out. maps: for one of our columns, the file's value to ours; a value
    missing from a map rejects the row, unless the map has the key '*' (`'*': other`, or `'*': '*'` to keep it as it
    is); a value mapped to '' is left empty. time_zone: of times that carry none. whole_days: our time columns that are
    dates; they are known at the end of that day. once_per_lead: only the first row of a lead.
    not_after (stage_moves only): leave out moves of a lead that entered one of these stages before; a customer's first
    lesson does not make it a lead again.
    fields (leads only): a lead attribute is `log` (true since the lead was created) or `current` (true when we pulled
    it, usable only for later snapshots).
    """

    table: TableName
    files: Name
    columns: Annotated[dict[str, str], Field(min_length=1)]
    constants: dict[str, Scalar] = {}
    where: dict[str, Scalar | tuple[Scalar, ...]] = {}
    without: dict[str, Scalar | tuple[Scalar, ...]] = {}
    maps: dict[str, Annotated[dict[str, str], Field(min_length=1)]] = {}
    time_zone: Name | None = None
    whole_days: tuple[str, ...] = ()
    once_per_lead: bool = False
    not_after: tuple[Name, ...] = ()
    fields: dict[str, Literal["log", "current"]] = {}
    ends_after: PlanLengths | None = None

    @model_validator(mode="after")
    def _belongs_to_its_table(self) -> Self:
        if self.fields and self.table != "leads":
            raise ValueError(
                f"fields belong to the table leads, not {self.table}; a field with history goes to field_changes"
            )
        if self.ends_after and self.table != "purchases":
            raise ValueError(f"ends_after belongs to the table purchases, not {self.table}")
        if self.not_after and self.table != "stage_moves":
            raise ValueError(f"not_after belongs to the table stage_moves, not {self.table}")
        both = sorted(set(self.columns) & set(self.constants))
        if both:
            raise ValueError(f"{both[0]!r} is given under columns and under constants; keep one of them")
        return self


class DemoCompany(Setting):
    """The made-up company: written to the data folder before ingest, the same for the same numbers."""

    leads: Annotated[int, Field(ge=50, le=1_000_000)] = 5_000
    months: Annotated[int, Field(ge=6, le=60)] = 18
    seed: int = 7
