"""Commit hooks of rating: what was used of meters stands beside the events."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.rating.meters import Meters

HOOKS = CommitHooks(states=(Meters,))
