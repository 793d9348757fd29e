"""The webhook: an address that is told of events, and of which."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

EVERYTHING = "*"


class Webhook(msgspec.Struct, frozen=True):
    """An address that is told of events recorded at or after `since_us`.

    `events`: stored types, `<context>.*` for all of a context, or `*`. `generation`: of its secret;
    the one before signs, too, until `old_until_us`. `why`: what it was disabled for.
    """

    id: str
    url: str
    events: list[str]
    since_us: int
    enabled: bool = True
    generation: int = 1
    old_until_us: int = 0
    why: str | None = None

    def is_told(self, type_: str, recorded_us: int) -> bool:
        """Tell whether it is told of an event of a type that was recorded then."""
        return self.enabled and recorded_us >= self.since_us and names(self.events, type_)


def names(events: Iterable[str], type_: str) -> bool:
    """Tell whether an event's stored type is among those named."""
    return any(
        each in (EVERYTHING, type_) or (each[-2:] == ".*" and type_.startswith(each[:-1]))
        for each in events
    )
