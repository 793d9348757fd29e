"""Hosted pages: where a buyer pays, confirms, and looks after payment methods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.embedded.stripe_sandbox.currency_amounts import readable
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.resources import (
    charges,
    checkout_sessions,
    payment_intents,
    payment_methods,
    portal_sessions,
    prices,
    setup_intents,
    subscription_states,
    subscriptions,
)
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

_FOLDER = Path(__file__).with_name("pages")
_EXPIRY = re.compile(r"(0?[1-9]|1[0-2]) ?/ ?(?:20)?(\d\d)")
_CVC = re.compile(r"\d{3,4}")
_HEADINGS = {
    "payment": "Your purchase",
    "setup": "Save a payment method",
    "subscription": "Your subscription",
}
"""What a page says first, by the mode of its session."""


class HostedPages:
    """Pages of real HTML, without scripts; who knows an address may use it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            Route("/pay/{id}", self._checkout, methods=["GET", "POST"]),
            Route("/confirm/{id}", self._confirm, methods=["GET", "POST"]),
            Route("/portal/{id}", self._portal, methods=["GET", "POST"]),
        ]

    async def _checkout(self, request: Request) -> Response:
        try:
            session = self._sandbox.get(checkout_sessions.KIND, request.path_params["id"])
            checkout_sessions.check_open(session)
        except Refused as refusal:
            return _gone(refusal)
        if request.method == "GET":
            return self._checkout_page(session)
        form = await _form(request)
        try:
            return self._submitted(session, form)
        except Refused as refusal:
            return self._checkout_page(session, form, str(refusal))

    def _submitted(self, session: Resource, form: Mapping[str, str]) -> Response:
        with self._kept_if_declined():
            method = self._method(form)
            if session["mode"] == "setup":
                checkout_sessions.save(self._sandbox, session, method)
                return _away(session)
            intent = checkout_sessions.pay(self._sandbox, session, method)
        if intent is not None and intent["status"] == "requires_action":
            return RedirectResponse(f"/confirm/{intent['id']}", 303)
        return _away(session)

    def _kept_if_declined(self) -> _KeptIfDeclined:
        return _KeptIfDeclined(self._sandbox)

    def _method(self, form: Mapping[str, str]) -> Resource:
        expiry = _EXPIRY.fullmatch(form.get("expiry", "").strip())
        if expiry is None:
            raise Refused("Your card's expiration date is incomplete: write it as 12 / 34.")
        if not _CVC.fullmatch(form.get("cvc", "").strip()):
            raise Refused("Your card's security code is incomplete.")
        details = {"name": form.get("name") or None}
        return payment_methods.new_method(
            self._sandbox,
            form.get("number", ""),
            int(expiry[1]),
            2000 + int(expiry[2]),
            billing_details=details,
        )

    def _checkout_page(
        self, session: Resource, form: Mapping[str, str] | None = None, error: str = ""
    ) -> Response:
        is_setup = session["mode"] == "setup"
        total = "" if is_setup else readable(session["amount_total"], session["currency"])
        is_subscription = session["mode"] == "subscription"
        if is_subscription:
            total += f" per {prices.each_period(session['_lines'][0]['_price'])}"
        lines = "".join(
            _filled(
                "<li><span>$what</span> <span>$amount</span></li>",
                what=each["description"] or "Purchase",
                amount=readable(each["amount_total"], each["currency"]),
            )
            for each in session["_lines"]
        )
        saves = session["_intent"].get("setup_future_usage") and not is_setup
        note = "It is saved, to be charged again when you have agreed to that." if saves else ""
        if session["_intent"].get("capture_method") == "manual":
            note = "Your bank keeps the amount now; it is taken when what you buy is sent."
        if is_subscription:
            note = "It is saved, and charged each period until you cancel."
        return _page(
            "checkout",
            402 if error else 200,
            title=_HEADINGS[session["mode"]],
            heading=_HEADINGS[session["mode"]],
            action=f"/pay/{session['id']}",  # also where it is shown in answer to a confirmation
            total=total,
            button="Save" if is_setup else "Subscribe" if is_subscription else f"Pay {total}",
            lines=_Html(lines),
            error=_error(error),
            note=note,
            cancel=_cancel(session),
            number=(form or {}).get("number", ""),
            expiry=(form or {}).get("expiry", ""),
            name=(form or {}).get("name", ""),
        )

    async def _confirm(self, request: Request) -> Response:
        try:
            intent = self._sandbox.get(payment_intents.KIND, request.path_params["id"])
            if intent["status"] != "requires_action":
                raise Refused("There is nothing to confirm.")
        except Refused as refusal:
            return _gone(refusal)
        found = self._sandbox.store.find(
            checkout_sessions.KIND, {"_payment": intent["id"]}, limit=1
        )
        if request.method == "GET":
            total = readable(intent["amount"], intent["currency"])
            return _page("confirmation", title="Confirm the payment", total=total)
        is_confirmed = (await _form(request)).get("action") == "confirm"
        session = found[0] if found else None
        try:
            with self._kept_if_declined():
                self._decided(intent, session, is_confirmed=is_confirmed)
        except Refused as refusal:
            if session is None:
                return _gone(refusal)
            return self._checkout_page(session, error=str(refusal))
        return _away(session) if session else _gone(Refused("The payment is confirmed."))

    def _decided(self, intent: Resource, session: Resource | None, *, is_confirmed: bool) -> None:
        if not is_confirmed:
            raise payment_intents.refuse_confirmation(self._sandbox, intent)
        method = payment_methods.method_of(self._sandbox, intent["payment_method"])
        if session is not None:
            checkout_sessions.pay(self._sandbox, session, method, is_authenticated=True)
        else:
            payment_intents.attempt(
                self._sandbox, intent, method, off_session=False, is_authenticated=True
            )

    async def _portal(self, request: Request) -> Response:
        try:
            session = self._sandbox.get(portal_sessions.KIND, request.path_params["id"])
        except Refused as refusal:
            return _gone(refusal)
        if request.method == "GET":
            return self._portal_page(session)
        form = await _form(request)
        try:
            with self._kept_if_declined():
                self._change(session["customer"], form)
        except Refused as refusal:
            return self._portal_page(session, str(refusal))
        return RedirectResponse(request.url.path, 303)

    def _change(self, customer: str, form: Mapping[str, str]) -> None:
        for name, is_wanted in (("cancel", True), ("resume", False)):
            if name in form:
                subscription = self._sandbox.get(subscription_states.KIND, form[name])
                if subscription["customer"] != customer or subscription["ended_at"] is not None:
                    raise Refused("This subscription is not yours, or is over.")
                subscriptions.cancel_at_end(self._sandbox, subscription, is_wanted=is_wanted)
                return
        if "remove" in form:
            method = self._sandbox.get(payment_methods.KIND, form["remove"])
            if method["customer"] != customer:
                raise Refused("This payment method is not yours.")
            payment_methods.detach(self._sandbox, method)
            return
        setup = setup_intents.new_setup(self._sandbox, customer=customer)
        method = self._method(form)
        setup_intents.save_method(self._sandbox, setup, method)
        subscriptions.pay_by(self._sandbox, customer, method["id"])

    def _portal_page(self, session: Resource, error: str = "") -> Response:
        customer = {"customer": session["customer"]}
        methods = self._sandbox.store.find(payment_methods.KIND, customer)
        paid = [
            each for each in self._sandbox.store.find(charges.KIND, customer) if each["captured"]
        ]
        running = subscriptions.running(self._sandbox, session["customer"])
        return _page(
            "portal",
            402 if error else 200,
            title="Subscriptions and payments",
            error=_error(error),
            subscriptions=_Html("".join(map(_subscription_row, running)) or "<p>None.</p>"),
            methods=_Html("".join(map(_method_row, methods)) or "<p>None yet.</p>"),
            payments=_Html("".join(map(_payment_row, paid)) or "<p>None yet.</p>"),
            back=session["return_url"] or "",
        )


class _KeptIfDeclined:
    """A transaction that keeps what a declined payment has changed."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._transaction = sandbox.store.transaction()

    def __enter__(self) -> None:
        self._transaction.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, Refused) and error.keeps:
            self._transaction.__exit__(None, None, None)
        else:
            self._transaction.__exit__(kind, error, trace)


class _Html(str):
    """A text that is HTML already."""


def _filled(template: str, /, **values: str) -> str:
    return Template(template).substitute(
        {n: each if isinstance(each, _Html) else escape(each) for n, each in values.items()}
    )


def _page(name: str, status: int = 200, /, **values: str) -> HTMLResponse:
    body = _filled((_FOLDER / f"{name}.html").read_text("utf-8"), **values)
    layout = (_FOLDER / "layout.html").read_text("utf-8")
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    text = _filled(layout, title=values["title"], body=_Html(body))
    return HTMLResponse(text, status, headers)


def _gone(refusal: Refused) -> HTMLResponse:
    return _page("gone", 404, title="This page is gone", why=str(refusal))


def _error(text: str) -> str:
    return _Html(_filled('<p class="error" role="alert">$text</p>', text=text)) if text else ""


def _cancel(session: Resource) -> str:
    if not session["cancel_url"]:
        return ""
    return _Html(_filled('<a class="cancel" href="$url">Cancel</a>', url=session["cancel_url"]))


def _method_row(method: Resource) -> str:
    card = method["card"]
    return _filled(
        '<form method="post" class="row"><span>$brand ···· $last</span> <span>$month/$year</span>'
        '<button name="remove" value="$id">Remove</button></form>',
        brand=card["brand"].title(),
        last=card["last4"],
        month=f"{card['exp_month']:02}",
        year=str(card["exp_year"]),
        id=method["id"],
    )


def _subscription_row(subscription: Resource) -> str:
    item = subscription["items"]["data"][0]
    amount = item["price"]["unit_amount"] * item["quantity"]
    ends = subscription["cancel_at"]
    day = datetime.fromtimestamp(ends or item["current_period_end"], UTC)
    return _filled(
        '<form method="post" class="row"><span>$amount per $period</span> <span>$until</span>'
        '<button name="$name" value="$id">$button</button></form>',
        amount=readable(amount, subscription["currency"]),
        period=prices.each_period(item["price"]),
        until=f"{'ends' if ends else 'renews'} on {day:%Y-%m-%d}",
        name="resume" if ends else "cancel",
        id=subscription["id"],
        button="Keep it" if ends else "Cancel",
    )


def _payment_row(charge: Resource) -> str:
    refunded = charge["amount_refunded"]
    back = f"{readable(refunded, charge['currency'])} refunded" if refunded else ""
    back = "disputed" if charge["disputed"] else back
    what = charge["description"] or "Payment"
    return _filled(
        '<div class="row"><span>$amount</span> <span>$what</span></div>',
        amount=readable(charge["amount"], charge["currency"]),
        what=f"{what}, {back}" if back else what,
    )


def _away(session: Resource) -> Response:
    """Return the way back to the shop, which may want to know by which page."""
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return RedirectResponse(url, 303)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
