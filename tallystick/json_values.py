"""JSON values: exact, frozen and typed on this side, as the contract writes them on the other.

Amounts are `Decimal`, moments are aware `datetime`s, lists are tuples. A float is refused: it has
lost what it would be asked to keep.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

from tallystick.problem import Problem

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """One page of a list; None as `next_cursor`: the last one."""

    data: tuple[T, ...]
    next_cursor: str | None
    as_of_sequence: int


def new_id() -> str:
    """Return an id that nobody else has."""
    return uuid4().hex


def sent_json(**given: object) -> dict[str, object]:
    """Return the members of a body that were given."""
    return {name.rstrip("_"): to_json(each) for name, each in given.items() if each is not None}


def to_json(value: object) -> object:
    """Return a value as JSON has it. Raises TypeError for a float and for what is not dated."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, datetime):
        return _moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return members(value)
    if isinstance(value, Mapping):
        return {str(name): to_json(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [to_json(each) for each in value]
    if isinstance(value, float):
        raise TypeError(f"{value} is a float, which is not exact: give a Decimal or an int")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def members(value: object) -> dict[str, object]:
    """Return the members of a body; an optional one that is None is left out."""
    found = {}
    for each in fields(value):  # type: ignore[arg-type]
        member = getattr(value, each.name)
        is_required = each.default is MISSING and each.default_factory is MISSING
        if member is not None or is_required:
            found[each.name.rstrip("_")] = to_json(member)
    return found


def text_of(value: object) -> str:
    """Return a value as a parameter of a query has it."""
    json_value = to_json(value)
    if isinstance(json_value, bool):
        return "true" if json_value else "false"
    return str(json_value)


def parsed(content: bytes) -> Any:
    """Return the value of a text of JSON, every number of it exact."""
    return json.loads(content, parse_float=Decimal)


def from_json(hint: Any, value: Any) -> Any:
    """Return what JSON says, as the type that is expected."""
    if value is None or hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return from_json(next(each for each in get_args(hint) if each is not type(None)), value)
    if origin is tuple:
        return tuple(from_json(get_args(hint)[0], each) for each in value)
    if origin is Mapping:
        return {name: from_json(get_args(hint)[1], each) for name, each in value.items()}
    if origin is Literal:
        return value
    if hint is Problem:
        return Problem.of(value)
    if is_dataclass(origin or hint):
        return _object(hint, value)
    return _scalar(hint, value)


def _scalar(hint: Any, value: Any) -> Any:
    if hint is Decimal:
        return Decimal(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return value


def _object(hint: Any, value: Mapping[str, Any]) -> Any:
    """Members that a newer service added are passed over."""
    kind = get_origin(hint) or hint
    arguments = get_args(hint)
    found = {}
    for name, each in _hints(kind).items():
        member = name.rstrip("_")
        if member in value:
            found[name] = from_json(_with_argument(each, arguments), value[member])
    return kind(**found)


def _with_argument(hint: Any, arguments: tuple[Any, ...]) -> Any:
    """The list of a page has the type that the page was asked for."""
    if arguments and get_args(hint)[:1] == (T,):
        return types.GenericAlias(tuple, (arguments[0], ...))
    return hint


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} is not an amount")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _moment_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a datetime without a time zone is no moment: give an aware one")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
