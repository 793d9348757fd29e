"""The endpoints of pricing, one file a resource."""

from api.http.pricing.routes import modifiers, order_quotes, policies, prices, shipping_methods

routers = (
    prices.router,
    modifiers.router,
    shipping_methods.router,
    policies.router,
    order_quotes.router,
)
"""In the order in which a request is matched."""
