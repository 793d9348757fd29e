"""Purchases under faults: many are made, refunded and disputed while processes die, and Stripe in
its sandbox fails, tells twice, late, in another order, or not at all."""
