"""Deliveries: signed notices on their way to the endpoints that are told of them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import NamedTuple

import httpx
from stripe import WebhookSignature

from adapters.embedded.stripe_sandbox.faults import Faults
from adapters.embedded.stripe_sandbox.resources import events, webhook_endpoints
from adapters.embedded.stripe_sandbox.resources.webhook_endpoints import told_of
from adapters.embedded.stripe_sandbox.sandbox import Sandbox, shown
from adapters.embedded.stripe_sandbox.store import Resource

RETRIES_S = (1, 5, 30, 120, 600, 3600)
"""How long after each attempt the next is made; then no more."""

_AT_ONCE = 16
_PATIENCE_S = 10.0


class _Delivery(NamedTuple):
    number: int
    event: str
    endpoint: str
    attempt: int


class Deliveries:
    """Takes what is announced, and delivers it until it is taken."""

    def __init__(self, sandbox: Sandbox, faults: Faults) -> None:
        self._sandbox = sandbox
        self._faults = faults
        sandbox.announce = self._announce

    def pending(self) -> int:
        """Return how many are on their way."""
        return int(self._sandbox.store.rows("SELECT count(*) FROM deliveries")[0][0])

    def hurry(self) -> None:
        """Have all that waits be due now."""
        self._sandbox.store.rows("UPDATE deliveries SET at_us = 0")

    def _announce(self, event: Resource) -> None:
        endpoints = told_of(self._sandbox, event["type"])
        self._sandbox.change(event, pending_webhooks=len(endpoints))
        for endpoint in endpoints:
            for delay_s in self._faults.delays():
                self._send_later(event["id"], endpoint["id"], delay_s)

    def _send_later(self, event: str, endpoint: str, delay_s: float, attempt: int = 0) -> None:
        at_us = time.time_ns() // 1000 + int(delay_s * 1_000_000)
        self._sandbox.store.rows(
            "INSERT INTO deliveries (event, endpoint, at_us, attempt) VALUES (?, ?, ?, ?)",
            (event, endpoint, at_us, attempt),
        )

    async def deliver_due(self, client: httpx.AsyncClient) -> bool:
        """Deliver some of what is due. False: nothing is."""
        rows = self._sandbox.store.rows(
            "SELECT number, event, endpoint, attempt FROM deliveries WHERE at_us <= ?"
            " ORDER BY at_us, number LIMIT ?",
            (time.time_ns() // 1000, _AT_ONCE),
        )
        found = [_Delivery(*row) for row in rows]
        taken = await asyncio.gather(*(self._deliver(client, each) for each in found))
        with self._sandbox.store.transaction():
            for each, is_taken in zip(found, taken, strict=True):
                self._sandbox.store.rows("DELETE FROM deliveries WHERE number = ?", (each.number,))
                if not is_taken and each.attempt < len(RETRIES_S):
                    delay_s = RETRIES_S[each.attempt]
                    self._send_later(each.event, each.endpoint, delay_s, each.attempt + 1)
        return bool(found)

    async def _deliver(self, client: httpx.AsyncClient, delivery: _Delivery) -> bool:
        """Tell whether it was taken, or there is nobody any more to take it."""
        event = self._sandbox.get(events.KIND, delivery.event)
        endpoint = self._sandbox.store.get(delivery.endpoint)
        if endpoint is None or endpoint["status"] != "enabled":
            return True
        assert endpoint["object"] == webhook_endpoints.KIND
        text = json.dumps(shown(event), indent=2)
        signature = WebhookSignature.generate_signature_header(
            text, endpoint["_secret"], int(time.time())
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            answer = await client.post(
                endpoint["url"], content=text.encode(), headers=headers, timeout=_PATIENCE_S
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return False
        return answer.is_success
