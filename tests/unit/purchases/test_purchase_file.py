"""What is recorded of a purchase, as a bank is shown it."""

from __future__ import annotations

from ledger.purchases.notice import Money
from ledger.purchases.purchase_file import Origin, PurchaseFile, Use, texts_of

PAID_US = 1_769_947_200_000_000
FILE = PurchaseFile("pur_1", "ada", Money(2_000, "usd"), 21_000_000_000, PAID_US)


def test_what_was_bought_and_when_is_always_said() -> None:
    texts = texts_of(FILE)
    assert texts.keys() == {"product", "service_date"}
    assert "21000 prepaid credits for 20.00 USD" in texts["product"]
    assert texts["service_date"] == "2026-02-01T12:00:00Z"


def test_uses_and_where_they_came_from_are_listed() -> None:
    use = Use("line-1", "ada", ("chat", "gpt-4o"), 12_500_000, PAID_US)
    back = use._replace(id="given back", burned=-500_000)
    origin = Origin("10.0.0.1", "curl/8", 2, PAID_US, PAID_US)
    file = FILE._replace(uses=(back, use), lines=1, burned=12_000_000, origins=(origin,))
    log = texts_of(file)["activity_log"]
    assert "Of these 21000 credits 12 were used, in 1 uses." in log
    assert "10.0.0.1 | curl/8 | 2 | 2026-02-01T12:00:00Z" in log
    assert "2026-02-01T12:00:00Z | ada | chat gpt-4o | 12.5 | line-1" in log
    assert "| -0.5 | given back" in log


def test_what_was_not_looked_through_is_not_claimed() -> None:
    use = Use("line-1", "ada", ("-",), 1_000_000, PAID_US)
    log = texts_of(FILE._replace(uses=(use,), lines=7, burned=9_000_000, is_whole=False))
    assert "at least 9 were used, in at least 7 uses" in log["activity_log"]
