"""Disputes: payments that a buyer's bank asks back, until it has decided."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import charges
from adapters.embedded.stripe_sandbox.resources.balance_transactions import DISPUTE_FEE, book
from adapters.embedded.stripe_sandbox.resources.payment_methods import behaviour_of, method_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, shown
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "dispute"
DECIDES = "decide_dispute"
DUE_S = 7 * 86_400
"""How long evidence is taken."""

DECIDES_AFTER_S = 14 * 86_400
"""How long a bank thinks about it."""

_WINS, _LOSES = "winning_evidence", "losing_evidence"
_TEXTS = (
    *("access_activity_log", "billing_address", "cancellation_policy"),
    *("cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication"),
    *("customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature"),
    *("duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id"),
    *("product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation"),
    *("shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation"),
    *("shipping_tracking_number", "uncategorized_file", "uncategorized_text"),
)
_TEXT_MAX, _ALL_MAX = 20_000, 150_000
_OVER = ("won", "lost")


def open_dispute(sandbox: Sandbox, charge_id: str, reason: str | None = None) -> Resource:
    """Have the holder of what a charge was paid with ask it back. Raises Refused where that is
    done already."""
    charge = sandbox.get(charges.KIND, charge_id, "charge")
    if charge["disputed"] or not charge["captured"]:
        raise Refused(f"Charge {charge_id} cannot be disputed.", param="charge")
    method = method_of(sandbox, charge["payment_method"])
    dispute = sandbox.new(
        KIND,
        "du_",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge_id,
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={**dict.fromkeys(_TEXTS), "enhanced_evidence": {}},
        evidence_details={
            "due_by": sandbox.now() + DUE_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "card": {
                "brand": method["card"]["brand"],
                "case_type": "chargeback",
                "network": method["card"]["brand"],
                "network_reason_code": "83",
            },
            "type": "card",
        },
        reason=reason or behaviour_of(method).dispute or "general",
        status="needs_response",
    )
    sandbox.change(charge, disputed=True)
    _move(sandbox, dispute, -dispute["amount"], DISPUTE_FEE, KIND)
    sandbox.later(DUE_S, DECIDES, dispute["id"])
    sandbox.emit("charge.dispute.created", dispute)
    sandbox.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(sandbox: Sandbox, dispute: Resource, *, won: bool) -> Resource:
    """Have the bank decide."""
    before = dispute["status"]
    sandbox.change(dispute, status="won" if won else "lost")
    if won:
        _move(sandbox, dispute, dispute["amount"], 0, "dispute_reversal")
    sandbox.emit("charge.dispute.updated", dispute, {"status": before})
    sandbox.emit("charge.dispute.closed", dispute)
    if won:
        sandbox.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def decide(sandbox: Sandbox, id: str) -> None:
    """Have the bank decide in time: for us if we have answered, against us if not."""
    dispute = sandbox.get(KIND, id)
    if dispute["status"] in _OVER:
        return
    is_late = dispute["status"] == "needs_response"
    if is_late:
        dispute["evidence_details"]["past_due"] = True
    if is_late or sandbox.now() >= dispute["_decides_at"]:
        close(sandbox, dispute, won=not is_late)


def _move(sandbox: Sandbox, dispute: Resource, amount: int, fee: int, category: str) -> None:
    moved = book(sandbox, "adjustment", dispute["id"], amount, dispute["currency"], fee, category)
    moves = [*dispute["balance_transactions"], shown(moved)]
    sandbox.change(dispute, balance_transactions=moves)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _update(sandbox: Sandbox, call: Call) -> Resource:
    dispute = sandbox.get(KIND, call.id)
    if dispute["status"] in _OVER:
        raise Refused("This dispute is already closed.", code="dispute_already_closed")
    given = dict(call.params.get("evidence") or {})
    _check(given)
    evidence = {**dispute["evidence"], **given}
    is_submitted = call.params.get("submit", True) and bool(given)
    details = dispute["evidence_details"]
    details["has_evidence"] = any(evidence[name] for name in _TEXTS)
    details["submission_count"] += is_submitted
    metadata = {**dispute["metadata"], **(call.params.get("metadata") or {})}
    sandbox.change(dispute, evidence=evidence, evidence_details=details, metadata=metadata)
    if not is_submitted:
        sandbox.emit("charge.dispute.updated", dispute)
        return dispute
    return _submitted(sandbox, dispute)


def _submitted(sandbox: Sandbox, dispute: Resource) -> Resource:
    """By a text of the documented ones it is decided at once."""
    text = dispute["evidence"]["uncategorized_text"]
    if text in (_WINS, _LOSES):
        return close(sandbox, dispute, won=text == _WINS)
    before = dispute["status"]
    sandbox.change(dispute, status="under_review", _decides_at=sandbox.now() + DECIDES_AFTER_S)
    sandbox.later(DECIDES_AFTER_S, DECIDES, dispute["id"])
    sandbox.emit("charge.dispute.updated", dispute, {"status": before})
    return dispute


def _check(evidence: Resource) -> None:
    texts = [each for each in evidence.values() if isinstance(each, str)]
    if any(len(text) > _TEXT_MAX for text in texts) or sum(map(len, texts)) > _ALL_MAX:
        raise Refused(
            f"Evidence can have up to {_TEXT_MAX} characters a field and {_ALL_MAX} in all.",
            param="evidence",
        )


def _close(sandbox: Sandbox, call: Call) -> Resource:
    dispute = sandbox.get(KIND, call.id)
    if dispute["status"] in _OVER:
        raise Refused("This dispute is already closed.", code="dispute_already_closed")
    return close(sandbox, dispute, won=False)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return listed(sandbox, call, KIND, "/v1/disputes", **wanted)


_PARAMS = "stripe.params.Dispute{}Params"
OPERATIONS = (
    Operation("GET", "/v1/disputes", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/disputes/{id}", _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", "/v1/disputes/{id}", _PARAMS.format("Update"), _update),
    Operation("POST", "/v1/disputes/{id}/close", _PARAMS.format("Close"), _close),
)
