"""Commit hooks: what a context has done on the commit path, declared and free for all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from api.commands.group_state import GroupState
from api.commands.unit_of_work import OnRecorded, OnRefused
from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.errors import Refusal

Loader: TypeAlias = Callable[[Any, Iterable[str]], Mapping[str, LedgerAggregate]]
"""Finds aggregates of one kind in the store by their ids, those that have a history, with one
question."""


@dataclass(frozen=True)
class CommitHooks:
    """What one context adds to the commit path: `HOOKS` of `api/commands/<context>/hooks.py`.

    What is handed the store takes of it what its context says in its `ports`.

    `loaders`: how aggregates of a kind are read where not by replaying them. `states`: make, of the
    store, what it keeps beside its aggregates, asked for by `unit.state`. `remembered_spaces`: the
    key spaces by which things are found again soon. `recorded`: what happens when a fact of a kind
    is recorded; facts of other kinds pay one look-up for all contexts. `refused`: what is said of a
    refusal of a kind, by one context.
    """

    loaders: Mapping[type[LedgerAggregate], Loader] = field(default_factory=dict)
    states: Sequence[Callable[[Any], GroupState]] = ()
    remembered_spaces: Sequence[str] = ()
    recorded: Mapping[type[Fact], OnRecorded] = field(default_factory=dict)
    refused: Mapping[type[Refusal], OnRefused] = field(default_factory=dict)
