"""The endpoints of stored value, one file a resource."""

from api.http.stored_value.routes import (
    gift_card_claims,
    gift_cards,
    store_credit_claims,
    store_credits,
)

routers = (
    gift_cards.router,
    gift_card_claims.router,
    store_credits.router,
    store_credit_claims.router,
)
"""In the order in which a request is matched."""
