"""Customers: who buys."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.errors import no_such
from adapters.embedded.stripe_sandbox.listing import listed, searched
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, new_id
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "customer"
_GIVEN = ("description", "email", "name", "phone")


def new_customer(sandbox: Sandbox, **given: Any) -> Resource:
    """Return a customer, and say that there is one."""
    made = sandbox.new(
        KIND,
        "cus_",
        address=None,
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        discount=None,
        **{name: given.get(name) for name in _GIVEN},
        invoice_prefix=new_id("")[:8].upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata=dict(given.get("metadata") or {}),
        next_invoice_sequence=1,
        preferred_locales=[],
        shipping=None,
        tax_exempt="none",
        test_clock=None,
    )
    sandbox.emit("customer.created", made)
    return made


def customer_of(sandbox: Sandbox, id: str, param: str = "customer") -> Resource:
    """Return a customer who was not deleted."""
    found = sandbox.get(KIND, id, param)
    if found.get("deleted"):
        raise no_such(KIND, id, param)
    return found


def _create(sandbox: Sandbox, call: Call) -> Resource:
    return new_customer(sandbox, **call.params)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _update(sandbox: Sandbox, call: Call) -> Resource:
    found = customer_of(sandbox, call.id, "id")
    given = {name: call.params[name] for name in _GIVEN if name in call.params}
    metadata = {**found["metadata"], **(call.params.get("metadata") or {})}
    kept = {name: each for name, each in metadata.items() if each}
    settings = {**found["invoice_settings"], **(call.params.get("invoice_settings") or {})}
    sandbox.change(found, **given, metadata=kept, invoice_settings=settings)
    sandbox.emit("customer.updated", found)
    return found


def _delete(sandbox: Sandbox, call: Call) -> Resource:
    found = customer_of(sandbox, call.id, "id")
    sandbox.change(found, deleted=True)
    sandbox.emit("customer.deleted", found)
    return {"id": found["id"], "object": KIND, "deleted": True}


def _list(sandbox: Sandbox, call: Call) -> Resource:
    return listed(sandbox, call, KIND, "/v1/customers", email=call.params.get("email"))


def _search(sandbox: Sandbox, call: Call) -> Resource:
    return searched(sandbox, call, KIND, "/v1/customers/search")


OPERATIONS = (
    Operation("POST", "/v1/customers", "stripe.params.CustomerCreateParams", _create),
    Operation("GET", "/v1/customers", "stripe.params.CustomerListParams", _list),
    Operation("GET", "/v1/customers/search", "stripe.params.CustomerSearchParams", _search),
    Operation("GET", "/v1/customers/{id}", "stripe.params.CustomerRetrieveParams", _retrieve),
    Operation("POST", "/v1/customers/{id}", "stripe.params.CustomerUpdateParams", _update),
    Operation("DELETE", "/v1/customers/{id}", "stripe.params.CustomerDeleteParams", _delete),
)
