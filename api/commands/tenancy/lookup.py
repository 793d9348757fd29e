"""Lookup of orgs."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork, once_a_group
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import PLATFORM
from ledger.tenancy.org import Org, org_id


@once_a_group
def find_org(unit: UnitOfWork, org: str) -> Org:
    """Return an org's own decisions. Refused where there is no such org."""
    found = unit.get(Org, org_id(org))
    if found is None:
        raise NotFound(f"there is no org {org}.", field="X-Org")
    return found


def require_org(unit: UnitOfWork, org: str) -> None:
    """Refuse what is meant for an org that does not exist."""
    find_org(unit, org)


def require_org_or_platform(unit: UnitOfWork, org: str) -> None:
    """Refuse what is meant for an org that does not exist; the platform is there without a fact."""
    if org != PLATFORM:
        require_org(unit, org)
