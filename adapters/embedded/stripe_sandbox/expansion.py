"""Expansion: objects in the place of their ids, where a request asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.sandbox import Sandbox, shown
from adapters.embedded.stripe_sandbox.store import Resource

_DEPTH_MAX = 4
_INCLUDED = {("invoice", "payments"): ("invoice_payment", "/v1/invoice_payments?invoice={}")}
"""Lists that an object shows only where they are asked for: of what kind, and where they are."""

_FIRST = 10
"""How much of a list is shown in an object."""


def expanded(sandbox: Sandbox, resource: Resource, paths: Sequence[str]) -> Resource:
    """Return an object, or a list of them, with what stands at `paths`."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEPTH_MAX:
            raise Refused(
                f"You cannot expand more than {_DEPTH_MAX} levels of a property.", param="expand"
            )
        _expand(sandbox, resource, parts)
    return resource


def _expand(sandbox: Sandbox, resource: Any, parts: list[str]) -> None:
    name, *rest = parts
    if isinstance(resource, list):
        for each in resource:
            _expand(sandbox, each, parts)
        return
    if isinstance(resource, dict) and (resource.get("object"), name) in _INCLUDED:
        resource[name] = _included(sandbox, resource, name)
    if not isinstance(resource, dict) or name not in resource:
        raise Refused(f"This property cannot be expanded ({name}).", param="expand")
    found = resource[name]
    if isinstance(found, str) and (known := sandbox.store.get(found)) is not None:
        resource[name] = found = shown(known)
    if rest and found is not None:
        _expand(sandbox, found, rest)


def _included(sandbox: Sandbox, resource: Resource, name: str) -> Resource:
    kind, url = _INCLUDED[resource["object"], name]
    found = sandbox.store.find(kind, {resource["object"]: resource["id"]}, limit=_FIRST + 1)
    return {
        "object": "list",
        "url": url.format(resource["id"]),
        "has_more": len(found) > _FIRST,
        "data": [shown(each) for each in found[:_FIRST]],
    }
