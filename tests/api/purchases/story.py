"""The story of a purchase: what credits cost, how they are bought, paid and given back; what the
provider tells, and where that waits."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from api.commands.command import Command
from api.commands.purchases.notices import RecordHappening
from api.container import DeferredCalls, clock_us, event_store, ledger
from api.inbound.notices import NOTICES
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from projections.ports import CallName
from tests.api.served import Served, done

BILLING, INBOX = "/v1/billing", "/v1/billing/inbox"
BACK = "https://shop.example/"


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of purchases."""
    acme = service.operator_of("acme")
    offers = {"currency": "eur", "price": "0.09", "bonuses": [{"threshold": "20", "bps": 500}]}
    done(acme.send(f"{BILLING}/offers", offers, method="PUT"))
    done(acme.get(f"{BILLING}/offers"))
    done(acme.send(f"{BILLING}/purchase-policy", {"refund_days": 30, "hourly": 5}, method="PUT"))
    done(acme.get(f"{BILLING}/purchase-policy"))
    twenty = {"user": "ada", "amount": {"amount": "20.00", "currency": "usd"}}
    done(acme.send(f"{BILLING}/checkout", twenty | {"success_url": BACK, "cancel_url": BACK}))
    bought = done(acme.send(f"{BILLING}/checkout", twenty | {"provider": "manual"}))
    one = f"{BILLING}/purchases/{bought['purchase']}"
    done(acme.send(f"{one}/confirm", {"reference": "transfer 7"}))
    done(acme.get(one))
    refund = {"purchase": bought["purchase"], "amount": "5.00", "reason": "unhappy"}
    asked = done(acme.send(f"{BILLING}/refunds", refund))
    done(acme.get(f"{BILLING}/refunds", user="ada"))
    done(acme.get(f"{BILLING}/refunds/{asked['refund']}"))
    done(acme.get(f"{BILLING}/purchases", limit="2"))
    _tell_dispute(service, bought["purchase"])
    _tell_review(service)
    rule = {"user": "ada", "threshold": "5000", **twenty, "payment_method": "pm_card_visa"}
    done(acme.send(f"{BILLING}/auto-recharge", rule | {"enabled": False}, method="PUT"))
    done(acme.get(f"{BILLING}/auto-recharge", user="ada"))
    done(acme.send(f"{BILLING}/auto-recharge?user=ada", method="DELETE"))
    done(acme.send(f"{BILLING}/payment-methods", {"user": "ada", "return_url": BACK}))
    done(acme.send(f"{BILLING}/portal", {"user": "ada", "return_url": BACK}))
    _tell_inbox(service, bought["purchase"])


def _tell_dispute(service: Served, purchase: str) -> None:
    dispute = DisputeChanged(
        "dp_7", "transfer 7", Money(500, "usd"), "fraudulent", DisputeState.OPEN
    )
    record(service, RecordHappening("acme", Actor("manual", "", ""), purchase, dispute))
    texts = {"uncategorized_text": "it was used on 7 days"}
    acme = service.operator_of("acme")
    done(acme.send(f"{BILLING}/disputes/dp_7/evidence", {"texts": texts}))
    done(acme.get(f"{BILLING}/disputes", purchase=purchase))
    done(acme.get(f"{BILLING}/disputes/dp_7"))


def _tell_review(service: Served) -> None:
    acme, bought = service.operator_of("acme"), ""
    for number in range(7):
        five = {"amount": {"amount": "5", "currency": "usd"}, "provider": "manual"}
        bought = done(acme.send(f"{BILLING}/checkout", five | {"user": "eve"}))["purchase"]
        confirmed = {"reference": f"transfer of eve {number}"}
        done(acme.send(f"{BILLING}/purchases/{bought}/confirm", confirmed))
    said = {"approved": True, "reason": "a known customer"}
    done(acme.send(f"{BILLING}/purchases/{bought}/review", said))


def record(service: Served, command: Command[object]) -> None:
    """Have the ledger do what no caller asks for."""
    store = event_store(service.ends.database, "story")
    (outcome,) = EveryShard(ledger(store), clock_us).run([command])
    store.close()
    assert not isinstance(outcome, LedgerError), outcome


def _tell_inbox(service: Served, purchase: str) -> None:
    operator, event = service.operator, "evt_1"
    done(notify(service, notice(event)))
    done(operator.get(INBOX, limit="2"))
    one = f"{INBOX}/stripe/{event}"
    done(operator.get(one))
    park(service, event)
    done(operator.send(f"{one}/retry"))
    park(service, event)
    done(operator.send(f"{one}/assign", {"org": "acme", "purchase": purchase}))


def park(service: Served, event: str) -> None:
    """Have a notice wait for a person."""
    calls = DeferredCalls(service.ends.database.writer)
    calls.end(CallName(PLATFORM, NOTICES, f"stripe/{event}"), failed="no purchase here has it.")
    calls.close()


def notice(event: str) -> dict[str, Any]:
    """An event of Stripe's about a dispute that nobody here knows."""
    dispute = {
        "id": "dp_1",
        "object": "dispute",
        "amount": 2_000,
        "currency": "usd",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "reason": "fraudulent",
        "status": "needs_response",
        "metadata": {},
        "evidence_details": {"due_by": 1_767_225_600},
    }
    return {
        "id": event,
        "object": "event",
        "type": "charge.dispute.created",
        "created": 1_767_000_000,
        "data": {"object": dispute},
    }


def notify(service: Served, event: dict[str, Any]) -> Any:
    """Tell the service something, signed as Stripe signs it."""
    content, now_s = json.dumps(event).encode(), service.service.clock() // 1_000_000
    (secret,) = service.service.settings.stripe_webhook_secrets
    signature = hmac.new(secret.encode(), f"{now_s}.".encode() + content, hashlib.sha256)
    headers = {
        "Stripe-Signature": f"t={now_s},v1={signature.hexdigest()}",
        "Content-Type": "application/json",
    }
    return service.http.post("/webhooks/stripe", content=content, headers=headers)
