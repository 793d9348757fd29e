"""The summary: a read model of which a row is of many events: what they add up to, what the first
of them says and what the last one does.

What a page adds is folded before it is written, so a row is changed once a page. Its statement
adds, and must never meet an event twice: that is what the position is for, which moves with it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar, NewType, Protocol, TypeAlias

from ledger.ports import RecordedEvent
from projections.read_model import L, Model, Row

Sum = NewType("Sum", int)
"""A column that is added up; it may be larger than any amount."""

Merge: TypeAlias = Callable[[Any, Any], Any]
"""Makes one value of what a column was and what comes."""

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
        values = zip(self._merges, before, after, strict=True)
        return [merge(old, new) for merge, old, new in values]

    @cached_property
    def _merges(self) -> list[Merge]:
        """How each column behind the key has more added."""
        return [self._merge_of(name) for name in tuple(self.columns)[self.named_by :]]

    def _merge_of(self, name: str) -> Merge:
        if name in self.added:
            return operator.add
        if name in self.least:
            return partial(_either, min)
        if name in self.greatest:
            return partial(_either, max)
        return _first if name in self.firsts else _last


def _either(choose: Merge, old: Any, new: Any) -> Any:
    return _first(old, new) if None in (old, new) else choose(old, new)


def _first(old: Any, new: Any) -> Any:
    return new if old is None else old


def _last(old: Any, new: Any) -> Any:
    return old if new is None else new
