-- A page of an org's transactions, newest first, before the one the page before ended with.
SELECT t.sequence, t.line, t.hash, t.detail
  FROM tally.transactions t
 WHERE t.org = %(org)s
   AND (t.sequence, t.line) < (%(sequence)s::bigint, %(line)s::int)
   AND (%(category)s::text IS NULL OR t.category = %(category)s)
   AND (%(from_us)s::bigint IS NULL OR t.recorded_us >= %(from_us)s)
   AND (%(to_us)s::bigint IS NULL OR t.recorded_us < %(to_us)s)
 ORDER BY t.sequence DESC, t.line DESC
 LIMIT %(limit)s
