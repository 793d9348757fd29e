"""The context of tenancy: orgs, their API keys and their roles."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.kernel.roles import ROLES_STREAM
from ledger.tenancy.api_key import KEY_STREAM, ApiKey
from ledger.tenancy.inspection import PlacementInspection
from ledger.tenancy.org import ORG_STREAM, PLACEMENTS, Org, OrgEntry
from ledger.tenancy.role_book import RoleBook

CONTEXT = Context(
    name="tenancy",
    aggregates=(Org, OrgEntry, ApiKey, RoleBook),
    tables=(
        Table("orgs", stream=ORG_STREAM),
        Table(PLACEMENTS, key=("org", "tenant"), stream=f"{OrgEntry.STREAM}{{tenant}}"),
        Table("api_keys", key=("org", "id"), stream=f"{KEY_STREAM}/{{id}}"),
        Table("role_books", stream=ROLES_STREAM),
    ),
    checks=(PlacementInspection,),
    read_models=("ledger_events",),
)
