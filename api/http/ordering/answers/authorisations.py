"""Answers about what banks keep for orders."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.queries.ordering.authorisations import FoundAuthorisation
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.ordering.authorisation import AuthorisationState


class AuthorisationAnswer(Answer):
    """What a bank keeps for an order until it is captured or let go: the `amount`, and how much of
    it the order still comes to. `expires_at`: until when, where the bank says it."""

    status: Annotated[str, one_of(AuthorisationState)]
    amount: Amount
    to_capture: Amount
    authorised_at: Time
    expires_at: Time | None


def authorisation_answer(
    found: FoundAuthorisation | None, currency: str
) -> AuthorisationAnswer | None:
    """Return what a bank keeps for an order as it is answered."""
    if found is None:
        return None
    is_to_come = found.state in (AuthorisationState.OPEN, AuthorisationState.CAPTURING)
    return AuthorisationAnswer(
        found.state,
        format_amount(found.amount, currency),
        format_amount(found.amount - found.less if is_to_come else 0, currency),
        format_time(found.authorised_us),
        time_or_null(found.expires_us),
    )
