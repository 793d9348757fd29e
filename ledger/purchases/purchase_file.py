"""The purchase file: what is recorded here of a purchase that speaks against a dispute of it, and
its texts as a bank is shown them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.kernel.money import format_amount, format_credits
from ledger.kernel.times import format_time
from ledger.purchases.notice import Money


class Use(NamedTuple):
    """A usage line that burned the lot of a purchase: so many microcredits of it, below zero where
    they were given back. `what`: its service, provider and model, as far as it says them."""

    id: str
    user: str
    what: Sequence[str]
    burned: int
    occurred_us: int


class Origin(NamedTuple):
    """Where requests came from: how many, and when the first and the last."""

    address: str
    agent: str
    requests: int
    first_us: int
    last_us: int


class PurchaseFile(NamedTuple):
    """What is recorded of a purchase. `uses`: the last of them, of `lines` in all, which burned
    `burned` microcredits. `is_whole`: false where there is more than was looked through."""

    purchase: str
    owner: str
    money: Money
    granted: int
    paid_us: int
    uses: Sequence[Use] = ()
    lines: int = 0
    burned: int = 0
    is_whole: bool = True
    origins: Sequence[Origin] = ()


def texts_of(file: PurchaseFile) -> dict[str, str]:
    """Return what speaks against a dispute, as texts by their names (`Evidence`)."""
    amount = format_amount(file.money.amount, file.money.currency)
    product = (
        f"{format_credits(file.granted)} prepaid credits for {amount} "
        f"{file.money.currency.upper()}, put on the account {file.owner} at once when they were "
        f"paid (purchase {file.purchase})."
    )
    texts = {"product": product, "service_date": _second(file.paid_us)}
    if file.uses or file.origins:
        texts["activity_log"] = "\n".join(_activity(file))
    return texts


def _second(time_us: int) -> str:
    """Return a time as people write it: to the second."""
    return f"{format_time(time_us)[:19]}Z"


def _activity(file: PurchaseFile) -> Iterator[str]:
    least = "" if file.is_whole else "at least "
    yield (
        f"Of these {format_credits(file.granted)} credits {least}{format_credits(file.burned)} "
        f"were used, in {least}{file.lines} uses. All times are UTC."
    )
    if file.origins:
        yield "\nWhere the requests came from (address, program, requests, first, last):"
    for each in file.origins:
        times = f"{_second(each.first_us)} | {_second(each.last_us)}"
        yield f"{each.address} | {each.agent} | {each.requests} | {times}"
    if file.uses:
        yield f"\nThe last {len(file.uses)} uses (time, user, what, credits, number):"
    for use in file.uses:
        what, burned = " ".join(use.what), format_credits(use.burned)
        yield f"{_second(use.occurred_us)} | {use.user} | {what} | {burned} | {use.id}"
