"""Made-up touches and snapshots with heavy tails, as Parquet, for measuring."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

KINDS = (
    *("page_view",) * 40, *("mail_open",) * 20, *("mail_click",) * 10, *("form",) * 8, *("call",) * 6, *("answer",) * 5,
    *("mail_reply",) * 3, *("meeting",) * 3, *("signup",) * 2, *("ad_click",) * 1, *("event_visit",) * 1, *("product_use",) * 1,
)  # fmt: skip
CHANNELS = (*("web",) * 50, *("email",) * 25, *("phone",) * 10, *("ads",) * 8, *("social",) * 4, *("event",) * 3)
SEED = 0.42


@dataclass(frozen=True)
class MadeUp:
    """How much is made: leads, touches (about) and snapshots a lead (1: all at one day; more: months apart)."""

    leads: int
    touches: int
    snapshots_each: int

    @property
    def name(self) -> str:
        """Names the folder."""
        return f"{self.leads}_{self.touches}_{self.snapshots_each}"


def make(folder: Path, size: MadeUp) -> Path:
    """The folder with touches.parquet (in time order) and snapshots.parquet; made once.

    numbered.parquet holds the same touches with whole numbers for leads.
    """
    target = folder / size.name
    if (target / "numbered.parquet").exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(f"SELECT setseed({SEED})")
        con.execute(f"""CREATE TABLE leads AS SELECT i AS lead, 'L' || lpad(i::VARCHAR, 8, '0') AS lead_id,
            TIMESTAMP '2024-01-01' + to_seconds((random() * 660 * 86400)::BIGINT) AS created,
            exp(1.3 * sqrt(-2 * ln(random() + 1e-12)) * cos(2 * pi() * random())) AS weight,
            30 + random() * 300 AS life_days FROM range({size.leads}) t(i)""")
        con.execute(f"""COPY (
            SELECT lead_id, happened_at, happened_at AS known_at, kind, channel,
                CASE WHEN random() < 0.7 THEN 'inbound' ELSE 'outbound' END AS direction, value,
                (['home', 'pricing', 'docs', 'blog', 'careers'])[1 + floor(random() * 5)::INT] AS page,
                NULL::VARCHAR AS campaign, NULL::VARCHAR AS "by"
            FROM (SELECT lead_id,
                date_trunc('second', created + to_seconds((86400 * life_days * pow(random(), 1.5))::BIGINT)) AS happened_at,
                ({list(KINDS)})[1 + floor(random() * 100)::INT] AS kind, ({list(CHANNELS)})[1 + floor(random() * 100)::INT] AS channel,
                round(exp(random() * 4)) AS value
                FROM (SELECT *, unnest(range((weight / total * {size.touches} + random())::BIGINT))
                    FROM leads, (SELECT sum(weight) AS total FROM leads)))
            ORDER BY happened_at) TO '{target}/touches.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 500000)""")
        month = "created::DATE + INTERVAL (1 + 30 * k) DAY" if size.snapshots_each > 1 else "TIMESTAMP '2026-01-01'"
        con.execute(f"""COPY (SELECT (row_number() OVER (ORDER BY as_of, lead_id) - 1)::INTEGER AS snapshot_id,
            lead_id, as_of::TIMESTAMP AS as_of, 'open' AS cohort, NULL::VARCHAR AS stage, NULL::VARCHAR AS account_id
            FROM (SELECT lead_id, {month} AS as_of FROM leads, range({size.snapshots_each}) t(k)) ORDER BY snapshot_id
            ) TO '{target}/snapshots.parquet' (FORMAT parquet)""")
        _rewrite(con, target, "numbered", "SELECT * REPLACE (substr(lead_id, 2)::BIGINT AS lead_id) FROM touches")
    return target


def make_reversed(target: Path) -> None:
    """Writes reversed.parquet: the numbered touches, the newest first."""
    if not (target / "reversed.parquet").exists():
        with duckdb.connect() as con:
            _rewrite(con, target, "reversed", "SELECT * FROM numbered ORDER BY happened_at DESC")


def _rewrite(con: duckdb.DuckDBPyConnection, target: Path, name: str, sql: str) -> None:
    for known in ("touches", "numbered"):
        if (target / f"{known}.parquet").exists():
            con.execute(f"CREATE VIEW {known} AS SELECT * FROM '{target}/{known}.parquet'")
    con.execute(f"COPY ({sql}) TO '{target}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 500000)")
