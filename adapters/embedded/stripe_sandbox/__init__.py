"""A Stripe that moves no money: a server of its own, which the unmodified SDK talks to."""
