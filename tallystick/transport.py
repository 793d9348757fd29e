"""The transport: a call becomes requests until one of them is answered."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import anyio
import httpx

from tallystick.json_values import from_json, parsed, text_of
from tallystick.problem import NotAProblem, Problem, TallystickError, Unreachable
from tallystick.retries import Attempts, Retries

T = TypeVar("T")
PROBLEM_JSON = "application/problem+json"


def sent(**given: object) -> dict[str, object]:
    """Return what was given, without the names that were not."""
    return {name.rstrip("_"): value for name, value in given.items() if value is not None}


def path(template: str, **names: str | int) -> str:
    """Return a path with names in it, of which no character means anything."""
    return template.format(**{name: quote(str(value), safe="") for name, value in names.items()})


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """An operation to be called: the same whenever it is sent."""

    method: str
    path: str
    result: Any
    """The type of what is answered."""
    query: Mapping[str, object]
    body: object = None
    key: str | None = None
    """Its Idempotency-Key."""

    headers: Mapping[str, object] = field(default_factory=dict)
    """What else it says beside its query."""

    def at(self, cursor: str | None) -> Call[T]:
        """Return the call of another page."""
        query = {name: value for name, value in self.query.items() if name != "cursor"}
        return replace(self, query=query | sent(cursor=cursor))

    def request(self, client: httpx.Client | httpx.AsyncClient, timeout_s: float) -> httpx.Request:
        """Return it as a request."""
        headers = {name: text_of(value) for name, value in self.headers.items()}
        headers |= {} if self.key is None else {"Idempotency-Key": self.key}
        query = {name: text_of(value) for name, value in self.query.items()}
        return client.build_request(
            self.method, self.path, params=query, json=self.body, headers=headers, timeout=timeout_s
        )

    def answered(self, response: httpx.Response) -> T:
        """Return the result that was answered. Raises the problem, if it was one."""
        kind = response.headers.get("content-type", "").partition(";")[0]
        if kind == PROBLEM_JSON:
            raise _problem(response)
        if not response.is_success:
            raise NotAProblem(response.status_code, response.text)
        if self.result is bytes:
            return cast(T, response.content)
        if self.result is str:
            return cast(T, response.text)
        if kind != "application/json":
            raise NotAProblem(response.status_code, response.text)
        return cast(T, from_json(self.result, parsed(response.content)))


def _problem(response: httpx.Response) -> Problem:
    members = parsed(response.content)
    return Problem.of({**members, "request_id": response.headers.get("x-request-id")})


def headers_of(key: str, org: str | None) -> dict[str, str]:
    """Return the headers of every request."""
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "tallystick-python"}
    return headers if org is None else headers | {"X-Org": org}


def _unreachable(fault: httpx.TransportError) -> TallystickError:
    """What we cannot send will not be sent at another time either."""
    says = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return TallystickError(f"this cannot be sent: {says}")
    return Unreachable(says)


def _read(response: httpx.Response, attempts: Attempts) -> httpx.Response:
    """Return an answer with all of its content, which must not drip in for ever."""
    content = bytearray()
    try:
        for part in response.iter_raw():
            content += part
            if attempts.left_s <= 0:
                raise Unreachable("the deadline passed before an answer was whole")
    finally:
        response.close()
    headers = response.headers
    return httpx.Response(response.status_code, headers=headers, content=bytes(content))


class Transport:
    """Sends calls, and waits for them."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        org: str | None = None,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(base_url=url, headers=headers_of(key, org))
        self._retries = retries or Retries()
        self._sleep = sleep

    def _send(self, call: Call[T]) -> T:
        attempts = Attempts(self._retries)
        while True:
            retry_after = None
            try:
                response = self._http.send(
                    call.request(self._http, attempts.silence_s), stream=True
                )
                retry_after = response.headers.get("retry-after")
                return call.answered(_read(response, attempts))
            except httpx.TransportError as fault:
                wait_s = attempts.wait_s(_unreachable(fault))
            except (Problem, NotAProblem) as failure:
                wait_s = attempts.wait_s(failure, retry_after)
            self._sleep(wait_s)

    def _pages(self, call: Call[Any], cursor: str | None) -> Iterator[Any]:
        while True:
            page = self._send(call.at(cursor))
            yield from page.data
            cursor = page.next_cursor
            if cursor is None:
                return

    def close(self) -> None:
        """Close its connections."""
        self._http.close()


class AsyncTransport:
    """Sends calls, and lets others run meanwhile."""

    def __init__(
        self, url: str, key: str, *, org: str | None = None, retries: Retries | None = None
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=headers_of(key, org))
        self._retries = retries or Retries()

    async def _send(self, call: Call[T]) -> T:
        attempts = Attempts(self._retries)
        while True:
            retry_after = None
            try:
                with anyio.fail_after(attempts.left_s):
                    response = await self._http.send(call.request(self._http, attempts.silence_s))
                retry_after = response.headers.get("retry-after")
                return call.answered(response)
            except TimeoutError as fault:
                raise Unreachable("the deadline passed before an answer was whole") from fault
            except httpx.TransportError as fault:
                wait_s = attempts.wait_s(_unreachable(fault))
            except (Problem, NotAProblem) as failure:
                wait_s = attempts.wait_s(failure, retry_after)
            await anyio.sleep(wait_s)

    async def _pages(self, call: Call[Any], cursor: str | None) -> AsyncIterator[Any]:
        while True:
            page = await self._send(call.at(cursor))
            for each in page.data:
                yield each
            cursor = page.next_cursor
            if cursor is None:
                return

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()
