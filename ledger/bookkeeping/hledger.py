"""Journals for hledger (https://hledger.org/hledger.html#journal): they pass `check --strict`.

ASCII throughout, so that no locale can misread them.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from ledger.bookkeeping.entries import Balances, Entry, Leg, commodity_of, decimal_of
from ledger.kernel.times import format_time

_PLAIN = "/:@"
"""Left as they are in the value of a tag; a comma would end it."""


class Hledger:
    """Balances are asserted by an entry that moves nothing, the last one of its day."""

    media_type = "text/plain; charset=utf-8"
    suffix = "journal"

    def begin(self, org: str) -> str:
        return f"; Tallystick journal, version 1, of {org}\ndecimal-mark .\n"

    def commodity(self, day: date, asset: str) -> str:
        sample = decimal_of(1000 * 10 ** len(decimal_of(0, asset)[2:]), asset)
        return f"commodity {sample if '.' in sample else sample + '.'} {commodity_of(asset)}\n"

    def account(self, day: date, account: str) -> str:
        return f"account {account}\n"

    def entry(self, entry: Entry) -> str:
        tags = ", ".join(f"{name}:{quote(value, _PLAIN)}" for name, value in _tags(entry) if value)
        lines = [f"\n{entry.day} * ({entry.sequence}) {entry.title}"]
        lines += [f"    ; {tags}"] if tags else []
        for leg in entry.legs:
            several = leg.owner is not None and entry.owner is None
            wallet = f"  ; wallet:{leg.owner}" if several else ""
            lines.append(f"    {leg.account}  {_amount(leg)}{wallet}")
        return "\n".join(lines) + "\n"

    def balances(self, day: date, balances: Balances) -> str:
        lines = [
            f"    {account}  {decimal_of(0, asset)} {commodity_of(asset)}"
            f" = {decimal_of(n, asset)} {commodity_of(asset)}\n"
            for (account, asset), n in sorted(balances.items())
        ]
        return f"\n{day} * Balances at the end of the day\n{''.join(lines)}"

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        return f"\n; {entries} entries, up to sequence {sequence}, hash {digest.hex()}\n"


def _tags(entry: Entry) -> list[tuple[str, str]]:
    return [
        ("recorded", "" if entry.recorded_us is None else format_time(entry.recorded_us)),
        ("wallet", entry.owner or ""),
        ("key", entry.key),
        ("reference", entry.reference),
        ("hash", "" if entry.hash is None else entry.hash.hex()),
    ]


def _amount(leg: Leg) -> str:
    return f"{decimal_of(leg.amount, leg.asset)} {commodity_of(leg.asset)}"
