"""The read page: events that were read together, and what read models are made of in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from ledger.kernel.aggregate import Fact
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.verification.evidence import Span
from projections.read import Read

Part = tuple[RecordedEvent, Sequence[Any]]
"""An event and what one function makes of its fact: something."""


class ReadPage:
    """Some events in order. What all read models ask of them is found once."""

    def __init__(self, reads: Sequence[Read]) -> None:
        self.reads = reads
        self.is_read = True
        self.untils: dict[int, int] = {}
        self._parts: dict[Callable[[Fact], Sequence[Any]], list[Part]] = {}
        for event, fact, lines in reads:
            self.is_read = self.is_read and fact is not None
            shard = shard_of(event.position)
            self.untils[shard] = max(event.position, self.untils.get(shard, 0))
            for function, made in lines.items():
                self._parts.setdefault(function, []).append((event, made))

    def parts(self, function: Callable[[Fact], Sequence[Any]]) -> Sequence[Part]:
        """Return the events of which a function says something, in order."""
        return self._parts.get(function, ())

    @cached_property
    def spans(self) -> dict[str, Span]:
        """Where its events stand, by org in the order in which each comes first."""
        ends: dict[str, tuple[int, int]] = {}
        for event, *_ in self.reads:
            first, _ = ends.get(event.org, (event.sequence, 0))
            ends[event.org] = first, event.sequence
        return {org: Span(org, first - 1, last) for org, (first, last) in ends.items()}

    def parts_by_org(self, function: Callable[[Fact], Sequence[Any]]) -> Sequence[Part]:
        """Return the same in the order of `spans`."""
        parts = self.parts(function)
        if len(self.spans) == 1:
            return parts
        order = {org: number for number, org in enumerate(self.spans)}
        return sorted(parts, key=lambda part: order[part[0].org])
