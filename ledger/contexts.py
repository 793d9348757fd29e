"""The contexts: the one list of what this ledger is about."""

from __future__ import annotations

from ledger.credits.context import CONTEXT as CREDITS
from ledger.kernel.context import Context
from ledger.privacy.context import CONTEXT as PRIVACY
from ledger.rating.context import CONTEXT as RATING
from ledger.tenancy.context import CONTEXT as TENANCY

CONTEXTS: tuple[Context, ...] = (CREDITS, RATING, TENANCY, PRIVACY)
