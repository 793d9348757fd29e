"""The context of purchases: credits that are bought, and money that goes back."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.purchases.offer_book import OFFERS_STREAM, OfferBook

CONTEXT = Context(
    name="purchases",
    aggregates=(OfferBook,),
    uses=("credits",),
    tables=(Table("offer_books", key=("org",), stream=OFFERS_STREAM),),
)
