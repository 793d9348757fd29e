"""A webhook: whoever answers a POST with 2xx, in the form of Standard Webhooks.

The answer is its status; nothing more of it is read. Nobody is followed to another address.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence

import httpx

from adapters.public_network import NotPublic
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.ports import Clock

PATIENCE_S = 15.0
"""How long a call may take, all of it."""

NEVER = frozenset({400, 405, 410, 411, 413, 414, 415, 422, 431, 501, 505})
"""What is wrong is the call itself. Of all others somebody can be the cause who mends it: a missing
path, a wrong credential, an address that has moved."""


GONE = frozenset({410})
"""All else may be mended by who was told to be called there; only he can say that he is not to be
any more."""


class Webhook:
    """The webhook at a URL; each call is signed with every secret.

    `never`: answers after which the same call is not made again. `transport`: over which it is
    called, if not as the environment says.
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes],
        clock: Clock,
        patience_s: float = PATIENCE_S,
        *,
        never: Collection[int] = NEVER,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._clock = clock
        self._patience_s = patience_s
        self._never = never
        self._transport = transport

    async def post(self, id: str, content: bytes) -> None:
        """Hand it over. Raises NotTaken or NeverTaken."""
        try:
            status, after = await self._answer(content, self._headers(id, content))
        except TimeoutError as error:
            raise NotTaken(f"it does not answer within {self._patience_s:g} s.") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotTaken(f"it does not answer: {_why(error)}.") from error
        if status in self._never:
            raise NeverTaken(f"it answered {status}.")
        if not 200 <= status < 300:
            raise NotTaken(f"it answered {status}.", _seconds(after))

    async def _answer(self, content: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        async with (
            asyncio.timeout(self._patience_s),
            httpx.AsyncClient(
                timeout=self._patience_s, follow_redirects=False, transport=self._transport
            ) as client,
            client.stream("POST", self._url, content=content, headers=headers) as answer,
        ):
            return answer.status_code, answer.headers.get("Retry-After")

    def _headers(self, id: str, content: bytes) -> dict[str, str]:
        timestamp = str(self._clock() // 1_000_000)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "tallystick",
            "Idempotency-Key": id,
            "webhook-id": id,
            "webhook-timestamp": timestamp,
        }
        if self._secrets:
            signed = [signature(secret, id, timestamp, content) for secret in self._secrets]
            headers["webhook-signature"] = " ".join(signed)
        return headers


def signature(secret: bytes, id: str, timestamp: str, content: bytes) -> str:
    """Return the `webhook-signature` of a call: HMAC-SHA256 of `id.timestamp.content`."""
    signed = b".".join((id.encode(), timestamp.encode(), content))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def _why(error: Exception) -> str:
    """Return what went wrong: our own words, or the kind of what others say."""
    return str(error).rstrip(".") if isinstance(error, NotPublic) else type(error).__name__


def _seconds(text: str | None) -> float | None:
    """Retry-After in seconds; a date, or nonsense, is none."""
    short = text is not None and len(text) <= 6
    return float(text) if short and text is not None and text.isascii() and text.isdigit() else None
