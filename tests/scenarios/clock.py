"""A clock that stands where a test puts it."""

from ledger.kernel.times import parse_time

NOON = "2026-02-01T12:00:00Z"


class StandingClock:
    """A `Clock` that moves only when told."""

    def __init__(self, at: str = NOON) -> None:
        self.now_us = parse_time(at, "at")

    def __call__(self) -> int:
        return self.now_us

    def move_to(self, at: str) -> None:
        """Stand at a moment, earlier or later."""
        self.now_us = parse_time(at, "at")
