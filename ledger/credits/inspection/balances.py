"""Checks of wallets: the rows of balances, and the double entry of every fact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ledger.credits.facts import WalletFact
from ledger.credits.ports import BalanceRow, KeptCredits
from ledger.credits.postings import RECEIVABLE, asset_of, postings_of
from ledger.credits.wallet import Wallet
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Check, Place, Report
from ledger.ports import RecordedEvent

_CREDITS, _HELD = "Liabilities:Credits:", "Liabilities:Held:"


class BalanceInspection(Inspection):
    """Compares balances with the wallets, and their sums with the accounts of all postings."""

    KINDS = ("balances", "postings", "accounts")
    WHOLE = ("balances", "accounts")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._postings = report["postings"]
        self._accounts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """Of each org and asset, what its accounts add up to."""
        self._of_wallet: dict[str, Counter[str]] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Post a fact."""
        if not isinstance(fact, WalletFact):
            return
        self._postings.checked += 1
        accounts = self._of_wallet.get(fact.originator_id)
        if accounts is None:
            accounts = self._accounts[event.org, asset_of(fact)]
            self._of_wallet[fact.originator_id] = accounts
        total = 0
        for posting in postings_of(fact):
            accounts[posting.account] += posting.amount
            total += posting.amount
        if total:
            place = Place(event.org, event.sequence, position=event.position)
            detail = f"the postings sum to {total} {asset_of(fact)}, not to zero"
            self._postings.find(place, detail)

    def end(self, store: KeptCredits, folded: Folded, has: Has) -> None:
        """Compare the stored rows."""
        if not self.whole:
            return
        right = {
            _place(row): row
            for wallet, sequence in folded.of(Wallet)
            for row in [wallet.balance(sequence)]
        }
        rows = [row for row in store.balances() if has(row.org)]
        named = ((f"{r.org}/wallet/{r.asset}/{r.owner}", _place(r), r) for r in rows)
        folded.compare("balances", BalanceRow._fields, right, named)
        self._compare_accounts(rows, folded)

    def _compare_accounts(self, rows: Iterable[BalanceRow], folded: Folded) -> None:
        """What the postings add up to is what the rows hold, for each org and asset."""
        check = self.report["accounts"]
        if folded.broken:
            check.pass_over("some wallets could not be folded.")
            return
        sums = {account: Counter[tuple[str, str]]() for account in (_CREDITS, _HELD, RECEIVABLE)}
        for row in rows:
            sums[_CREDITS][row.org, row.asset] += row.credits
            sums[_HELD][row.org, row.asset] += row.held
            sums[RECEIVABLE][row.org, row.asset] += row.debt
        for account, held in sums.items():
            _compare_sums(check, account, _added_up(self._accounts, account), held)


def _added_up(
    accounts: Mapping[tuple[str, str], Mapping[str, int]], prefix: str
) -> Counter[tuple[str, str]]:
    """The sum of some accounts of each org and asset, as a positive number."""
    sums: Counter[tuple[str, str]] = Counter()
    for place, amounts in accounts.items():
        for account, amount in amounts.items():
            if account.startswith(prefix):
                sums[place] += amount if prefix == RECEIVABLE else -amount
    return sums


def _compare_sums(
    check: Check,
    account: str,
    right: Mapping[tuple[str, str], int],
    rows: Mapping[tuple[str, str], int],
) -> None:
    for org, asset in sorted(right.keys() | rows.keys()):
        check.checked += 1
        should, is_ = right.get((org, asset), 0), rows.get((org, asset), 0)
        if should != is_:
            check.find(
                Place(org, row=f"{account} in {asset}"),
                f"the postings give {should}, the balances rows {is_}",
            )


def _place(row: BalanceRow) -> Place:
    return Place(row.org, row=f"wallet {row.owner} in {row.asset}")
