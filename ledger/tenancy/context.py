"""The context of tenancy: orgs and their API keys."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.tenancy.api_key import KEY_STREAM, ApiKey
from ledger.tenancy.inspection import PlacementInspection
from ledger.tenancy.org import ORG_STREAM, PLACEMENTS, Org, OrgEntry

CONTEXT = Context(
    name="tenancy",
    aggregates=(Org, OrgEntry, ApiKey),
    tables=(
        Table("orgs", stream=ORG_STREAM),
        Table(PLACEMENTS, key=("org", "tenant"), stream=f"{OrgEntry.STREAM}{{tenant}}"),
        Table("api_keys", key=("org", "id"), stream=f"{KEY_STREAM}/{{id}}"),
    ),
    checks=(PlacementInspection,),
    read_models=("ledger_events",),
)
