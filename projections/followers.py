"""The followers that must have passed every event: the read models, and the wallet snapshots."""

from __future__ import annotations

from projections.credits.wallet_snapshots import WalletSnapshots
from projections.read_models import READ_MODELS

FOLLOWERS = (*READ_MODELS, WalletSnapshots.name)
"""Their names."""
