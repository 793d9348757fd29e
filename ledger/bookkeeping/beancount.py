"""Journals for Beancount 3 (https://beancount.github.io/docs/beancount_language_syntax.html)."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.bookkeeping.entries import Balances, Entry, Leg, commodity_of, decimal_of
from ledger.kernel.times import format_time


class Beancount:
    """Balance directives hold at the beginning of their day, and here without any tolerance."""

    media_type = "text/plain; charset=utf-8"
    suffix = "beancount"

    def begin(self, org: str) -> str:
        return f';; Tallystick journal, version 1\noption "title" {_quoted(org)}\n'

    def commodity(self, day: date, asset: str) -> str:
        return f"{day} commodity {commodity_of(asset)}\n"

    def account(self, day: date, account: str) -> str:
        return f"{day} open {account}\n"

    def entry(self, entry: Entry) -> str:
        lines = [f"\n{entry.day} * {_quoted(entry.title)}", f"  sequence: {entry.sequence}"]
        lines += [f"  {name}: {_quoted(value)}" for name, value in _metadata(entry) if value]
        for leg in entry.legs:
            lines.append(f"  {leg.account}  {_amount(leg)}")
            if leg.owner is not None and entry.owner is None:
                lines.append(f"    wallet: {_quoted(leg.owner)}")
        return "\n".join(lines) + "\n"

    def balances(self, day: date, balances: Balances) -> str:
        following = day + timedelta(days=1)
        lines = [
            f"{following} balance {account}  {decimal_of(n, asset)} ~ 0 {commodity_of(asset)}\n"
            for (account, asset), n in sorted(balances.items())
        ]
        return "\n" + "".join(lines)

    def end(self, entries: int, sequence: int, digest: bytes) -> str:
        return f"\n;; {entries} entries, up to sequence {sequence}, hash {digest.hex()}\n"


def _metadata(entry: Entry) -> list[tuple[str, str]]:
    return [
        ("recorded", "" if entry.recorded_us is None else format_time(entry.recorded_us)),
        ("wallet", entry.owner or ""),
        ("key", entry.key),
        ("reference", entry.reference),
        ("hash", "" if entry.hash is None else entry.hash.hex()),
    ]


def _amount(leg: Leg) -> str:
    return f"{decimal_of(leg.amount, leg.asset)} {commodity_of(leg.asset)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
