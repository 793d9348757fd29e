"""The summary: a read model of which a row is of many events: what they add up to, what the first
of them says and what the last one does.

What a page adds is folded before it is written, so a row is changed once a page. Its statement
adds, and must never meet an event twice: that is what the position is for, which moves with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NewType, Protocol, TypeAlias

from ledger.ports import RecordedEvent
from projections.read_model import L, Model, Row

Sum = NewType("Sum", int)
"""A column that is added up; it may be larger than any amount."""

Summed: TypeAlias = dict[tuple[Any, ...], list[Any]]
"""Rows by their keys: what stands behind the key."""


class Told(Protocol):
    """An event, as much of it as a row needs beside its lines."""

    @property
    def org(self) -> str:
        """Whose it is."""
        ...

    @property
    def sequence(self) -> int:
        """Its place in the org."""
        ...

    @property
    def recorded_us(self) -> int:
        """When it was recorded."""
        ...


@dataclass(frozen=True)
class Summary(Model[L]):
    """A read model of rows that grow.

    `named_by`: how many columns, from the first on, name a row. `add`: puts what the lines of an
    event say into rows. Of the other columns those of type `Sum` are added up; of `firsts` the
    first value stays, of `least` and `greatest` that, of all others the last one; None is no value.
    """

    named_by: int
    add: Callable[[Summed, Told, Sequence[L]], None]
    firsts: frozenset[str] = frozenset()
    least: frozenset[str] = frozenset()
    greatest: frozenset[str] = frozenset()
    for_analysts: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if next(iter(self.columns)) != "org":
            raise ValueError(f"rows of the summary {self.name} must begin with org.")

    @property
    def key(self) -> Sequence[str]:
        return tuple(self.columns)[: self.named_by]

    @cached_property
    def added(self) -> frozenset[str]:
        """The columns that are added up."""
        return frozenset(name for name, type_ in self.columns.items() if type_ is Sum)

    def rows_of(self, events: Iterable[tuple[RecordedEvent, Sequence[L]]]) -> list[Row]:
        rows: Summed = {}
        add = self.add
        for event, lines in events:
            if lines:
                add(rows, event, lines)
        return [(*key, *row) for key, row in rows.items()]

    def merged(self, before: Sequence[Any], after: Sequence[Any]) -> list[Any]:
        """Return what stands behind a key when more was added."""
        names = tuple(self.columns)[self.named_by :]
        return [
            self._merge(name, old, new) for name, old, new in zip(names, before, after, strict=True)
        ]

    def _merge(self, name: str, old: Any, new: Any) -> Any:
        if name in self.added:
            return old + new
        if None not in (old, new):
            if name in self.least:
                return min(old, new)
            if name in self.greatest:
                return max(old, new)
        return _first(old, new) if name in self.firsts else _first(new, old)


def _first(one: Any, other: Any) -> Any:
    return other if one is None else one
