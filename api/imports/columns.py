"""Columns: which cell of a row is what, by the names of the header, of any age.

A name is compared without its capitals and with single spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from api.imports.csv_rows import Row
from ledger.kernel.errors import Invalid

STOCK_BY_LOCATION = {
    *("bin name", "on hand (current)", "on hand (new)", "available (not editable)"),
    *("committed (not editable)", "unavailable (not editable)"),
}
ORDERS = {
    *("financial status", "fulfillment status", "lineitem name", "lineitem quantity", "order #"),
    *("order number", "order_number", "order id", "order_id", "order total", "n. revenue"),
}
CUSTOMERS = {
    *("accepts marketing", "accepts email marketing", "total spent", "total orders"),
    *("total spend", "last active", "sign up", "username", "billing email", "billing_email"),
    *("customer", "customer id", "customer_id", "email"),
}
"""Columns that no file of products has; an address of mail may stand in a file of one's own."""


class Columns:
    """Where each thing stands in the rows of one file."""

    def __init__(self, header: Sequence[str], names: Mapping[str, Iterable[str]]) -> None:
        self.header = [_normal(each) for each in header]
        of = {name: thing for thing, all_names in names.items() for name in (thing, *all_names)}
        self._places: dict[str, int] = {}
        for place, name in enumerate(self.header):
            thing = of.get(name)
            if thing in self._places:
                raise Invalid(f'the column "{header[place].strip()}" is there twice.', field="file")
            if thing is not None:
                self._places[thing] = place

    def __contains__(self, thing: str) -> bool:
        return thing in self._places

    def missing(self, needed: Iterable[Sequence[str]]) -> list[Sequence[str]]:
        """Return of which of these the file has no column."""
        return [each for each in needed if not any(thing in self for thing in each)]

    def require(self, platform: str, needed: Iterable[Sequence[str]]) -> None:
        """Raise Invalid unless the file has one column of each of these, and so is of products."""
        missing = self.missing(needed)
        other = self._other_kind(bool(missing))
        if other:
            raise Invalid(
                f"this is an export of {other} that cannot be taken. Products can be, customers of "
                "Shopify or in own columns, with ids and countries, and orders with their lines "
                "(docs/import.md).",
                field="file",
            )
        if missing:
            names = ", ".join(" or ".join(f'"{thing}"' for thing in each[:4]) for each in missing)
            raise Invalid(
                f"this is no export of products of {platform}: the header has no column {names}. "
                "The first line must have the names of the columns, in English.",
                field="file",
            )

    def _other_kind(self, is_no_product: bool) -> str | None:
        """Return what else a file is of."""
        header = set(self.header)
        if STOCK_BY_LOCATION & header:
            return "stock by location"
        if is_no_product and ORDERS & header:
            return "orders"
        return "customers" if is_no_product and CUSTOMERS & header else None

    def cells(self, row: Row) -> Cells:
        """Return a row by what its cells are."""
        return Cells(row, self._places, self.header)


class Cells:
    """One row, by what its cells are; what is not there is an empty text."""

    def __init__(self, row: Row, places: Mapping[str, int], header: Sequence[str]) -> None:
        self.line = row.line
        self._cells, self._places, self._header = row.cells, places, header

    def __getitem__(self, thing: str) -> str:
        place = self._places.get(thing)
        return "" if place is None or place >= len(self._cells) else self._cells[place].strip()

    def cells_of(self, beginning: str) -> list[str]:
        """Return what stands in all columns whose names begin so."""
        columns = zip(self._header, self._cells, strict=False)
        return [cell.strip() for name, cell in columns if name.startswith(beginning)]

    def has(self, thing: str) -> bool:
        """Tell whether the file has such a column."""
        return thing in self._places

    def truth(self, thing: str, default: bool) -> bool:
        """Return what a cell says, or the default where it says nothing."""
        return self[thing].casefold() in {"true", "1", "yes"} if self[thing] else default


def _normal(name: str) -> str:
    return " ".join(name.casefold().split())
