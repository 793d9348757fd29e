"""The read model: a table of what facts say: one declaration, of which its follower, its statements
and its verification are made.

Most have a row a line of an event, so each is rebuilt by following from the first event, and is
right when each event has just its rows. One whose rows are of many events is a `Summary`. What an
aggregate is now is no read model: it declares that as rows of its own, which the commit writes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar, get_type_hints

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.ports import RecordedEvent
from ledger.registry import FACTS, fact_of

L = TypeVar("L")

Row: TypeAlias = tuple[Any, ...]
"""A row; of a line it begins with `org`, `sequence` and `line`, then for analysts with
`position`."""

KEY = ("org", "sequence", "line")


def is_silent(lines_of: Callable[[Fact], Sequence[Any]], topic: str) -> bool:
    """Tell whether a function says nothing of facts of a type, so that none need be made."""
    kind = FACTS.get(topic)
    return kind is not None and isinstance(lines_of, ByType) and not lines_of.knows(kind)


@dataclass(frozen=True)
class Model(ABC, Generic[L]):
    """What every read model declares. `name`: its follower's and its table's, and what verification
    calls it.

    `row`: the NamedTuple of its columns. `lines_of`: what a fact says, line by line; read models
    that are made of the same lines name the same function, and they are made once.
    """

    name: str
    row: type[Row]
    lines_of: Callable[[Fact], Sequence[L]]

    @cached_property
    def columns(self) -> Mapping[str, Any]:
        """Name → type of each column, in order."""
        return get_type_hints(self.row)

    @property
    @abstractmethod
    def key(self) -> Sequence[str]:
        """The columns that name a row; the first is `org`."""

    @abstractmethod
    def rows_of(self, events: Iterable[tuple[RecordedEvent, Sequence[L]]]) -> list[Row]:
        """Return the rows of events of which the lines are known, in order."""

    def rows(self, events: Iterable[RecordedEvent]) -> list[Row]:
        """Return the rows of events, in order."""
        return self.rows_of((event, self._lines(event)) for event in events)

    def _lines(self, event: RecordedEvent) -> Sequence[L]:
        return () if is_silent(self.lines_of, event.type) else self.lines_of(fact_of(event))


@dataclass(frozen=True)
class ReadModel(Model[L]):
    """A read model with a row a line.

    `row_of`: the row of a line; None: it has none. `for_analysts`: it is in ClickHouse, not in the
    store itself. `table`: its table's, where another store has one of its name. `sums`: the table
    for analysts of sums of its rows.
    """

    row_of: Callable[[RecordedEvent, L], Row | None]
    for_analysts: bool = False
    table: str = ""
    sums: str | None = None

    def __post_init__(self) -> None:
        first = (*KEY, "position") if self.for_analysts else KEY
        if tuple(self.columns)[: len(first)] != first:
            raise ValueError(f"rows of the read model {self.name} must begin with {first}.")
        object.__setattr__(self, "table", self.table or self.name)

    @property
    def key(self) -> Sequence[str]:
        return KEY

    def since(self, rows: list[Row], since: int | None) -> list[Row]:
        """Return those of analysts' rows that are not so old that they may have gone; None: none
        goes."""
        if since is None:
            return rows
        recorded = list(self.columns).index("recorded_at")
        return [row for row in rows if row[recorded] >= since]

    def rows_of(self, events: Iterable[tuple[RecordedEvent, Iterable[L]]]) -> list[Row]:
        row_of = self.row_of
        return [
            row
            for event, lines in events
            for line in lines
            if (row := row_of(event, line)) is not None
        ]
