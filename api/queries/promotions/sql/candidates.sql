WITH found AS (
    (SELECT org, id, state FROM tally.promotion_books
      WHERE org = %(org)s AND code = ANY(%(codes)s))
    UNION ALL
    (SELECT org, id, state FROM tally.promotion_books
      WHERE org = %(org)s AND code IS NULL AND standing = 'running'
        AND (from_us IS NULL OR from_us <= %(at_us)s)
        AND (until_us IS NULL OR until_us > %(at_us)s)
      ORDER BY priority, id
      LIMIT %(limit)s)
)
SELECT f.state, coalesce(c.redeemed, 0) AS by_customer
  FROM found f
  LEFT JOIN tally.promotion_customers c
    ON c.org = f.org AND c.promotion = f.id AND c.customer = %(user)s
