"""Payment intents: payments from their beginning to their success, over all attempts."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.card_behaviour import Authentication, error_code
from adapters.embedded.stripe_sandbox.card_behaviour import reason as reason_of
from adapters.embedded.stripe_sandbox.currency_amounts import step_of
from adapters.embedded.stripe_sandbox.errors import Refused, declined
from adapters.embedded.stripe_sandbox.listing import listed, searched
from adapters.embedded.stripe_sandbox.resources import charges
from adapters.embedded.stripe_sandbox.resources.customers import customer_of
from adapters.embedded.stripe_sandbox.resources.payment_methods import (
    attach,
    behaviour_of,
    method_of,
)
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, new_id, shown
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "payment_intent"
DISPUTES = "open_dispute"
"""The action by which a payment is disputed later."""

LAPSES = "lapse_authorisation"
_LASTS_S = 7 * 86_400
"""How long a bank keeps money that nobody captures."""

AMOUNT_MIN, _AMOUNT_MAX = 50, 99_999_999
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_KEPT = "requires_capture"
_METHODS = ("automatic", "automatic_async", "manual")
_UNCHANGED: Resource = {
    "amount_details": {"tip": {}},
    "application": None,
    "application_fee_amount": None,
    "confirmation_method": "automatic",
    "excluded_payment_method_types": None,
    "managed_payments": {"enabled": False},
    "on_behalf_of": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "payment_method_types": ["card"],
    "processing": None,
    "receipt_email": None,
    "review": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}


def new_intent(sandbox: Sandbox, amount: int, currency: str, **given: Any) -> Resource:
    """Return a payment that nobody has tried yet. Raises Refused for an amount that is none."""
    check_amount(amount, currency)
    capture_method = given.get("capture_method", "automatic_async")
    if capture_method not in _METHODS:
        raise Refused("Invalid capture_method.", param="capture_method")
    id = new_id("pi_")
    made = sandbox.new(
        KIND,
        "pi_",
        id=id,
        **_UNCHANGED,
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        automatic_payment_methods=given.get("automatic_payment_methods"),
        canceled_at=None,
        cancellation_reason=None,
        capture_method=capture_method,
        client_secret=f"{id}_secret_{new_id('')}",
        currency=currency,
        customer=given.get("customer"),
        description=given.get("description"),
        last_payment_error=None,
        latest_charge=None,
        metadata=dict(given.get("metadata") or {}),
        next_action=None,
        payment_details={"customer_reference": None, "order_reference": given.get("order")},
        payment_method=given.get("payment_method"),
        setup_future_usage=given.get("setup_future_usage"),
        status="requires_payment_method",
    )
    sandbox.emit("payment_intent.created", made)
    return made


def check_amount(amount: int, currency: str) -> None:
    """Refuse an amount that is too small, too large or no payable one of its currency."""
    if amount < AMOUNT_MIN:
        raise Refused(
            f"Amount must be at least {AMOUNT_MIN} {currency}.",
            code="amount_too_small",
            param="amount",
        )
    if amount > _AMOUNT_MAX:
        raise Refused(
            f"Amount must be no more than {_AMOUNT_MAX} {currency}.",
            code="amount_too_large",
            param="amount",
        )
    step = step_of(currency)
    if amount % step:
        raise Refused(
            f"Invalid amount: {currency} must be a multiple of {step}.",
            code="invalid_amount",
            param="amount",
        )


def attempt(
    sandbox: Sandbox,
    intent: Resource,
    method: Resource,
    *,
    off_session: bool,
    is_authenticated: bool = False,
) -> Resource:
    """Pay by a payment method, and return the payment: paid, kept by the bank until it is captured,
    or waiting for its buyer to confirm.

    Raises Refused where the bank declines; that it was tried is kept.
    """
    sandbox.change(intent, payment_method=method["id"], last_payment_error=None, next_action=None)
    behaviour = behaviour_of(method)
    if not is_authenticated and _wants_confirmation(method):
        if off_session:
            raise _fail(sandbox, intent, method, "authentication_required")
        url = f"{sandbox.url}/confirm/{intent['id']}"
        sandbox.change(
            intent,
            status="requires_action",
            next_action={
                "type": "redirect_to_url",
                "redirect_to_url": {"url": url, "return_url": None},
            },
        )
        sandbox.emit("payment_intent.requires_action", intent)
        return intent
    if behaviour.decline:
        raise _fail(sandbox, intent, method, behaviour.decline)
    return _succeed(sandbox, intent, method)


def refuse_confirmation(sandbox: Sandbox, intent: Resource) -> Refused:
    """Return why a payment failed that its buyer did not confirm; it may be tried again."""
    method = method_of(sandbox, intent["payment_method"])
    return _fail(sandbox, intent, method, "authentication_required")


def _wants_confirmation(method: Resource) -> bool:
    wanted = behaviour_of(method).authentication
    return wanted is Authentication.ALWAYS or (
        wanted is Authentication.UNLESS_SET_UP and not method["_is_set_up"]
    )


def _succeed(sandbox: Sandbox, intent: Resource, method: Resource) -> Resource:
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        sandbox.change(method, _is_set_up=True)
        attach(sandbox, method, intent["customer"])
    if intent["capture_method"] == "manual":
        return _keep(sandbox, intent, method)
    charge = charges.taken(sandbox, intent, method)
    return _take(sandbox, intent, charge, intent["amount"])


def _take(sandbox: Sandbox, intent: Resource, charge: Resource, amount: int) -> Resource:
    sandbox.change(
        intent,
        status="succeeded",
        amount_capturable=0,
        amount_received=amount,
        latest_charge=charge["id"],
        next_action=None,
    )
    sandbox.emit("payment_intent.succeeded", intent)
    if behaviour_of(method_of(sandbox, charge["payment_method"])).dispute:
        sandbox.later(0, DISPUTES, charge["id"])
    return intent


def _keep(sandbox: Sandbox, intent: Resource, method: Resource) -> Resource:
    charge = charges.kept(sandbox, intent, method, sandbox.now() + _LASTS_S)
    sandbox.change(
        intent,
        status=_KEPT,
        amount_capturable=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
    )
    sandbox.emit("payment_intent.amount_capturable_updated", intent)
    sandbox.later(_LASTS_S, LAPSES, intent["id"])
    return intent


def lapse(sandbox: Sandbox, id: str) -> None:
    """Let money go that nobody has captured in time."""
    intent = sandbox.get(KIND, id)
    if intent["status"] == _KEPT:
        cancel(sandbox, intent, "automatic")


def _capture(sandbox: Sandbox, call: Call) -> Resource:
    intent = sandbox.get(KIND, call.id)
    if call.params.get("final_capture") is False:
        raise Refused("The sandbox captures once.", param="final_capture")
    if intent["status"] != _KEPT:
        raise _unexpected(intent, "capture")
    kept: int = intent["amount_capturable"]
    amount: int = call.params.get("amount_to_capture", kept)
    if not 0 < amount <= kept:
        raise Refused(
            f"The amount_to_capture must be at most {kept}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    check_amount(amount, intent["currency"])
    charge = sandbox.get(charges.KIND, intent["latest_charge"])
    return _take(sandbox, intent, charges.capture(sandbox, charge, amount), amount)


def _fail(sandbox: Sandbox, intent: Resource, method: Resource, decline: str) -> Refused:
    code = decline if decline == "authentication_required" else error_code(decline)
    charge = charges.not_taken(sandbox, intent, method, decline)
    error = {
        "type": "card_error",
        "code": code,
        "decline_code": decline,
        "charge": charge["id"],
        "message": reason_of(decline),
        "payment_method": shown(method),
    }
    sandbox.change(
        intent,
        status="requires_payment_method",
        last_payment_error=error,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=None,
    )
    sandbox.emit("payment_intent.payment_failed", intent)
    return declined(
        code, decline, reason_of(decline), charge=charge["id"], payment_intent=shown(intent)
    )


_GIVEN_APART = ("amount", "currency", "payment_method")


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    customer = params.get("customer")
    if customer is not None:
        customer_of(sandbox, customer)
    wanted = params.get("payment_method")
    method = method_of(sandbox, wanted) if wanted else None
    if method is not None:
        _check_usable(method, customer)
    rest = {name: each for name, each in params.items() if name not in _GIVEN_APART}
    intent = new_intent(sandbox, params["amount"], params["currency"], **rest)
    if method is not None:
        sandbox.change(intent, payment_method=method["id"], status="requires_confirmation")
    if not params.get("confirm"):
        return intent
    return _confirmed(sandbox, intent, method, off_session=bool(params.get("off_session")))


def _check_usable(method: Resource, customer: str | None) -> None:
    if method.get("_is_detached"):
        raise Refused(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment, shared with a connected account without Customer attachment, or was "
            "detached from a Customer. It may not be used again.",
            param="payment_method",
        )
    if method["customer"] is not None and method["customer"] != customer:
        raise Refused(
            f"The PaymentMethod {method['id']} does not belong to the Customer {customer}.",
            param="payment_method",
        )


def _confirmed(
    sandbox: Sandbox, intent: Resource, method: Resource | None, *, off_session: bool
) -> Resource:
    if method is None:
        raise Refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    return attempt(sandbox, intent, method, off_session=off_session)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _confirm(sandbox: Sandbox, call: Call) -> Resource:
    intent = sandbox.get(KIND, call.id)
    _check_open(intent, "confirm")
    wanted = call.params.get("payment_method") or intent["payment_method"]
    method = method_of(sandbox, wanted) if wanted else None
    if method is not None:
        _check_usable(method, intent["customer"])
    return _confirmed(sandbox, intent, method, off_session=bool(call.params.get("off_session")))


def _cancel(sandbox: Sandbox, call: Call) -> Resource:
    intent = sandbox.get(KIND, call.id)
    return cancel(sandbox, intent, call.params.get("cancellation_reason"))


def cancel(sandbox: Sandbox, intent: Resource, reason: str | None = None) -> Resource:
    """Have a payment never be made, and let go what a bank keeps of it. Raises Refused where it was
    made."""
    if intent["status"] == _KEPT:
        charge = sandbox.get(charges.KIND, intent["latest_charge"])
        charges.let_go(sandbox, charge, is_late=reason == "automatic")
    else:
        _check_open(intent, "cancel")
    sandbox.change(
        intent,
        status="canceled",
        amount_capturable=0,
        canceled_at=sandbox.now(),
        cancellation_reason=reason,
        next_action=None,
    )
    sandbox.emit("payment_intent.canceled", intent)
    return intent


def _check_open(intent: Resource, verb: str) -> None:
    if intent["status"] not in _OPEN:
        raise _unexpected(intent, verb)


def _unexpected(intent: Resource, verb: str) -> Refused:
    return Refused(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=shown(intent),
    )


def _list(sandbox: Sandbox, call: Call) -> Resource:
    customer = call.params.get("customer")
    return listed(sandbox, call, KIND, "/v1/payment_intents", customer=customer)


def _search(sandbox: Sandbox, call: Call) -> Resource:
    return searched(sandbox, call, KIND, "/v1/payment_intents/search")


_ONE = "/v1/payment_intents/{id}"
_PARAMS = "stripe.params.PaymentIntent{}Params"
OPERATIONS = (
    Operation("POST", "/v1/payment_intents", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/payment_intents", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/payment_intents/search", _PARAMS.format("Search"), _search),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", f"{_ONE}/confirm", _PARAMS.format("Confirm"), _confirm),
    Operation("POST", f"{_ONE}/capture", _PARAMS.format("Capture"), _capture),
    Operation("POST", f"{_ONE}/cancel", _PARAMS.format("Cancel"), _cancel),
)
