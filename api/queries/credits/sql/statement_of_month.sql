-- A wallet's month as its summaries have it, and what has moved it since each was written: no row
-- where one of them is before the transactions, or far behind them. All heads are of one moment, and
-- rows move with their head. What is looked up by index is a column, and no expression: row security
-- looks at those first.
WITH heads AS MATERIALIZED (
    SELECT max(h.sequence) FILTER (WHERE h.name = 'transactions') AS until,
           max(h.sequence) FILTER (WHERE h.name = 'statements') AS balances,
           max(h.sequence) FILTER (WHERE h.name = 'statement_lines') AS lines
      FROM tally.projection_heads h
     WHERE h.org = %(org)s
), last AS MATERIALIZED (
    SELECT s.month, s.opening, s.closing
      FROM tally.statements s
     WHERE s.org = %(org)s AND s.owner = %(owner)s AND s.asset = %(asset)s
       AND s.month <= %(month)s
     ORDER BY s.month DESC
     LIMIT 1
), since AS MATERIALIZED (
    SELECT t.sequence, t.category, t.amount, t.recorded_us
      FROM tally.transactions t
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.sequence > (SELECT least(h.balances, h.lines) FROM heads h)
       AND t.sequence <= (SELECT h.until FROM heads h)
       AND t.recorded_us < %(to_us)s::bigint
)
SELECT h.until,
       coalesce((SELECT CASE l.month WHEN %(month)s THEN l.opening ELSE l.closing END FROM last l), 0)
       + coalesce((SELECT sum(s.amount) FROM since s
                    WHERE s.sequence > h.balances AND s.recorded_us < %(from_us)s::bigint), 0)
       AS opening,
       coalesce((SELECT l.closing FROM last l), 0)
       + coalesce((SELECT sum(s.amount) FROM since s WHERE s.sequence > h.balances), 0) AS closing,
       (SELECT jsonb_agg(jsonb_build_array(m.category, m.is_in, m.amount::text, m.times))
          FROM (SELECT p.category, p.is_in, sum(p.amount) AS amount, sum(p.times) AS times
                  FROM (SELECT n.category, n.is_in, n.amount, n.transactions AS times
                          FROM tally.statement_lines n
                         WHERE n.org = %(org)s AND n.owner = %(owner)s AND n.asset = %(asset)s
                           AND n.month = %(month)s
                        UNION ALL
                        SELECT s.category, s.amount >= 0, abs(s.amount::numeric), 1
                          FROM since s
                         WHERE s.sequence > h.lines AND s.recorded_us >= %(from_us)s::bigint) p
                 GROUP BY p.category, p.is_in) m) AS moved
  FROM heads h
 WHERE h.balances <= h.until AND h.lines <= h.until
   AND h.until - least(h.balances, h.lines) <= %(behind_max)s::bigint
