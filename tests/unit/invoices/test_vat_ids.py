"""VAT ids: checked by their country's rule, in one form however they are written."""

from __future__ import annotations

import pytest

from ledger.invoices.vat_ids import check_country, check_vat_id
from ledger.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("country", "written", "vat_id"),
    [
        ("DE", "DE 136,695 976", "DE136695976"),
        ("DE", "136695976", "DE136695976"),
        ("GR", "EL094259216", "EL094259216"),
        ("AT", "ATU13585627", "ATU13585627"),
        ("FR", "FR40303265045", "FR40303265045"),
        ("GB", "GB980780684", "GB980780684"),
    ],
)
def test_a_vat_id_has_one_form(country: str, written: str, vat_id: str) -> None:
    assert check_vat_id(written, country) == vat_id


@pytest.mark.parametrize(
    ("country", "written"),
    [
        ("DE", "DE136695977"),  # the check digit
        ("DE", "ATU13585627"),  # another country's
        ("DE", ""),
        ("DE", "1" * 300),
        ("DE", "DE13669597\x00"),
        ("US", "123"),  # has none
        ("XX", "123"),
    ],
)
def test_what_is_none_is_refused(country: str, written: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_vat_id(written, country)
    assert refused.value.field == "vat_id"


@pytest.mark.parametrize("country", ["de", "D", "DEU", "", None, 3, "D\n"])
def test_a_country_is_two_capital_letters(country: object) -> None:
    with pytest.raises(Invalid):
        check_country(country)
