"""The router of a resource: its handlers say whom they serve, what they take and return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from fastapi import APIRouter
from starlette.convertors import Convertor, register_url_convertor

from api.http.answers import JsonResponse
from api.http.auth.needs import need_of


class Success(NamedTuple):
    """The answer of a handler that did what was asked: its status, and the type of its value."""

    status: int
    value: Any


def success_of(handler: Callable[..., Any]) -> Success | None:
    """Return the answer that a handler's return type says; None where it is not JSON."""
    returned = get_type_hints(handler, include_extras=True)["return"]
    response = get_origin(returned)
    if not isinstance(response, type) or not issubclass(response, JsonResponse):
        return None
    (value,) = get_args(returned)
    return Success(int(response.STATUS), value)


class _Whole(Convertor[str]):
    """A text of a path with all that may be in it; the framework's own `path` ends at a line."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("whole", _Whole())


class Router(APIRouter):
    """Routes with the status of what their handlers return."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route, if its handler says what its caller needs; the framework makes nothing of
        what it returns."""
        need_of(endpoint)
        success = success_of(endpoint)
        status = {} if success is None else {"status_code": success.status, "response_model": None}
        super().add_api_route(path, endpoint, **options | status)
