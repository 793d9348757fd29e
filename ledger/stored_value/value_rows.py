"""Value rows: stored values as their rows remember them, read without replay: those of a busy card
are long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.kernel.decoding import converted
from ledger.kernel.ids import split_stream_id
from ledger.kernel.times import moment
from ledger.ports import Rows
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.open_claim import OpenClaim
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_base import STORED_VALUES
from ledger.stored_value.value_source import source_at, source_of, value_id


def restore_values(rows: Rows, ids: Iterable[str]) -> dict[str, StoredValue]:
    """Return the stored values of which there is a row."""
    places = [(split_stream_id(each)[0], source_of(each).path) for each in ids]
    found: dict[str, StoredValue] = {}
    for row in rows.kept_rows(STORED_VALUES, places):
        name = value_id(row["org"], source_at(row["id"]))
        value: StoredValue = object.__new__(StoredValue)
        value.__base_init__(name, row["version"], moment(row["created_us"]))
        value.currency, value.stored = row["currency"], row["balance"]
        claims = converted(row["claims"], list[OpenClaim])
        value.claims = {each.order: each for each in claims}
        value.is_disabled, value.expires_us = row["disabled"], row["expires_us"]
        value.card = _card(row) if row["initial"] is not None else None
        found[name] = value
    return found


def _card(row: Mapping[str, Any]) -> GiftCard:
    return GiftCard(row["initial"], row["code_digest"], row["person"], row["order_id"], row["note"])
