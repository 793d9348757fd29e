"""Commit hooks of stored value: it is read from its row."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_rows import restore_values

HOOKS = CommitHooks(loaders={StoredValue: restore_values})
