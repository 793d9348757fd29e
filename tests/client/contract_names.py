"""The names that the client has for what the contract calls otherwise."""

from __future__ import annotations

MADE = "Made by `python -m tests.client.generator` from `schemas/openapi.json`."

METHODS = {
    "usage": "usage_report",
    "record_batch": "record_usage_batch",
    "place": "place_hold",
    "capture": "capture_hold",
    "release": "release_hold",
    "extend": "extend_hold",
    "get_statement": "statement",
    "get_allowance": "allowance",
    "list_alerts": "alerts",
    "publish": "publish_rate_card",
    "versions": "rate_card_versions",
    "version": "rate_card_version",
    "withdraw": "withdraw_rate_card_version",
    "register": "register_org",
    "list_orgs": "orgs",
    "get_org": "org",
    "change": "change_billing_mode",
    "list_roles": "roles",
    "get_role": "role",
    "issue": "issue_api_key",
    "list_api_keys": "api_keys",
    "rotate": "rotate_api_key",
    "revoke": "revoke_api_key",
    "get_journal": "journal",
    "inclusion": "inclusion_proof",
    "consistency": "consistency_proof",
    "erase": "erase_person",
}
"""What an operation is called in the client, by the name of its handler; its own where absent."""

BODIES = {
    "UsageBody": "UsageLine",
    "EditedLineBody": "EditedLine",
    "VariantBody": "VariantSetting",
    "PaidBody": "Paid",
    "MoneyBody": "MoneyAsked",
    "BonusBody": "BonusSetting",
    "CapBody": "CapSetting",
    "ScopeBody": "CapScope",
    "PriceBody": "PriceSetting",
    "TierBody": "TierSetting",
    "HoursBody": "HoursSetting",
    "NameBody": "NameSetting",
    "ProviderNameBody": "ProviderNameSetting",
    "SellerBody": "SellerSetting",
    "NumbersBody": "NumbersSetting",
    "TaxRateBody": "TaxRateSetting",
    "ItemBody": "InvoiceItem",
    "DiscountBody": "InvoiceDiscount",
    "CreditedLineBody": "LineToCredit",
    "RefundOfBody": "RefundWith",
    "BasePriceBody": "BasePriceSetting",
    "OrderLineBody": "LineToOrder",
    "StockLineBody": "StockLine",
    "SlotBody": "SlotToPublish",
    "DestinationBody": "Destination",
    "OrderPaymentBody": "OrderPayment",
    "PostalAddressBody": "AddressSetting",
    "RefundLineBody": "LineToRefund",
    "GoodsLineBody": "LineToShip",
    "ReturnLineBody": "LineToReturn",
    "ReceivedLineBody": "LineReceived",
    "PastLineBody": "LineToImport",
    "PastShippingBody": "ShippingToImport",
}
"""Bodies that stand within others, and are therefore classes here."""

OF_ALL = {"Idempotency-Key", "X-Org"}
"""Headers that the transport sends by itself."""

NUMBERS = {"limit", "version", "min_sequence", "sequence", "size", "from_sequence", "to_sequence"}
MOMENTS = {"as_of", "from", "to"}
"""Parameters of queries by what they are: the contract has them as texts."""

NUMBERED = {"/v1/audit/proofs/consistency"}
"""Paths where `from` and `to` are numbers of events."""


def python_name(name: str) -> str:
    """Return a name as Python takes it."""
    return f"{name}_" if name in ("from", "in") else name.lower().replace("-", "_")


def type_name(schema: str) -> str:
    """Return what the class of a schema is called."""
    if schema in BODIES:
        return BODIES[schema]
    if schema.startswith("ListAnswer_"):
        return f"Page[{type_name(schema.removeprefix('ListAnswer_').removesuffix('_'))}]"
    return schema if schema == "Problem" else schema.removesuffix("Answer")


def method_name(operation: dict[str, object], path: str, method: str) -> str:
    """Return what an operation is called."""
    suffix = "_" + path.strip("/").replace("/", "_").replace("{", "_").replace("}", "_")
    suffix = suffix.replace("-", "_") + f"_{method}"
    handler = str(operation["operationId"]).removesuffix(suffix)
    return METHODS.get(handler, handler)
