"""The context of tenancy: orgs and their API keys."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.kernel.roles import ADMINS, OPERATORS, READERS
from ledger.tenancy.api_key import ApiKey
from ledger.tenancy.org import Org, OrgEntry

CONTEXT = Context(
    name="tenancy",
    aggregates=(Org, OrgEntry, ApiKey),
    tables=(Table("orgs", stream="org"), Table("api_keys", stream="api-key/{id}")),
    permissions={
        "orgs:read": READERS,
        "orgs:write": OPERATORS,
        "orgs:any": OPERATORS,
        "billing-mode:write": ADMINS,
        "api-keys:read": READERS,
        "api-keys:write": ADMINS,
    },
)
