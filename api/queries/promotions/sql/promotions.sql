SELECT id, state
  FROM tally.promotion_books
 WHERE org = %(org)s AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
