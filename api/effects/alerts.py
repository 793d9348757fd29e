"""Alert: what the operator's webhook is told. `schemas/alert.md` describes it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ledger.kernel.outside import Receiver
from ledger.kernel.times import format_time
from projections.ports import Call, CallName

NEWS_US = 3 * 24 * 3600 * 1_000_000
"""An alert older than this is no news: a webhook that is set for the first time is not told of the
past."""

_encode = msgspec.json.Encoder(order="deterministic").encode


class Alert(msgspec.Struct, frozen=True):
    """What happened, in the form that is posted."""

    id: str
    type: str
    org: str
    time: str
    what: Mapping[str, object]


def alert_call(name: CallName, type: str, at_us: int, what: Mapping[str, object]) -> Call:
    """Return the call that posts an alert: the same bytes whenever it is made."""
    alert = Alert(name.id, type, name.org, format_time(at_us), what)
    return Call(name, _encode(alert).decode())


async def post_alert(receiver: Receiver, call: Call) -> None:
    """Hand an alert over. Raises NotTaken or NeverTaken."""
    await receiver.post(call.name.id, call.content.encode())
