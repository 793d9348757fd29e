"""Commands on customers, in a line each, and what is known of one then."""

from __future__ import annotations

from api.commands.customers.customers import AddAddress, ChangeAddress, RemoveAddress, SetProfile
from ledger.customers.customer import CUSTOMER_DETAILS
from ledger.customers.profile import PROFILE
from ledger.customers.saved_address import ADDRESS
from ledger.kernel.texts import blind
from tests.scenarios.commands import ACTOR, ORG, USER
from tests.scenarios.world import World

SALT = b"0123456789abcdef"


def address_name(number: int) -> str:
    """The id of an address."""
    return f"adr_{number:024x}"


def set_profile(name: str = "Ada", *, key: str = "profile", user: str = USER) -> SetProfile:
    """Who a user is."""
    text = blind(f'{{"name":"{name}"}}', PROFILE, user, SALT)
    return SetProfile(org=ORG, actor=ACTOR, key=key, sent={"user": user}, user=user, profile=text)


def add_address(
    number: int, *, default: bool = False, user: str = USER, key: str = ""
) -> AddAddress:
    """An address that is saved."""
    text = blind(f'{{"country":"DE","name":"{number}"}}', ADDRESS, user, SALT)
    return AddAddress(
        org=ORG,
        actor=ACTOR,
        key=key or f"address {number}",
        sent={"user": user, "default": default},
        user=user,
        address=address_name(number),
        text=text,
        is_default=default,
    )


def change_address(
    number: int, *, key: str, default: bool = False, user: str = USER
) -> ChangeAddress:
    """An address that says something else from now on."""
    text = blind(f'{{"country":"FR","name":"{number}"}}', ADDRESS, user, SALT)
    return ChangeAddress(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"user": user, "address": number, "default": default},
        user=user,
        address=address_name(number),
        text=text,
        is_default=default,
    )


def remove_address(number: int, *, key: str, user: str = USER) -> RemoveAddress:
    """An address that is removed."""
    sent: dict[str, object] = {"user": user, "address": number}
    return RemoveAddress(
        org=ORG, actor=ACTOR, key=key, sent=sent, user=user, address=address_name(number)
    )


def addresses(world: World, user: str = USER) -> tuple[list[int], int | None]:
    """The numbers of a user's addresses, and that of the default."""
    (row,) = world.event_store.kept_rows(CUSTOMER_DETAILS, [(ORG, user)])
    book = row["book"]
    numbers = [int(each["id"][4:], 16) for each in book.get("addresses", [])]
    default = book.get("default")
    return numbers, None if default is None else int(default[4:], 16)
