"""Examples of answers: what a service answers at each route, in the stories of the contexts."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from api.http.openapi import EXAMPLES, routes

from .contract import route_of
from .credits import story as credits_story
from .served import Served

STORIES = (credits_story,)
Examples = dict[str, dict[str, Any]]
"""By context, and there by method and path."""

_OWN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<month>\b20\d\d-\d\d\b(-\d\d\b)?)"
    r"|(?P<hash>\b[0-9a-f]{64}\b)|(?P<id>(hold|key)_[0-9a-f]{24})"
    r'|(?P<cursor>(?<="next_cursor": ")[^"]+)'
)
"""What no two runs have alike."""

_SECRET = re.compile(r"tally_live_[\w-]+")


def told(service: Served) -> Examples:
    """The first success at each route while the stories are told."""
    found: dict[str, Any] = {}

    def note(response: httpx.Response) -> None:
        name = route_of(response.request)
        if response.is_success and name is not None and name not in found:
            is_json = response.headers["content-type"] == "application/json"
            response.read()
            text = _SECRET.sub(f"tally_live_{'0' * 43}", response.text)
            found[name] = json.loads(text) if is_json else text

    service.http.event_hooks["response"].append(note)
    for story in STORIES:
        story.tell(service)
    by_context: Examples = {}
    for name, route in routes():
        if name in found:
            context = route.endpoint.__module__.split(".")[2]
            by_context.setdefault(context, {})[name] = found[name]
    return by_context


def kept() -> Examples:
    """The examples of the contract."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in EXAMPLES.glob("*.json")}


def keep(examples: Examples) -> None:
    """Make them the examples of the contract."""
    EXAMPLES.mkdir(exist_ok=True)
    for context, of_context in examples.items():
        text = json.dumps(of_context, indent=2, ensure_ascii=False) + "\n"
        (EXAMPLES / f"{context}.json").write_text(text, "utf-8")


def without_own(examples: Examples) -> Examples:
    """What every run has alike."""
    named = _OWN.sub(lambda match: f"({match.lastgroup})", json.dumps(examples))
    value: Examples = json.loads(named)
    return value
