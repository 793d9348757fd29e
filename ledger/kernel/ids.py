"""The forms of ids and texts, and the names of streams."""

import re

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import TEXT_MAX

PLATFORM = "platform"
"""The org that holds what belongs to nobody else: orgs, operator keys, the default rate card."""

POOL = "@pool"
"""The owner of an org's shared wallet."""

USER_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}"
ORG_PATTERN = r"[a-z0-9][a-z0-9-]{0,62}"
METER_PATTERN = r"[a-z][a-z0-9_]{0,63}"
NAME_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
SKU_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
ORDER_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}"
_USER = re.compile(USER_PATTERN)
_ORG = re.compile(ORG_PATTERN)
_METER = re.compile(METER_PATTERN)
_NAME = re.compile(NAME_PATTERN)
_SKU = re.compile(SKU_PATTERN)
_ORDER = re.compile(ORDER_PATTERN)

UNSEEN = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""What a clean text has none of: controls, line and paragraph separators, lone surrogates, and all
that Unicode calls default ignorable (zero-width and bidirectional characters among it). A text with
one looks like another, or turns around what stands beside it."""

_UNSEEN = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSEEN) + "]")


def check_user(value: object, field: str = "user") -> str:
    """Return a user id, or `@pool`."""
    if value == POOL or (isinstance(value, str) and _USER.fullmatch(value)):
        return str(value)
    raise Invalid(
        f"{field} must be 1 to 255 of the characters A-Z a-z 0-9 . _ : / @ - and begin with a "
        "letter or a digit; @pool is the org's shared wallet.",
        field=field,
    )


def check_org(value: object, field: str = "id") -> str:
    """Return an org id."""
    if isinstance(value, str) and _ORG.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 63 of the characters a-z 0-9 - and begin with a letter or a digit.",
        field=field,
    )


def check_meter(value: object, field: str) -> str:
    """Return the name of something counted, such as `input_tokens`."""
    if isinstance(value, str) and _METER.fullmatch(value):
        return value
    raise Invalid(
        f"{field} names a meter that is not 1 to 64 of the characters a-z 0-9 _ "
        "beginning with a letter.",
        field=field,
    )


def check_name(value: object, field: str) -> str:
    """Return what something of an org is called in links and by programs."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 63 of the characters a-z 0-9 _ - and begin with a letter or a "
        "digit.",
        field=field,
    )


def check_sku(value: object, field: str = "sku") -> str:
    """Return a stock-keeping unit: what one variant of something for sale is known by."""
    if isinstance(value, str) and _SKU.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 64 of the characters A-Z a-z 0-9 . _ - and begin with a letter or a "
        "digit.",
        field=field,
    )


def check_order(value: object, field: str = "order") -> str:
    """Return the id of an order, ours or a shop's own."""
    if isinstance(value, str) and _ORDER.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 128 of the characters A-Z a-z 0-9 . _ : - and begin with a letter "
        "or a digit.",
        field=field,
    )


def check_text(value: object, field: str, longest: int = TEXT_MAX) -> str:
    """Return a clean text of 1 to `longest` characters: every one of them can be seen."""
    if not isinstance(value, str) or not value:
        raise Invalid(f"{field} must be a text of at least one character.", field=field)
    if len(value) > longest:
        raise Invalid(f"{field} must have at most {longest} characters.", field=field)
    if not (value.isascii() and value.isprintable()) and (unseen := _UNSEEN.search(value)):
        raise Invalid(
            f"{field} must not hold U+{ord(unseen[0]):04X}: no control, bidirectional or invisible "
            "characters, and no lone surrogates.",
            field=field,
        )
    return value


def clean_text(text: str) -> str | None:
    """Return a text that came from outside, if it is one that can be kept and printed."""
    try:
        return check_text(text, "text")
    except Invalid:
        return None


def stream_id(org: str, *parts: str) -> str:
    """Return the id of an aggregate: its org, then its name within the org."""
    return "/".join((org, *parts))


def split_stream_id(aggregate_id: str) -> tuple[str, str]:
    """Return the org of an aggregate and its stream within the org."""
    org, _, stream = aggregate_id.partition("/")
    return org, stream


def name_of(aggregate_id: str) -> str:
    """Return how an aggregate is called in its org, after what kind it is."""
    return split_stream_id(aggregate_id)[1].partition("/")[2]


WALLETS = "wallet/"
"""How the stream of every wallet begins, within its org."""


def wallet_id(org: str, owner: str, asset: str) -> str:
    """Return the stream of one wallet; the owner is last, as it may hold slashes."""
    return f"{org}/{WALLETS}{asset}/{owner}"


def wallet_names(aggregate_id: str) -> tuple[str, str]:
    """Return the owner and the asset of the wallet with that stream."""
    _, _, asset, owner = aggregate_id.split("/", 3)
    return owner, asset
