-- The monthly allowance of an org; one row, whether there is one or not.
SELECT a.free_monthly, coalesce(a.verified_only, false) AS verified_only, a.granted_month,
       coalesce(h.sequence, 0) AS as_of_sequence
  FROM (SELECT %(org)s::text AS org) o
  LEFT JOIN tally.allowances a ON a.org = o.org
  LEFT JOIN tally.heads h ON h.org = o.org
