"""Witness alerts: the operator is told that a witness has fallen behind.

No event says so. What a witness waits for is in the database, and does not change until it has got
it: since when it waits names each time that it falls behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from api.effects.alerts import alert_call, post_alert
from api.effects.effect import StateEffect
from ledger.kernel.ids import PLATFORM
from ledger.kernel.outside import Receiver
from ledger.kernel.times import format_time
from ledger.ports import Clock
from ledger.proof.witnesses import BEHIND_US, WaitingWitness
from projections.ports import Call, CallName

BEHIND = "witness.behind"


class WitnessAlerts(StateEffect):
    """Posts once for each time that a witness falls behind."""

    name = "witness-alerts"

    def __init__(
        self,
        receiver: Receiver,
        clock: Clock,
        waiting_witnesses: Callable[[], Sequence[WaitingWitness]],
    ) -> None:
        self._receiver = receiver
        self._clock = clock
        self._waiting_witnesses = waiting_witnesses

    def look(self) -> Iterable[Call]:
        """Return the calls that the state of the witnesses asks for now. Raises Unavailable."""
        now = self._clock()
        return [
            self._call_of(witness)
            for witness in self._waiting_witnesses()
            if now - witness.waiting_us >= BEHIND_US
        ]

    def _call_of(self, witness: WaitingWitness) -> Call:
        # A name is a URL or a path of any characters; an id is sent as a header.
        short = hashlib.sha256(witness.name.encode()).hexdigest()[:16]
        what = {"witness": witness.name, "since": format_time(witness.waiting_us)}
        name = CallName(PLATFORM, self.name, f"{short}-{witness.waiting_us}")
        return alert_call(name, BEHIND, witness.waiting_us + BEHIND_US, what)

    async def call(self, call: Call) -> None:
        await post_alert(self._receiver, call)
