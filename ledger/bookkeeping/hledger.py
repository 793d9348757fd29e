"""Journals for hledger (https://hledger.org/hledger.html#journal): they pass `check --strict`.

ASCII throughout, so that no locale can misread them.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from ledger.bookkeeping.entries import (
    Balances,
    Entry,
    amount_of,
    commodity_of,
    decimal_of,
    remarks_of,
)
from ledger.kernel.money import scale_of

_UNQUOTED = "/:@"
"""Left as they are in the value of a tag; a comma would end it."""


class Hledger:
    """Balances are asserted by an entry that moves nothing, the last one of its day."""

    media_type = "text/plain; charset=utf-8"
    suffix = "journal"

    def begin(self, org: str) -> str:
        return f"; Tallystick journal, version 1, of {org}\ndecimal-mark .\n\n"

    def commodity(self, day: date, asset: str) -> str:
        sample = decimal_of(1000 * 10 ** scale_of(asset), asset)
        return f"commodity {sample if '.' in sample else sample + '.'} {commodity_of(asset)}\n"

    def account(self, day: date, account: str) -> str:
        return f"account {account}\n"

    def entry(self, entry: Entry) -> str:
        tags = ", ".join(f"{name}:{quote(value, _UNQUOTED)}" for name, value in remarks_of(entry))
        lines = [f"{entry.day} * ({entry.sequence}) {entry.title}"]
        lines += [f"    ; {tags}"] if tags else []
        for leg in entry.legs:
            several = leg.owner is not None and entry.owner is None
            wallet = f"  ; wallet:{leg.owner}" if several else ""
            lines.append(f"    {leg.account}  {amount_of(leg)}{wallet}")
        return "\n".join(lines) + "\n\n"

    def balances(self, day: date, balances: Balances) -> str:
        lines = [
            f"    {account}  {decimal_of(0, asset)} {commodity_of(asset)}"
            f" = {decimal_of(n, asset)} {commodity_of(asset)}\n"
            for (account, asset), n in sorted(balances.items())
        ]
        return f"{day} * Balances at the end of the day\n{''.join(lines)}\n"

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        return f"; {entries} entries, up to sequence {sequence}, hash {digest.hex()}\n"
