"""Operations on webhooks, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.webhooks import (
    AskedCall,
    ChangedWebhook,
    NewWebhook,
    RemovedWebhook,
    RotatedSecret,
    Webhook,
    WebhookCall,
    Webhooks,
)


class AsyncWebhooksOperations(AsyncTransport):
    """The operations on webhooks."""

    async def list_webhooks(self) -> Webhooks:
        """Every webhook of the org."""
        return await self._send(
            Call[Webhooks](method="GET", path="/v1/webhooks", result=Webhooks, query={})
        )

    async def add_webhook(
        self,
        *,
        url: str,
        events: Sequence[
            Literal[
                "*",
                "audit.PersonErased",
                "credits.*",
                "credits.AlertRaised",
                "credits.AllowanceOpened",
                "credits.AllowanceSet",
                "credits.AllowancesGranted",
                "credits.CapBookOpened",
                "credits.CapsSet",
                "credits.CreditLineSet",
                "credits.CreditReversed",
                "credits.CreditsAdjusted",
                "credits.CreditsConverted",
                "credits.CreditsDeposited",
                "credits.CreditsGranted",
                "credits.CreditsPutBack",
                "credits.CreditsReceived",
                "credits.CreditsRefunded",
                "credits.CreditsRestored",
                "credits.CreditsSent",
                "credits.CreditsSetAside",
                "credits.CreditsTakenBack",
                "credits.CreditsTookEffect",
                "credits.CreditsUnlocked",
                "credits.CreditsWithdrawn",
                "credits.DebtInvoiced",
                "credits.DebtRestored",
                "credits.HoldCaptured",
                "credits.HoldExpired",
                "credits.HoldExtended",
                "credits.HoldPlaced",
                "credits.HoldReleased",
                "credits.LapsedHoldCaptured",
                "credits.LotsExpired",
                "credits.MoneyConverted",
                "credits.RechargeLevelSet",
                "credits.UsageRecorded",
                "credits.UsageReversed",
                "credits.WalletOpened",
                "credits.WalletResumed",
                "credits.WalletSuspended",
                "invoices.*",
                "invoices.CreditNoteIssued",
                "invoices.DocumentKept",
                "invoices.DocumentSendAsked",
                "invoices.DraftChanged",
                "invoices.InvoiceDrafted",
                "invoices.InvoiceIssued",
                "invoices.InvoicePaid",
                "invoices.InvoiceSent",
                "invoices.InvoiceSettingsSet",
                "invoices.InvoiceVoided",
                "invoices.InvoiceWrittenOff",
                "invoices.NumberBookOpened",
                "invoices.NumberTaken",
                "invoices.PayerDetailsOpened",
                "invoices.PayerDetailsSet",
                "invoices.PaymentApplied",
                "invoices.SettingsBookOpened",
                "invoices.TaxBookOpened",
                "invoices.TaxRatesPublished",
                "privacy.*",
                "purchases.*",
                "purchases.AccountFeeRecorded",
                "purchases.BuyerOpened",
                "purchases.CheckoutOpened",
                "purchases.DisputeEvidenceSent",
                "purchases.DisputeEvidenceTaken",
                "purchases.DisputeLost",
                "purchases.DisputeOpened",
                "purchases.DisputeWon",
                "purchases.NoticeKept",
                "purchases.OfferBookOpened",
                "purchases.OffersPublished",
                "purchases.PayoutRecorded",
                "purchases.PolicyOpened",
                "purchases.PolicySet",
                "purchases.ProcessingFeeRecorded",
                "purchases.ProviderAccountOpened",
                "purchases.PurchaseCounted",
                "purchases.PurchaseExpired",
                "purchases.PurchaseFailed",
                "purchases.PurchaseFlagged",
                "purchases.PurchasePaid",
                "purchases.PurchaseStarted",
                "purchases.RechargeDeclined",
                "purchases.RechargeLimitReached",
                "purchases.RechargeOpened",
                "purchases.RechargePaid",
                "purchases.RechargeRuleRemoved",
                "purchases.RechargeRuleSet",
                "purchases.RechargeStopped",
                "purchases.RechargeTriggered",
                "purchases.RechargeWaitOver",
                "purchases.RefundFailed",
                "purchases.RefundFound",
                "purchases.RefundPaid",
                "purchases.RefundRequested",
                "purchases.ReviewClosed",
                "rating.*",
                "rating.RateCardOpened",
                "rating.RateCardPublished",
                "rating.RateCardVersionWithdrawn",
                "subscriptions.*",
                "subscriptions.CancellationScheduled",
                "subscriptions.CancellationWithdrawn",
                "subscriptions.ChangePaid",
                "subscriptions.ChargeAsked",
                "subscriptions.CouponApplied",
                "subscriptions.CouponBookOpened",
                "subscriptions.CouponPublished",
                "subscriptions.CouponRedeemed",
                "subscriptions.CouponReturned",
                "subscriptions.HalfOfLimitReached",
                "subscriptions.InterimOver",
                "subscriptions.InterimReached",
                "subscriptions.MethodChanged",
                "subscriptions.MirrorRead",
                "subscriptions.OverageDrafted",
                "subscriptions.OverageLeft",
                "subscriptions.OveragePaid",
                "subscriptions.PauseScheduled",
                "subscriptions.PaymentDue",
                "subscriptions.PaymentFailed",
                "subscriptions.PeriodOpened",
                "subscriptions.PeriodPaid",
                "subscriptions.PlanBookOpened",
                "subscriptions.PlanChangeScheduled",
                "subscriptions.PlanChanged",
                "subscriptions.PlanPublished",
                "subscriptions.PolicyOpened",
                "subscriptions.PolicySet",
                "subscriptions.RedemptionGivenBack",
                "subscriptions.ReminderDue",
                "subscriptions.ReminderSent",
                "subscriptions.SubscriberOpened",
                "subscriptions.SubscriptionEnded",
                "subscriptions.SubscriptionPaused",
                "subscriptions.SubscriptionStarted",
                "subscriptions.TrialEndAnnounced",
                "subscriptions.TrialEnded",
                "subscriptions.WentPastDue",
                "tenancy.*",
                "tenancy.ApiKeyIssued",
                "tenancy.ApiKeyRevoked",
                "tenancy.ApiKeyRotated",
                "tenancy.BillingModeChanged",
                "tenancy.OrgMoved",
                "tenancy.OrgOpened",
                "tenancy.OrgRegistered",
                "tenancy.RoleBookOpened",
                "tenancy.RolesChanged",
                "webhooks.*",
                "webhooks.CallAsked",
                "webhooks.SecretRotated",
                "webhooks.WebhookAdded",
                "webhooks.WebhookBookOpened",
                "webhooks.WebhookChanged",
                "webhooks.WebhookDisabled",
                "webhooks.WebhookRemoved",
            ]
        ],
        idempotency_key: str | None = None,
    ) -> NewWebhook:
        """Tell an address of events from now on."""
        return await self._send(
            Call[NewWebhook](
                method="POST",
                path="/v1/webhooks",
                result=NewWebhook,
                query={},
                body={"url": to_json(url), "events": to_json(events)},
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_webhook(self, webhook: str) -> Webhook:
        """One webhook."""
        return await self._send(
            Call[Webhook](
                method="GET",
                path=path("/v1/webhooks/{webhook}", webhook=webhook),
                result=Webhook,
                query={},
            )
        )

    async def change_webhook(
        self,
        webhook: str,
        *,
        url: str,
        events: Sequence[
            Literal[
                "*",
                "audit.PersonErased",
                "credits.*",
                "credits.AlertRaised",
                "credits.AllowanceOpened",
                "credits.AllowanceSet",
                "credits.AllowancesGranted",
                "credits.CapBookOpened",
                "credits.CapsSet",
                "credits.CreditLineSet",
                "credits.CreditReversed",
                "credits.CreditsAdjusted",
                "credits.CreditsConverted",
                "credits.CreditsDeposited",
                "credits.CreditsGranted",
                "credits.CreditsPutBack",
                "credits.CreditsReceived",
                "credits.CreditsRefunded",
                "credits.CreditsRestored",
                "credits.CreditsSent",
                "credits.CreditsSetAside",
                "credits.CreditsTakenBack",
                "credits.CreditsTookEffect",
                "credits.CreditsUnlocked",
                "credits.CreditsWithdrawn",
                "credits.DebtInvoiced",
                "credits.DebtRestored",
                "credits.HoldCaptured",
                "credits.HoldExpired",
                "credits.HoldExtended",
                "credits.HoldPlaced",
                "credits.HoldReleased",
                "credits.LapsedHoldCaptured",
                "credits.LotsExpired",
                "credits.MoneyConverted",
                "credits.RechargeLevelSet",
                "credits.UsageRecorded",
                "credits.UsageReversed",
                "credits.WalletOpened",
                "credits.WalletResumed",
                "credits.WalletSuspended",
                "invoices.*",
                "invoices.CreditNoteIssued",
                "invoices.DocumentKept",
                "invoices.DocumentSendAsked",
                "invoices.DraftChanged",
                "invoices.InvoiceDrafted",
                "invoices.InvoiceIssued",
                "invoices.InvoicePaid",
                "invoices.InvoiceSent",
                "invoices.InvoiceSettingsSet",
                "invoices.InvoiceVoided",
                "invoices.InvoiceWrittenOff",
                "invoices.NumberBookOpened",
                "invoices.NumberTaken",
                "invoices.PayerDetailsOpened",
                "invoices.PayerDetailsSet",
                "invoices.PaymentApplied",
                "invoices.SettingsBookOpened",
                "invoices.TaxBookOpened",
                "invoices.TaxRatesPublished",
                "privacy.*",
                "purchases.*",
                "purchases.AccountFeeRecorded",
                "purchases.BuyerOpened",
                "purchases.CheckoutOpened",
                "purchases.DisputeEvidenceSent",
                "purchases.DisputeEvidenceTaken",
                "purchases.DisputeLost",
                "purchases.DisputeOpened",
                "purchases.DisputeWon",
                "purchases.NoticeKept",
                "purchases.OfferBookOpened",
                "purchases.OffersPublished",
                "purchases.PayoutRecorded",
                "purchases.PolicyOpened",
                "purchases.PolicySet",
                "purchases.ProcessingFeeRecorded",
                "purchases.ProviderAccountOpened",
                "purchases.PurchaseCounted",
                "purchases.PurchaseExpired",
                "purchases.PurchaseFailed",
                "purchases.PurchaseFlagged",
                "purchases.PurchasePaid",
                "purchases.PurchaseStarted",
                "purchases.RechargeDeclined",
                "purchases.RechargeLimitReached",
                "purchases.RechargeOpened",
                "purchases.RechargePaid",
                "purchases.RechargeRuleRemoved",
                "purchases.RechargeRuleSet",
                "purchases.RechargeStopped",
                "purchases.RechargeTriggered",
                "purchases.RechargeWaitOver",
                "purchases.RefundFailed",
                "purchases.RefundFound",
                "purchases.RefundPaid",
                "purchases.RefundRequested",
                "purchases.ReviewClosed",
                "rating.*",
                "rating.RateCardOpened",
                "rating.RateCardPublished",
                "rating.RateCardVersionWithdrawn",
                "subscriptions.*",
                "subscriptions.CancellationScheduled",
                "subscriptions.CancellationWithdrawn",
                "subscriptions.ChangePaid",
                "subscriptions.ChargeAsked",
                "subscriptions.CouponApplied",
                "subscriptions.CouponBookOpened",
                "subscriptions.CouponPublished",
                "subscriptions.CouponRedeemed",
                "subscriptions.CouponReturned",
                "subscriptions.HalfOfLimitReached",
                "subscriptions.InterimOver",
                "subscriptions.InterimReached",
                "subscriptions.MethodChanged",
                "subscriptions.MirrorRead",
                "subscriptions.OverageDrafted",
                "subscriptions.OverageLeft",
                "subscriptions.OveragePaid",
                "subscriptions.PauseScheduled",
                "subscriptions.PaymentDue",
                "subscriptions.PaymentFailed",
                "subscriptions.PeriodOpened",
                "subscriptions.PeriodPaid",
                "subscriptions.PlanBookOpened",
                "subscriptions.PlanChangeScheduled",
                "subscriptions.PlanChanged",
                "subscriptions.PlanPublished",
                "subscriptions.PolicyOpened",
                "subscriptions.PolicySet",
                "subscriptions.RedemptionGivenBack",
                "subscriptions.ReminderDue",
                "subscriptions.ReminderSent",
                "subscriptions.SubscriberOpened",
                "subscriptions.SubscriptionEnded",
                "subscriptions.SubscriptionPaused",
                "subscriptions.SubscriptionStarted",
                "subscriptions.TrialEndAnnounced",
                "subscriptions.TrialEnded",
                "subscriptions.WentPastDue",
                "tenancy.*",
                "tenancy.ApiKeyIssued",
                "tenancy.ApiKeyRevoked",
                "tenancy.ApiKeyRotated",
                "tenancy.BillingModeChanged",
                "tenancy.OrgMoved",
                "tenancy.OrgOpened",
                "tenancy.OrgRegistered",
                "tenancy.RoleBookOpened",
                "tenancy.RolesChanged",
                "webhooks.*",
                "webhooks.CallAsked",
                "webhooks.SecretRotated",
                "webhooks.WebhookAdded",
                "webhooks.WebhookBookOpened",
                "webhooks.WebhookChanged",
                "webhooks.WebhookDisabled",
                "webhooks.WebhookRemoved",
            ]
        ],
        enabled: bool | None = None,
        idempotency_key: str | None = None,
    ) -> ChangedWebhook:
        """Give a webhook another address or other events, stop telling it, or begin again: of what
        was recorded while it was disabled it is told only where it is asked for.
        """
        return await self._send(
            Call[ChangedWebhook](
                method="PUT",
                path=path("/v1/webhooks/{webhook}", webhook=webhook),
                result=ChangedWebhook,
                query={},
                body={"url": to_json(url), "events": to_json(events), **sent_json(enabled=enabled)},
                key=idempotency_key or new_id(),
            )
        )

    async def remove_webhook(
        self, webhook: str, *, idempotency_key: str | None = None
    ) -> RemovedWebhook:
        """Tell a webhook nothing any more, also not what waits for it."""
        return await self._send(
            Call[RemovedWebhook](
                method="DELETE",
                path=path("/v1/webhooks/{webhook}", webhook=webhook),
                result=RemovedWebhook,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def rotate_webhook_secret(
        self, webhook: str, *, overlap: int | None = None, idempotency_key: str | None = None
    ) -> RotatedSecret:
        """Sign with a new secret; with the old one, too, for a while: its receiver can change
        over.
        """
        return await self._send(
            Call[RotatedSecret](
                method="POST",
                path=path("/v1/webhooks/{webhook}/secret", webhook=webhook),
                result=RotatedSecret,
                query={},
                body=sent_json(overlap=overlap),
                key=idempotency_key or new_id(),
            )
        )

    def webhook_calls(
        self,
        webhook: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[WebhookCall]:
        """The calls to a webhook, those of the newest events first."""
        return self._pages(
            Call[Page[WebhookCall]](
                method="GET",
                path=path("/v1/webhooks/{webhook}/calls", webhook=webhook),
                result=Page[WebhookCall],
                query=sent(state=state, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def webhook_calls_page(
        self,
        webhook: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[WebhookCall]:
        """The calls to a webhook, those of the newest events first."""
        return await self._send(
            Call[Page[WebhookCall]](
                method="GET",
                path=path("/v1/webhooks/{webhook}/calls", webhook=webhook),
                result=Page[WebhookCall],
                query=sent(state=state, cursor=cursor, limit=limit),
            )
        )

    async def call_webhook_again(
        self, webhook: str, *, sequence: int, idempotency_key: str | None = None
    ) -> AskedCall:
        """Tell a webhook of an event once more, under the same id, whatever became of it before."""
        return await self._send(
            Call[AskedCall](
                method="POST",
                path=path("/v1/webhooks/{webhook}/calls", webhook=webhook),
                result=AskedCall,
                query={},
                body={"sequence": to_json(sequence)},
                key=idempotency_key or new_id(),
            )
        )
