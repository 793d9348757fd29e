"""The bus: NATS, which what happens is published on."""

from __future__ import annotations

from api.container import BusFacts, NatsAddress, examine_nats
from api.doctor.check import Check, look, right, wrong
from ledger.kernel.errors import LedgerError

PAYLOAD_MIN = 8 * 1024 * 1024
"""Bytes of a message that an event of a thousand usage lines may take."""


def examine_bus(address: NatsAddress | None) -> Check:
    """Check whether NATS answers and keeps messages."""
    if address is None:
        return right("nats", "none is configured: nothing is published")
    try:
        return judge_bus(examine_nats(address))
    except LedgerError as error:
        return wrong(
            "nats",
            error.detail.splitlines()[0],
            "See that it runs and that TALLY_NATS_URL fits. Money does not need it: what happens "
            "is published when it is back.",
        )


def judge_bus(facts: BusFacts) -> Check:
    """Judge a server by what it says."""
    found = f"NATS {facts.version}"
    if not facts.keeps:
        return wrong("nats", f"{found} without JetStream", "Turn it on, for our user's account.")
    if facts.payload_max < PAYLOAD_MIN:
        return look(
            "nats",
            f"{found}, max_payload {facts.payload_max:,}",
            f"Set it to {PAYLOAD_MIN:,}: large events are published without their content.",
        )
    return right("nats", found)
