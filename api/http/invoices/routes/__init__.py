"""The endpoints of invoices, one file a resource."""

from api.http.invoices.routes import invoices, payers, settings, tax_rates

routers = (settings.router, tax_rates.router, payers.router, invoices.router)
"""In the order in which a request is matched."""
