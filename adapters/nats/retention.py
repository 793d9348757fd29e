"""Retention: which messages leave the stream by themselves, as an operator has set it, and of which
events it must still have one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nats.js.api import DiscardPolicy, StreamConfig

from ledger.ports import RecordedEvent

CLOCKS_APART_US = 60_000_000
"""How far the clocks of NATS and of the ledger may be apart."""

_ALL = 0


@dataclass
class Retention:
    """What must be there of a stream of which messages may have left.

    Those left first that came first. So what was recorded after `since_us` is there, and of each
    org what comes after its first message. `firsts`: the sequences that those are about. None as
    `since_us`: any may have left, whenever they came.
    """

    because: str = ""
    """What makes them leave, in words."""

    since_us: int | None = _ALL
    firsts: Mapping[str, int] | None = None
    left: int = 0
    """Events of which no message need be there any more, so far."""

    def keeps(self, event: RecordedEvent) -> bool:
        """Tell whether the message of an event must be there."""
        if not self.because:
            return True
        if self.since_us is not None and event.recorded_us > self.since_us:
            return True
        return bool(self.firsts) and event.sequence >= (self.firsts or {}).get(
            event.org, event.sequence + 1
        )

    def __str__(self) -> str:
        return f"{self.left:,} events may have left the stream, which keeps {self.because}."


def retention_of(
    kept: StreamConfig, firsts: Mapping[str, int], first_stored_us: int | None, now_us: int
) -> Retention:
    """Return what must be there of a stream. `first_stored_us`: when its first message was."""
    by_age = kept.max_age or 0
    by_room = [
        words
        for words, limit in (("messages", kept.max_msgs), ("bytes", kept.max_bytes))
        if (limit or 0) > 0 and kept.discard is not DiscardPolicy.NEW
    ]
    if kept.max_msgs_per_subject > 0:
        return Retention("so many messages of each subject", None)
    if not by_age and not by_room:
        return Retention()
    because = " and ".join(
        [*([f"messages for {by_age:,.0f} s"] if by_age else []), *(f"so many {w}" for w in by_room)]
    )
    since = [now_us - int(by_age * 1e6)] if by_age else []
    if by_room and first_stored_us is not None:  # room is made for a message, and never for none
        since.append(first_stored_us)
    return Retention(because, max(since, default=_ALL) + CLOCKS_APART_US, firsts)
