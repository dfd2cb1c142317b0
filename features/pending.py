"""Who waits for our answer as a day begins, and whom we meet in its course."""

from datetime import datetime

from configs.right_now import MeetingsToday, Unanswered
from features.readings import Conditions
from features.signals import condition_sql, quoted


def waiting_sql(asked: Conditions, answered: Conditions, rule: Unanswered, as_of: datetime) -> str:
    """SQL of (lead_id, times, since): how often each lead asked without an answer, and when first (UTC).

    A request of (as_of - within_days, as_of] waits while nothing that answers happened strictly after it, as in
    features.feature.Rhythm; listed is who has waited for at least after_minutes. Whatever is known after as_of counts for nothing.
    """
    moment = _moment(as_of)
    recent = f"r.known_at <= {moment} AND r.happened_at > {moment} - INTERVAL {rule.within_days} DAY"
    return f"""
        WITH answered AS (
            SELECT r.lead_id, max(r.happened_at) AS last_answer FROM touches r
            WHERE {condition_sql(answered)} AND {recent} GROUP BY r.lead_id
        )
        SELECT r.lead_id, count(*) AS times, min(r.happened_at) AS since
        FROM touches r LEFT JOIN answered a ON a.lead_id = r.lead_id
        WHERE {condition_sql(asked)} AND {recent} AND r.happened_at <= {moment}
            AND (a.last_answer IS NULL OR r.happened_at >= a.last_answer)
        GROUP BY r.lead_id HAVING min(r.happened_at) <= {moment} - INTERVAL {rule.after_minutes} MINUTE
    """


def meetings_sql(rule: MeetingsToday, as_of: datetime) -> str:
    """SQL of (lead_id, meets_at, whole_day): the meetings that lie in [as_of, as_of + 1 day) by the last word known at as_of (UTC).

    A touch lies in the past by definition, so a meeting that is booked is a CRM field that holds when it is: a later value moves it, an
    empty one calls it off. A value without a time zone is UTC, one without a time a whole_day. Needs field_spans of the field (see
    features.fields.create_field_spans) and a session in UTC.
    """
    moment = _moment(as_of)
    return f"""
        SELECT lead_id, meets_at, whole_day FROM (
            SELECT lead_id, make_timestamp(epoch_us(TRY_CAST(value AS TIMESTAMPTZ))) AS meets_at,
                length(trim(value)) <= {len("2026-03-09")} AS whole_day
            FROM field_spans WHERE field = {quoted(rule.field)} AND known_at <= {moment} AND {moment} < until
        ) WHERE meets_at >= {moment} AND meets_at < {moment} + INTERVAL 1 DAY
    """


def _moment(as_of: datetime) -> str:
    return f"TIMESTAMP '{as_of.isoformat(sep=' ')}'"
