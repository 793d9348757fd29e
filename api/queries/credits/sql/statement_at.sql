-- A wallet at the two ends of a period, of no later sequence than one: what its movements add up to
-- until then, by category and direction: `totals` of its last snapshot before, and the sums of the
-- few rows `since`. What is looked up by index is a column, and no expression: row security looks at
-- those first. The rows since are asked for each end by itself: joined, they are thought to be many,
-- and all rows are read.
WITH ends (name, time_us) AS (
    VALUES ('opening', %(from_us)s::bigint), ('closing', %(to_us)s::bigint)
), begun AS MATERIALIZED (
    SELECT e.name, e.time_us, coalesce((
               SELECT s.sequence
                 FROM tally.wallet_snapshots s
                WHERE s.org = %(org)s AND s.owner = %(owner)s AND s.asset = %(asset)s
                  AND s.sequence <= %(until)s::bigint AND s.recorded_us < e.time_us
                ORDER BY s.sequence DESC
                LIMIT 1), 0) AS sequence
      FROM ends e
), based AS MATERIALIZED (
    SELECT g.*, least(%(until)s::bigint, (
               SELECT s.sequence
                 FROM tally.wallet_snapshots s
                WHERE s.org = %(org)s AND s.owner = %(owner)s AND s.asset = %(asset)s
                  AND s.sequence > g.sequence
                ORDER BY s.sequence
                LIMIT 1)) AS last
      FROM begun g
)
SELECT b.name,
       (SELECT w.totals
          FROM tally.wallet_snapshots w
         WHERE w.org = %(org)s AND w.owner = %(owner)s AND w.asset = %(asset)s
           AND w.sequence = b.sequence) AS totals,
       (SELECT jsonb_agg(jsonb_build_array(s.category, s.is_in, s.amount::text, s.times))
          FROM (SELECT t.category, t.amount >= 0 AS is_in, sum(abs(t.amount::numeric)) AS amount,
                       count(*) AS times
                  FROM tally.transactions t
                 WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
                   AND t.sequence > b.sequence AND t.sequence <= b.last
                   AND t.recorded_us < b.time_us
                 GROUP BY t.category, t.amount >= 0) s) AS since
  FROM based b
