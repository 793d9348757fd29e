"""The outside: who is called, who witnesses, and whose prices are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from adapters.nats.address import NatsAddress
from adapters.nats.facts import BusFacts
from adapters.postgres.witnesses import PostgresWitnesses as DeliveryStore
from api.container.documents import reminders
from api.container.store import clock_us
from api.effects.credits.cap_alerts import CapAlerts
from api.effects.effect import Effect
from api.effects.invoices.kept_documents import InvoiceDesk, KeptDocuments
from api.effects.invoices.mailed_documents import MailedDocuments
from api.effects.invoices.month_statements import KeptStatements, MailedStatements
from api.effects.invoices.refunds import InvoiceRefunds
from api.effects.ordering.captures import OrderCaptures, OrderVoids
from api.effects.ordering.evidence import OrderEvidence
from api.effects.ordering.missed import MissedOrders
from api.effects.ordering.payments import OrderCharges, OrderPages
from api.effects.ordering.refunds import OrderRefunds
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.proof.witness_alerts import WitnessAlerts
from api.effects.purchases.alarms import PurchaseAlarms
from api.effects.purchases.charges import Charges
from api.effects.purchases.checkouts import Checkouts
from api.effects.purchases.evidence import DisputeEvidence
from api.effects.purchases.missed import MissedNotices, MissedPurchases
from api.effects.purchases.notices import Notices
from api.effects.purchases.refunds import Refunds
from api.effects.purchases.stripe_purchases import StripePurchases
from api.effects.subscriptions.charges import SubscriptionCharges
from api.effects.subscriptions.overage import DraftedOverage
from api.effects.subscriptions.reminders import SentReminders
from api.effects.webhooks.event_calls import EventCalls
from api.http.limits.counters import Counters
from api.inbound.notices import NoticeInbox
from api.issuers import Issuer
from api.settings import SettingRefused, Settings, WebhookCalls
from ledger.invoices.ports import Activities, Mail
from ledger.kernel.inbox import Inbox
from ledger.kernel.outside import Receiver
from ledger.ordering.ports import OrderFiles
from ledger.proof.witnesses import Witness
from ledger.purchases.ports import PurchaseFiles
from ledger.rating.listed import PriceList
from ledger.subscriptions.ports import SubscriptionStates
from ledger.subscriptions.provider import SubscriptionProviders
from ledger.tenancy.ports import KeySource
from ledger.webhooks.ports import ReceiverAt, Webhooks


def witness_at(url: str) -> Witness:
    """Return the witness at a URL or in a folder. Raises UnknownWitness."""
    from adapters.witnesses import witness_at as at  # noqa: PLC0415  # only the sealer needs it

    return at(url)


def price_list(day: date) -> PriceList:
    """Return the public price list as it stands on a day."""
    from adapters.genai_prices import read  # noqa: PLC0415  # slow to load, and only one needs it

    return read(day)


def alert_receiver(settings: Settings) -> Receiver | None:
    """Return who is told of alerts, if anybody."""
    from adapters.webhook import Webhook  # noqa: PLC0415  # only the process that calls needs it

    if settings.alerts_url is None:
        return None
    secrets = [settings.alerts_secret] if settings.alerts_secret is not None else []
    return Webhook(settings.alerts_url, secrets, clock_us)


def issuer_keys(issuer: Issuer) -> KeySource:
    """Return where the keys of an issuer are."""
    from adapters.oidc_keys import OidcKeys  # noqa: PLC0415  # only who names issuers needs it

    return OidcKeys(issuer.issuer, issuer.jwks_url)


def limit_store(url: str) -> Counters:
    """Return the store at a URL where services count together. Raises SettingRefused."""
    try:
        from adapters.limit_store import LimitStore  # noqa: PLC0415  # an extra
    except ImportError:
        raise SettingRefused(
            "TALLY_LIMITS_URL needs the extra shared-limits: pip install "
            "'tallystick[shared-limits]'."
        ) from None
    try:
        return LimitStore(url)
    except ValueError as error:
        raise SettingRefused(f"TALLY_LIMITS_URL: {error}.") from None


def receiver_at(settings: Settings) -> ReceiverAt | None:
    """Return what calls the webhooks of orgs, if they are called."""
    from adapters.public_network import PublicOnly  # noqa: PLC0415  # as above
    from adapters.webhook import GONE, Webhook  # noqa: PLC0415

    if settings.webhooks is WebhookCalls.OFF:
        return None

    def at(url: str, secrets: Sequence[bytes]) -> Receiver:
        private = settings.webhooks is WebhookCalls.PRIVATE
        transport = None if private else PublicOnly()
        return Webhook(url, secrets, clock_us, never=GONE, transport=transport)

    return at


async def require_public(url: str) -> None:
    """Refuse a URL whose name leads to a machine that is not public."""
    from adapters.public_network import require_public as require  # noqa: PLC0415  # as above

    await require(url)


def payment_effects(
    purchases: StripePurchases,
    subscribed: SubscriptionProviders,
    inbox: NoticeInbox,
    files: PurchaseFiles,
    orders: StripeOrders,
    order_files: OrderFiles,
) -> list[Effect]:
    """Return what is asked of a provider of payments, and what is done with what it tells."""
    return [
        Checkouts(purchases),
        Charges(purchases),
        SubscriptionCharges(purchases),
        DraftedOverage(purchases, subscribed),
        Refunds(purchases),
        InvoiceRefunds(purchases),
        DisputeEvidence(purchases, files),
        Notices(purchases, subscribed),
        MissedPurchases(purchases),
        MissedNotices(purchases, inbox),
        OrderPages(orders),
        OrderCharges(orders),
        OrderRefunds(orders),
        OrderCaptures(orders),
        OrderVoids(orders),
        OrderEvidence(orders, order_files),
        MissedOrders(orders),
    ]


FACT_EFFECTS = (
    PurchaseAlarms,
    CapAlerts,
    EventCalls,
    Checkouts,
    Charges,
    SubscriptionCharges,
    DraftedOverage,
    Refunds,
    InvoiceRefunds,
    DisputeEvidence,
    OrderPages,
    OrderCharges,
    OrderRefunds,
    OrderCaptures,
    OrderVoids,
    OrderEvidence,
    KeptDocuments,
    MailedDocuments,
    KeptStatements,
    MailedStatements,
    SentReminders,
)
"""Those that follow the events."""


def invoice_effects(
    desk: InvoiceDesk, activities: Activities, mail: Mail, states: SubscriptionStates
) -> list[Effect]:
    """Return what makes, keeps and sends documents, and reminds of what they ask for."""
    return [
        KeptDocuments(desk, activities),
        MailedDocuments(desk, mail, clock_us),
        KeptStatements(desk, activities),
        MailedStatements(desk, mail, clock_us),
        SentReminders(desk, states, reminders, mail, clock_us),
    ]


def effects(
    receiver: Receiver | None,
    witnesses: DeliveryStore,
    webhooks: Webhooks,
    receiver_at: ReceiverAt | None,
) -> list[Effect]:
    """Return everything that calls the outside, where somebody may be called, and what raises
    alarms."""
    made: list[Effect] = [PurchaseAlarms(clock_us)]
    if receiver_at is not None:
        made.append(EventCalls(webhooks, receiver_at, clock_us))
    if receiver is not None:
        made += [
            CapAlerts(receiver, clock_us),
            WitnessAlerts(receiver, clock_us, witnesses.all_waiting),
        ]
    return made


def usage_inbox(address: NatsAddress | None) -> Inbox | None:
    """Return where gateways leave usage, if there is such a place."""
    if address is None:
        return None
    from adapters.nats.usage import NatsUsage  # noqa: PLC0415  # only who serves needs it
    from api.http.json_body import BODY_MAX  # noqa: PLC0415  # the same

    return NatsUsage(address, BODY_MAX)


def examine_nats(address: NatsAddress) -> BusFacts:
    """Return what a server of NATS says of itself. Raises Unavailable, or a FeedBroken."""
    from adapters.nats.examination import examine_nats as examined  # noqa: PLC0415  # slow to load

    return examined(address)
