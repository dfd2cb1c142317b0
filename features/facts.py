"""Plain facts of a lead on the day: its stage, how long it has been there, how long it has been with us."""

DAY_US = 86_400_000_000


def _days_since(moment: str) -> str:
    return f"(epoch_us(s.as_of) - epoch_us({moment})) / {DAY_US}.0"


def _days_to(period: str, months: int) -> str:
    return f"(epoch_us(date_trunc('{period}', s.as_of) + INTERVAL {months} MONTH) - epoch_us(s.as_of)) / {DAY_US}.0"


FACTS: dict[str, str] = {
    "stage_rank": "s.stage_rank",
    "days_in_stage": _days_since("s.stage_since"),
    "stay_against_usual": f"{_days_since('s.stage_since')} / u.stale_after_days",
    "days_open": _days_since("s.opened_at"),
    "days_known": _days_since("s.created_at"),
    "earlier_episodes": "s.episode - 1",
    "days_to_month_end": _days_to("month", 1),
    "days_to_quarter_end": _days_to("quarter", 3),
    "days_left_of_cover": "(epoch_us(s.covered_until) - epoch_us(s.as_of)) / 86400000000.0",
}


def fact_sql(name: str) -> str:
    """SQL of (snapshot_id, value) for one fact; every one of them uses only what the snapshot itself holds."""
    return f"""
        SELECT s.snapshot_id, ({FACTS[name]})::DOUBLE AS value
        FROM snapshots s LEFT JOIN funnel_stages u ON u.stage = s.stage
    """
