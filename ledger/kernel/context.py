"""The context: one subject of the ledger as a value; every list of all subjects is made of them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.kernel.aggregate import LedgerAggregate


@dataclass(frozen=True)
class Table:
    """A look-up table, written with the events: its rows are what the context declares, no more.

    Its columns begin with those of its key, the first of which is `org`. A row is what an aggregate
    declares of itself, and `stream` is that of the aggregate, with columns of the row in braces, as
    `api-key/{id}`; or it is added up from what facts declare, in the columns `adds`, and its
    `sequence` is that of the last of them. The function `tally.put_<name>` writes it.
    """

    name: str
    key: tuple[str, ...] = ("org",)
    stream: str = ""
    adds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """A subject: what it decides, and what stands beside its events.

    `uses`: the contexts whose facts it may import. `tables`: those its aggregates and facts declare
    rows of. `checks`: its kinds of `Inspection`. `read_models`: their names. `followers`: of
    those that keep what is no row of an event.
    """

    name: str
    aggregates: tuple[type[LedgerAggregate], ...]
    uses: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    checks: tuple[type, ...] = ()
    read_models: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
