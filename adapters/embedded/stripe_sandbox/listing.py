"""Listing: a page of objects, the newest first, and the search among metadata."""

from __future__ import annotations

import re
from typing import Any

from adapters.embedded.stripe_sandbox.errors import Refused, no_such
from adapters.embedded.stripe_sandbox.sandbox import Call, Sandbox, shown
from adapters.embedded.stripe_sandbox.store import Resource

_LIMIT, _LIMIT_MAX = 10, 100
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_CLAUSE = re.compile(r"metadata\['((?:[^'\\]|\\.)*)'\]:'((?:[^'\\]|\\.)*)'")


def listed(sandbox: Sandbox, call: Call, kind: str, url: str, **fields: object) -> Resource:
    """Return a page of a kind, of those whose `fields` are so."""
    params = call.params
    limit = _limit(params)
    clauses = [*_created(params.get("created")), *_after(sandbox, kind, params)]
    back = "ending_before" in params
    found = sandbox.store.find(kind, fields, clauses, limit=limit + 1, oldest_first=back)
    page = found[:limit]
    return {
        "object": "list",
        "url": url,
        "has_more": len(found) > limit,
        "data": [shown(each) for each in (reversed(page) if back else page)],
    }


def searched(sandbox: Sandbox, call: Call, kind: str, url: str) -> Resource:
    """Return the objects of a kind with the metadata that a query asks for."""
    query = str(call.params["query"])
    wanted = {_unquoted(m[1]): _unquoted(m[2]) for m in _CLAUSE.finditer(query)}
    if not wanted or _CLAUSE.sub("", query).replace("AND", "").strip():
        raise Refused("We were unable to parse your search query.", param="query")
    found = [
        each
        for each in sandbox.store.find(kind)
        if wanted.items() <= (each.get("metadata") or {}).items() and not each.get("deleted")
    ]
    return {
        "object": "search_result",
        "url": url,
        "has_more": False,
        "next_page": None,
        "data": [shown(each) for each in found[: _limit(call.params)]],
    }


def _limit(params: dict[str, Any]) -> int:
    limit = int(params.get("limit", _LIMIT))
    if not 1 <= limit <= _LIMIT_MAX:
        raise Refused(f"Invalid integer: limit must be between 1 and {_LIMIT_MAX}.", param="limit")
    return limit


def _created(asked: Any) -> list[tuple[str, object]]:
    if isinstance(asked, dict):
        return [(f"created {_BOUNDS[name]} ?", value) for name, value in asked.items()]
    return [("created = ?", asked)] if asked is not None else []


def _after(sandbox: Sandbox, kind: str, params: dict[str, Any]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, comparison in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            number = sandbox.store.number(kind, params[name])
            if number is None:
                raise no_such(kind, params[name], name)
            found.append((f"number {comparison} ?", number))
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
