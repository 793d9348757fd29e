SELECT EXISTS (SELECT FROM tally.order_states
                WHERE org = %(org)s AND owner = %(user)s::text
                  AND status NOT IN ('payment_failed', 'cancelled'))
    OR EXISTS (SELECT FROM tally.past_orders
                WHERE org = %(org)s AND owner = %(user)s::text AND status <> 'cancelled') AS has_ordered
