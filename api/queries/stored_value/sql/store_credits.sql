SELECT id, currency, person, balance, claims
  FROM tally.stored_values
 WHERE org = %(org)s
   AND kind = 'store-credit'
   AND (%(user)s::text IS NULL OR person = %(user)s::text)
   AND (%(currency)s::text IS NULL OR currency = %(currency)s::text)
   AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
