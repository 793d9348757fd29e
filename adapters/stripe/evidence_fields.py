"""Evidence fields: what Stripe calls the texts that a bank is shown, and how long they may be."""

from __future__ import annotations

from ledger.purchases.provider import Evidence

TEXT_MAX = 20_000
"""Characters of one text."""

ALL_MAX = 150_000
"""Characters of all together (docs.stripe.com/disputes/api)."""

_NAMES = {
    "activity_log": "access_activity_log",
    "customer_address": "customer_purchase_ip",
    "customer_email": "customer_email_address",
    "customer_name": "customer_name",
    "product": "product_description",
    "refund_policy": "refund_policy_disclosure",
    "service_date": "service_date",
    "shipping_address": "shipping_address",
    "shipping_carrier": "shipping_carrier",
    "shipping_date": "shipping_date",
    "shipping_tracking_number": "shipping_tracking_number",
    "uncategorized": "uncategorized_text",
}
_REST = "uncategorized_text"
_CUT = "\n[cut here: more is kept by us]"


def fields_of(evidence: Evidence) -> dict[str, str]:
    """Return the texts under Stripe's names, cut to what it takes; what it has no name for stands
    among what is uncategorized."""
    fields: dict[str, str] = {}
    for name, text in evidence.texts.items():
        if name in _NAMES:
            fields[_NAMES[name]] = text
    rest = [f"{name}: {text}" for name, text in evidence.texts.items() if name not in _NAMES]
    if rest:
        fields[_REST] = "\n".join([each for each in (fields.get(_REST),) if each] + rest)
    return {name: _cut(text) for name, text in fields.items() if text}


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - len(_CUT)] + _CUT
