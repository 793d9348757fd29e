"""The gift card code: what who holds a card types in, and the digest that is all we keep of it.

Of 30 letters and digits that are not taken for each other, the last checks the others by ISO/IEC
7064 (MOD 31,30): one that is mistyped is told apart from one that is not there. 19 drawn ones are
93 bits, so a digest without a secret key cannot be guessed; with the org in it, what one org's
digests give away says nothing of another's.
"""

from __future__ import annotations

import hashlib

from stdnum.iso7064 import mod_37_36

from ledger.kernel.canonical import base64url
from ledger.kernel.errors import Invalid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 19
LENGTH = DRAWN + 1
GROUP = 4
RANDOM_BYTES = 24
"""So many that no letter is drawn more often than another by a share that could be noticed."""

CODE_PATTERN = rf"([{ALPHABET}]{{{GROUP}}}-){{{LENGTH // GROUP - 1}}}[{ALPHABET}]{{{GROUP}}}"
_DOMAIN_TAG = b"tallystick gift card v1\n"
_WRITTEN_MAX = 64
"""Characters that are read of what was typed, with spaces and hyphens."""

_LEFT_OUT = str.maketrans("", "", " -")


def code_of(random: bytes) -> str:
    """Return the code made from `RANDOM_BYTES` random bytes, in groups."""
    rest, drawn = int.from_bytes(random), ""
    for _ in range(DRAWN):
        rest, place = divmod(rest, len(ALPHABET))
        drawn += ALPHABET[place]
    code = drawn + mod_37_36.calc_check_digit(drawn, ALPHABET)
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def check_code(value: object, field: str = "code") -> str:
    """Return a code without its hyphens, in capital letters, however it was typed. Raises Invalid,
    which does not repeat it."""
    if isinstance(value, str) and len(value) <= _WRITTEN_MAX:
        code = value.translate(_LEFT_OUT).upper()
        if len(code) == LENGTH and mod_37_36.is_valid(code, ALPHABET):
            return code
    raise Invalid(
        f"{field} is not the code of a gift card: it has {LENGTH} letters and digits, none of them "
        "0, 1, I, L, O or U, and the last checks the others. Look whether it is typed as it is "
        "written.",
        field=field,
    )


def digest_of(org: str, code: str) -> str:
    """Return what is kept of an org's code, as `check_code` returns it."""
    return base64url(hashlib.sha256(_DOMAIN_TAG + org.encode() + b"\n" + code.encode()).digest())
