"""The found card: a gift card by the digest of a code that somebody has typed. How often anybody
does is counted: whoever tries codes is slow at it."""

from __future__ import annotations

from api.http.auth.caller import Caller
from api.limits import GIFT_CARD_CODES, GIFT_CARD_LOOKUPS
from api.permissions import is_narrow
from api.queries.stored_value.gift_cards import FoundGiftCard, gift_card_by
from ledger.kernel.errors import NotFound


async def find_gift_card(caller: Caller, digest: str, field: str) -> FoundGiftCard:
    """Return the gift card with a code. Raises NotFound and RateLimited."""
    service = caller.service
    demands = [(GIFT_CARD_LOOKUPS, caller.org, "")]
    if is_narrow(caller.credential.permissions):
        demands.append((GIFT_CARD_CODES, caller.org, str(caller.credential.subject)))
    await service.limits.spend(demands)
    found = await gift_card_by(service.reader, caller.org, digest, service.clock())
    if found is None:
        raise NotFound("there is no gift card with that code.", field=field)
    return found
