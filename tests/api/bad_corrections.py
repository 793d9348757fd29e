"""The tables of bad input of holds, corrections, transfers, caps and tiers."""

# ruff: noqa: E501  # a row is a line, so that the table can be read as one

from __future__ import annotations

from typing import Any

from tests.api.bad_inputs import Literal

HOLDS, TRANSFERS = "/v1/billing/holds", "/v1/billing/transfers"
CONVERSIONS, ADJUSTMENTS = "/v1/billing/conversions", "/v1/billing/adjustments"
ZAP, QUOTE = "/v1/billing/zap", "/v1/billing/rate-cards/quote"
REVERSE = "/v1/billing/transactions/{transaction}/reverse"
CAPTURE, EXTEND = HOLDS + "/{hold}/capture", HOLDS + "/{hold}/extend"
SUSPEND = "/v1/billing/wallets/ada/suspend"

HOLD = {"user": "ada", "amount": "1"}
TRANSFER = {"from_user": "ada", "to_user": "bob", "amount": "1"}
ADJUSTMENT = {"user": "ada", "amount": "-1", "reason": "x"}
CAP = {"id": "c", "limit": 10, "period": "month"}
TIERED = {"model": "m", "meter": "requests", "per": 1, "mode": "graduated"}
FLAT = {"model": "m", "meter": "requests", "per": 1, "price": "1"}

BAD_COMMANDS: list[tuple[str, str, dict[str, Any], str]] = [
    # what is wrong, path, body, the field named
    ("a hold for 0", HOLDS, HOLD | {"amount": 0}, "amount"),
    ("a hold for a float", HOLDS, HOLD | {"amount": 0.5}, "amount"),
    ("a hold for less than nothing", HOLDS, HOLD | {"amount": "-1"}, "amount"),
    ("a hold for nothing", HOLDS, {"user": "ada"}, "amount"),
    ("a hold that has expired", HOLDS, HOLD | {"expires_in": 0}, "expires_in"),
    ("an expiry in the past", HOLDS, HOLD | {"expires_in": -60}, "expires_in"),
    ("a hold for over seven days", HOLDS, HOLD | {"expires_in": 604_801}, "expires_in"),
    ("an expiry of a float", HOLDS, HOLD | {"expires_in": 1.5}, "expires_in"),
    ("an expiry as text", HOLDS, HOLD | {"expires_in": "60"}, "expires_in"),
    ("an estimate with a float", HOLDS, {"user": "ada", "model": "m", "input_tokens": 1.0}, "input_tokens"),
    ("more cached than input in an estimate", HOLDS, {"user": "ada", "model": "m", "cached_tokens": 1}, "cached_tokens"),
    ("an unknown field of a hold", HOLDS, HOLD | {"output_tokens": 1}, "output_tokens"),
    ("a capture of nothing", CAPTURE, {}, "amount"),
    ("a capture of a float", CAPTURE, {"amount": 1.5}, "amount"),
    ("a capture of 0", CAPTURE, {"amount": 0}, "amount"),
    ("a capture for another", CAPTURE, {"amount": 1, "user": "bob"}, "user"),
    ("a capture in the future", CAPTURE, {"amount": 1, "occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at"),
    ("a capture with an unknown field", CAPTURE, {"amount": 1, "on_shortfall": "reject"}, "on_shortfall"),
    ("an extension by nothing", EXTEND, {}, "expires_in"),
    ("an extension into the past", EXTEND, {"expires_in": -1}, "expires_in"),
    ("an extension that shortens", EXTEND, {"expires_in": 1}, "expires_in"),
    ("an extension over seven days", EXTEND, {"expires_in": 604_800}, "expires_in"),
    ("a transfer to oneself", TRANSFERS, TRANSFER | {"to_user": "ada"}, "to_user"),
    ("a transfer from the pool to itself", TRANSFERS, {"from_user": "@pool", "to_user": "@pool", "amount": 1}, "to_user"),
    ("a transfer to nobody", TRANSFERS, {"from_user": "ada", "amount": 1}, "to_user"),
    ("a transfer of 0", TRANSFERS, TRANSFER | {"amount": 0}, "amount"),
    ("a transfer backwards", TRANSFERS, TRANSFER | {"amount": "-1"}, "amount"),
    ("a transfer of a tenth of a cent", TRANSFERS, TRANSFER | {"amount": "0.001", "asset": "usd"}, "amount"),
    ("a transfer of a tenth of a yen", TRANSFERS, TRANSFER | {"amount": "0.1", "asset": "jpy"}, "amount"),
    ("a transfer of gold", TRANSFERS, TRANSFER | {"asset": "gold"}, "asset"),
    ("a conversion of a tenth of a cent", CONVERSIONS, {"user": "ada", "amount": "1.001"}, "amount"),
    ("a conversion of 0", CONVERSIONS, {"user": "ada", "amount": "0.00"}, "amount"),
    ("a conversion of another asset", CONVERSIONS, {"user": "ada", "amount": "1", "asset": "jpy"}, "asset"),
    ("a reversal of 0", REVERSE, {"amount": 0, "reason": "x"}, "amount"),
    ("a reversal of a float", REVERSE, {"amount": 1.5, "reason": "x"}, "amount"),
    ("a reversal forwards", REVERSE, {"amount": "-1", "reason": "x"}, "amount"),
    ("a reversal of too many decimals", REVERSE, {"amount": "0.0000001", "reason": "x"}, "amount"),
    ("a reversal for no reason", REVERSE, {"amount": 1}, "reason"),
    ("a reversal for an empty reason", REVERSE, {"reason": ""}, "reason"),
    ("an adjustment by 0", ADJUSTMENTS, ADJUSTMENT | {"amount": 0}, "amount"),
    ("an adjustment by -0", ADJUSTMENTS, ADJUSTMENT | {"amount": "-0"}, "amount"),
    ("an adjustment by a float", ADJUSTMENTS, ADJUSTMENT | {"amount": -1.5}, "amount"),
    ("an adjustment by two signs", ADJUSTMENTS, ADJUSTMENT | {"amount": "--1"}, "amount"),
    ("an adjustment by a plus", ADJUSTMENTS, ADJUSTMENT | {"amount": "+1"}, "amount"),
    ("an adjustment over 64 bit", ADJUSTMENTS, ADJUSTMENT | {"amount": Literal("-" + "9" * 9000)}, "amount"),
    ("an adjustment of nobody", ADJUSTMENTS, {"amount": 1, "reason": "x"}, "user"),
    ("an adjustment for no reason", ADJUSTMENTS, {"user": "ada", "amount": 1}, "reason"),
    ("a zap of nobody", ZAP, {"reason": "x"}, "user"),
    ("a zap for no reason", ZAP, {"user": "ada"}, "reason"),
    ("a suspension for no reason", SUSPEND, {}, "reason"),
    ("a suspension for a long reason", SUSPEND, {"reason": "r" * 1001}, "reason"),
    ("a quote of no model", QUOTE, {"input_tokens": 1}, "model"),
    ("a quote of nothing", QUOTE, {"model": "m"}, "quantities"),
    ("a quote with an id", QUOTE, {"model": "m", "id": "r1", "input_tokens": 1}, "id"),
    ("a quote of a float", QUOTE, {"model": "m", "input_tokens": 1.5}, "input_tokens"),
]  # fmt: skip

BAD_CAPS: list[tuple[str, Any, str]] = [
    ("no list", {}, "caps"),
    ("201 caps", {"caps": [CAP | {"id": str(n)} for n in range(201)]}, "caps"),
    ("a cap that is a number", {"caps": [7]}, "caps.0.body"),
    ("one id twice", {"caps": [CAP, CAP]}, "caps"),
    ("no limit", {"caps": [{"id": "c", "period": "day"}]}, "caps.0.limit"),
    ("a limit of 0", {"caps": [CAP | {"limit": 0}]}, "caps.0.limit"),
    ("a float limit", {"caps": [CAP, CAP | {"id": "d", "limit": 1.5}]}, "caps.1.limit"),
    ("an unknown period", {"caps": [CAP | {"period": "year"}]}, "caps.0.period"),
    ("an empty text of a scope", {"caps": [CAP | {"scope": {"user": ""}}]}, "caps.0.scope.user"),
    ("days of a month", {"caps": [CAP | {"days": 3}]}, "caps.0.days"),
    ("rolling without days", {"caps": [CAP | {"period": "rolling"}]}, "caps.0.days"),
    ("rolling for 0 days", {"caps": [CAP | {"period": "rolling", "days": 0}]}, "caps.0.days"),
    ("rolling for 367 days", {"caps": [CAP | {"period": "rolling", "days": 367}]}, "caps.0.days"),
    ("an unknown scope", {"caps": [CAP | {"scope": {"colour": "red"}}]}, "caps.0.scope.colour"),
    ("a threshold of 0", {"caps": [CAP | {"thresholds": [0]}]}, "caps.0.thresholds.0"),
    ("a threshold twice", {"caps": [CAP | {"thresholds": [50, 50]}]}, "caps.0.thresholds"),
    ("hard as text", {"caps": [CAP | {"hard": "yes"}]}, "caps.0.hard"),
]  # fmt: skip

BAD_TIERS: list[tuple[str, dict[str, Any], str]] = [
    # what is wrong, the price, the field named after prices.0
    ("no tiers", TIERED, "tiers"),
    ("an empty list of tiers", TIERED | {"tiers": []}, "tiers"),
    ("tiers and a price", TIERED | {"tiers": [{"price": 1}], "price": 1}, "price"),
    ("tiers of a flat price", FLAT | {"tiers": [{"price": 1}]}, "tiers"),
    ("tiers of a package", FLAT | {"mode": "package", "tiers": [{"price": 1}]}, "tiers"),
    ("a flat price without a price", {"model": "m", "meter": "requests", "per": 1}, "price"),
    ("tiers that overlap", TIERED | {"tiers": [{"up_to": 10, "price": 2}, {"up_to": 5, "price": 1}, {"price": 1}]}, "tiers.1.up_to"),
    ("one bound twice", TIERED | {"tiers": [{"up_to": 10, "price": 2}, {"up_to": 10, "price": 1}, {"price": 1}]}, "tiers.1.up_to"),
    ("a gap at the end", TIERED | {"tiers": [{"up_to": 10, "price": 2}]}, "tiers.0.up_to"),
    ("an open tier in the middle", TIERED | {"tiers": [{"price": 2}, {"up_to": 10, "price": 2}, {"price": 1}]}, "tiers.0.up_to"),
    ("a bound of 0", TIERED | {"tiers": [{"up_to": 0, "price": 2}, {"price": 1}]}, "tiers.0.up_to"),
    ("a float bound", TIERED | {"tiers": [{"up_to": 1.5, "price": 2}, {"price": 1}]}, "tiers.0.up_to"),
    ("a negative price of a tier", TIERED | {"tiers": [{"price": "-1"}]}, "tiers.0.price"),
    ("an unknown field of a tier", TIERED | {"tiers": [{"price": 1, "from": 0}]}, "tiers.0.from"),
    ("a tier that is a number", TIERED | {"tiers": [1]}, "tiers.0.body"),
    ("101 tiers", TIERED | {"tiers": [{"price": 1}] * 101}, "tiers"),
    ("tiers per 7", TIERED | {"per": 7, "tiers": [{"price": 1}]}, "per"),
    ("an unknown way", FLAT | {"mode": "haggling"}, "mode"),
    ("a negative price", FLAT | {"price": "-0.5"}, "price"),
    ("a package of 0", FLAT | {"mode": "package", "per": 0}, "per"),
    ("a context over 0", FLAT | {"context_over": 0}, "context_over"),
]  # fmt: skip

BAD_CARDS: list[tuple[str, dict[str, Any], str]] = [
    ("a negative margin", {"prices": [FLAT], "margin_bps": -1}, "margin_bps"),
    ("a float margin", {"prices": [FLAT], "margin_bps": 1.5}, "margin_bps"),
    ("a minimum of 0", {"prices": [FLAT], "minimum_charge": 0}, "minimum_charge"),
    ("a negative minimum", {"prices": [FLAT], "minimum_charge": "-1"}, "minimum_charge"),
]
