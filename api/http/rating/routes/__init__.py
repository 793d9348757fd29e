"""The endpoints of prices, one file a resource."""

from api.http.rating.routes import quotes, rate_cards

routers = (
    quotes.router,
    rate_cards.router,
)
"""In the order in which a request is matched."""
