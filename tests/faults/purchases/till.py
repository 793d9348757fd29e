"""The till: where buyers send their requests, each again until it is answered for good."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any, NamedTuple

import aiohttp

from tests.faults.load import SEND_AGAIN
from tests.faults.purchases.told import Told

ANSWERED_S = 180.0
AGAIN_S = 0.2

Json = dict[str, Any]


class Answered(NamedTuple):
    """The status and the body of an answer."""

    status: int
    body: Json

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return self.status < 300


class Till:
    """One org's service, over a session, with the key of who may do all in the org."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str, told: Told) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._told = told

    async def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *refused: int,
        key: str | None = None,
        secret: str | None = None,
    ) -> Answered:
        """Return the answer to a request that is sent again, under one key, after each documented
        problem. `refused`: how else it may be refused for good. `key`: where it is another's,
        too. `secret`: of the guest who asks."""
        deadline = time.monotonic() + ANSWERED_S
        headers = {**self._headers, "Idempotency-Key": key or str(uuid.uuid4())}
        if secret is not None:
            headers["Guest-Secret"] = secret
        while time.monotonic() < deadline:
            try:
                answer = await self._once(method, path, body, headers)
            except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
                self._told.unanswered += 1
                answer = None
            if answer is not None:
                if not answer.is_done and answer.status not in refused:
                    self._told.wrong.append(f"{method} {path} {body}: {answer}")
                return answer
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"{method} {path} {body} was not answered within {ANSWERED_S} s")

    async def _once(
        self, method: str, path: str, body: Json | None, headers: dict[str, str]
    ) -> Answered | None:
        url = self._url + path
        async with self._session.request(method, url, json=body, headers=headers) as response:
            answer = Answered(response.status, json.loads(await response.read()))
        code = answer.body["code"] if response.status >= 400 else ""
        self._told.statuses[f"{response.status} {code}".strip()] += 1
        return None if SEND_AGAIN.get(code) == response.status else answer
