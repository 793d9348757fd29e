"""Card behaviour: what becomes of payments by the documented test numbers
(docs.stripe.com/testing)."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Authentication(Enum):
    """When the bank wants its customer to confirm a payment."""

    NEVER = auto()
    UNLESS_SET_UP = auto()
    ALWAYS = auto()


class Refunding(Enum):
    """What becomes of a refund."""

    AT_ONCE = auto()
    LATER = auto()
    FAILS_LATER = auto()


class Behaviour(NamedTuple):
    """What a bank does about a number."""

    brand: str = "visa"
    decline: str | None = None
    can_be_saved: bool = True
    """Whether it is declined when it is saved, too, or only when it is charged."""
    authentication: Authentication = Authentication.NEVER
    dispute: str | None = None
    """For what reason its holder disputes a payment."""
    refunding: Refunding = Refunding.AT_ONCE


BY_NUMBER = {
    "4242424242424242": Behaviour(),
    "5555555555554444": Behaviour(brand="mastercard"),
    "378282246310005": Behaviour(brand="amex"),
    "4000000000000002": Behaviour(decline="generic_decline", can_be_saved=False),
    "4000000000009995": Behaviour(decline="insufficient_funds", can_be_saved=False),
    "4000000000009987": Behaviour(decline="lost_card", can_be_saved=False),
    "4000000000009979": Behaviour(decline="stolen_card", can_be_saved=False),
    "4000000000000069": Behaviour(decline="expired_card", can_be_saved=False),
    "4000000000000127": Behaviour(decline="incorrect_cvc", can_be_saved=False),
    "4000000000000119": Behaviour(decline="processing_error", can_be_saved=False),
    "4000000000000341": Behaviour(decline="generic_decline"),
    "4000002500003155": Behaviour(authentication=Authentication.UNLESS_SET_UP),
    "4000002760003184": Behaviour(authentication=Authentication.ALWAYS),
    "4000000000000259": Behaviour(dispute="fraudulent"),
    "4000000000002685": Behaviour(dispute="product_not_received"),
    "4000000000007726": Behaviour(refunding=Refunding.LATER),
    "4000000000005126": Behaviour(refunding=Refunding.FAILS_LATER),
}

BY_TOKEN = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}
"""Names that stand for a payment method of a number."""

OWN_CODE = {"expired_card", "incorrect_cvc", "processing_error"}
"""Reasons that are error codes themselves; of all others the code is `card_declined`."""


def has_check_digit(number: str) -> bool:
    """Tell whether a number is one, by its last digit (ISO/IEC 7812-1, Luhn)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def error_code(decline: str) -> str:
    """Return the code of the error that says why a payment was declined."""
    return decline if decline in OWN_CODE else "card_declined"


def reason(decline: str) -> str:
    """Return what the buyer is told."""
    return {
        "insufficient_funds": "Your card has insufficient funds.",
        "expired_card": "Your card has expired.",
        "incorrect_cvc": "Your card's security code is incorrect.",
        "processing_error": "An error occurred while processing your card. Try again in a little "
        "bit.",
        "authentication_required": "Your card was declined. This transaction requires "
        "authentication.",
    }.get(decline, "Your card was declined.")
