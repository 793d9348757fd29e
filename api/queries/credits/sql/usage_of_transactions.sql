-- Sums of the usage of a period by groups, in their order, when ClickHouse is away: its lines are
-- read out of the transactions. `labels` are those of a sum, one a group.
WITH lines AS (
    SELECT ARRAY(
               SELECT CASE g.name
                      WHEN 'hour' THEN to_char(at.day, 'YYYY-MM-DD"T"HH24":00:00Z"')
                      WHEN 'day' THEN to_char(at.day, 'YYYY-MM-DD')
                      WHEN 'month' THEN to_char(at.day, 'YYYY-MM')
                      ELSE coalesce(d.line ->> g.name, '')
                      END
                 FROM unnest(%(groups)s::text[]) WITH ORDINALITY AS g (name, place)
                ORDER BY g.place
           ) AS labels,
           d.line,
           d.line -> 'quantities' AS quantities
      FROM tally.transactions t
     CROSS JOIN LATERAL (SELECT t.detail::jsonb -> 'usage' AS line) d
     CROSS JOIN LATERAL (
               SELECT to_timestamp(t.occurred_us / 1000000) AT TIME ZONE 'UTC' AS day
           ) at
     WHERE t.org = %(org)s
       AND t.category = 'usage'
       AND t.occurred_us >= %(from_us)s
       AND t.occurred_us < %(to_us)s
       AND (%(user)s::text IS NULL OR t.user_id = %(user)s OR t.owner = %(user)s)
), asked AS (
    SELECT * FROM lines WHERE %(after)s::text[] IS NULL OR labels > %(after)s::text[]
), meters AS (
    SELECT a.labels, q.meter, sum(q.units::numeric) AS units
      FROM asked a
     CROSS JOIN LATERAL jsonb_each_text(a.quantities) AS q (meter, units)
     GROUP BY a.labels, q.meter
), others AS (
    SELECT labels, json_object_agg(meter, units ORDER BY meter) AS quantities
      FROM meters
     WHERE meter NOT IN ('input_tokens', 'cached_tokens', 'cache_write_tokens', 'output_tokens')
     GROUP BY labels
)
SELECT a.labels,
       count(*) AS lines,
       count(*) FILTER (WHERE (a.line ->> 'late')::boolean) AS late_lines,
       sum((a.line ->> 'amount')::numeric)::text AS amount,
       sum(coalesce((a.line ->> 'debt')::numeric, 0))::text AS debt,
       sum(coalesce((a.quantities ->> 'input_tokens')::numeric, 0)) AS input_tokens,
       sum(coalesce((a.quantities ->> 'cached_tokens')::numeric, 0)) AS cached_tokens,
       sum(coalesce((a.quantities ->> 'cache_write_tokens')::numeric, 0)) AS cache_write_tokens,
       sum(coalesce((a.quantities ->> 'output_tokens')::numeric, 0)) AS output_tokens,
       coalesce((SELECT o.quantities FROM others o WHERE o.labels = a.labels), '{}') AS quantities
  FROM asked a
 GROUP BY a.labels
 ORDER BY a.labels
 LIMIT %(limit)s
