-- What was used of meters in their months; where the pool pays, a user's use is counted as its.
SELECT n.place, c.used
  FROM unnest(%(payers)s::text[], %(providers)s::text[], %(models)s::text[], %(meters)s::text[],
              %(months)s::text[])
       WITH ORDINALITY AS n (payer, provider, model, meter, month, place)
  JOIN tally.orgs o ON o.org = %(org)s
  JOIN tally.meter_counters c
    ON c.org = o.org AND c.provider = n.provider AND c.model = n.model AND c.meter = n.meter
   AND c.month = n.month
   AND c.payer = CASE WHEN n.payer <> '' AND o.billing_mode = 'shared' THEN %(pool)s
                      ELSE n.payer END
