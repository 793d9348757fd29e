"""Routes of customers."""

from api.http.customers.routes.addresses import router as addresses
from api.http.customers.routes.customers import router as customers
from api.http.customers.routes.own_orders import router as own_orders
from api.http.customers.routes.profile import router as profile

routers = (customers, profile, addresses, own_orders)
