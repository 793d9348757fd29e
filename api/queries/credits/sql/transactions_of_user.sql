-- The same of one user: what moved their wallet, and what the pool paid for them. Each part walks
-- its own index backwards and stops at the page's end.
SELECT both_parts.* FROM (
    (SELECT t.sequence, t.line, t.hash, t.detail
       FROM tally.transactions t
      WHERE t.org = %(org)s AND t.owner = %(user)s
        AND (t.sequence, t.line) < (%(sequence)s::bigint, %(line)s::int)
        AND (%(category)s::text IS NULL OR t.category = %(category)s)
        AND (%(from_us)s::bigint IS NULL OR t.recorded_us >= %(from_us)s)
        AND (%(to_us)s::bigint IS NULL OR t.recorded_us < %(to_us)s)
      ORDER BY t.sequence DESC, t.line DESC
      LIMIT %(limit)s)
    UNION ALL
    (SELECT t.sequence, t.line, t.hash, t.detail
       FROM tally.transactions t
      WHERE t.org = %(org)s AND t.user_id = %(user)s AND t.user_id <> t.owner
        AND (t.sequence, t.line) < (%(sequence)s::bigint, %(line)s::int)
        AND (%(category)s::text IS NULL OR t.category = %(category)s)
        AND (%(from_us)s::bigint IS NULL OR t.recorded_us >= %(from_us)s)
        AND (%(to_us)s::bigint IS NULL OR t.recorded_us < %(to_us)s)
      ORDER BY t.sequence DESC, t.line DESC
      LIMIT %(limit)s)
) AS both_parts
 ORDER BY sequence DESC, line DESC
 LIMIT %(limit)s
