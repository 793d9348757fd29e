"""Portal sessions: pages on which a customer sees subscriptions, payments and payment
methods."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.resources.customers import customer_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "billing_portal.session"


def _create(sandbox: Sandbox, call: Call) -> Resource:
    if "customer" not in call.params:
        raise Refused(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = customer_of(sandbox, call.params["customer"])
    session = sandbox.new(
        KIND,
        "bps_",
        configuration="bpc_sandbox",
        customer=customer["id"],
        customer_account=None,
        flow=None,
        locale=call.params.get("locale"),
        on_behalf_of=None,
        return_url=call.params.get("return_url"),
        url=None,
    )
    return sandbox.change(session, url=f"{sandbox.url}/portal/{session['id']}")


OPERATIONS = (
    Operation(
        "POST",
        "/v1/billing_portal/sessions",
        "stripe.params.billing_portal.SessionCreateParams",
        _create,
    ),
)
