-- What an org has said of all orders, and whether a user has one that was not given up.
SELECT (SELECT m.modifiers FROM tally.price_modifiers m WHERE m.org = %(org)s) AS modifiers,
       (SELECT p.stacking FROM tally.pricing_policies p WHERE p.org = %(org)s) AS stacking,
       (SELECT s.methods FROM tally.shipping_methods s WHERE s.org = %(org)s) AS methods,
       EXISTS (SELECT FROM tally.order_states
                WHERE org = %(org)s AND owner = %(user)s::text
                  AND status NOT IN ('payment_failed', 'cancelled'))
    OR EXISTS (SELECT FROM tally.past_orders
                WHERE org = %(org)s AND owner = %(user)s::text AND status <> 'cancelled') AS has_ordered
