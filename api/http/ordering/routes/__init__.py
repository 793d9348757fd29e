"""Routes of orders."""

from api.http.ordering.routes.captures import router as captures
from api.http.ordering.routes.checkout import router as checkout
from api.http.ordering.routes.disputes import router as disputes
from api.http.ordering.routes.edits import router as edits
from api.http.ordering.routes.orders import router as orders
from api.http.ordering.routes.past_orders import router as past_orders
from api.http.ordering.routes.policies import router as policies
from api.http.ordering.routes.refunds import router as refunds

routers = (checkout, policies, edits, disputes, past_orders, orders, captures, refunds)
"""In the order in which a request is matched: an import is no order with the id `imports`."""
