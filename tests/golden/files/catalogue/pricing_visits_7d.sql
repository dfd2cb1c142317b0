SELECT s.snapshot_id,
    (count(*) FILTER (r.entity IS NOT NULL AND coalesce(r."kind" IN ('page_view') AND r."page" IN ('pricing'), FALSE) AND r.happened_at > s.as_of - INTERVAL 7 DAY))::DOUBLE AS value_0
FROM snapshots s
LEFT JOIN (SELECT lead_id AS entity, * FROM touches) r
    ON r.entity = s.lead_id AND r.known_at <= s.as_of AND r.happened_at <= s.as_of
GROUP BY s.snapshot_id, s.as_of
ORDER BY s.snapshot_id
