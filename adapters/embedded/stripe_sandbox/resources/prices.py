"""Prices: what one of a product costs, once or each period."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.billing_calendar import months_of
from adapters.embedded.stripe_sandbox.currency_amounts import readable, step_of
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import products
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "price"
_INTERVALS = ("month", "year")
_YEARS_MAX = 3


def recurring_price(sandbox: Sandbox, id: str, param: str = "price") -> Resource:
    """Return a price that is paid each period. Raises Refused for another."""
    price = sandbox.get(KIND, id, param)
    if price["recurring"] is None:
        raise Refused(
            "The price specified is set to `type=one_time` but this field only accepts prices with "
            "`type=recurring`.",
            param=param,
        )
    if not price["active"]:
        raise Refused(f"The price specified is inactive: '{id}'.", param=param)
    return price


def described(sandbox: Sandbox, price: Resource, quantity: int) -> str:
    """Return what an invoice says of a price."""
    name = sandbox.get(products.KIND, price["product"])["name"]
    costs = readable(price["unit_amount"], price["currency"])
    return f"{quantity} \N{MULTIPLICATION SIGN} {name} (at {costs} / {each_period(price)})"


def each_period(price: Resource) -> str:
    """Return how long a period is, such as `month` or `3 months`."""
    recurring = price["recurring"]
    count, interval = recurring["interval_count"], recurring["interval"]
    return interval if count == 1 else f"{count} {interval}s"


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    if "unit_amount" not in params:
        raise Refused("The sandbox knows prices with unit_amount.", param="unit_amount")
    amount, currency = params["unit_amount"], params["currency"]
    if amount < 0 or amount % step_of(currency):
        raise Refused(f"Invalid amount of {currency}.", param="unit_amount")
    price = sandbox.new(
        KIND,
        "price_",
        active=params.get("active", True),
        billing_scheme="per_unit",
        currency=currency,
        custom_unit_amount=None,
        lookup_key=params.get("lookup_key"),
        metadata=dict(params.get("metadata") or {}),
        nickname=params.get("nickname"),
        product=_product(sandbox, call),
        recurring=_recurring(params.get("recurring")),
        tax_behavior=params.get("tax_behavior", "unspecified"),
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if "recurring" in params else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    sandbox.emit("price.created", price)
    return price


def _product(sandbox: Sandbox, call: Call) -> str:
    if "product" in call.params:
        return str(sandbox.get(products.KIND, call.params["product"], "product")["id"])
    given = dict(call.params.get("product_data") or {})
    if "name" not in given:
        raise Refused("Missing required param: product.", code="parameter_missing", param="product")
    return str(products.new_product(sandbox, given.pop("name"), **given)["id"])


def _recurring(given: Resource | None) -> Resource | None:
    if given is None:
        return None
    if given["interval"] not in _INTERVALS or given.get("usage_type", "licensed") != "licensed":
        raise Refused(
            "The sandbox knows prices of months and years, of no usage.", param="recurring"
        )
    recurring = {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    if not 1 <= months_of({"recurring": recurring}) <= _YEARS_MAX * 12:
        raise Refused(
            f"A period has at most {_YEARS_MAX} years.", param="recurring[interval_count]"
        )
    return recurring


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _update(sandbox: Sandbox, call: Call) -> Resource:
    found = sandbox.get(KIND, call.id)
    given = {n: call.params[n] for n in ("active", "nickname") if n in call.params}
    metadata = {**found["metadata"], **(call.params.get("metadata") or {})}
    sandbox.change(found, **given, metadata={n: each for n, each in metadata.items() if each})
    sandbox.emit("price.updated", found)
    return found


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {n: call.params.get(n) for n in ("active", "currency", "product", "type")}
    wanted["lookup_key"] = call.params.get("lookup_keys")
    return listed(sandbox, call, KIND, "/v1/prices", **wanted)


_PARAMS = "stripe.params.Price{}Params"
OPERATIONS = (
    Operation("POST", "/v1/prices", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/prices", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/prices/{id}", _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", "/v1/prices/{id}", _PARAMS.format("Update"), _update),
)
