"""The context of inventory: locations, and the stock of SKUs there."""

from __future__ import annotations

from ledger.inventory.cost_inspection import CostInspection
from ledger.inventory.inspection import StockInspection
from ledger.inventory.location_book import LOCATIONS_STREAM, LocationBook
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import STOCK_LEVELS, STOCK_RESERVATIONS, STOCK_STREAM, SUMS
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="inventory",
    aggregates=(LocationBook, Stock),
    checks=(StockInspection, CostInspection),
    read_models=("stock_movements", "analysts_stock_movements"),
    tables=(
        Table("location_books", stream=LOCATIONS_STREAM),
        Table(
            STOCK_LEVELS,
            key=("org", "location", "sku"),
            stream=f"{STOCK_STREAM}/{{location}}/{{sku}}",
        ),
        Table(STOCK_RESERVATIONS, key=("org", "reservation", "location", "sku"), adds=SUMS),
    ),
)
