"""The endpoints of fulfilment, one file a resource."""

from api.http.fulfilment.routes import carriers, shipment_list, shipments

routers = (shipments.router, shipment_list.router, carriers.router)
"""In the order in which a request is matched."""
