"""Commit hooks of purchases: a wallet that has run low is recharged by its rule."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.purchases.recharges import (
    recharge_again,
    recharge_if_low,
    say_recharge_pending,
)
from ledger.credits.adjustments import CreditsWithdrawn
from ledger.credits.debits import UsageRecorded
from ledger.credits.holds import HoldCaptured, HoldPlaced, LapsedHoldCaptured
from ledger.credits.lot_expiry import LotsExpired
from ledger.credits.recharge_level import RechargeLevelSet
from ledger.credits.transfers import CreditsSent
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import InsufficientCredits
from ledger.purchases.recharge import Recharge

LOWERING: tuple[type[Fact], ...] = (
    UsageRecorded,
    HoldPlaced,
    HoldCaptured,
    LapsedHoldCaptured,
    CreditsSent,
    CreditsWithdrawn,
    LotsExpired,
    RechargeLevelSet,
)
"""What leaves less to spend, or says how much there must be."""

HOOKS = CommitHooks(
    recorded={
        **dict.fromkeys(LOWERING, recharge_if_low),
        Recharge.RechargeRuleSet: recharge_again,
        Recharge.RechargeWaitOver: recharge_again,
    },
    refused={InsufficientCredits: say_recharge_pending},
)
