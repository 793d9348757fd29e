"""Due actions: what time brings in the sandbox, in order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.resources import (
    billing,
    checkout_sessions,
    collecting,
    disputes,
    payment_intents,
    refunds,
    subscriptions,
)
from adapters.embedded.stripe_sandbox.sandbox import Sandbox


def _open_dispute(sandbox: Sandbox, charge: str) -> None:
    disputes.open_dispute(sandbox, charge)


_ACTIONS: dict[str, Callable[[Sandbox, str], None]] = {
    payment_intents.DISPUTES: _open_dispute,
    payment_intents.LAPSES: payment_intents.lapse,
    checkout_sessions.EXPIRES: checkout_sessions.expire,
    refunds.SUCCEEDS: refunds.succeed,
    refunds.FAILS: refunds.fail,
    disputes.DECIDES: disputes.decide,
    billing.RENEWS: billing.renew,
    collecting.FINALIZES: collecting.finalize_due,
    collecting.COLLECTS: collecting.collect_due,
    subscriptions.EXPIRES: subscriptions.expire_due,
}


def do_due(sandbox: Sandbox) -> None:
    """Do all that has fallen due, and what falls due by it, each as of the time that it was due."""
    while found := sandbox.store.rows(
        "SELECT number, at, action, id FROM due WHERE at <= ? ORDER BY at, number LIMIT 1",
        (sandbox.now(),),
    ):
        number, at, action, id = found[0]
        with sandbox.at(at), sandbox.store.transaction():
            sandbox.store.rows("DELETE FROM due WHERE number = ?", (number,))
            with suppress(Refused), sandbox.store.attempt():
                _ACTIONS[action](sandbox, id)
