"""Events: all that has happened, as it was then."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "event"
_TYPES_MAX = 20


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    types = call.params.get("types") or []
    if len(types) > _TYPES_MAX:
        raise Refused(f"types can have at most {_TYPES_MAX} entries.", param="types")
    return listed(sandbox, call, KIND, "/v1/events", type=types or call.params.get("type"))


OPERATIONS = (
    Operation("GET", "/v1/events", "stripe.params.EventListParams", _list),
    Operation("GET", "/v1/events/{id}", "stripe.params.EventRetrieveParams", _retrieve),
)
