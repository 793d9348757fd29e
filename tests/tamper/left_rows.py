"""Left rows: what processes write beside the ledger, of which no event says anything."""

from __future__ import annotations

import psycopg


def leave_rows(owner: str) -> None:
    """Calls that were made, alarms that were raised, a cart, as the processes leave them."""
    with psycopg.connect(owner) as connection:
        for number in (1, 2):
            connection.execute(
                "INSERT INTO tally.effects "
                "VALUES ('acme', 'called', %s, '{}', %s, %s, 'failed', 'gone')",
                [f"k{number}", number, number + 1],
            )
        connection.execute("INSERT INTO tally.effect_totals VALUES ('called', 'failed', 2)")
        connection.execute("INSERT INTO tally.alarms VALUES ('a', 1, 1, 'why')")
        connection.execute("INSERT INTO tally.key_uses VALUES ('acme', 'key-1', 1)")
        connection.execute(
            "INSERT INTO tally.carts VALUES ('acme', 'cart_1', 'mia', 'hash', 'usd', 'trade', "
            "'list', '[]', '[]', '[]', 1, 1, 1, 1, 'order-1', 1, false)"
        )
        connection.execute("INSERT INTO tally.leases VALUES (9, 1, 'service', 'host', 1, '', 1, 0)")
