"""The tables that funnelcast works on: what one row is, which columns it has and which of them are personal."""

# All times are UTC. A row's happened_at is when it was true in the world, known_at when the system could have known it;
# known_at is never before happened_at.

from dataclasses import dataclass
from typing import Literal

from configs.errors import FunnelcastError, did_you_mean
from configs.protected import is_protected

ColumnKind = Literal["text", "number", "time", "flag"]

SQL_TYPES: dict[ColumnKind, str] = {"text": "VARCHAR", "number": "DOUBLE", "time": "TIMESTAMP", "flag": "BOOLEAN"}


@dataclass(frozen=True)
class Column:
    """One column; a personal one may be shown on a list but never counted."""

    name: str
    kind: ColumnKind
    says: str
    personal: bool = False
    required: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table, stored as lake/NAME/*.parquet and sorted by happened_at."""

    name: str
    one_row_is: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns in their stored order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name. Raises FunnelcastError with the near miss."""
        for column in self.columns:
            if column.name == name:
                return column
        raise FunnelcastError(f"{self.name} has no column '{name}'{did_you_mean(name, self.column_names)}")

    def with_columns(self, names: tuple[str, ...], personal: tuple[str, ...] = ()) -> "Table":
        """The same table with free text columns that a project declares."""
        free = tuple(
            Column(name, "text", "declared by the project", personal=name in personal or is_protected(name))
            for name in names
            if name not in self.column_names
        )
        return Table(self.name, self.one_row_is, self.columns + free)


LEAD = Column("lead_id", "text", "the lead's identifier in the CRM", required=True)
HAPPENED = Column("happened_at", "time", "when it was true in the world", required=True)
KNOWN = Column("known_at", "time", "when the system could have known it", required=True)
CURRENCY = Column("currency", "text", "ISO 4217 code of the amount")

leads = Table(
    "leads",
    "a lead as first seen",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("account_id", "text", "the company that the lead belongs to"),
        Column("owner_id", "text", "the seller who works the lead"),
        Column("source", "text", "where the lead came from"),
        Column("amount", "number", "what the deal is worth, in currency units"),
        CURRENCY,
        Column("display_name", "text", "the person's name", personal=True),
        Column("company", "text", "the company's name", personal=True),
    ),
)

stage_moves = Table(
    "stage_moves",
    "a lead enters a stage",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("stage", "text", "the stage entered", required=True),
        Column("order_key", "number", "orders moves of the same instant"),
    ),
)

touches = Table(
    "touches",
    "one touchpoint",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("kind", "text", "what happened, such as page_view or call", required=True),
        Column("channel", "text", "web, email, phone, meeting, social, ads, product or event"),
        Column("direction", "text", "inbound (by the lead) or outbound (by us)"),
        Column("value", "number", "minutes, a mark or another measure of this kind of touch"),
        Column("page", "text", "the page visited"),
        Column("campaign", "text", "the campaign it belongs to"),
        Column("by", "text", "the colleague of ours who took part"),
    ),
)

field_changes = Table(
    "field_changes",
    "a CRM field takes a value",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("field", "text", "the field's name", required=True),
        Column("value", "text", "the value it takes"),
    ),
)

purchases = Table(
    "purchases",
    "money or a subscription",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("plan", "text", "what was bought"),
        Column("amount", "number", "what was paid, in currency units"),
        CURRENCY,
        Column("ends_at", "time", "when the subscription ends"),
    ),
)

consents = Table(
    "consents",
    "a yes or a no",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("purpose", "text", "what it is given for", required=True),
        Column("granted", "flag", "true for a yes, false for an opt-out", required=True),
    ),
)

spend = Table(
    "spend",
    "a cost",
    (
        HAPPENED,
        KNOWN,
        Column("channel", "text", "what it was spent on", required=True),
        Column("amount", "number", "the cost, in currency units", required=True),
        CURRENCY,
    ),
)

VERDICTS = ("accepted", "rejected", "contacted")

feedback = Table(
    "feedback",
    "what sales says of a lead on its list",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("verdict", "text", "accepted, rejected or contacted", required=True),
        Column("reason", "text", "why, in the seller's own words", personal=True),
        Column("by", "text", "the colleague of ours who said it"),
    ),
)

deliveries = Table(
    "deliveries",
    "a line that we put on a list",
    (
        LEAD,
        HAPPENED,
        KNOWN,
        Column("rank", "number", "place on the list, from 1"),
        Column("band", "text", "call, nurture or keep; held for one that is never listed"),
        Column("chance_of_listing", "number", "probability that this lead was put on this list"),
    ),
)

SOURCE_TABLES: dict[str, Table] = {
    table.name: table for table in (leads, stage_moves, touches, field_changes, purchases, consents, spend, feedback)
}


def project_tables(
    touch_details: tuple[str, ...] = (), lead_attributes: tuple[str, ...] = (), personal: tuple[str, ...] = ()
) -> dict[str, Table]:
    """The canonical tables by name, with the columns that a project adds to touches and leads."""
    return {
        **SOURCE_TABLES,
        "touches": touches.with_columns(touch_details, personal),
        "leads": leads.with_columns(lead_attributes, personal),
    }
