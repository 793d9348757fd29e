"""Problems: errors as HTTP answers them
(https://www.rfc-editor.org/rfc/rfc9457)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.http import errors as http
from api.http.problem_table import PROBLEMS, Described
from api.logs import about
from ledger.kernel import errors
from ledger.kernel.alarms import Alarm

PROBLEM_JSON = "application/problem+json"

RETRY_AFTER_S = 1
RETRIED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_log = logging.getLogger(__name__)


Note = Callable[[Request, errors.LedgerError], Awaitable[None]]
"""Takes an error before it is answered."""


def described(kind: type[errors.LedgerError]) -> Described:
    """Return what is said of an error, or of its nearest class of which something is."""
    codes = (each.code for each in kind.__mro__ if issubclass(each, errors.LedgerError))
    return next((PROBLEMS[code] for code in codes if code in PROBLEMS), PROBLEMS["failed"])


def problem_of(error: errors.LedgerError, billing_url: str | None = None) -> dict[str, Any]:
    """Return the members of a problem; also the form of a refused item of a batch."""
    kind = described(type(error))
    problem: dict[str, Any] = {
        "type": f"urn:tallystick:problem:{error.code}",
        "title": kind.title,
        "status": int(kind.status),
        "detail": error.detail,
        "code": error.code,
    }
    if error.field is not None:
        problem["field"] = error.field
    problem.update(error.facts)
    if kind.status is HTTPStatus.PAYMENT_REQUIRED:
        problem["billing_url"] = billing_url
    return problem


def problem_response(
    error: errors.LedgerError,
    billing_url: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer to a request that failed as a whole."""
    status = described(type(error)).status
    headers = dict(headers or {})
    if status in RETRIED:
        headers["Retry-After"] = str(error.facts.get("retry_after", RETRY_AFTER_S))
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="tallystick"'
    body = msgspec.json.encode(problem_of(error, billing_url))
    return Response(body, int(status), headers, PROBLEM_JSON)


def install(
    app: FastAPI, billing_url: str | None, note: Note, methods_at: Callable[[str], Iterable[str]]
) -> None:
    """Have every error of an app answered as a problem, when it has been noted. `methods_at` says
    what a path takes; the framework knows of the first route there only."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.LedgerError)
        await note(request, error)
        if isinstance(error, http.TooManyReads):
            await asyncio.sleep(RETRY_AFTER_S)  # whoever asks again at once costs the others most
        return problem_response(error, billing_url)

    async def framework(request: Request, error: Exception) -> Response:
        problem = _of_framework(error)
        if not isinstance(problem, http.MethodNotAllowed):
            return problem_response(problem)
        allowed = ", ".join(methods_at(request.url.path))
        return problem_response(problem, headers={"Allow": allowed})

    app.add_exception_handler(errors.LedgerError, refused)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, framework)


def unexpected(error: Exception, request: str, org: str = "") -> Response:
    """Return the answer to what nobody foresaw: it is logged, and not a word of it told."""
    extra = {**Alarm.FAULT_OF_OURS.mark, **about(request, org)}
    _log.error("a request failed", exc_info=error, extra=extra)
    return problem_response(
        errors.Failed(
            "a fault of this service, not of the request; the same again would meet it again. "
            "Whether it was recorded is told by GET /v1/audit/events with the X-Request-Id of this "
            "answer as request_id: look before asking for it anew."
        )
    )


def _of_framework(error: Exception) -> errors.LedgerError:
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        field = str(first["loc"][-1])
        return errors.Invalid(f"{field}: {first['msg']}.", field=field)
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return http.MethodNotAllowed("this path does not take this method.")
    if error.status_code == HTTPStatus.NOT_FOUND:
        return http.NoSuchRoute("there is nothing at this path.")
    return errors.Refusal(str(error.detail))
