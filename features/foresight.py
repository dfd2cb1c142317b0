"""Finds fields that were filled while a lead was still open, and only for leads that then came to one and the same end."""

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from features.evidence import FEWEST, GRADES, Finding, certainty
from features.hindsight import SAME_MOMENT

ENDS = {"won": "won", "lost": "lost", "closed": "won or lost"}

# A lead counts once for each value that it had while it was open, and once for having had any.
TOLD = f"""
    WITH told AS (
        SELECT DISTINCT field, value, lead_id FROM field_words JOIN fates USING (lead_id)
        WHERE known_at < coalesce(ended_at, 'infinity'::TIMESTAMP) - INTERVAL {SAME_MOMENT}
    ),
    signs AS (SELECT field, value, lead_id FROM told UNION ALL SELECT DISTINCT field, NULL, lead_id FROM told)
    SELECT field, value, count(*) AS leads, count(*) FILTER (won) AS won, count(*) FILTER (lost) AS lost,
        count(*) FILTER (won OR lost) AS closed
    FROM signs JOIN fates USING (lead_id) GROUP BY field, value HAVING count(*) >= {FEWEST}
    ORDER BY field, value NULLS FIRST
"""
ALL = "SELECT NULL, NULL, count(*), count(*) FILTER (won), count(*) FILTER (lost), count(*) FILTER (won OR lost) FROM fates"


def foresight(con: DuckDBPyConnection) -> Iterator[tuple[str, Finding]]:
    """By field the strongest sign that it, or one of its values, decides how a lead ends; needs the tables field_words and fates.

    Being filled at all is missingness; a value that stands for an end is a copy of the stage.
    """
    ((_, _, *everybody),) = con.execute(ALL).fetchall()
    strongest: dict[str, Finding] = {}
    for field, value, *counts in con.execute(TOLD).fetchall():
        for evidence in _signs(value, counts, everybody):
            before = strongest.setdefault(field, evidence)
            if GRADES.index(evidence.grade) > GRADES.index(before.grade):
                strongest[field] = evidence
    yield from strongest.items()


def _signs(value: str | None, counts: list[int], everybody: list[int]) -> Iterator[Finding]:
    leads, rest = counts[0], everybody[0] - counts[0]
    for place, (end, says) in enumerate(ENDS.items(), start=1):
        hits, rest_hits = counts[place], everybody[place] - counts[place]
        grade = certainty(hits, leads, rest_hits, rest)
        if grade != "safe":
            share, rest_share = hits / leads, rest_hits / rest
            sentence = (
                f"{'is filled' if value is None else f'says {value!r}'} for {leads:,} leads while they were open, and {share:.0%} of them "
                f"were {says}; of the other {rest:,} leads {rest_share:.0%} were"
            )
            figures = {"leads": float(leads), f"share_{end}": share, f"share_{end}_of_others": rest_share}
            yield Finding("missingness" if value is None else "stage_copy", grade, sentence, figures)
