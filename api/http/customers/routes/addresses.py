"""The addresses of whoever asks: saved, changed, removed; one of them is the default."""

from __future__ import annotations

from api.commands.customers.customers import AddAddress, ChangeAddress, RemoveAddress
from api.commands.result import CommandResult
from api.http.answers import Created, Ok
from api.http.auth.caller import ID_BYTES, Caller, IdempotencyKey
from api.http.customers.answers import (
    RemovedAddressAnswer,
    SavedAddressAnswer,
    SavedAddressesAnswer,
    address_answer,
    addresses_answer,
)
from api.http.customers.bodies import AddressAsked
from api.http.customers.own_user import own_user
from api.http.customers.permissions import CustomersReader, CustomersWriter
from api.http.ordering.bodies import postal_address
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.customers.customers import FoundAddress, details_of
from ledger.customers.checked_details import checked_address
from ledger.customers.customer_facts import CustomerAddressSet
from ledger.customers.saved_address import (
    ADDRESS,
    check_address_id,
    new_address_id,
    no_such_address,
)
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.texts import Text
from ledger.ordering.contact import PostalAddress

router = Router(prefix="/v1/me/addresses", tags=["customers"])


@router.get("")
async def own_addresses(caller: CustomersReader) -> Ok[SavedAddressesAnswer]:
    """The addresses that you have saved."""
    details = await details_of(caller.service.reader, caller.org, own_user(caller))
    return Ok(SavedAddressesAnswer(addresses_answer(details)))


@router.get("/{address_id}", openapi_extra=may_answer(NotFound))
async def own_address(caller: CustomersReader, address_id: str) -> Ok[SavedAddressAnswer]:
    """One of the addresses that you have saved."""
    return Ok(address_answer(await _found(caller, own_user(caller), check_address_id(address_id))))


@router.post("", openapi_extra=may_answer(Conflict))
async def save_address(
    caller: CustomersWriter, key: IdempotencyKey, body: AddressAsked
) -> Created[SavedAddressAnswer]:
    """Save an address. The first one is the default, until another is."""
    user, postal = own_user(caller), checked_address(postal_address(body))
    command = AddAddress(
        **caller.asks(key),
        sent=caller.says({"default": body.default}),  # the rest is erasable, compared by its digest
        user=user,
        address=new_address_id(caller.service.random(ID_BYTES)),
        text=_sealed(caller, postal, user),
        is_default=body.default,
    )
    result = await caller.service.writer.submit(command)
    return Created(await _saved(caller, user, postal, result), replayed=result.replayed)


@router.put("/{address_id}", openapi_extra=may_answer(NotFound))
async def change_address(
    caller: CustomersWriter, key: IdempotencyKey, address_id: str, body: AddressAsked
) -> Ok[SavedAddressAnswer]:
    """Have an address say something else, or be the default from now on."""
    user, postal = own_user(caller), checked_address(postal_address(body))
    command = ChangeAddress(
        **caller.asks(key),
        sent=caller.says({"address": address_id, "default": body.default}),
        user=user,
        address=check_address_id(address_id),
        text=_sealed(caller, postal, user),
        is_default=body.default,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _saved(caller, user, postal, result), replayed=result.replayed)


@router.delete("/{address_id}", openapi_extra=may_answer(NotFound))
async def remove_address(
    caller: CustomersWriter, key: IdempotencyKey, address_id: str
) -> Ok[RemovedAddressAnswer]:
    """Remove an address. Where it was the default, the first of the others is."""
    command = RemoveAddress(
        **caller.asks(key),
        sent=caller.says({"address": address_id}),
        user=own_user(caller),
        address=check_address_id(address_id),
    )
    result = await caller.service.writer.submit(command)
    return Ok(RemovedAddressAnswer(address_id, removed=True), replayed=result.replayed)


async def _saved(
    caller: Caller, user: str, postal: PostalAddress, result: CommandResult
) -> SavedAddressAnswer:
    """Return what was saved, and whether it is the default now."""
    fact = result.stored_fact.fact
    assert isinstance(fact, CustomerAddressSet)
    details = await details_of(caller.service.reader, caller.org, user)
    is_default = any(each.id == fact.address and each.is_default for each in details.addresses)
    address = None if result.erased else postal
    return address_answer(FoundAddress(fact.address, address, is_default))


async def _found(caller: Caller, user: str, address: str) -> FoundAddress:
    details = await details_of(caller.service.reader, caller.org, user)
    for each in details.addresses:
        if each.id == address:
            return each
    raise no_such_address()


def _sealed(caller: Caller, postal: PostalAddress, user: str) -> Text:
    return caller.seal(canonical(postal).decode(), ADDRESS, user)
