"""The plain SQL of what can be read of a lead on a day."""

from features.facts import fact_sql
from features.fields import field_values, held_days, win_rates
from features.known import latest_known
from features.readings import Colleagues, CriteriaMet, CriterionReading, Evidence, Fact, FieldReading, Fit, PlainReading
from features.signals import condition_sql, quoted


def reading_sql(reading: PlainReading, grown_days: int) -> str:
    """SQL of (snapshot_id, value); no row, or NULL, where unknown. Needs the tables snapshots, days, moves, field_spans, leads and touches.

    grown_days: how long a lead must be known to count in a win rate. Whatever is known after as_of counts for nothing.
    """
    match reading:
        case Fact():
            return fact_sql(reading.name)
        case FieldReading():
            return _field_sql(reading, grown_days)
        case Colleagues():
            return _colleagues_sql(reading)
        case CriterionReading():
            return _criterion_sql(reading)
        case CriteriaMet():
            return _criteria_met_sql(reading)
        case Fit():
            return _fit_sql(reading)


def _field_sql(reading: FieldReading, grown_days: int) -> str:
    match reading.reading:
        case "win_rate":
            return win_rates(reading.field, grown_days)
        case "held_days":
            return held_days(reading.field)
        case "number":
            value = "TRY_CAST(value AS DOUBLE)"
        case "known":
            value = "nullif((value <> '')::INTEGER, 0)"
    return f"SELECT snapshot_id, {value} AS value FROM ({field_values(reading.field)})"


def _colleagues_sql(reading: Colleagues) -> str:
    """Only leads with interest in the window are joined; a role is the one that was known on the day."""
    counted = "o.lead_id" if reading.counted == "people" else "f.value"
    return f"""
        WITH active AS (
            SELECT DISTINCT l.account_id, t.lead_id, d.as_of
            FROM days d JOIN touches t ON t.happened_at > d.as_of - INTERVAL {reading.days} DAY AND t.happened_at <= d.as_of
                AND t.known_at <= d.as_of AND t.direction = 'inbound'
            JOIN leads l ON l.lead_id = t.lead_id AND l.known_at <= d.as_of
            WHERE l.account_id IS NOT NULL
        )
        SELECT s.snapshot_id, count(DISTINCT {counted}) AS value
        FROM snapshots s
        LEFT JOIN active o ON o.account_id = s.account_id AND o.as_of = s.as_of AND o.lead_id <> s.lead_id
        LEFT JOIN field_spans f ON f.lead_id = o.lead_id AND f.field = 'role' AND f.known_at <= s.as_of AND s.as_of < f.until
        GROUP BY s.snapshot_id
    """


def _criterion_sql(reading: CriterionReading) -> str:
    newest = "arg_max(e.verdict, struct_pack(happened_at := e.happened_at, verdict := e.verdict))"
    value = {
        "known": "1",
        "verdict": newest,
        "is": newest,
        "days_since": "(epoch_us(s.as_of) - epoch_us(max(e.happened_at))) / 86400000000.0",
    }[reading.reading]
    return f"""
        SELECT s.snapshot_id, {value} AS value
        FROM snapshots s JOIN ({_evidence_spans(reading.evidence)}) e
            ON e.lead_id = s.lead_id AND e.known_at <= s.as_of AND s.as_of < e.until
        GROUP BY s.snapshot_id, s.as_of
    """


def _criteria_met_sql(reading: CriteriaMet) -> str:
    verdicts = " UNION ALL ".join(_criterion_sql(CriterionReading(one, "verdict")) for one in reading.criteria)
    return f"""
        SELECT s.snapshot_id, count(*) FILTER (v.value = 1) AS value
        FROM snapshots s LEFT JOIN ({verdicts}) v USING (snapshot_id) GROUP BY s.snapshot_id
    """


def _evidence_spans(evidence: tuple[Evidence, ...]) -> str:
    """SQL of (lead_id, happened_at, verdict, known_at, until): what each sign said, while it was believed."""
    return " UNION ALL ".join(_touch_spans(one) if one.touch else _field_spans(one) for one in evidence)


def _touch_spans(evidence: Evidence) -> str:
    rows = f"SELECT r.lead_id, r.happened_at, r.known_at, 1 AS verdict FROM touches r WHERE {condition_sql(evidence.touch)}"
    return f"SELECT lead_id, happened_at, verdict, known_at, until FROM ({latest_known(rows, ('lead_id',))})"


def _field_spans(evidence: Evidence) -> str:
    return f"""
        SELECT lead_id, happened_at, ({_verdict(evidence)}) AS verdict, known_at, until
        FROM field_spans WHERE field = '{evidence.field}' AND value <> ''
    """


def _verdict(evidence: Evidence) -> str:
    bounded = evidence.at_least is not None or evidence.at_most is not None
    bad = f"WHEN {_is_among(evidence.bad)} THEN -1 " if evidence.bad else ""
    good = f"WHEN {_is_good(evidence)} THEN 1 " if evidence.good or bounded else ""
    rest = "0" if evidence.good else "-1" if bounded else "1"
    return f"CASE {bad}{good}ELSE {rest} END" if bad or good else rest


def _is_good(evidence: Evidence) -> str:
    """A good value; or a number within the bounds."""
    number = "TRY_CAST(value AS DOUBLE)"
    parts = [_is_among(evidence.good)] if evidence.good else []
    bounds = [f"{number} >= {evidence.at_least!r}"] if evidence.at_least is not None else []
    bounds += [f"{number} <= {evidence.at_most!r}"] if evidence.at_most is not None else []
    return f"coalesce({' OR '.join([*parts, ' AND '.join(bounds)] if bounds else parts)}, FALSE)"


def _is_among(values: tuple[str, ...]) -> str:
    return f"lower(value) IN ({', '.join(quoted(value.lower()) for value in values)})"


def _fit_sql(reading: Fit) -> str:
    whole = sum(weight for _, weight in reading.traits)
    shown = " UNION ALL ".join(
        f"SELECT lead_id, known_at, until, {weight!r} * (verdict = 1)::INTEGER AS weight FROM ({_field_spans(evidence)})"
        for evidence, weight in reading.traits
    )
    return f"""
        SELECT s.snapshot_id, 100 * sum(t.weight) / {whole!r} AS value
        FROM snapshots s JOIN ({shown}) t ON t.lead_id = s.lead_id AND t.known_at <= s.as_of AND s.as_of < t.until
        GROUP BY s.snapshot_id
    """
