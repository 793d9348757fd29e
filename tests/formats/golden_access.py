"""The part of the golden story that is about what orders give: every fact of it, every field with
and without."""

from __future__ import annotations

from ledger.access.order_grant import OrderGrant
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.catalogue.variant import Variant
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import DisputeState, RefundState
from tests.formats.golden_appointments import groups_of_appointments
from tests.formats.golden_internal_transfers import groups_of_internal_transfers
from tests.formats.story_of_credits import Step
from tests.scenarios.access_commands import FILE, download, grow_old, revoke, selling
from tests.scenarios.catalogue_commands import create, define, define_benefit, item_type, publish
from tests.scenarios.commands import usage, use
from tests.scenarios.order_commands import cancel, disputed, paid, place, refund, refund_told


def groups_of_access() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    return [
        ("2026-06-01T00:00:00Z", [*_said(), *_given(), *_gone()]),
        ("2026-07-02T00:00:00Z", [grow_old(21, 2)]),
        *groups_of_appointments(),
        *groups_of_internal_transfers(),
    ]


def _said() -> list[Step]:
    """What SKUs give."""
    book = Benefit(file=FILE, name="book.pdf", downloads=3)
    return [
        item_type("books", Kind.DIGITAL_DOWNLOAD, {}, key="books"),
        create("book", "books", fabric=None),
        define(Variant("BOOK"), item="book", options=[]),
        define_benefit("BOOK", book),
        define_benefit("PACK-1", Benefit(days=365)),
        item_type("courses", Kind.DIGITAL_ACCESS, {}, key="courses"),
        create("course", "courses", fabric=None),
        define(Variant("COURSE"), item="course", options=[]),
        define_benefit("COURSE", Benefit(course="rust")),
        item_type("hours", Kind.APPOINTMENT, {}, key="hours"),
        create("hour", "hours", fabric=None),
        define(Variant("HOUR"), item="hour", options=[]),
        define_benefit("HOUR", Benefit(calendar="studio")),
        publish("course"),
    ]


def _given() -> list[Step]:
    """A guest's book and course, of which one is revoked for nothing that is said."""
    lines = ("BOOK", 1, 5), ("COURSE", 1, 5), ("COURSE", 1, 5), ("COURSE", 1, 5)
    return [
        place(21, selling(*lines), user=None, guest="0" * 64),
        *(paid(21, 20), download(21), revoke(21, 3, "shared"), revoke(21, 4)),
    ]


def _gone() -> list[Step]:
    """Credits that are spent, refunded, disputed and cancelled with what is to be sent; a plan."""
    lines = ("PACK", 2, 100), ("YEAR", 1, 100), ("PRO", 1, 100), ("FILE", 1, 100)
    return [
        place(22, selling(*lines), user="kim"),
        *(paid(22, 500), usage([use("51500", id="kim spends", user="kim")])),
        refund(22, AskedLine(1, units=1), id="ref_22"),
        refund_told(22, "ref_22", 100, RefundState.FAILED),
        *(disputed(22, DisputeState.OPEN, 500), disputed(22, DisputeState.WON, 500)),
        cancel(22),
    ]


def state_of_access(aggregate: OrderGrant) -> list[object]:
    """What was given, and what became of it."""
    is_at = [aggregate.stage, aggregate.used, aggregate.taken, aggregate.ends_us]
    lot = aggregate.lot.id if aggregate.lot else None
    what = [aggregate.order, aggregate.line, aggregate.sku, aggregate.user, aggregate.kind]
    return [*what, aggregate.benefit, aggregate.units, lot, aggregate.subscription, *is_at]
