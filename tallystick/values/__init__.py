"""Values that calls take and give.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from tallystick.values.api_keys import ApiKey, IssuedApiKey, RevokedApiKey, RotatedApiKey
from tallystick.values.audit import (
    Actor,
    Checkpoint,
    Consistency,
    Erasure,
    Event,
    Inclusion,
    Origin,
    Refusal,
    WalletName,
)
from tallystick.values.balance import Balance, Balances, Lot
from tallystick.values.caps import Alert, Cap, CapRead, CapScope, CapSetting, CapsSet, Counter
from tallystick.values.corrections import Suspension
from tallystick.values.credits import Allowance, AllowanceSet, Paid
from tallystick.values.holds import Capture, Hold
from tallystick.values.orgs import MovedOrg, Org
from tallystick.values.rate_cards import (
    Hours,
    HoursSetting,
    Name,
    NameSetting,
    Planned,
    Price,
    PriceSetting,
    ProviderName,
    ProviderNameSetting,
    Quote,
    ScheduledVersion,
    Tier,
    TierSetting,
    Version,
    Versions,
)
from tallystick.values.roles import RemovedRole, Role
from tallystick.values.service import Ready, Status
from tallystick.values.transactions import Side, Statement
from tallystick.values.transfers import Conversion
from tallystick.values.usage import (
    Batch,
    Item,
    Rate,
    Slice,
    Transaction,
    Usage,
    UsageLine,
    UsageReport,
    UsageSums,
)
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

__all__ = [
    "Actor",
    "Alert",
    "Allowance",
    "AllowanceSet",
    "ApiKey",
    "AskedCall",
    "Balance",
    "Balances",
    "Batch",
    "Cap",
    "CapRead",
    "CapScope",
    "CapSetting",
    "CapsSet",
    "Capture",
    "ChangedWebhook",
    "Checkpoint",
    "Consistency",
    "Conversion",
    "Counter",
    "Erasure",
    "Event",
    "Hold",
    "Hours",
    "HoursSetting",
    "Inclusion",
    "IssuedApiKey",
    "Item",
    "Lot",
    "MovedOrg",
    "Name",
    "NameSetting",
    "NewWebhook",
    "Org",
    "Origin",
    "Paid",
    "Planned",
    "Price",
    "PriceSetting",
    "ProviderName",
    "ProviderNameSetting",
    "Quote",
    "Rate",
    "Ready",
    "Refusal",
    "RemovedRole",
    "RemovedWebhook",
    "RevokedApiKey",
    "Role",
    "RotatedApiKey",
    "RotatedSecret",
    "ScheduledVersion",
    "Side",
    "Slice",
    "Statement",
    "Status",
    "Suspension",
    "Tier",
    "TierSetting",
    "Transaction",
    "Usage",
    "UsageLine",
    "UsageReport",
    "UsageSums",
    "Version",
    "Versions",
    "WalletName",
    "Webhook",
    "WebhookCall",
    "Webhooks",
]
