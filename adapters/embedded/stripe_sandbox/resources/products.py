"""Products: what prices are for."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "product"
_GIVEN = ("description", "statement_descriptor", "tax_code", "unit_label", "url")


def new_product(sandbox: Sandbox, name: str, **given: Any) -> Resource:
    """Return a product, and say that there is one."""
    made = sandbox.new(
        KIND,
        "prod_",
        active=True,
        default_price=None,
        images=[],
        marketing_features=[],
        metadata=dict(given.get("metadata") or {}),
        name=name,
        package_dimensions=None,
        shippable=None,
        type="service",
        updated=sandbox.now(),
        **{each: given.get(each) for each in _GIVEN},
    )
    sandbox.emit("product.created", made)
    return made


def _create(sandbox: Sandbox, call: Call) -> Resource:
    given = {name: each for name, each in call.params.items() if name != "name"}
    return new_product(sandbox, call.params["name"], **given)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    return listed(sandbox, call, KIND, "/v1/products", active=call.params.get("active"))


_PARAMS = "stripe.params.Product{}Params"
OPERATIONS = (
    Operation("POST", "/v1/products", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/products", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/products/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
