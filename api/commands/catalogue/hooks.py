"""Commit hooks of the catalogue: what a slug and a SKU are is remembered."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from ledger.catalogue.catalogue_item import SKUS, SLUGS

HOOKS = CommitHooks(remembered_spaces=(SLUGS, SKUS))
