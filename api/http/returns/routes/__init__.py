"""The endpoints of returns, one file a resource."""

from api.http.returns.routes import exchanges, order_returns, return_list

routers = (order_returns.router, exchanges.router, return_list.router)
"""In the order in which a request is matched."""
