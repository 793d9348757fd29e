"""Admission: what a wallet refuses, by its state and by what it can hold."""

from __future__ import annotations

from ledger.credits.funds import Funds
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.errors import InsufficientCredits, Invalid, Suspended, TooManyLots
from ledger.kernel.limits import AMOUNT_MAX, OPEN_LOTS_MAX
from ledger.kernel.money import format_amount


def check_active(wallet: WalletBase, field: str = "user") -> None:
    """Refuse what a suspended wallet may not begin."""
    if wallet.is_suspended:
        how = "resume it" if wallet.suspended else "add credit"
        if wallet.disputes:
            how = "wait until its disputed payment is decided"
        raise Suspended(
            f"the wallet of {wallet.owner} is suspended: {how}, then send the same again.",
            field=field,
        )


def check_admission(
    wallet: WalletBase, funds: Funds, required: int, now_us: int, own: int = 0
) -> None:
    """Refuse what a wallet in debt or too poor may not begin. What costs nothing may begin, and
    what a member's own credit pays whole. `own` is below zero for what may not be given away."""
    available = funds.available(now_us) + own
    if required <= own or (available >= required and not funds.debt):
        return
    raise _insufficient(wallet, available, required, required + funds.debt - available)


def check_funds(wallet: WalletBase, available: int, required: int, line_left: int) -> None:
    """Refuse what a wallet with a credit line may not begin: so much of that is left."""
    missing = required - available - line_left
    if missing > 0:
        raise _insufficient(wallet, available, required, missing, line_left)


def _insufficient(
    wallet: WalletBase, available: int, required: int, missing: int, line_left: int | None = None
) -> InsufficientCredits:
    asset = wallet.asset
    shown = {"available": available, "required": required, "missing": max(0, missing)}
    beyond = ""
    if line_left is not None:
        shown |= {"credit_line": wallet.credit_line, "credit_line_left": max(0, line_left)}
        beyond = " beyond the credit line"
    facts = {name: format_amount(amount, asset) for name, amount in shown.items()}
    refusal = InsufficientCredits(
        f"{facts['missing']} {asset} are missing{beyond}: add credit and send the same again.",
        **facts,
    )
    if wallet.recharge_below:
        refusal.wallet = wallet.id
    return refusal


def check_debt(funds: Funds, amount: int) -> None:
    """Refuse what could take the debt over 64 bits."""
    if funds.debt + amount > AMOUNT_MAX:
        raise Invalid("amount would take the debt over what the ledger can hold.", field="amount")


def check_room(funds: Funds, amount: int, asset: str) -> None:
    """Refuse what would take the wallet over 64 bits."""
    if amount > funds.room:
        raise Invalid(
            "amount would take the balance over what the ledger can hold, "
            f"{format_amount(AMOUNT_MAX, asset)} {asset}.",
            field="amount",
        )


def check_lots(funds: Funds, more: int = 1, limit: int = OPEN_LOTS_MAX) -> None:
    """Refuse so many more lots than a wallet may have open."""
    if len(funds.lots) + more > limit:
        raise TooManyLots(
            f"the wallet has {len(funds.lots)} open lots, of at most {limit}: put more into one "
            "deposit or grant. What is used up, transferred or cleared makes room."
        )
