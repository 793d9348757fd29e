"""The read event: an event with its fact and all that read models are made of, made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.verification.keys import read_fact
from projections.read_models import READ_MODELS

LinesOf = Callable[[Fact], Sequence[Any]]

Lines = Mapping[LinesOf, Sequence[Any]]
"""What a fact says, by the function of the read models that are made of it; not those that say
nothing."""

NO_LINES: Lines = MappingProxyType({})

_LINES_OF = tuple(dict.fromkeys(model.lines_of for model in READ_MODELS.values()))


class Read(NamedTuple):
    """An event as it was read; no fact when it cannot be."""

    event: RecordedEvent
    fact: Fact | None
    lines: Lines = NO_LINES

    def of(self, function: LinesOf) -> Sequence[Any]:
        """Return what a function says of its fact."""
        return self.lines.get(function, ())


def lines_of(fact: Fact) -> Lines:
    """Return all that read models are made of."""
    functions = _functions_of(type(fact))
    return {function: made for function in functions if (made := function(fact))}


@cache
def _functions_of(kind: type[Fact]) -> Sequence[LinesOf]:
    """Return those that may say something of facts of a type: they are few."""
    return [
        function
        for function in _LINES_OF
        if not isinstance(function, ByType) or function.knows(kind)
    ]


def read_alone(event: RecordedEvent) -> Read:
    """Read an event of which others say whether it can be."""
    fact = read_fact(Report(), event, sound=True)
    return Read(event, fact) if fact is None else Read(event, fact, lines_of(fact))
