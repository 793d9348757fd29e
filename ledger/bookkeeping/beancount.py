"""Journals for Beancount 3 (https://beancount.github.io/docs/beancount_language_syntax.html)."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.bookkeeping.entries import (
    Balances,
    Entry,
    amount_of,
    commodity_of,
    decimal_of,
    remarks_of,
)


class Beancount:
    """Balance directives hold at the beginning of their day, and here without any tolerance."""

    media_type = "text/plain; charset=utf-8"
    suffix = "beancount"

    def begin(self, org: str) -> str:
        return f';; Tallystick journal, version 1\noption "title" {_quoted(org)}\n\n'

    def commodity(self, day: date, asset: str) -> str:
        return f"{day} commodity {commodity_of(asset)}\n"

    def account(self, day: date, account: str) -> str:
        return f"{day} open {account}\n"

    def entry(self, entry: Entry) -> str:
        lines = [f"{entry.day} * {_quoted(entry.title)}", f"  sequence: {entry.sequence}"]
        lines += [f"  {name}: {_quoted(value)}" for name, value in remarks_of(entry)]
        for leg in entry.legs:
            lines.append(f"  {leg.account}  {amount_of(leg)}")
            if leg.owner is not None and entry.owner is None:
                lines.append(f"    wallet: {_quoted(leg.owner)}")
        return "\n".join(lines) + "\n\n"

    def balances(self, day: date, balances: Balances) -> str:
        following = day + timedelta(days=1)
        lines = [
            f"{following} balance {account}  {decimal_of(n, asset)} ~ 0 {commodity_of(asset)}\n"
            for (account, asset), n in sorted(balances.items())
        ]
        return "".join(lines) + "\n"

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        return f";; {entries} entries, up to sequence {sequence}, hash {digest.hex()}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
