SELECT invoice AS id, owner, currency, status, number, net, tax, total, remaining, drafted_us,
       issued_us, due_us, ended_us
  FROM tally.invoices
 WHERE org = %(org)s AND drafted_us IS NOT NULL
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (drafted_us, invoice) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY drafted_us DESC, invoice DESC
 LIMIT %(limit)s
