"""Commit hooks of promotions: a promotion is read from its row."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from ledger.promotions.promotion_book import PromotionBook, restore_promotions

HOOKS = CommitHooks(loaders={PromotionBook: restore_promotions})
