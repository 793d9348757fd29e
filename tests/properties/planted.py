"""Bugs planted by hand: `python -m tests.properties.planted NAME` plants one in this process
and exits with 0 when the machine finds it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import api.commands.credits.corrections as corrections
from api.commands.counters import Counters
from api.writer.groups import Groups
from ledger.credits import adjustments, caps, deposits, funds, holds
from ledger.credits.lots import Lot, burn_order
from ledger.credits.wallet import Wallet
from tests.properties.machine import WalletMachine


def wrong_burn_order() -> None:
    """What lasts longest burns first."""

    def last_first(lot: Lot) -> tuple[int, ...]:
        priority, expiry, *rest = burn_order(lot)
        return priority, -expiry, *rest

    vars(funds)["burn_order"] = last_first


def double_release() -> None:
    """A released hold can be released again."""

    def apply(fact: holds.HoldReleased, aggregate: Wallet) -> None:
        aggregate.funds.apply_return(fact.returned)

    setattr(holds.HoldReleased, "apply", apply)  # noqa: B010


def expiry_ignored_on_capture() -> None:
    """A hold that has expired is captured as if it had not."""
    real = Wallet.capture_hold

    def capture_hold(wallet: Wallet, hold_id: str, *args: Any, **kwargs: Any) -> None:
        hold = wallet.funds.holds.get(hold_id)
        if hold is not None:
            longer = msgspec.structs.replace(hold, expires_us=2**62)
            wallet.funds.holds[hold_id] = longer
        real(wallet, hold_id, *args, **kwargs)

    setattr(Wallet, "capture_hold", capture_hold)  # noqa: B010


def debt_paid_last() -> None:
    """New credit can be spent although the wallet owes."""

    def repayment(funds: funds.Funds, lot: Lot, at: datetime) -> int:
        return 0

    for module in (deposits, adjustments):
        vars(module)["repayment"] = repayment


def lot_restored_with_a_new_expiry() -> None:
    """What comes back to a used up lot lasts longer than it did."""
    real = corrections.lot_terms

    def lot_terms(*args: Any) -> Lot:
        lot = real(*args)
        later = None if lot.expires_us is None else lot.expires_us + 1
        return msgspec.structs.replace(lot, expires_us=later)

    vars(corrections)["lot_terms"] = lot_terms


def trusted_without_proof() -> None:
    """What came with a known key is refused for what happened since."""
    setattr(Groups, "is_confirmed", lambda _: True)  # noqa: B010


def holds_beside_caps() -> None:
    """What open holds set aside leaves a cap's room alone."""

    def room(window: caps.Window, counters: Mapping[caps.CounterKey, caps.Counter]) -> int:
        present = [counters[key] for key in window.keys if key in counters]
        return window.cap.limit - sum(counter.spent for counter in present)

    vars(caps)["_room"] = room


def reversals_that_leave_no_room() -> None:
    """What was taken back stays spent for caps."""
    real = caps.counted_under

    def counted_under(*args: Any) -> None:
        real(*args)

    vars(corrections)["counted_under"] = counted_under


def months_counted_without_a_commit() -> None:
    """What a group counted that was not stored stays in memory."""
    for undo in ("fail", "commit_failed"):
        setattr(Counters, undo, lambda _: None)


def free_credit_that_accumulates() -> None:
    """Free credit granted for later leaves the other as it is when it begins."""
    real = funds.Funds.fall_due

    def fall_due(self: funds.Funds, now_us: int) -> funds.Due:
        for lot in self.lots:
            lot.begin()
        return real(self, now_us)

    setattr(funds.Funds, "fall_due", fall_due)  # noqa: B010


BUGS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        wrong_burn_order,
        double_release,
        expiry_ignored_on_capture,
        debt_paid_last,
        lot_restored_with_a_new_expiry,
        trusted_without_proof,
        holds_beside_caps,
        reversals_that_leave_no_room,
        months_counted_without_a_commit,
        free_credit_that_accumulates,
    )
}


def hunt(bug: str) -> int:
    """Plant a bug and run the machine; 0 when it fails."""
    BUGS[bug]()
    logging.disable(logging.CRITICAL)
    try:
        run_state_machine_as_test(
            WalletMachine,
            settings=settings(
                max_examples=3_000,
                stateful_step_count=40,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:
        print(f"{bug}: found after {WalletMachine.steps} steps: {error!r}")
        return 0
    print(f"{bug}: not found in {WalletMachine.steps} steps")
    return 1


if __name__ == "__main__":
    sys.exit(hunt(sys.argv[1]))
