"""Stock rows: stocks as their rows remember them, read without replay: they are long."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.inventory.ports import StockRows
from ledger.inventory.reservation import Reservation
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import STOCK_LEVELS, names_of, stock_id
from ledger.inventory.valuation import Valuation
from ledger.kernel.times import moment


def restore_stocks(rows: StockRows, stock_ids: Iterable[str]) -> dict[str, Stock]:
    """Return the stocks of which there is a level, with the reservations that are open there."""
    found: dict[str, Stock] = {}
    for row in rows.kept_rows(STOCK_LEVELS, [names_of(each) for each in stock_ids]):
        name = stock_id(row["org"], row["location"], row["sku"])
        stock: Stock = object.__new__(Stock)
        stock.__base_init__(name, row["version"], moment(0))
        stock.begins()
        stock.on_hand, stock.damaged = row["on_hand"], row["damaged"]
        stock.allows_oversell = row["allows_oversell"]
        stock.valuation = Valuation(row["cost_currency"], row["value"], row["paid"], row["units"])
        found[name] = stock
    for each in rows.open_reservations([names_of(name) for name in found]):
        reservation = Reservation(each.reservation, each.owner, each.ends_us)
        name = stock_id(each.org, each.location, each.sku)
        found[name].reserves(reservation, each.reserved)
    return found
