"""The context of stored value: gift cards and store credit, and the orders that are paid with
them."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.stored_value.inspection import StoredValueInspection
from ledger.stored_value.settlement import SETTLEMENT_STREAM, SETTLEMENTS, Settlement
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_base import STORED_VALUES
from ledger.stored_value.value_source import VALUE_STREAM

CONTEXT = Context(
    name="stored_value",
    aggregates=(StoredValue, Settlement),
    uses=("credits", "invoices"),
    checks=(StoredValueInspection,),
    read_models=("stored_value_movements",),
    tables=(
        Table(STORED_VALUES, key=("org", "id"), stream=f"{VALUE_STREAM}/{{id}}"),
        Table(
            SETTLEMENTS,
            key=("org", "order_id", "source"),
            stream=f"{SETTLEMENT_STREAM}/{{order_id}}/{{source}}",
        ),
    ),
)
