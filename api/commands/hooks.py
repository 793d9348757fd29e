"""Commit hooks: what a context has done on the commit path, declared and free for all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from api.commands.group_state import GroupState
from api.commands.unit_of_work import OnRecorded
from ledger.kernel.aggregate import Fact, LedgerAggregate

Loader: TypeAlias = Callable[[Iterable[str]], Mapping[str, LedgerAggregate]]
"""Finds aggregates of one kind by their ids, those that have a history, with one question."""


@dataclass(frozen=True)
class CommitHooks:
    """What one context adds to the commit path.

    `loaders`: how aggregates of a kind are read where not by replaying them. `states`: make what
    it keeps beside its aggregates, asked for by `unit.state`. `remembered_spaces`: the key spaces
    by which things are found again soon. `recorded`: what happens when a fact of a kind is
    recorded; facts of other kinds pay one look-up for all contexts.
    """

    loaders: Mapping[type[LedgerAggregate], Loader] = field(default_factory=dict)
    states: Sequence[Callable[[], GroupState]] = ()
    remembered_spaces: Sequence[str] = ()
    recorded: Mapping[type[Fact], OnRecorded] = field(default_factory=dict)
