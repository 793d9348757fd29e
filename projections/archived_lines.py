"""Archived lines: what summaries have of events that have left for an archive, as the rows of the
read model `transactions`, which outlive them, say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ledger.credits.transactions import Transaction, transactions_of
from ledger.kernel.decoding import decoder
from projections.ports import ArchivedLine
from projections.read_model import Model
from projections.summary import Summary, Summed

_decode = decoder(Transaction)


def outlives_archives(model: Model[Any]) -> bool:
    """Tell whether a read model is a summary of transactions, which its rows can be made of."""
    return isinstance(model, Summary) and model.lines_of is transactions_of


def archived_sums(model: Summary[Any], rows: Iterable[ArchivedLine]) -> Summed:
    """Return what rows add up to, which come in the order of their orgs' sequences."""
    sums: Summed = {}
    for first, lines in _by_event(rows):
        model.add(sums, first, lines)
    return sums


def _by_event(rows: Iterable[ArchivedLine]) -> Iterator[tuple[ArchivedLine, list[Transaction]]]:
    for _, parts in groupby(rows, key=lambda row: row[:2]):
        found = list(parts)
        yield found[0], [_decode(row.detail) for row in found]
