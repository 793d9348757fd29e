"""The endpoints of tenants, one file a resource."""

from api.http.tenancy.routes import api_keys, orgs, roles

routers = (
    orgs.router,
    api_keys.router,
    roles.router,
)
"""In the order in which a request is matched."""
