"""The context of purchases: credits that are bought, and money that goes back."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.purchases.buyer import Buyer
from ledger.purchases.inspection import PurchaseInspection
from ledger.purchases.movement_inspection import MovementInspection
from ledger.purchases.offer_book import OFFERS_STREAM, OfferBook
from ledger.purchases.provider_account import ProviderAccount
from ledger.purchases.purchase import PURCHASE_STREAM, Purchase
from ledger.purchases.purchase_policy import POLICY_STREAM, PurchasePolicy
from ledger.purchases.recharge import RECHARGE_STREAM, Recharge

CONTEXT = Context(
    name="purchases",
    aggregates=(OfferBook, PurchasePolicy, Purchase, Buyer, Recharge, ProviderAccount),
    uses=("credits",),
    checks=(PurchaseInspection, MovementInspection),
    read_models=(
        "purchases",
        "refunds",
        "disputes",
        "recharges",
        "movements",
        "analysts_purchases",
    ),
    tables=(
        Table("offer_books", stream=OFFERS_STREAM),
        Table("purchase_policies", stream=POLICY_STREAM),
        Table("purchase_states", key=("org", "id"), stream=f"{PURCHASE_STREAM}/{{id}}"),
        Table("recharge_rules", key=("org", "owner"), stream=f"{RECHARGE_STREAM}/{{owner}}"),
    ),
)
