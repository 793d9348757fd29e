"""Setup intents: payment methods saved to be charged later."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources.customers import customer_of
from adapters.embedded.stripe_sandbox.resources.payment_methods import attach, method_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, new_id
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "setup_intent"


def new_setup(sandbox: Sandbox, **given: Any) -> Resource:
    """Return the beginning of saving a payment method."""
    id = new_id("seti_")
    made = sandbox.new(
        KIND,
        "seti_",
        id=id,
        application=None,
        automatic_payment_methods=given.get("automatic_payment_methods"),
        cancellation_reason=None,
        client_secret=f"{id}_secret_{new_id('')}",
        customer=given.get("customer"),
        description=given.get("description"),
        excluded_payment_method_types=None,
        flow_directions=None,
        last_setup_error=None,
        latest_attempt=None,
        mandate=None,
        metadata=dict(given.get("metadata") or {}),
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=["card"],
        single_use_mandate=None,
        status="requires_payment_method",
        usage=given.get("usage") or "off_session",
    )
    sandbox.emit("setup_intent.created", made)
    return made


def save_method(sandbox: Sandbox, setup: Resource, method: Resource) -> Resource:
    """Save a payment method, confirmed by its holder, with the customer of a setup."""
    sandbox.change(method, _is_set_up=True)
    if setup["customer"] is not None:
        attach(sandbox, method, setup["customer"])
    sandbox.change(setup, payment_method=method["id"], status="succeeded")
    sandbox.emit("setup_intent.succeeded", setup)
    return setup


def _create(sandbox: Sandbox, call: Call) -> Resource:
    if call.params.get("customer") is not None:
        customer_of(sandbox, call.params["customer"])
    setup = new_setup(sandbox, **call.params)
    wanted = call.params.get("payment_method")
    if call.params.get("confirm") and wanted:
        return save_method(sandbox, setup, method_of(sandbox, wanted))
    return setup


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _confirm(sandbox: Sandbox, call: Call) -> Resource:
    setup = sandbox.get(KIND, call.id)
    if setup["status"] == "succeeded" or "payment_method" not in call.params:
        raise Refused(
            "You cannot confirm this SetupIntent: it has succeeded, or has no payment method.",
            code="setup_intent_unexpected_state",
        )
    return save_method(sandbox, setup, method_of(sandbox, call.params["payment_method"]))


def _list(sandbox: Sandbox, call: Call) -> Resource:
    customer = call.params.get("customer")
    return listed(sandbox, call, KIND, "/v1/setup_intents", customer=customer)


_PARAMS = "stripe.params.SetupIntent{}Params"
OPERATIONS = (
    Operation("POST", "/v1/setup_intents", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/setup_intents", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/setup_intents/{id}", _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", "/v1/setup_intents/{id}/confirm", _PARAMS.format("Confirm"), _confirm),
)
