"""Operations on invoices, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.invoices import (
    Applied,
    Credited,
    Draft,
    Ended,
    Invoice,
    InvoiceDiscount,
    InvoiceItem,
    InvoiceSettings,
    Issued,
    LineToCredit,
    ListedInvoice,
    MonthStatement,
    NumbersSetting,
    PayerDetails,
    RefundWith,
    SellerSetting,
    SendAsked,
    TaxRates,
    TaxRateSetting,
)


class InvoicesOperations(Transport):
    """The operations on invoices."""

    def get_invoice_settings(self) -> InvoiceSettings:
        """What the org has decided of its invoices; until it has, it issues none."""
        return self._send(
            Call[InvoiceSettings](
                method="GET", path="/v1/billing/invoice-settings", result=InvoiceSettings, query={}
            )
        )

    def set_invoice_settings(
        self,
        *,
        seller: SellerSetting,
        invoice_numbers: NumbersSetting | None = None,
        credit_note_numbers: NumbersSetting | None = None,
        rounding: Literal["line", "invoice"] | None = None,
        net_days: int | None = None,
        receipts: bool | None = None,
        statements: bool | None = None,
        language: str | None = None,
        payment_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> InvoiceSettings:
        """Decide how invoices are from now on; what was issued stays as it is."""
        return self._send(
            Call[InvoiceSettings](
                method="PUT",
                path="/v1/billing/invoice-settings",
                result=InvoiceSettings,
                query={},
                body={
                    "seller": to_json(seller),
                    **sent_json(
                        invoice_numbers=invoice_numbers,
                        credit_note_numbers=credit_note_numbers,
                        rounding=rounding,
                        net_days=net_days,
                        receipts=receipts,
                        statements=statements,
                        language=language,
                        payment_url=payment_url,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_tax_rates(self) -> TaxRates:
        """The tax rates that hold for the org: its own, else the platform's."""
        return self._send(
            Call[TaxRates](method="GET", path="/v1/billing/tax-rates", result=TaxRates, query={})
        )

    def publish_tax_rates(
        self, *, rates: Sequence[TaxRateSetting], idempotency_key: str | None = None
    ) -> TaxRates:
        """Publish all tax rates at once, for what is issued from now on."""
        return self._send(
            Call[TaxRates](
                method="PUT",
                path="/v1/billing/tax-rates",
                result=TaxRates,
                query={},
                body={"rates": to_json(rates)},
                key=idempotency_key or new_id(),
            )
        )

    def get_payer_details(self, *, user: str | None = None) -> PayerDetails:
        """What is known of a payer."""
        return self._send(
            Call[PayerDetails](
                method="GET",
                path="/v1/billing/payer-details",
                result=PayerDetails,
                query=sent(user=user),
            )
        )

    def set_payer_details(
        self,
        *,
        name: str,
        country: str,
        user: str | None = None,
        region: str | None = None,
        address: Sequence[str] | None = None,
        postal_code: str | None = None,
        city: str | None = None,
        vat_id: str | None = None,
        email: str | None = None,
        language: str | None = None,
        idempotency_key: str | None = None,
    ) -> PayerDetails:
        """Say who a payer is and where, for what is issued from now on."""
        return self._send(
            Call[PayerDetails](
                method="PUT",
                path="/v1/billing/payer-details",
                result=PayerDetails,
                query={},
                body={
                    "name": to_json(name),
                    "country": to_json(country),
                    **sent_json(
                        user=user,
                        region=region,
                        address=address,
                        postal_code=postal_code,
                        city=city,
                        vat_id=vat_id,
                        email=email,
                        language=language,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def ask_for_statement(
        self,
        *,
        month: str,
        user: str | None = None,
        send: bool | None = None,
        idempotency_key: str | None = None,
    ) -> MonthStatement:
        """Have the statement of a payer's month that is over be made, whatever was billed in it:
        there is one of each, made in seconds.
        """
        return self._send(
            Call[MonthStatement](
                method="POST",
                path="/v1/billing/statements",
                result=MonthStatement,
                query={},
                body={"month": to_json(month), **sent_json(user=user, send=send)},
                key=idempotency_key or new_id(),
            )
        )

    def statement_as_pdf_v1_billing_statements__month__pdf_get(
        self, month: str, *, user: str | None = None
    ) -> str:
        """The statement of a payer's month as the document that was made when it was asked for."""
        return self._send(
            Call[str](
                method="GET",
                path=path("/v1/billing/statements/{month}.pdf", month=month),
                result=str,
                query=sent(user=user),
            )
        )

    def get_month_statement(self, month: str, *, user: str | None = None) -> MonthStatement:
        """The statement of a payer's month, and what became of it."""
        return self._send(
            Call[MonthStatement](
                method="GET",
                path=path("/v1/billing/statements/{month}", month=month),
                result=MonthStatement,
                query=sent(user=user),
            )
        )

    def document_as_pdf_v1_billing_invoices__invoice__pdf_get(
        self, invoice: str, *, number: str | None = None
    ) -> str:
        """An invoice, or a credit note of it, as the document that was made when it was issued."""
        return self._send(
            Call[str](
                method="GET",
                path=path("/v1/billing/invoices/{invoice}.pdf", invoice=invoice),
                result=str,
                query=sent(number=number),
            )
        )

    def document_as_xml_v1_billing_invoices__invoice__xml_get(
        self, invoice: str, *, number: str | None = None
    ) -> str:
        """The same for programs: the XML that is attached to the PDF."""
        return self._send(
            Call[str](
                method="GET",
                path=path("/v1/billing/invoices/{invoice}.xml", invoice=invoice),
                result=str,
                query=sent(number=number),
            )
        )

    def send_document(
        self, invoice: str, *, number: str | None = None, idempotency_key: str | None = None
    ) -> SendAsked:
        """Send an invoice, or a credit note of it, once more: to where mail goes now."""
        return self._send(
            Call[SendAsked](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/send", invoice=invoice),
                result=SendAsked,
                query={},
                body=sent_json(number=number),
                key=idempotency_key or new_id(),
            )
        )

    def list_invoices(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[ListedInvoice]:
        """An org's invoices, of one user or of all the caller may see, those drafted last first."""
        return self._pages(
            Call[Page[ListedInvoice]](
                method="GET",
                path="/v1/billing/invoices",
                result=Page[ListedInvoice],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            ),
            cursor,
        )

    def list_invoices_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedInvoice]:
        """An org's invoices, of one user or of all the caller may see, those drafted last first."""
        return self._send(
            Call[Page[ListedInvoice]](
                method="GET",
                path="/v1/billing/invoices",
                result=Page[ListedInvoice],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            )
        )

    def draft_invoice(
        self,
        *,
        currency: str,
        items: Sequence[InvoiceItem],
        user: str | None = None,
        discounts: Sequence[InvoiceDiscount] | None = None,
        net_days: int | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> Draft:
        """Draft an invoice: it has no number, and can be changed, until it is issued."""
        return self._send(
            Call[Draft](
                method="POST",
                path="/v1/billing/invoices",
                result=Draft,
                query={},
                body={
                    "currency": to_json(currency),
                    "items": to_json(items),
                    **sent_json(
                        user=user, discounts=discounts, net_days=net_days, reference=reference
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def look_at_invoice(self, invoice: str) -> Invoice:
        """An invoice, with its lines, payments and credit notes."""
        return self._send(
            Call[Invoice](
                method="GET",
                path=path("/v1/billing/invoices/{invoice}", invoice=invoice),
                result=Invoice,
                query={},
            )
        )

    def change_draft(
        self,
        invoice: str,
        *,
        currency: str,
        items: Sequence[InvoiceItem],
        user: str | None = None,
        discounts: Sequence[InvoiceDiscount] | None = None,
        net_days: int | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> Draft:
        """Have a draft say something else, all of it."""
        return self._send(
            Call[Draft](
                method="PUT",
                path=path("/v1/billing/invoices/{invoice}", invoice=invoice),
                result=Draft,
                query={},
                body={
                    "currency": to_json(currency),
                    "items": to_json(items),
                    **sent_json(
                        user=user, discounts=discounts, net_days=net_days, reference=reference
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def issue_invoice(self, invoice: str, *, idempotency_key: str | None = None) -> Issued:
        """Issue a draft: it takes the next number, and never changes from now on."""
        return self._send(
            Call[Issued](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/issue", invoice=invoice),
                result=Issued,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def apply_payment(
        self,
        invoice: str,
        *,
        amount: Decimal | int | None = None,
        method: Literal["bank", "stripe"] | None = None,
        reference: str | None = None,
        brand: str | None = None,
        last4: str | None = None,
        paid_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Applied:
        """Record money that came for an invoice, all that is left or a part of it."""
        return self._send(
            Call[Applied](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/payments", invoice=invoice),
                result=Applied,
                query={},
                body=sent_json(
                    amount=amount,
                    method=method,
                    reference=reference,
                    brand=brand,
                    last4=last4,
                    paid_at=paid_at,
                ),
                key=idempotency_key or new_id(),
            )
        )

    def write_credit_note(
        self,
        invoice: str,
        *,
        lines: Sequence[LineToCredit] | None = None,
        amount: Decimal | int | None = None,
        refund: RefundWith | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Credited:
        """Take back a part of an issued invoice, or all of it, with the discount and tax that its
        lines were issued with.
        """
        return self._send(
            Call[Credited](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/credit-notes", invoice=invoice),
                result=Credited,
                query={},
                body=sent_json(lines=lines, amount=amount, refund=refund, reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    def void_invoice(
        self, invoice: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Ended:
        """Say that an invoice was a mistake, of which nothing was paid; a draft is given up so."""
        return self._send(
            Call[Ended](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/void", invoice=invoice),
                result=Ended,
                query={},
                body=sent_json(reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    def write_off_invoice(
        self, invoice: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Ended:
        """Expect what is left of an invoice no more."""
        return self._send(
            Call[Ended](
                method="POST",
                path=path("/v1/billing/invoices/{invoice}/write-off", invoice=invoice),
                result=Ended,
                query={},
                body=sent_json(reason=reason),
                key=idempotency_key or new_id(),
            )
        )
