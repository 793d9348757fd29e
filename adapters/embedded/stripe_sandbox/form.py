"""Forms: the parameters of a request, nested by brackets: `a[b][0][c]=1`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"\[([^\]]*)\]")


def read_form(text: str) -> dict[str, Any]:
    """Return the parameters of a query or of the body of a form."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, bracket, rest = name.partition("[")
        path = [first, *(_PART.findall(bracket + rest))]
        _put(root, path, value)
    return {name: _lists(each) for name, each in root.items()}


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    *folders, last = path
    for part in folders:
        below = into.setdefault(part, {})
        if not isinstance(below, dict):
            return
        into = below
    into[last or str(len(into))] = value


def _lists(value: Any) -> Any:
    """Return a list in the place of what is numbered from zero."""
    if not isinstance(value, dict):
        return value
    below = {name: _lists(each) for name, each in value.items()}
    is_list = bool(below) and list(below) == [str(number) for number in range(len(below))]
    return list(below.values()) if is_list else below
