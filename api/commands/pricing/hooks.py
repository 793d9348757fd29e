"""Commit hooks of pricing: the prices of a SKU are read from their row."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from ledger.pricing.sku_prices import SkuPrices, restore_prices

HOOKS = CommitHooks(loaders={SkuPrices: restore_prices})
