"""The context of customers: who a user is that buys, and where their things go."""

from __future__ import annotations

from ledger.customers.customer import CUSTOMER_DETAILS, CUSTOMER_STREAM, Customer
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="customers",
    aggregates=(Customer,),
    uses=("ordering",),
    read_models=("customers",),
    tables=(Table(CUSTOMER_DETAILS, key=("org", "owner"), stream=f"{CUSTOMER_STREAM}/{{owner}}"),),
)
