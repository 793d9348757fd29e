-- A wallet's movements of a period by category and direction, with the balance before the first and
-- after the last of them, all from one moment and of no later sequence than one. A row without a category when nothing moved.
WITH before AS (
    SELECT t.balance_after
      FROM tally.transactions t
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.recorded_us < %(from_us)s::bigint AND t.sequence <= %(upto)s::bigint
     ORDER BY t.sequence DESC, t.line DESC
     LIMIT 1
), within AS (
    SELECT t.sequence, t.line, t.category, t.amount, t.balance_after
      FROM tally.transactions t
     WHERE t.org = %(org)s AND t.owner = %(owner)s AND t.asset = %(asset)s
       AND t.recorded_us >= %(from_us)s::bigint AND t.recorded_us < %(to_us)s::bigint
       AND t.sequence <= %(upto)s::bigint
), last AS (
    SELECT balance_after FROM within ORDER BY sequence DESC, line DESC LIMIT 1
), sums AS (
    SELECT category, amount >= 0 AS is_in, sum(abs(amount::numeric)) AS amount, count(*) AS count
      FROM within
     GROUP BY category, amount >= 0
)
SELECT coalesce((SELECT balance_after FROM before), 0) AS opening,
       coalesce((SELECT balance_after FROM last), (SELECT balance_after FROM before), 0) AS closing,
       s.category, s.is_in, s.amount::text AS amount, s.count
  FROM (SELECT) AS one
  LEFT JOIN sums s ON true
 ORDER BY s.category, s.is_in
