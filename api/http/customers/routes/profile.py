"""The profile of whoever asks: who they are."""

from __future__ import annotations

from api.commands.customers.customers import SetProfile
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.customers.answers import ProfileAnswer, profile_answer
from api.http.customers.bodies import ProfileAsked
from api.http.customers.own_user import own_user
from api.http.customers.permissions import CustomersReader, CustomersWriter
from api.http.router import Router
from api.queries.customers.customers import details_of
from ledger.customers.checked_details import checked_profile
from ledger.customers.profile import PROFILE, Profile
from ledger.kernel.canonical import canonical

router = Router(prefix="/v1/me/profile", tags=["customers"])


@router.get("")
async def own_profile(caller: CustomersReader) -> Ok[ProfileAnswer]:
    """Who you are, as you have said it."""
    user = own_user(caller)
    details = await details_of(caller.service.reader, caller.org, user)
    return Ok(profile_answer(user, details.profile))


@router.put("")
async def set_own_profile(
    caller: CustomersWriter, key: IdempotencyKey, body: ProfileAsked
) -> Ok[ProfileAnswer]:
    """Say who you are, in place of what you said before."""
    user = own_user(caller)
    profile = checked_profile(Profile(name=body.name, email=body.email, phone=body.phone))
    content = canonical(profile).decode()
    command = SetProfile(
        **caller.asks(key),
        sent=caller.says({}),  # what it says is erasable: compared by its digest
        user=user,
        profile=caller.seal(content, PROFILE, user),
    )
    result = await caller.service.writer.submit(command)
    value = profile_answer(user, None if result.erased else profile)
    return Ok(value, replayed=result.replayed)
