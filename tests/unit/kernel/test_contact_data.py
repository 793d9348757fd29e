"""Contact data: one form for each address and number, and none for what is neither."""

from __future__ import annotations

import pytest

from ledger.kernel.contact_data import check_email, check_phone
from ledger.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Ada@EXAMPLE.com", "Ada@example.com"), ("ada@xn--bcher-kva.example", "ada@bücher.example")],
)
def test_an_address_has_its_domain_in_one_form(sent: str, kept: str) -> None:
    assert check_email(sent) == check_email(kept) == kept


@pytest.mark.parametrize(
    "wrong", ["ada", "@example.com", "ada@", "a b@example.com", "ada@localhost", "a@b@c.de", "", 7]
)
def test_what_is_no_address_is_named(wrong: object) -> None:
    with pytest.raises(Invalid) as refused:
        check_email(wrong, "mail")
    assert refused.value.field == "mail"


@pytest.mark.parametrize("sent", ["+44 20 7946 0958", "+44 (0)20 7946-0958", "+442079460958"])
def test_a_number_has_one_form(sent: str) -> None:
    assert check_phone(sent) == "+442079460958"


@pytest.mark.parametrize("wrong", ["020 7946 0958", "+1 2", "+999 123456789", "x", "", "+" * 200])
def test_what_is_no_number_is_named(wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_phone(wrong, "phone")
    assert refused.value.field == "phone"
