"""Amounts at Stripe: of each currency as it counts them, and back."""

from __future__ import annotations

import pytest

from adapters.bank_transfers import reference_of
from adapters.stripe.amounts import from_stripe, to_stripe
from adapters.stripe.evidence_fields import TEXT_MAX, fields_of
from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import Money
from ledger.purchases.provider import Evidence


@pytest.mark.parametrize(
    ("money", "theirs"),
    [
        (Money(2_000, "usd"), 2_000),
        (Money(500, "jpy"), 500),
        (Money(12_340, "kwd"), 12_340),
        (Money(700, "isk"), 70_000),
        (Money(700, "ugx"), 70_000),
        (Money(70_000, "mga"), 700),
    ],
)
def test_an_amount_goes_there_and_comes_back(money: Money, theirs: int) -> None:
    assert to_stripe(money) == theirs
    assert from_stripe(theirs, money.currency) == money


@pytest.mark.parametrize("money", [Money(12_345, "kwd"), Money(70_001, "mga")])
def test_an_amount_that_cannot_be_moved_exactly_is_never_taken(money: Money) -> None:
    with pytest.raises(NeverTaken, match=money.currency):
        to_stripe(money)


def test_evidence_has_stripes_names_and_lengths() -> None:
    texts = {
        "activity_log": "x" * 30_000,
        "uncategorized": "all",
        "terms": "accepted",
        "product": "",
    }
    fields = fields_of(Evidence(texts))
    assert len(fields["access_activity_log"]) == TEXT_MAX
    assert fields["access_activity_log"].endswith("[cut here: more is kept by us]")
    assert fields["uncategorized_text"] == "all\nterms: accepted"
    assert fields.keys() == {"access_activity_log", "uncategorized_text"}


def test_a_reference_of_a_transfer_has_check_digits() -> None:
    """ISO 11649: moved to the end and letters as numbers, the remainder by 97 is 1."""
    found = {reference_of("acme", f"p-{number}") for number in range(50)}
    assert len(found) == 50
    for each in found:
        digits = "".join(str(int(char, 36)) for char in each[4:] + each[:4])
        assert int(digits) % 97 == 1
