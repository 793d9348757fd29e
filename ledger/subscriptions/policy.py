"""The policy of an org's subscriptions: when included credits come, how money that did not come in
is asked for again, and from which debt on overage is billed within a period."""

from __future__ import annotations

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import DUNNING_DAYS_MAX, RETRIES_MAX
from ledger.kernel.times import DAY_US


class Dunning(msgspec.Struct, frozen=True):
    """When an invoice is asked for again, in days after it was due, and after how many what is not
    paid ends; what is paid by invoice is past due then, and does not end."""

    retry_days: list[int] = msgspec.field(default_factory=lambda: [3, 5, 7])
    end_days: int = 14

    def next_retry_us(self, due_us: int, failures: int) -> int | None:
        """Return when it is tried again after so many failures; None: it is not."""
        if failures > len(self.retry_days):
            return None
        return due_us + self.retry_days[failures - 1] * DAY_US


class Policy(msgspec.Struct, frozen=True):
    """What an org has decided of subscriptions. `credits_at_once`: those of a period come when its
    invoice is issued, not when it is paid. `interim`: the debt, in microcredits, that is billed
    before its period ends; None: none is."""

    credits_at_once: bool = False
    dunning: Dunning = Dunning()
    interim: int | None = None


def check_policy(policy: Policy) -> None:
    """Raise Invalid where a policy cannot be."""
    days, end = policy.dunning.retry_days, policy.dunning.end_days
    if len(days) > RETRIES_MAX:
        raise Invalid(f"retry_days must be at most {RETRIES_MAX}.", field="retry_days")
    if days != sorted(set(days)) or not all(1 <= each <= DUNNING_DAYS_MAX for each in days):
        raise Invalid(
            f"retry_days must be 1 to {DUNNING_DAYS_MAX}, each later than the one before.",
            field="retry_days",
        )
    if not max(days, default=1) <= end <= DUNNING_DAYS_MAX:
        raise Invalid(
            f"end_days must be at most {DUNNING_DAYS_MAX}, not before the last of retry_days.",
            field="end_days",
        )
