"""Sets the opens and clicks of mail scanners apart while the touches are read, and tells whose features that moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError, did_you_mean
from configs.load import load_scanners
from configs.project import Project
from configs.scanned import KnownScanners
from features.bots import judged_touches
from features.tables import Table
from pipelines.sources.sql import name, names, text
from pipelines.store import sql_path

MADE_BY_BOT = "made by a scanner"
FOLDER = "bot_touches"
NOBODY = """
    SELECT NULL::INTEGER AS _source, NULL::VARCHAR AS _file, NULL::BIGINT AS _line, NULL::VARCHAR AS bot,
        NULL::TIMESTAMP AS verdict_at LIMIT 0
"""
RULES = {
    "agent": "by a known program",
    "network": "from a known network",
    "delivery": "within seconds of delivery",
    "links": "every link at once",
    "colleagues": "several leads of an account at once",
}


@dataclass(frozen=True)
class Marked:
    """How many touches each rule marked, and how many leads have touches that the lake before this one judged otherwise.

    colleagues: the other leads of their accounts, whose features of the account moved too.
    """

    by_rule: Mapping[str, int]
    moved: int
    colleagues: int

    @property
    def says(self) -> tuple[str, ...]:
        """Lines for the person at the keyboard; none where nothing was marked or moved.

        >>> Marked({"links": 3}, 2, 1).says[0]
        '3 opens and clicks were made by scanners and do not count: 3 every link at once'
        """
        parts = [f"{count:,} {RULES[rule]}" for rule, count in sorted(self.by_rule.items(), key=lambda one: -one[1])]
        total = sum(self.by_rule.values())
        lines = (
            [f"{total:,} opens and clicks were made by scanners and do not count: {', '.join(parts)}"] if total else []
        )
        if self.moved:
            leads, others = _counted(self.moved, "lead"), _counted(self.colleagues, "colleague")
            lines.append(
                f"Touches read before are judged otherwise now: the features of {leads} moved, and those of the account of {others}"
            )
        return tuple(lines)


NOTHING_MARKED = Marked({}, 0, 0)


def check_bots(project: Project, touches: Table) -> KnownScanners:
    """The scanners that the project knows. Raises FunnelcastError, with the near miss, for a column or list that there is not."""
    if project.bots is None:
        return KnownScanners()
    for setting in ("agent_column", "network_column"):
        column = getattr(project.bots, setting)
        if column is not None and column not in touches.column_names:
            near = did_you_mean(column, touches.column_names)
            raise FunnelcastError(f"{project.name}, bots.{setting}: touches has no column '{column}'{near}")
    lists = [load_scanners(listed) for listed in project.bots.lists]
    agents = tuple(agent for known in lists for agent in known.agents)
    return KnownScanners(agents=agents, networks=tuple(network for known in lists for network in known.networks))


def set_bots_apart(
    con: DuckDBPyConnection, project: Project, scanners: KnownScanners, touches: Table, before: Path, lake: Path
) -> Marked:
    """Takes marked touches out of those that the view settled keeps and writes them to lake/bot_touches, with the rule in `bot`.

    So lake/touches never holds one, and nothing can count it by accident. before and lake: the lake that stands and the one
    being written, whose leads are there.
    """
    if project.bots is None and not (before / FOLDER).exists():
        return NOTHING_MARKED
    leads = f"SELECT lead_id, account_id FROM read_parquet({sql_path(lake / 'leads' / 'rows.parquet')})"
    con.execute("ALTER VIEW settled RENAME TO unjudged")
    kept = "SELECT * FROM unjudged WHERE _fate IS NULL"
    judged = judged_touches(kept, leads, project.bots, scanners) if project.bots else NOBODY
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {judged}")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW settled AS
        SELECT u.* REPLACE (
            coalesce(j.verdict_at, u.known_at) AS known_at,
            CASE WHEN j.bot IS NOT NULL THEN {text(MADE_BY_BOT)} ELSE u._fate END AS _fate
        ), j.bot
        FROM unjudged u LEFT JOIN judged j USING (_source, _file, _line)
    """)
    _write(con, touches, lake)
    by_rule = con.execute("SELECT bot, count(*) FROM judged WHERE bot IS NOT NULL GROUP BY bot ORDER BY bot").fetchall()
    return Marked(dict(by_rule), *_moved(con, before, leads))


def _write(con: DuckDBPyConnection, touches: Table, lake: Path) -> None:
    (lake / FOLDER).mkdir(exist_ok=True)
    con.execute(f"""
        COPY (
            SELECT {names(touches.column_names)}, bot FROM settled WHERE _fate = {text(MADE_BY_BOT)}
            ORDER BY {", ".join(f"{name(column)} NULLS FIRST" for column in ("happened_at", *touches.column_names, "bot"))}
        ) TO {text(str(lake / FOLDER / "rows.parquet"))} (FORMAT parquet, COMPRESSION zstd)
    """)


def _moved(con: DuckDBPyConnection, before: Path, leads: str) -> tuple[int, int]:
    """The leads of which a touch counted before and does not now, or the other way round, and their colleagues."""
    counted, marked = before / "touches" / "rows.parquet", before / FOLDER / "rows.parquet"
    if not counted.exists():
        return 0, 0
    key = "SELECT lead_id, happened_at, kind FROM"
    was_counted = f"{key} read_parquet({sql_path(counted)})"
    was_marked = f"{key} read_parquet({sql_path(marked)})" if marked.exists() else f"{key} settled LIMIT 0"
    is_marked = f"{key} settled WHERE _fate = {text(MADE_BY_BOT)}"
    is_counted = f"{key} settled WHERE _fate IS NULL"
    ((moved, colleagues),) = con.execute(f"""
        WITH moved AS (
            SELECT lead_id FROM ((({is_marked}) EXCEPT ({was_marked})) INTERSECT ({was_counted}))
            UNION SELECT lead_id FROM ((({was_marked}) EXCEPT ({is_marked})) INTERSECT ({is_counted}))
        ),
        accounts AS (SELECT DISTINCT account_id FROM moved JOIN ({leads}) USING (lead_id))
        SELECT (SELECT count(*) FROM moved),
            (SELECT count(*) FROM ({leads}) SEMI JOIN accounts USING (account_id) ANTI JOIN moved USING (lead_id))
    """).fetchall()
    return int(moved), int(colleagues)


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
