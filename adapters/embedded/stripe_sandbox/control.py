"""Control: what only the sandbox has: its clock, its faults, and what other people do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.embedded.stripe_sandbox.api import Api
from adapters.embedded.stripe_sandbox.deliveries import Deliveries
from adapters.embedded.stripe_sandbox.due_actions import do_due
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.faults import Faults
from adapters.embedded.stripe_sandbox.resources import (
    disputes,
    payment_intents,
    payouts,
    refunds,
)
from adapters.embedded.stripe_sandbox.resources.balance_transactions import keep_fee, totals
from adapters.embedded.stripe_sandbox.sandbox import Sandbox, shown

_Work = Callable[[dict[str, Any]], Any]


class Control:
    """Routes below /sandbox, for whoever has the key of the account."""

    def __init__(self, sandbox: Sandbox, faults: Faults, deliveries: Deliveries, api: Api) -> None:
        self._sandbox = sandbox
        self._faults = faults
        self._deliveries = deliveries
        self._api = api

    def routes(self) -> list[Route]:
        """Return them."""
        works: list[tuple[str, str, _Work]] = [
            ("GET", "/sandbox", self._state),
            ("POST", "/sandbox/clock", self._move_clock),
            ("PUT", "/sandbox/faults", self._set_faults),
            ("POST", "/sandbox/deliveries", self._hurry),
            ("POST", "/sandbox/disputes", self._dispute),
            ("POST", "/sandbox/disputes/decide", self._decide),
            ("POST", "/sandbox/refunds/fail", self._fail_refund),
            ("POST", "/sandbox/payouts", self._pay_out),
            ("POST", "/sandbox/payouts/fail", self._fail_payout),
            ("POST", "/sandbox/fees", self._keep_fee),
        ]
        return [Route(path, self._endpoint(work), methods=[method]) for method, path, work in works]

    def _endpoint(self, work: _Work) -> Any:
        async def endpoint(request: Request) -> JSONResponse:
            try:
                self._api.require_key(request)
                body = await request.body()
                return JSONResponse(work(json.loads(body) if body else {}))
            except Refused as refusal:
                return JSONResponse(refusal.body(), refusal.status)
            except (ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
                wrong = Refused(f"This is not what the sandbox takes here: {error}")
                return JSONResponse(wrong.body(), wrong.status)

        return endpoint

    def _state(self, _: dict[str, Any]) -> Any:
        return {
            "now": self._sandbox.now(),
            "deliveries": self._deliveries.pending(),
            "balance": totals(self._sandbox),
            "faults": msgspec.to_builtins(self._faults.plan),
        }

    def _move_clock(self, given: dict[str, Any]) -> Any:
        with self._sandbox.store.transaction():
            self._sandbox.move_clock(int(given["seconds"]))
        do_due(self._sandbox)
        return {"now": self._sandbox.now()}

    def _set_faults(self, given: dict[str, Any]) -> Any:
        return msgspec.to_builtins(self._faults.set(given))

    def _hurry(self, _: dict[str, Any]) -> Any:
        """What waits to be delivered again is, now; and what is due happens first."""
        do_due(self._sandbox)
        self._deliveries.hurry()
        return {"deliveries": self._deliveries.pending()}

    def _dispute(self, given: dict[str, Any]) -> Any:
        """A buyer disputes a payment."""
        intent = self._sandbox.get(payment_intents.KIND, given["payment_intent"])
        with self._sandbox.store.transaction():
            charge = str(intent["latest_charge"])
            return shown(disputes.open_dispute(self._sandbox, charge, given.get("reason")))

    def _decide(self, given: dict[str, Any]) -> Any:
        """A bank decides a dispute."""
        dispute = self._sandbox.get(disputes.KIND, given["dispute"])
        with self._sandbox.store.transaction():
            return shown(disputes.close(self._sandbox, dispute, won=bool(given["won"])))

    def _fail_refund(self, given: dict[str, Any]) -> Any:
        """A bank sends a refund back."""
        with self._sandbox.store.transaction():
            refunds.fail(self._sandbox, given["refund"])
        return shown(self._sandbox.get(refunds.KIND, given["refund"]))

    def _pay_out(self, _: dict[str, Any]) -> Any:
        """All that there is goes to the bank."""
        with self._sandbox.store.transaction():
            return {"data": [shown(each) for each in payouts.pay_all_out(self._sandbox)]}

    def _fail_payout(self, given: dict[str, Any]) -> Any:
        """A bank sends a payout back."""
        payout = self._sandbox.get(payouts.KIND, given["payout"])
        with self._sandbox.store.transaction():
            return shown(payouts.fail(self._sandbox, payout))

    def _keep_fee(self, given: dict[str, Any]) -> Any:
        """Stripe bills something that is of no payment."""
        amount, currency = int(given["amount"]), str(given["currency"])
        description = str(given.get("description", "Radar"))
        with self._sandbox.store.transaction():
            return shown(keep_fee(self._sandbox, amount, currency, description))
