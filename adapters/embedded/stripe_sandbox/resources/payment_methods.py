"""Payment methods: what a customer pays with."""

from __future__ import annotations

import hashlib
from typing import Any

from adapters.embedded.stripe_sandbox.card_behaviour import (
    BY_NUMBER,
    BY_TOKEN,
    Behaviour,
    error_code,
    has_check_digit,
    reason,
)
from adapters.embedded.stripe_sandbox.errors import Refused, declined, no_such
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources.customers import customer_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "payment_method"
NO_ADDRESS = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def new_method(sandbox: Sandbox, number: str, month: int, year: int, **given: Any) -> Resource:
    """Return a payment method of a test number. Raises Refused for a number that is none."""
    number = "".join(filter(str.isdigit, number))
    if not (12 <= len(number) <= 19 and has_check_digit(number)):
        raise Refused(
            "Your card number is incorrect.",
            status=402,
            type="card_error",
            code="incorrect_number",
            param="number",
        )
    if number not in BY_NUMBER:
        raise declined(
            "card_declined",
            "test_mode_live_card",
            "Your card was declined. Your request was in test mode, but used a non test card.",
        )
    return sandbox.new(
        KIND,
        "pm_",
        allow_redisplay="unspecified",
        billing_details={
            "address": dict(NO_ADDRESS),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
            **(given.get("billing_details") or {}),
        },
        card=_card(number, month, year),
        customer=None,
        metadata=dict(given.get("metadata") or {}),
        type="card",
        _number=number,
        _is_set_up=False,
    )


def _card(number: str, month: int, year: int) -> Resource:
    brand = BY_NUMBER[number].brand
    return {
        "brand": brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(number.encode()).hexdigest()[:16],
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
        "regulated_status": "unregulated",
    }


def method_of(sandbox: Sandbox, id: str, param: str = "payment_method") -> Resource:
    """Return a payment method; a name that stands for a test number makes a new one."""
    if id in BY_TOKEN:
        return new_method(sandbox, BY_TOKEN[id], 12, 2034)
    return sandbox.get(KIND, id, param)


def behaviour_of(method: Resource) -> Behaviour:
    """Return what its bank does."""
    return BY_NUMBER[method["_number"]]


def attach(sandbox: Sandbox, method: Resource, customer: str) -> None:
    """Save a payment method with a customer. Raises Refused where its bank declines."""
    if method["customer"] == customer:
        return
    customer_of(sandbox, customer)
    if method["customer"] is not None:
        raise Refused(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_already_attached",
        )
    behaviour = behaviour_of(method)
    if behaviour.decline and not behaviour.can_be_saved:
        raise declined(error_code(behaviour.decline), behaviour.decline, reason(behaviour.decline))
    sandbox.change(method, customer=customer)
    sandbox.emit("payment_method.attached", method)


def detach(sandbox: Sandbox, method: Resource) -> None:
    """Take a payment method from its customer, for good."""
    if method["customer"] is None:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible.",
            code="payment_method_not_attached",
        )
    before = method["customer"]
    sandbox.change(method, customer=None, _is_detached=True)
    sandbox.emit("payment_method.detached", method, {"customer": before})


def _create(sandbox: Sandbox, call: Call) -> Resource:
    given = call.params.get("card") or {}
    if call.params.get("type") != "card" or "number" not in given:
        raise Refused("The sandbox knows payment methods of type card, by number.", param="type")
    return new_method(
        sandbox,
        given["number"],
        given["exp_month"],
        given["exp_year"],
        billing_details=call.params.get("billing_details"),
        metadata=call.params.get("metadata"),
    )


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return method_of(sandbox, call.id, "id")


def _attach(sandbox: Sandbox, call: Call) -> Resource:
    method = method_of(sandbox, call.id, "id")
    attach(sandbox, method, call.params["customer"])
    return method


def _detach(sandbox: Sandbox, call: Call) -> Resource:
    method = sandbox.get(KIND, call.id)
    detach(sandbox, method)
    return method


def _list(sandbox: Sandbox, call: Call) -> Resource:
    customer = call.params.get("customer")
    if customer is None:
        raise Refused("Missing required param: customer.", code="parameter_missing")
    return listed(sandbox, call, KIND, "/v1/payment_methods", customer=customer)


def _list_of_customer(sandbox: Sandbox, call: Call) -> Resource:
    customer_of(sandbox, call.id, "id")
    url = f"/v1/customers/{call.id}/payment_methods"
    return listed(sandbox, call, KIND, url, customer=call.id)


def _of_customer(sandbox: Sandbox, call: Call) -> Resource:
    found = sandbox.get(KIND, call.ids["method"])
    if found["customer"] != call.id:
        raise no_such(KIND, call.ids["method"])
    return found


_ONE = "/v1/payment_methods/{id}"
_OF_CUSTOMER = "/v1/customers/{id}/payment_methods"
_PARAMS = "stripe.params.PaymentMethod{}Params"
OPERATIONS = (
    Operation("POST", "/v1/payment_methods", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/payment_methods", _PARAMS.format("List"), _list),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", f"{_ONE}/attach", _PARAMS.format("Attach"), _attach),
    Operation("POST", f"{_ONE}/detach", _PARAMS.format("Detach"), _detach),
    Operation(
        "GET", _OF_CUSTOMER, "stripe.params.CustomerPaymentMethodListParams", _list_of_customer
    ),
    Operation(
        "GET",
        f"{_OF_CUSTOMER}/{{method}}",
        "stripe.params.CustomerPaymentMethodRetrieveParams",
        _of_customer,
    ),
)
