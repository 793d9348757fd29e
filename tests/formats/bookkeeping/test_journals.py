"""Journals of a year: other programs read them, agree with every assertion, and add up the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data

from ledger.bookkeeping.comma_separated import COLUMNS, guarded, unguarded
from ledger.bookkeeping.earnings import take_in
from ledger.bookkeeping.entries import decimal_of
from ledger.bookkeeping.formats import Format
from ledger.bookkeeping.recognition import Recognition
from ledger.credits.postings import Posting, asset_of, postings_of
from ledger.invoices.postings import booked_by
from ledger.kernel.aggregate import Fact
from ledger.kernel.money import scale_of
from ledger.kernel.times import month_end
from ledger.purchases.money_moves import moved_by
from ledger.registry import fact_of
from tests.formats.bookkeeping.programs import (
    Hledger,
    Sums,
    bean_check,
    beancount,
    beancount_sums,
    csv_rows,
    csv_sums,
    exported,
)
from tests.formats.bookkeeping.year import (
    AWKWARD,
    DATED,
    a_year,
    closing_balances,
    events,
    wallet_rows,
)

MONTHS = [date(2026, month, 1) for month in (3, 4, 5, 7, 8)] + [date(2027, 1, 1)]
"""The first days after a month in which something moved."""

RECOGNISED = "Revenue recognised"
WALLETS = re.compile("Liabilities:(Credits|Held):|Assets:Receivable$")


def posted() -> Sums:
    """The accounts, folded by the test from the postings of every event, and from what each month
    has earned that is over."""
    sums: Counter[tuple[str, str]] = Counter()
    recognition, end_us = Recognition(), month_end(events()[0].recorded_us)
    for event in events():
        while end_us <= event.recorded_us:
            for each in recognition.close(end_us):
                sums[each.debit, each.currency] += each.amount
                sums[each.credit, each.currency] -= each.amount
            end_us = month_end(end_us)
        fact = fact_of(event)
        take_in(recognition, fact)
        asset, legs = _legs(fact)
        for posting in legs:
            name = ":".join(part[:1].upper() + part[1:] for part in posting.account.split(":"))
            sums[name, asset] += posting.amount
    return {
        (account, asset.upper()): Decimal(n).scaleb(-scale_of(asset))
        for (account, asset), n in sums.items()
        if n
    }


def _legs(fact: Fact) -> tuple[str, list[Posting]]:
    """Of a wallet's credits, of the money of a purchase, or of an invoice: no fact moves two."""
    moved, booked = moved_by(fact), booked_by(fact)
    if moved is not None:
        return moved.money.currency, moved.postings
    if booked is not None:
        return booked
    legs = postings_of(fact)
    return (asset_of(fact), legs) if legs else ("", [])


def in_wallets(sums: Sums, commodity: str) -> Decimal:
    """What the wallets hold together by a journal: credits and what is held, less debt."""
    return -sum(
        (n for (account, c), n in sums.items() if WALLETS.match(account) and c == commodity),
        Decimal(),
    )


def test_beancount_accepts_the_journal_and_adds_up_the_same(tmp_path: Path) -> None:
    text = exported(events(), Format.BEANCOUNT)
    assert beancount_sums(beancount(text)) == posted()
    file = tmp_path / "acme.beancount"
    file.write_text(text, "utf-8")
    checked = bean_check(file)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_hledger_accepts_the_journal_and_adds_up_the_same(hledger: Hledger) -> None:
    text = exported(events(), Format.HLEDGER)
    assert hledger.check(text) == ""
    assert hledger.sums(text) == posted()


def test_the_rows_of_the_csv_sum_to_zero_and_to_the_same() -> None:
    text = exported(events(), Format.CSV)
    rows = csv_rows(text)
    assert tuple(rows[0]) == COLUMNS
    assert text.count("\n") == text.count("\r\n") == len(rows) + 1
    zero: Counter[tuple[str, str]] = Counter()
    for row in rows:
        zero[row["sequence"], row["commodity"]] += int(row["units"])
        assert row["amount"] == decimal_of(int(row["units"]), row["commodity"].lower())
    assert set(zero.values()) == {0}
    assert csv_sums(text) == posted()


@pytest.mark.parametrize("day", MONTHS, ids=str)
def test_balances_at_the_ends_of_months_are_those_of_the_statements(
    hledger: Hledger, day: date
) -> None:
    """The statements' side comes from the balances that events state, not from postings."""
    entries = beancount(exported(events(), Format.BEANCOUNT))
    found = {
        (entry.account, entry.amount.currency): entry.amount.number or Decimal()
        for entry in entries
        if isinstance(entry, data.Balance) and entry.date == day
    }
    begin = beancount_sums(entries, day)
    assert {place: n for place, n in found.items() if n} == begin
    assert hledger.sums(exported(events(), Format.HLEDGER), f"date:..{day}") == begin
    for asset, amount in closing_balances(events(), day).items():
        exact = Decimal(amount).scaleb(-scale_of(asset))
        assert in_wallets(begin, asset.upper()) == exact


def test_every_month_in_which_something_moved_is_asserted() -> None:
    entries = beancount(exported(events(), Format.BEANCOUNT))
    asserted = {entry.date for entry in entries if isinstance(entry, data.Balance)}
    assert asserted == {*MONTHS, date(2027, 2, 1), date(2027, 2, 2)}


def test_the_wallets_of_a_journal_hold_what_the_balances_rows_hold(hledger: Hledger) -> None:
    rows = wallet_rows(a_year())
    assert len(rows) > 10
    text = exported(events(), Format.HLEDGER)
    held: Counter[tuple[str, str]] = Counter()
    for leg in csv_rows(exported(events(), Format.CSV)):
        if WALLETS.match(leg["account"]):
            held[unguarded(leg["wallet"]), leg["commodity"].lower()] -= int(leg["units"])
    for row in rows:
        assert held[row.owner, row.asset] == row.credits + row.held - row.debt, row
    for row in (each for each in rows if each.owner in ("poor", "hal", DATED)):
        sums = hledger.sums(text, f"tag:^wallet$=^{row.owner}$", f"cur:^{row.asset.upper()}$")
        exact = Decimal(row.credits + row.held - row.debt).scaleb(-scale_of(row.asset))
        assert in_wallets(sums, row.asset.upper()) == exact, row


def test_an_entry_says_which_event_it_is() -> None:
    known = {event.sequence: event for event in events()}
    entries = [
        each
        for each in beancount(exported(events(), Format.BEANCOUNT))
        if isinstance(each, data.Transaction) and each.narration != RECOGNISED
    ]
    for entry in entries:
        event = known[int(entry.meta["sequence"])]
        assert entry.meta["hash"] == event.hash.hex()
        assert entry.meta.get("key", "") == event.idempotency_key
    assert any(entry.narration == "Usage recorded, 99 lines" for entry in entries)


def test_an_entry_keeps_debits_and_credits_apart() -> None:
    """Turnover is real: a deposit that pays debt comes in whole, and goes out again."""
    debited: Counter[int] = Counter()
    for row in csv_rows(exported(events(), Format.CSV)):
        if row["type"] != "recognition":
            debited[int(row["sequence"])] += max(0, int(row["units"]))
    for event in events():
        _, postings = _legs(fact_of(event))
        assert debited[event.sequence] == sum(max(0, each.amount) for each in postings)


def test_texts_of_callers_stay_texts(hledger: Hledger) -> None:
    """A key can hold what means something to a program: it must not act."""
    entries = beancount(exported(events(), Format.BEANCOUNT))
    (entry,) = [each for each in entries if each.meta.get("key") == AWKWARD]
    assert entry.meta["reference"] == AWKWARD
    text = exported(events(), Format.HLEDGER)
    assert hledger.sums(text, "tag:^wallet$=^bob") == hledger.sums(text, "tag:^wallet$=^bob$")
    assert hledger.sums(text, "date:..2026-01-31") == {}
    rows = csv_rows(exported(events(), Format.CSV))
    assert {row["idempotency_key"] for row in rows} >= {f"'{AWKWARD}", "t+"}
    texts = [row[name] for row in rows for name in ("wallet", "idempotency_key", "reference")]
    assert not any(text.startswith(("=", "+", "-", "@", "＝")) for text in texts)  # noqa: RUF001


def test_the_guard_of_a_text_can_be_taken_away() -> None:
    """Nobody takes a guarded text for one that was sent so."""
    known = {event.sequence: event for event in events()}
    rows = csv_rows(exported(events(), Format.CSV))
    assert {unguarded(row["wallet"]) for row in rows} >= {"@pool", "zoe"}
    for row in rows:
        if row["type"] == "recognition":
            continue
        key = known[int(row["sequence"])].idempotency_key
        assert unguarded(row["idempotency_key"]) == key
    assert {"'=quoted", AWKWARD} <= {unguarded(row["idempotency_key"]) for row in rows}
    assert "＝1" in {unguarded(row["reference"]) for row in rows}  # noqa: RUF001
    for text in ("", "'", "''a", "@", "'@pool", "plain", "-1"):
        assert unguarded(guarded(text)) == text


def changed_amount(text: str) -> str:
    return text.replace(" 10.000000 CREDIT", " 10.000001 CREDIT", 1)


def changed_both_legs(text: str) -> str:
    """Still balanced: only an assertion can find it."""
    return changed_amount(text).replace(" -10.000000 CREDIT", " -10.000001 CREDIT", 1)


def without_an_account(text: str) -> str:
    lines = [each for each in text.splitlines() if not each.endswith("Income:Usage:Purchased")]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("change", [changed_amount, changed_both_legs, without_an_account])
def test_a_journal_that_is_one_unit_wrong_is_refused(
    hledger: Hledger, change: Callable[[str], str]
) -> None:
    """One microcredit is enough: no program's tolerance hides it."""
    text = exported(events(), Format.BEANCOUNT)
    assert change(text) != text
    assert loader.load_string(change(text))[1]
    assert hledger.check(change(exported(events(), Format.HLEDGER)))
