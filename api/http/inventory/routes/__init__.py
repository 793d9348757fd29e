"""The endpoints of inventory, one file a resource."""

from api.http.inventory.routes import locations, movements, reservations, stock

routers = (locations.router, movements.router, reservations.router, stock.router)
"""In the order in which a request is matched."""
