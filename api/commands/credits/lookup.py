"""Lookup of wallets, of who pays, and of the caps in force."""

from __future__ import annotations

from collections.abc import Iterable

from api.commands.tenancy.lookup import find_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork, once_a_group
from ledger.credits.admission import check_active
from ledger.credits.cap_book import CAPS_STREAM, CapBook
from ledger.credits.caps import Cap
from ledger.credits.own_credit import OwnCredit
from ledger.credits.wallet import Wallet
from ledger.kernel.ids import POOL, stream_id, wallet_id
from ledger.kernel.money import CREDIT
from ledger.tenancy.org import BillingMode


def wallet_refs(org: str, owners: Iterable[str], asset: str = CREDIT) -> list[AggregateRef]:
    """Return the wallets of owners, to be fetched together."""
    return [(Wallet, wallet_id(org, owner, asset)) for owner in owners]


def find_wallet(unit: UnitOfWork, org: str, owner: str, asset: str = CREDIT) -> Wallet:
    """Return a wallet; one without history is opened, and recorded with its first transaction."""
    found = unit.get(Wallet, wallet_id(org, owner, asset))
    return Wallet.open(org, owner, asset, unit.now(org)) if found is None else found


def pool_pays(unit: UnitOfWork, org: str) -> bool:
    """Tell whether an org's members share the wallet of its pool."""
    return find_org(unit, org).billing_mode is BillingMode.SHARED


def payer_of(unit: UnitOfWork, org: str, user: str) -> str:
    """Return whose wallet pays for a member: the pool's in a shared org, else their own."""
    return POOL if pool_pays(unit, org) else user


def member_of(unit: UnitOfWork, org: str, user: str) -> Wallet | None:
    """Return a member's own wallet, if it was ever used."""
    return unit.get(Wallet, wallet_id(org, user, CREDIT))


def check_member(unit: UnitOfWork, org: str, user: str) -> None:
    """Refuse what a suspended member may not begin, also when the pool would pay."""
    member = member_of(unit, org, user)
    if member is not None:
        check_active(member)


def own_credit(unit: UnitOfWork, org: str, user: str) -> OwnCredit | None:
    """Return what a member of a shared org has of their own, if anything: it pays before the
    pool."""
    member = None if user == POOL else member_of(unit, org, user)
    if member is None or not member.funds.lots:
        return None
    return OwnCredit(member, unit.now(org))


@once_a_group
def find_cap_book(unit: UnitOfWork, org: str) -> CapBook | None:
    """Return the cap book of an org, if caps were ever set."""
    return unit.get(CapBook, stream_id(org, CAPS_STREAM))


def caps_of(unit: UnitOfWork, org: str) -> CapBook | None:
    """Return the cap book of an org, if it has any caps in force."""
    book = find_cap_book(unit, org)
    return book if book is not None and book.caps else None


def caps_at(unit: UnitOfWork, org: str, version: int) -> list[Cap]:
    """Return the caps that a version of an org's cap book has put in force; there is no version
    0."""
    if not version:
        return []
    book = find_cap_book(unit, org)
    assert book is not None
    return book.caps if book.caps_version == version else _earlier_caps(unit, (book.id, version))


@once_a_group
def _earlier_caps(unit: UnitOfWork, place: tuple[str, int]) -> list[Cap]:
    fact = unit.fact_of(*place)
    assert isinstance(fact, CapBook.CapsSet)
    return fact.caps
