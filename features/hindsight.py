"""Finds values that were written when the story was over, or all at once long after it happened."""

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from features.evidence import FEWEST, Finding, Grade

SAME_MOMENT = "5 MINUTE"  # a form that closes a deal writes its fields and its stage within minutes of each other
MOSTLY, NEARLY_ALL = 0.5, 0.9

# People do guess the day of a decision, and are right now and then; a guess that comes true 4 times in 5 is none.
DATES_THAT_ARE_ENDS, SOME_DATES = 0.8, 0.3
ARE_DATES = 0.9
COPIES, ONE_STAGE = 0.8, 0.95
COPIED_WITHIN = "1 DAY"  # what is copied every night is a copy too
ROWS_A_VALUE = 5  # a status has few values; a number or a time that is new in every row stands for nothing

# Late is known more than a day after it happened; a log that is read every night has no such rows. A back-fill tells of a month and more.
LATE, BACK_FILL_DAYS = "1 DAY", 30


def late_changes(con: DuckDBPyConnection) -> Iterator[tuple[str, Finding]]:
    """Fields whose changes come when the lead is won or lost, or after that, and hardly ever before; needs field_words and fates."""
    rows = con.execute(f"""
        SELECT field, count(*) AS changes, count(*) FILTER (happened_at >= ended_at - INTERVAL {SAME_MOMENT}) AS late
        FROM field_words JOIN fates USING (lead_id) WHERE changed GROUP BY field HAVING changes >= {FEWEST} ORDER BY field
    """)
    for field, changes, late in rows.fetchall():
        share = late / changes
        if share >= NEARLY_ALL:
            says = f"changes only when the lead is won or lost, or after that ({share:.0%} of {changes:,} values)"
            yield field, Finding("after_outcome", "banned", says, {"values": changes, "share_late": share})


def outcome_dates(con: DuckDBPyConnection) -> Iterator[tuple[str, Finding]]:
    """Fields that hold the day on which the lead will be won or lost while it is still open; needs field_words and fates."""
    rows = con.execute(f"""
        SELECT field, count(*) AS dates, count(*) FILTER (day = ended_at::DATE) AS ends,
            median(date_diff('day', known_at, ended_at)) FILTER (day = ended_at::DATE) AS ahead
        FROM (SELECT *, avg((day IS NOT NULL)::INTEGER) OVER (PARTITION BY field) AS dated
            FROM (SELECT *, TRY_CAST(value AS DATE) AS day FROM field_words)) JOIN fates USING (lead_id)
        WHERE dated >= {ARE_DATES} AND known_at < ended_at - INTERVAL {SAME_MOMENT} AND day IS NOT NULL
        GROUP BY field HAVING dates >= {FEWEST} ORDER BY field
    """)
    for field, dates, ends, ahead in rows.fetchall():
        share = ends / dates
        if share >= SOME_DATES:
            grade: Grade = "banned" if share >= DATES_THAT_ARE_ENDS else "suspect"
            says = (
                f"holds the day on which the lead is won or lost in {share:.0%} of {dates:,} values, and holds it "
                f"{ahead:,.0f} days before (median)"
            )
            yield (
                field,
                Finding("outcome_date", grade, says, {"values": dates, "share_ends": share, "days_ahead": ahead}),
            )


def stage_copies(con: DuckDBPyConnection) -> Iterator[tuple[str, Finding]]:
    """Fields that change when the stage does and whose few values each stand for one stage; needs field_words and stage_moves.

    What is written when the lead comes, with its first stage, copies nothing.
    """
    rows = con.execute(f"""
        WITH firsts AS (SELECT lead_id, min(happened_at) AS came_at FROM stage_moves GROUP BY lead_id),
        met AS (
            SELECT f.field, f.value, f.lead_id, f.happened_at,
                arg_min(m.stage, abs(epoch(m.happened_at) - epoch(f.happened_at))) AS stage
            FROM field_words f JOIN firsts USING (lead_id) LEFT JOIN stage_moves m
                ON m.lead_id = f.lead_id AND abs(epoch(m.happened_at) - epoch(f.happened_at)) <= epoch(INTERVAL {COPIED_WITHIN})
            WHERE f.changed AND f.happened_at > came_at + INTERVAL {COPIED_WITHIN} GROUP BY ALL
        ),
        pairs AS (
            SELECT field, value, usual, count(*) FILTER (stage = usual) AS same, count(stage) AS moved, count(*) AS changes
            FROM (SELECT *, mode(stage) OVER (PARTITION BY field, value) AS usual FROM met) GROUP BY ALL
        )
        SELECT field, sum(changes) AS changes, sum(moved) / sum(changes) AS moved, sum(same) / greatest(sum(moved), 1) AS same, count(*)
        FROM pairs GROUP BY field
        HAVING changes >= {FEWEST} AND count(DISTINCT usual) > 1 AND changes >= {ROWS_A_VALUE} * count(*) ORDER BY field
    """)
    for field, changes, moved, same, values in rows.fetchall():
        if moved >= COPIES and same >= ONE_STAGE:
            says = (
                f"changes when the stage does ({moved:.0%} of {int(changes):,} values), and each of its {values} values stands for one "
                f"stage ({same:.0%}): it says what the stage says"
            )
            figures = {"values": float(changes), "share_with_a_move": float(moved), "share_of_one_stage": float(same)}
            yield field, Finding("stage_copy", "suspect", says, figures)


def back_fills(con: DuckDBPyConnection) -> Iterator[tuple[tuple[str, str], Finding]]:
    """Parts of the data of which one instant of known_at carries most rows, though they happened over a month or more.

    A part is a field, a kind of touch or the purchases. Needs field_words.
    """
    parts = (
        ("'field'", "field", "field_words"),
        ("'touches'", "kind", "touches"),
        ("'purchases'", "''", "purchases"),
    )
    for table, key, rows in parts:
        if not con.execute(f"SELECT 1 FROM {rows} WHERE known_at > happened_at + INTERVAL {LATE} LIMIT 1").fetchall():
            continue
        found = con.execute(f"""
            WITH instants AS (
                SELECT {key} AS part, known_at, count(*) AS rows,
                    date_diff('day', quantile_cont(happened_at, 0.05), quantile_cont(happened_at, 0.95)) AS days
                FROM {rows} GROUP BY part, known_at
            )
            SELECT {table}, part, sum(rows) AS all_rows, max(rows) AS bulk, arg_max(known_at, rows), arg_max(days, rows) AS days
            FROM instants GROUP BY part HAVING bulk >= {FEWEST} AND bulk >= {MOSTLY} * all_rows AND days >= {BACK_FILL_DAYS} ORDER BY part
        """)
        for name, part, all_rows, bulk, instant, days in found.fetchall():
            share = float(bulk / all_rows)
            grade: Grade = "banned" if share >= NEARLY_ALL else "suspect"
            says = (
                f"was written at once: {share:.0%} of {int(all_rows):,} rows were known at {instant:%Y-%m-%d %H:%M} UTC and tell of "
                f"{days:,} days before it"
            )
            yield (
                (name, part),
                Finding(
                    "back_fill", grade, says, {"rows": float(all_rows), "share_at_once": share, "days": float(days)}
                ),
            )
