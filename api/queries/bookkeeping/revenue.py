"""The revenue of an org by month and currency, of what its read models have: what was earned, what
is deferred, and what recurs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.queries.read_models import applied_sequence
from api.queries.reader import Reader, Row
from ledger.bookkeeping.recognition import Billed, Recognition
from ledger.credits.transactions import Transaction
from ledger.invoices.postings import PURCHASES, income
from ledger.kernel.decoding import decoder
from ledger.kernel.times import month_after, month_of
from ledger.subscriptions.recurring_revenue import RecurringMonth, RecurringRevenue

READ_MODELS = (
    *("invoice_lines", "lots", "lot_months", "transactions", "purchases", "movements"),
    "subscription_moves",
)
"""Those that it is told from."""

QUERIES = (
    "bookkeeping/revenue_lines",
    "bookkeeping/revenue_lots",
    "bookkeeping/revenue_transfers",
    "bookkeeping/revenue_uses",
    "bookkeeping/revenue_money",
    "bookkeeping/revenue_moves",
)

_decode = decoder(Transaction)
_LOST, _BACK = "dispute_lost", "refund_back"


@dataclass(frozen=True)
class RevenueMonth:
    """A month in a currency, in its smallest unit. `earned`: by the account that has it;
    `deferred`: what is not earned at its end, by the account that it is in."""

    month: str
    currency: str
    earned: Counter[str]
    deferred: dict[str, int]
    recurring: RecurringMonth

    @property
    def revenue(self) -> int:
        """All that was earned."""
        return sum(self.earned.values())


async def revenue(reader: Reader, org: str, from_us: int, until_us: int) -> list[RevenueMonth]:
    """Return the months of a time, of which each is over, in order."""
    for name in READ_MODELS:
        await applied_sequence(reader, org, name, None)
    asked = {"org": org, "until_us": until_us, "until": month_of(until_us)}
    by_month = _Months(await reader.all(org, *((name, asked) for name in QUERIES)))
    return [each for each in by_month.months(until_us) if month_after(each.month) > from_us]


class _Months:
    """The rows of each month, taken in one month after the other."""

    def __init__(self, rows: Iterable[Iterable[Row]]) -> None:
        self._rows = [_by_month(each) for each in rows]
        self._recognition = Recognition()
        self._recurring = RecurringRevenue()

    def months(self, until_us: int) -> Iterator[RevenueMonth]:
        """Yield every month from the first of which there is something."""
        begun = [month for rows in self._rows for month in rows]
        month = min(begun, default="")
        while month and (end_us := month_after(month)) <= until_us:
            yield from self._month(month, end_us)
            month = month_of(end_us)

    def _month(self, month: str, end_us: int) -> list[RevenueMonth]:
        lines, lots, transfers, uses, money, moves = (rows.get(month, []) for rows in self._rows)
        earned: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._buy(lots, transfers)
        for line in map(_billed, lines):
            self._recognition.bill(line)
            if line.earns != PURCHASES and not line.until_us:
                earned[line.currency][income(line.earns)] += line.net
        self._use(uses, money)
        for each in self._recognition.close(end_us):
            earned[each.currency][each.credit] += each.amount
        deferred: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (currency, account), amount in self._recognition.deferred.items():
            deferred[currency][account] = amount
        for row in moves:
            self._recurring.take(row["owner"], row["status"], row["currency"], row["recurring"])
        recurring = self._recurring.close()
        return [
            RevenueMonth(
                month,
                currency,
                earned[currency],
                deferred[currency],
                recurring.get(currency, RecurringMonth()),
            )
            for currency in sorted({*earned, *deferred, *recurring})
        ]

    def _buy(self, lots: Iterable[Row], transfers: Iterable[Row]) -> None:
        for row in lots:
            lot = row["owner"], row["asset"], row["lot"]
            paid = row["paid_amount"], row["paid_currency"]
            self._recognition.buy(lot, row["amount"], *paid, row["purchase"])
        for row in transfers:
            _move(self._recognition, _decode(row["detail"]))

    def _use(self, uses: Iterable[Row], money: Iterable[Row]) -> None:
        for row in uses:
            lot = row["owner"], row["asset"], row["lot"]
            parts = row["used"], row["expired"], row["returned"], row["taken"]
            self._recognition.use(lot, *map(int, parts))
        for row in money:
            _give_back(self._recognition, row)


def _by_month(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        month = row["month"] if "month" in row else month_of(row["at_us"])
        found.setdefault(month, []).append(row)
    return found


def _billed(row: Row) -> Billed:
    return Billed(
        row["currency"],
        row["earns"],
        row["of"],
        row["net"],
        row["unearned"],
        row["from_us"],
        row["until_us"],
    )


def _move(recognition: Recognition, moved: Transaction) -> None:
    lots, other = [part.lot for part in moved.lots], moved.reference or ""
    if moved.amount < 0:
        recognition.send(moved.owner, moved.asset, other, lots)
    else:
        recognition.receive(other, moved.asset, moved.owner, lots)


def _give_back(recognition: Recognition, row: Row) -> None:
    if row["movement"] == _LOST:
        recognition.lose(row["purchase"])
    else:
        sign = -1 if row["movement"] == _BACK else 1
        recognition.refund(row["purchase"], sign * abs(row["amount"]))
