-- A page of customers by their ids, each with what it has bought in each currency.
WITH page AS (
    SELECT owner, min(known_us) AS known_us, min(first_order_us) AS first_order_us,
           max(last_order_us) AS last_order_us,
           jsonb_agg(jsonb_build_object('currency', currency, 'orders', orders, 'spent', spent,
                                        'refunded', refunded) ORDER BY currency)
               FILTER (WHERE currency <> '') AS spending
      FROM tally.customers
     WHERE org = %(org)s AND owner > %(after)s
       AND (%(user)s::text IS NULL OR owner = %(user)s::text)
     GROUP BY owner
     ORDER BY owner
     LIMIT %(limit)s
)
SELECT page.*, t.content AS profile
  FROM page
  LEFT JOIN tally.customer_details d ON d.org = %(org)s AND d.owner = page.owner
  LEFT JOIN tally.texts t ON t.org = d.org AND t.digest = d.profile
 ORDER BY page.owner
