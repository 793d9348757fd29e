"""Orders under faults: many are checked out, paid, cancelled and refunded while processes die, and
Stripe in its sandbox fails, tells twice, late, in another order, or not at all."""
