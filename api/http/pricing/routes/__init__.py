"""The endpoints of pricing, one file a resource."""

from api.http.pricing.routes import modifiers, order_quotes, policies, prices

routers = (prices.router, modifiers.router, policies.router, order_quotes.router)
"""In the order in which a request is matched."""
