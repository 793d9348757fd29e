"""Ids, and where streams live."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import (
    check_meter,
    check_org,
    check_text,
    check_user,
    split_stream_id,
    wallet_id,
)


@pytest.mark.parametrize(
    "user", ["a", "A1", "user@example.com", "team/ada", "a:b_c-d.e", "@pool", "a" * 255]
)
def test_user_ids(user: str) -> None:
    assert check_user(user) == user


@pytest.mark.parametrize(
    "user",
    ["", "@", "@Pool", "@pool ", ".a", "/a", "a b", "a\x00", "a\n", "\u00e9", "a" * 256, 1, None],
)
def test_what_is_no_user_id_is_refused(user: object) -> None:
    with pytest.raises(Invalid):
        check_user(user)


@pytest.mark.parametrize("org", ["Acme", "a/b", "-a", "a_b", "a" * 64, "", "a\n", None])
def test_what_is_no_org_id_is_refused(org: object) -> None:
    with pytest.raises(Invalid):
        check_org(org)


@pytest.mark.parametrize("meter", ["Input", "1a", "a-b", "a" * 65, "", None])
def test_what_is_no_meter_is_refused(meter: object) -> None:
    with pytest.raises(Invalid):
        check_meter(meter, "quantities")


@pytest.mark.parametrize("text", ["", "a\x00", "\ud800", "a\x7f", "a\n", "a" * 256, 5, None])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(Invalid):
        check_text(text, "reference")


def test_an_owner_may_hold_slashes() -> None:
    assert split_stream_id(wallet_id("acme", "team/ada", "credit")) == (
        "acme",
        "wallet/credit/team/ada",
    )
