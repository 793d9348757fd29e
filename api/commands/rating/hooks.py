"""Commit hooks of rating: what was used of meters stands beside the events."""

from __future__ import annotations

from functools import partial

from api.commands.hooks import CommitHooks
from api.commands.rating.meters import Meters
from ledger.rating.ports import MeterRows


def hooks(rows: MeterRows) -> CommitHooks:
    """Return what rating adds to the commit path."""
    return CommitHooks(states=(partial(Meters, rows),))
