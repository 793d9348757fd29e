"""The endpoints of promotions, one file a resource."""

from api.http.promotions.routes import promotions, redemptions

routers = (promotions.router, redemptions.router)
"""In the order in which a request is matched."""
