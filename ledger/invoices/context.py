"""The context of invoices: what payers owe, in numbered documents."""

from __future__ import annotations

from ledger.invoices import money_moves  # noqa: F401  # it registers what it tells
from ledger.invoices.inspection import InvoiceInspection
from ledger.invoices.invoice import INVOICE_STREAM, Invoice
from ledger.invoices.month_statement import MONTH_STATEMENT_STREAM, MonthStatement
from ledger.invoices.number_book import NUMBER_BOOKS, NUMBERS_STREAM, NumberBook
from ledger.invoices.payer_details import PAYER_STREAM, PayerDetails
from ledger.invoices.settings_book import SETTINGS_STREAM, SettingsBook
from ledger.invoices.tax_book import TAX_STREAM, TaxBook
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="invoices",
    aggregates=(SettingsBook, TaxBook, PayerDetails, NumberBook, Invoice, MonthStatement),
    uses=("credits", "purchases"),
    checks=(InvoiceInspection,),
    read_models=("invoices", "invoice_lines", "analysts_invoices", "analysts_invoice_lines"),
    tables=(
        Table("invoice_settings", stream=SETTINGS_STREAM),
        Table("tax_books", stream=TAX_STREAM),
        Table("payer_details", key=("org", "owner"), stream=f"{PAYER_STREAM}/{{owner}}"),
        Table(NUMBER_BOOKS, key=("org", "series"), stream=f"{NUMBERS_STREAM}/{{series}}"),
        Table(
            "month_statements",
            key=("org", "owner", "month"),
            stream=f"{MONTH_STATEMENT_STREAM}/{{month}}/{{owner}}",
        ),
        Table("invoice_states", key=("org", "id"), stream=f"{INVOICE_STREAM}/{{id}}"),
    ),
)
