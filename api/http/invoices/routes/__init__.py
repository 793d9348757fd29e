"""The endpoints of invoices, one file a resource."""

from api.http.invoices.routes import (
    documents,
    invoices,
    payers,
    settings,
    statements,
    tax_rates,
)

routers = (
    settings.router,
    tax_rates.router,
    payers.router,
    statements.router,
    documents.router,
    invoices.router,
)
"""In the order in which a request is matched."""
