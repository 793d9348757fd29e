"""Orders: what was bought at which price, what it holds until it is paid, and what went back."""
