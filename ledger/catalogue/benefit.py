"""The benefit: what a unit of a SKU gives that is no parcel."""

from __future__ import annotations

import msgspec

from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import ACCESS_DAYS_MAX, DOWNLOADS_MAX

_NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.DIGITAL_DOWNLOAD: ("file", "name", "downloads"),
    Kind.DIGITAL_ACCESS: ("course",),
    Kind.CREDITS: ("days",),
    Kind.APPOINTMENT: ("calendar",),
}
"""What is said of a benefit, by what the item's type sells."""

DEFINED = frozenset({Kind.DIGITAL_DOWNLOAD, Kind.DIGITAL_ACCESS, Kind.APPOINTMENT})
"""What cannot be sold before it is said what it gives; credits and plans are what a SKU means."""


class Benefit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a unit gives. `credits` (microcredits) or `plan`: what its SKU means; `file`: the
    SHA-256 of what can be downloaded under a `name`, so many `downloads`; `course`: to what there
    is access; `days`: how long that lasts, without it for ever; `calendar`: of which a slot is
    had. `version`: of its book, which begins
    with 1."""

    version: int = 0
    credits: int | None = None
    plan: str | None = None
    file: str | None = None
    name: str | None = None
    downloads: int | None = None
    course: str | None = None
    days: int | None = None
    calendar: str | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it is given when an order is confirmed, and not held from its placing on."""
        return self.calendar is None


def check_benefit(benefit: Benefit, kind: Kind) -> None:
    """Raise Invalid for what no SKU of a kind can give."""
    needed = _NEEDED.get(kind)
    if needed is None:
        raise Invalid(f"what sells {kind} gives what it is: there is nothing to say.", field="sku")
    for field in ("file", "name", "downloads", "course", "calendar"):
        if (getattr(benefit, field) is not None) != (field in needed):
            does = "is required" if field in needed else "must be left out"
            raise Invalid(f"{field} {does} where the item's type sells {kind}.", field=field)
    if benefit.days is None and "days" in needed:
        raise Invalid("days is required: how long the credits last.", field="days")
    if benefit.calendar is not None and benefit.days is not None:
        raise Invalid("days: an appointment is as long as its slot.", field="days")
    for field in ("name", "course"):
        if (text := getattr(benefit, field)) is not None:
            check_text(text, field)
    for field, limit in (("downloads", DOWNLOADS_MAX), ("days", ACCESS_DAYS_MAX)):
        number = getattr(benefit, field)
        if number is not None and not 1 <= number <= limit:
            raise Invalid(f"{field} must be 1 to {limit}.", field=field)
