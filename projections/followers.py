"""The followers of all contexts that must pass every event; each keeps a table of its name."""

from __future__ import annotations

from ledger.contexts import CONTEXTS
from projections.read_models import READ_MODELS

FOLLOWERS = (*READ_MODELS, *(name for context in CONTEXTS for name in context.followers))
"""Their names: the read models, then those that are made of what read models have."""

STORED = tuple(
    name for name in FOLLOWERS if name not in READ_MODELS or not READ_MODELS[name].for_analysts
)
"""Those of which the table is in the store itself."""
