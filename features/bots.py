"""Tells the opens and clicks of mail scanners from those of people."""

# The verdict on a touch falls settles_s after it was known, on rows known by then and on no others, and only from then on is the touch
# known at all: so no row known later changes what a feature says of an earlier moment.

from collections.abc import Iterable

from configs.scanned import Bots, KnownScanners
from features.signals import quoted

KEY = "_source, _file, _line"
# A day without a time of day ends a microsecond before a quarter of an hour, in any time zone; it tells no seconds.
TELLS_SECONDS = "epoch_us(happened_at) % 900_000_000 <> 899_999_999"


def judged_touches(touches: str, leads: str, bots: Bots, scanners: KnownScanners) -> str:
    """SQL of (_source, _file, _line, bot, verdict_at) for the touches of the marked kinds; bot is the rule, NULL for a person.

    touches: SQL of the touches' columns with _source, _file, _line, which tell rows apart; leads: SQL of (lead_id, account_id).
    The first rule that holds is told: agent, network, delivery, links, colleagues.
    """
    return f"""
        WITH touched AS ({touches}),
        watched AS (
            SELECT *, known_at + INTERVAL {bots.settles_s} SECOND AS verdict_at FROM touched WHERE kind IN ({_texts(bots.marked)})
        ),
        timed AS (SELECT * FROM watched WHERE {TELLS_SECONDS}),
        sent AS (SELECT lead_id, campaign, happened_at, known_at FROM touched WHERE kind IN ({_texts(bots.sent)}) AND {TELLS_SECONDS}),
        delivered AS ({_delivered(bots)}),
        bursts AS ({_bursts(bots)}),
        together AS ({_together(leads, bots)})
        SELECT {KEY}, verdict_at, CASE
            WHEN {_says_so(bots.agent_column, "contains", (*scanners.agents, *bots.agents))} THEN 'agent'
            WHEN {_says_so(bots.network_column, "starts_with", (*scanners.networks, *bots.networks))} THEN 'network'
            WHEN delivered_known <= verdict_at THEN 'delivery'
            WHEN burst_known <= verdict_at THEN 'links'
            WHEN leads_together >= {bots.colleagues} THEN 'colleagues' END AS bot
        FROM watched LEFT JOIN delivered USING ({KEY}) LEFT JOIN bursts USING ({KEY}) LEFT JOIN together USING ({KEY})
    """


def _delivered(bots: Bots) -> str:
    """When it was known at the earliest that the mail was delivered just before."""
    return f"""
        SELECT {KEY}, delivered_known FROM (
            SELECT {KEY}, min(sent_known) OVER (PARTITION BY lead_id, campaign ORDER BY happened_at
                RANGE BETWEEN INTERVAL {bots.delivery_s} SECOND PRECEDING AND CURRENT ROW) AS delivered_known
            FROM (
                SELECT {KEY}, lead_id, campaign, happened_at, NULL::TIMESTAMP AS sent_known FROM timed
                UNION ALL SELECT NULL, NULL, NULL, lead_id, campaign, happened_at, known_at FROM sent
            )
        ) WHERE _line IS NOT NULL AND {bots.delivery_s} > 0
    """


def _bursts(bots: Bots) -> str:
    """When it was known at the earliest that the click is one of many: the time at which the last of so many clicks was known."""
    road = "PARTITION BY lead_id, campaign ORDER BY happened_at RANGE BETWEEN"
    return f"""
        SELECT {KEY}, min(many_known) OVER ({road} INTERVAL {bots.links_s} SECOND PRECEDING AND CURRENT ROW) AS burst_known
        FROM (
            SELECT *, (min(known_at, {bots.links}) OVER ({road} CURRENT ROW AND INTERVAL {bots.links_s} SECOND FOLLOWING))[{bots.links}]
                AS many_known
            FROM timed WHERE kind IN ({_texts(bots.clicks)}) AND {bots.links_s} > 0
        )
    """


def _together(leads: str, bots: Bots) -> str:
    """How many leads of the account did the same at the same moment, as far as it was known by the verdict."""
    near = f"INTERVAL {bots.colleagues_s} SECOND"
    return f"""
        WITH grouped AS (
            SELECT account_id, campaign, lead_id, happened_at, min(known_at) AS known_at
            FROM timed JOIN ({leads}) USING (lead_id)
            WHERE account_id IS NOT NULL AND campaign IS NOT NULL AND {bots.colleagues_s} > 0 GROUP BY ALL
        ),
        crowds AS (
            SELECT lead_id, campaign, happened_at, list({{'lead': lead_id, 'known': known_at}}) OVER (
                PARTITION BY account_id, campaign ORDER BY happened_at RANGE BETWEEN {near} PRECEDING AND {near} FOLLOWING
            ) AS crowd
            FROM grouped
        )
        SELECT {KEY}, len(list_distinct([one.lead FOR one IN crowd IF one.known <= verdict_at])) AS leads_together
        FROM timed JOIN crowds USING (lead_id, campaign, happened_at)
    """


def _says_so(column: str | None, how: str, texts: Iterable[str]) -> str:
    tests = [f'{how}(lower("{column}"), {quoted(text.lower())})' for text in texts] if column else []
    return f"coalesce({' OR '.join(tests)}, FALSE)" if tests else "FALSE"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(quoted(value) for value in values) or "NULL"
