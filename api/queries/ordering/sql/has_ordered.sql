SELECT EXISTS (SELECT FROM tally.order_states
                WHERE org = %(org)s AND owner = %(user)s
                  AND status NOT IN ('payment_failed', 'cancelled')) AS has_ordered
