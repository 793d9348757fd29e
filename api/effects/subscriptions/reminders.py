"""Reminders: each step of a subscription that waits for money, what is paid by transfer, the end of
a trial, and half of the limit of overage, are told to its payer by mail, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from api.commands.command import Command
from api.commands.subscriptions.reminders import RecordReminder
from api.effects.effect import FactEffect, asking
from api.effects.invoices.kept_documents import ACTOR, InvoiceDesk
from api.effects.invoices.mailing import mailed
from ledger.invoices.invoice_base import Status
from ledger.invoices.payment_page import page_of
from ledger.invoices.ports import Mail, Mailbox
from ledger.invoices.settings import InvoiceSettings
from ledger.kernel.decoding import decoder
from ledger.ports import Clock, RecordedEvent
from ledger.registry import fact_of
from ledger.subscriptions.moments import Step, moments_of
from ledger.subscriptions.overage import overage_item
from ledger.subscriptions.overage_facts import HalfOfLimitReached
from ledger.subscriptions.plan import AfterTrial
from ledger.subscriptions.ports import Reminders, SubscriptionStates
from ledger.subscriptions.reminder import Reminder, SentReminder, Topic
from ledger.subscriptions.reminders import ReminderDue
from ledger.subscriptions.subscription_base import SubscriptionState
from ledger.subscriptions.subscription_facts import (
    PaymentFailed,
    SubscriptionEnded,
    TrialEndAnnounced,
    WentPastDue,
)
from projections.ports import Call


class Asked(msgspec.Struct, frozen=True):
    """A reminder that a fact asks for: of whom, when it was recorded, of which invoice, what is to
    come when, of how many microcredits of debt, and which reminder of that invoice it is."""

    topic: Topic
    user: str
    at_us: int
    invoice: str | None = None
    then_us: int | None = None
    debt: int = 0
    number: int | None = None


_asked = decoder(Asked)


class SentReminders(FactEffect):
    """Sends reminders."""

    name = "subscription-mail"
    types = (
        *(TrialEndAnnounced.TOPIC, PaymentFailed.TOPIC),
        *(WentPastDue.TOPIC, SubscriptionEnded.TOPIC, HalfOfLimitReached.TOPIC),
        ReminderDue.TOPIC,
    )

    def __init__(
        self,
        desk: InvoiceDesk,
        states: SubscriptionStates,
        reminders: Callable[[], Reminders],
        mail: Mail,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._states = states
        self._reminders = reminders
        self._mail = mail
        self._clock = clock

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        asked = _asked_by(event)
        return [] if asked is None else [asking(event, self.name, asked)]

    async def call(self, call: Call) -> Command[object] | None:
        """Send it, if it is still true and there is somebody to send it to, and return what records
        what became of it. Who runs a subscription elsewhere writes about it, too, but not of what
        is used here."""
        org, asked, of = call.name.org, _asked(call.content), int(call.name.key)
        state = await self._desk.look(lambda: self._states.of(org, asked.user))
        settings = await self._desk.settings(org)
        mailbox = await self._desk.mailbox(org, asked.user)
        if state is None or state.has_reminder(of):
            return None
        if state.mirrors is not None and asked.topic is not Topic.HALF_OF_LIMIT:
            return None
        if settings is None or mailbox is None:
            return None
        reminder = await self._reminder(org, asked, state, settings)
        if reminder is None:
            return None
        refused = await self._send(call, asked, reminder, mailbox)
        sent = SentReminder(
            asked=of,
            topic=asked.topic,
            at_us=self._clock(),
            address=mailbox.digest,
            invoice=asked.invoice,
            refused=refused,
        )
        return RecordReminder(org, ACTOR, asked.user, sent)

    async def _reminder(
        self, org: str, asked: Asked, state: SubscriptionState, settings: InvoiceSettings
    ) -> Reminder | None:
        """Return what is to be said; None: what it would say is over, is said by a later one, or is
        of what nobody expects any more."""
        known = await self._desk.payer(org, asked.user)
        language = (known and known.payer.language) or settings.language
        name = known.address.name if known and known.address else asked.user
        heading = Heading(language, settings.seller.name, settings.seller.email, name)
        if asked.topic is Topic.HALF_OF_LIMIT:
            return _of_limit(asked, state, heading)
        if asked.invoice is None:
            return _of_trial(asked, state, heading)
        invoice = await self._desk.state(org, asked.invoice)
        owed = state.owed.get(asked.invoice)
        if owed is None or invoice.issued is None or invoice.status is not Status.OPEN:
            return None
        if asked.number is not None and asked.number != owed.reminded:
            return None
        number, url = invoice.issued.number, settings.payment_url
        return Reminder(
            topic=asked.topic,
            **msgspec.structs.asdict(heading),
            plan=owed.holding.plan.plan.name,
            currency=invoice.draft.currency,
            amount=invoice.left,
            number=number,
            at_us=_then_us(asked, state),
            pay_url=url and page_of(url, invoice=asked.invoice, number=number, user=asked.user),
        )

    async def _send(
        self, call: Call, asked: Asked, reminder: Reminder, mailbox: Mailbox
    ) -> str | None:
        """Send it, and return why it was refused for good, if it was."""
        reminders = await asyncio.to_thread(self._reminders)
        letter = reminders.letter(reminder)
        return await mailed(
            self._mail,
            call,
            letter,
            mailbox,
            sender=reminder.email,
            sender_name=reminder.seller,
            at_us=asked.at_us,
        )


class Heading(msgspec.Struct, frozen=True):
    """What every reminder says: in which language, who writes, and to whom."""

    language: str
    seller: str
    email: str | None
    payer: str


def _asked_by(event: RecordedEvent) -> Asked | None:
    """Return what a fact asks for. What ends a try for good is told as what is past due."""
    match fact_of(event):
        case TrialEndAnnounced() as fact:
            return Asked(Topic.TRIAL_ENDS, fact.user, event.recorded_us, then_us=fact.ends_us)
        case PaymentFailed(is_owed=True, goes_past_due=False) as fact:
            return Asked(
                Topic.PAYMENT_FAILED, fact.user, event.recorded_us, fact.invoice, fact.retry_us
            )
        case ReminderDue() as fact:
            is_late = fact.due_us > fact.invoice_due_us
            return Asked(
                Topic.OVERDUE if is_late else Topic.DUE,
                fact.user,
                event.recorded_us,
                fact.invoice,
                fact.invoice_due_us,
                number=fact.number,
            )
        case WentPastDue() as fact:
            return Asked(Topic.PAST_DUE, fact.user, event.recorded_us, fact.invoice)
        case SubscriptionEnded() as fact if fact.invoice is not None:
            return Asked(Topic.ENDED, fact.user, event.recorded_us, fact.invoice)
        case HalfOfLimitReached() as fact:
            at_us = event.recorded_us
            return Asked(
                Topic.HALF_OF_LIMIT, fact.user, at_us, then_us=fact.ends_us, debt=fact.debt
            )
    return None


def _then_us(asked: Asked, state: SubscriptionState) -> int | None:
    """Return when it is tried again, or ends."""
    if asked.topic is not Topic.PAST_DUE:
        return asked.then_us
    ends = [
        each.us
        for each in moments_of(state)
        if each.step is Step.GIVE_UP and each.invoice == asked.invoice
    ]
    return min(ends, default=None)


def _of_limit(asked: Asked, state: SubscriptionState, heading: Heading) -> Reminder | None:
    holding = state.holding
    is_running = state.end_us == asked.then_us and state.is_half_used and not state.is_over
    if holding is None or not is_running:
        return None
    plan = holding.plan.plan
    item = overage_item(holding, state.period, asked.debt)
    return Reminder(
        topic=asked.topic,
        **msgspec.structs.asdict(heading),
        plan=plan.name,
        currency=plan.currency,
        amount=item.amount_in(plan.currency) if item else 0,
        at_us=asked.then_us,
    )


def _of_trial(asked: Asked, state: SubscriptionState, heading: Heading) -> Reminder | None:
    holding = state.next or state.holding
    is_running = state.end_us == asked.then_us and state.is_announced and not state.is_over
    if holding is None or state.is_canceled or not is_running:
        return None
    plan = holding.plan.plan
    is_paid = plan.after_trial is AfterTrial.PAYMENT and bool(plan.net_days or state.method)
    return Reminder(
        topic=asked.topic,
        **msgspec.structs.asdict(heading),
        plan=plan.name,
        currency=plan.currency,
        amount=holding.price if is_paid else 0,
        at_us=asked.then_us,
    )
