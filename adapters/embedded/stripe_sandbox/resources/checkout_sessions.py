"""Checkout sessions: pages on which somebody pays, or saves what to pay with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import (
    payment_intents,
    prices,
    setup_intents,
    subscription_states,
    subscriptions,
)
from adapters.embedded.stripe_sandbox.resources.customers import customer_of, new_customer
from adapters.embedded.stripe_sandbox.resources.invoice_payments import intent_of
from adapters.embedded.stripe_sandbox.resources.payment_intents import (
    attempt,
    cancel,
    check_amount,
    new_intent,
)
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, new_id, shown
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "checkout.session"
EXPIRES = "expire_session"
_EXPIRES_MIN_S, _EXPIRES_MAX_S = 30 * 60, 24 * 3600
_SLACK_S = 60
"""By how much our clock may be off the caller's."""

_MODES = ("payment", "setup", "subscription")
_UNUSED = (
    *("after_expiration", "allow_promotion_codes", "billing_address_collection", "client_secret"),
    *("collected_information", "consent", "consent_collection", "currency_conversion", "discounts"),
    *("integration_identifier", "invoice", "invoice_creation", "locale", "origin_context"),
    *("payment_link", "payment_method_collection", "payment_method_configuration_details"),
    *("permissions", "recovered_from", "saved_payment_method_options", "customer_account"),
    *("shipping_address_collection", "shipping_cost", "subscription", "wallet_options"),
)


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    mode = params.get("mode", "payment")
    _check(sandbox, params, mode)
    lines = [_line(sandbox, each, mode) for each in params.get("line_items", [])]
    total = sum(each["amount_total"] for each in lines) if mode != "setup" else None
    currency = lines[0]["currency"] if lines else params.get("currency")
    if total is not None:
        check_amount(total, str(currency))
    session = sandbox.new(
        KIND,
        "cs_test_",
        **dict.fromkeys(_UNUSED),
        adaptive_pricing={"enabled": False},
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=currency,
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        customer=params.get("customer"),
        customer_creation=params.get("customer_creation", "if_required")
        if mode == "payment"
        else None,
        customer_details=None,
        customer_email=params.get("customer_email"),
        expires_at=params.get("expires_at", sandbox.now() + _EXPIRES_MAX_S),
        managed_payments={"enabled": False},
        metadata=dict(params.get("metadata") or {}),
        mode=mode,
        payment_intent=None,
        payment_method_options={},
        payment_method_types=["card"],
        payment_status="unpaid" if mode != "setup" else "no_payment_required",
        phone_number_collection={"enabled": False},
        setup_intent=None,
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        success_url=params.get("success_url"),
        total_details=_details(total),
        ui_mode="hosted_page",
        url=None,
        _lines=lines,
        _intent=dict(params.get("payment_intent_data") or {}),
        _began=None,
        _payment=None,
        _subscription=dict(params.get("subscription_data") or {}),
    )
    if mode == "setup":
        data = params.get("setup_intent_data") or {}
        setup = setup_intents.new_setup(sandbox, customer=session["customer"], **data)
        sandbox.change(session, setup_intent=setup["id"])
    sandbox.change(session, url=f"{sandbox.url}/pay/{session['id']}")
    sandbox.later(session["expires_at"] - sandbox.now(), EXPIRES, session["id"])
    return session


def _check(sandbox: Sandbox, params: dict[str, Any], mode: str) -> None:
    if mode not in _MODES:
        raise Refused(f"The sandbox knows the modes {', '.join(_MODES)}.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refused("The sandbox has hosted pages only.", param="ui_mode")
    for name in ("success_url", "cancel_url"):
        if name in params and urlsplit(params[name]).scheme not in ("http", "https"):
            raise Refused("Not a valid URL", code="url_invalid", param=name)
    if "success_url" not in params:
        raise Refused(
            "Missing required param: success_url.", code="parameter_missing", param="success_url"
        )
    if mode != "setup" and not params.get("line_items"):
        raise Refused(
            f"You must provide line_items in {mode} mode.",
            code="parameter_missing",
            param="line_items",
        )
    if mode == "setup" and params.get("line_items"):
        raise Refused("You can not pass `line_items` in `setup` mode.", param="line_items")
    _check_data(params, mode)
    if params.get("customer") is not None:
        customer_of(sandbox, params["customer"])
    _check_expiry(sandbox, params.get("expires_at"))


def _check_data(params: dict[str, Any], mode: str) -> None:
    if mode == "subscription" and params.get("payment_intent_data"):
        raise Refused(
            "You can not pass `payment_intent_data` in `subscription` mode.",
            param="payment_intent_data",
        )
    if (params.get("subscription_data") or {}).keys() - {"metadata"}:
        raise Refused(
            "The sandbox knows subscription_data with metadata only.", param="subscription_data"
        )


def _check_expiry(sandbox: Sandbox, expires_at: int | None) -> None:
    if expires_at is None:
        return
    lasts_s = expires_at - sandbox.now()
    if lasts_s < _EXPIRES_MIN_S - _SLACK_S:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if lasts_s > _EXPIRES_MAX_S + _SLACK_S:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _line(sandbox: Sandbox, given: dict[str, Any], mode: str) -> Resource:
    quantity = given.get("quantity", 1)
    if mode == "subscription":
        price = prices.recurring_price(sandbox, given.get("price", ""), "line_items[0][price]")
        name: str | None = prices.described(sandbox, price, quantity)
    else:
        price = given.get("price_data") or {}
        name = (price.get("product_data") or {}).get("name")
    if "unit_amount" not in price:
        raise Refused(
            "The sandbox knows line items with price_data and unit_amount.", param="line_items"
        )
    total = price["unit_amount"] * quantity
    return {
        "id": new_id("li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": name,
        "quantity": quantity,
        "_price": price,
    }


def _details(total: int | None) -> Resource | None:
    if total is None:
        return None
    return {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}


def pay(
    sandbox: Sandbox, session: Resource, method: Resource, *, is_authenticated: bool = False
) -> Resource | None:
    """Pay on the page of a session, and return the payment: paid, kept until it is captured, or
    waiting to be confirmed; None: what is subscribed to owes nothing yet.

    Raises Refused where the bank declines; the page stays open.
    """
    check_open(session)
    if session["mode"] == "subscription":
        return _subscribe(sandbox, session, method, is_authenticated=is_authenticated)
    intent = _intent(sandbox, session)
    intent = attempt(sandbox, intent, method, off_session=False, is_authenticated=is_authenticated)
    if intent["status"] == "succeeded":
        _complete(sandbox, session, payment_status="paid")
    elif intent["status"] == "requires_capture":
        _complete(sandbox, session)
    return intent


def _subscribe(
    sandbox: Sandbox, session: Resource, method: Resource, *, is_authenticated: bool
) -> Resource | None:
    """Pay the first invoice of the subscription of a session, which begins with its first
    attempt."""
    subscription = _subscription(sandbox, session)
    intent = subscriptions.pay_first(
        sandbox, subscription, method, off_session=False, is_authenticated=is_authenticated
    )
    if intent is None or intent["status"] == "succeeded":
        _complete(
            sandbox,
            session,
            payment_status="paid",
            invoice=subscription["latest_invoice"],
            subscription=subscription["id"],
        )
    return intent


def _subscription(sandbox: Sandbox, session: Resource) -> Resource:
    if session["_began"] is not None:
        begun = sandbox.get(subscription_states.KIND, session["_began"])
        if begun["status"] == "incomplete":
            return begun
    if session["customer"] is None:
        sandbox.change(session, customer=new_customer(sandbox)["id"])
    begun = subscriptions.new_subscription(
        sandbox,
        session["customer"],
        [(each["_price"], each["quantity"]) for each in session["_lines"]],
        dict(session["_subscription"].get("metadata") or {}),
    )
    intent = intent_of(sandbox, begun["latest_invoice"])
    sandbox.change(session, _began=begun["id"], _payment=intent["id"] if intent else None)
    return begun


def save(sandbox: Sandbox, session: Resource, method: Resource) -> None:
    """Save a payment method on the page of a session."""
    check_open(session)
    setup = sandbox.get(setup_intents.KIND, session["setup_intent"])
    setup_intents.save_method(sandbox, setup, method)
    _complete(sandbox, session)


def check_open(session: Resource) -> None:
    """Refuse what is done on a page that is gone."""
    if session["status"] != "open":
        raise Refused(f"This Checkout Session is {session['status']}.")


def _intent(sandbox: Sandbox, session: Resource) -> Resource:
    """Return the payment of a session, which begins with its first attempt."""
    if session["payment_intent"] is not None:
        return sandbox.get(payment_intents.KIND, session["payment_intent"])
    given = session["_intent"]
    if session["customer"] is None and (
        session["customer_creation"] == "always" or given.get("setup_future_usage")
    ):
        sandbox.change(session, customer=new_customer(sandbox)["id"])
    intent = new_intent(
        sandbox,
        session["amount_total"],
        session["currency"],
        **given,
        customer=session["customer"],
    )
    sandbox.change(session, payment_intent=intent["id"], _payment=intent["id"])
    return intent


def _complete(sandbox: Sandbox, session: Resource, **fields: Any) -> None:
    details = {
        "address": None,
        "business_name": None,
        "email": session["customer_email"],
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    sandbox.change(session, **fields, status="complete", url=None, customer_details=details)
    sandbox.emit("checkout.session.completed", session)


def expire(sandbox: Sandbox, id: str) -> None:
    """Take the page of a session away, once its time has come and nobody has paid."""
    session = sandbox.get(KIND, id)
    if session["status"] == "open":
        sandbox.change(session, status="expired", url=None)
        if session["payment_intent"] is not None:
            cancel(sandbox, sandbox.get(payment_intents.KIND, session["payment_intent"]))
        if session["_began"] is not None:
            subscriptions.expire_due(sandbox, session["_began"])
        sandbox.emit("checkout.session.expired", session)


def _expire(sandbox: Sandbox, call: Call) -> Resource:
    session = sandbox.get(KIND, call.id)
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    expire(sandbox, call.id)
    return sandbox.get(KIND, call.id)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    session = sandbox.get(KIND, call.id)
    if session["payment_status"] == "unpaid" and session["payment_intent"] is not None:
        intent = sandbox.get(payment_intents.KIND, session["payment_intent"])
        if intent["status"] == "succeeded":  # it was captured since
            sandbox.change(session, payment_status="paid")
    return session


def _list(sandbox: Sandbox, call: Call) -> Resource:
    names = ("customer", "payment_intent", "status")
    wanted = {name: call.params.get(name) for name in names}
    return listed(sandbox, call, KIND, "/v1/checkout/sessions", **wanted)


def _line_items(sandbox: Sandbox, call: Call) -> Resource:
    session = sandbox.get(KIND, call.id)
    return {
        "object": "list",
        "url": f"/v1/checkout/sessions/{call.id}/line_items",
        "has_more": False,
        "data": [shown(each) for each in session["_lines"]],
    }


_ONE = "/v1/checkout/sessions/{id}"
_PARAMS = "stripe.params.checkout.Session{}Params"
OPERATIONS = (
    Operation("POST", "/v1/checkout/sessions", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/checkout/sessions", _PARAMS.format("List"), _list),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", f"{_ONE}/expire", _PARAMS.format("Expire"), _expire),
    Operation("GET", f"{_ONE}/line_items", _PARAMS.format("LineItemList"), _line_items),
)
