"""The endpoints of inventory, one file a resource."""

from api.http.inventory.routes import costs, locations, movements, reservations, stock

routers = (
    locations.router,
    movements.router,
    reservations.router,
    costs.router,
    stock.router,
)
"""In the order in which a request is matched."""
