"""Commit hooks of inventory: stocks come from their rows, reservations are remembered."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.inventory.shipped_parts import ShippedParts
from ledger.inventory.reservation import RESERVATIONS
from ledger.inventory.stock import Stock
from ledger.inventory.stock_rows import restore_stocks

HOOKS = CommitHooks(
    loaders={Stock: restore_stocks},
    states=(ShippedParts,),
    remembered_spaces=(RESERVATIONS,),
)
