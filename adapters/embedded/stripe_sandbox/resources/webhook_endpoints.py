"""Webhook endpoints: who is told of events."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.sandbox import (
    API_VERSION,
    Call,
    Operation,
    Sandbox,
    new_id,
)
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "webhook_endpoint"
EVERYTHING = "*"


def new_endpoint(
    sandbox: Sandbox, url: str, types: list[str], secret: str | None = None
) -> Resource:
    """Return an endpoint; it signs with a secret of its own, if none is given."""
    return sandbox.new(
        KIND,
        "we_",
        api_version=API_VERSION,
        application=None,
        description=None,
        enabled_events=types,
        metadata={},
        status="enabled",
        url=url,
        _secret=secret or f"whsec_{new_id('')}",
    )


def keep_endpoint(sandbox: Sandbox, url: str, secret: str) -> None:
    """Have one endpoint with this secret, of every event, at this URL."""
    for each in sandbox.store.find(KIND):
        if each["_secret"] == secret:
            sandbox.change(each, url=url)
            return
    new_endpoint(sandbox, url, [EVERYTHING], secret)


def told_of(sandbox: Sandbox, type: str) -> list[Resource]:
    """Return the endpoints that are told of a type of event."""
    return [
        each
        for each in sandbox.store.find(KIND)
        if each["status"] == "enabled" and {EVERYTHING, type} & set(each["enabled_events"])
    ]


def _create(sandbox: Sandbox, call: Call) -> Resource:
    made = new_endpoint(sandbox, call.params["url"], call.params["enabled_events"])
    return {**made, "secret": made["_secret"]}  # only who makes it is shown it


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _update(sandbox: Sandbox, call: Call) -> Resource:
    found = sandbox.get(KIND, call.id)
    given: Resource = {n: call.params[n] for n in ("url", "enabled_events") if n in call.params}
    if "disabled" in call.params:
        given["status"] = "disabled" if call.params["disabled"] else "enabled"
    return sandbox.change(found, **given)


def _delete(sandbox: Sandbox, call: Call) -> Resource:
    found = sandbox.get(KIND, call.id)
    sandbox.store.rows("DELETE FROM objects WHERE id = ?", (found["id"],))
    return {"id": found["id"], "object": KIND, "deleted": True}


def _list(sandbox: Sandbox, call: Call) -> Resource:
    return listed(sandbox, call, KIND, "/v1/webhook_endpoints")


_ONE = "/v1/webhook_endpoints/{id}"
_PARAMS = "stripe.params.WebhookEndpoint{}Params"
OPERATIONS = (
    Operation("POST", "/v1/webhook_endpoints", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/webhook_endpoints", _PARAMS.format("List"), _list),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", _ONE, _PARAMS.format("Update"), _update),
    Operation("DELETE", _ONE, _PARAMS.format("Delete"), _delete),
)
