"""The context of access: what lines of orders have given that is no parcel."""

from __future__ import annotations

from ledger.access.inspection import GrantInspection
from ledger.access.order_grant import GRANT_STREAM, ORDER_GRANTS, OrderGrant
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="access",
    aggregates=(OrderGrant,),
    uses=("catalogue", "credits", "ordering", "purchases"),
    checks=(GrantInspection,),
    tables=(Table(ORDER_GRANTS, key=("org", "id"), stream=f"{GRANT_STREAM}/{{id}}"),),
)
