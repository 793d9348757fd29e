SELECT published, redeemed
  FROM tally.coupon_books
 WHERE org = %(org)s AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
