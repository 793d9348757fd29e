"""What may be sent to a ledger, drawn so that keys, lots and moments often meet."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from api.commands.usage import Use
from ledger.kernel.canonical import fingerprint

from .model import MUse

KEYS = [f"k{n}" for n in range(30)]
OWNERS = ["ada", "bob", "@pool"]
MOMENTS = st.none() | st.integers(0, 120)
AMOUNTS = st.integers(1, 12) | st.sampled_from([1, 100, 10**9])


class Receive(NamedTuple):
    """A deposit or a grant; moments in microseconds since the machine began."""

    key: str
    owner: str
    kind: str
    amount: int
    starts: int | None
    ends: int | None
    priority: int


class Spend(NamedTuple):
    """A batch of uses."""

    uses: tuple[MUse, ...]
    atomic: bool


def use_of(use: MUse) -> Use:
    """A use as the service takes it."""
    return Use(
        id=use.id,
        fingerprint=fingerprint("usage", use._asdict()),
        user=use.owner,
        amount=use.amount,
        reject=use.reject,
    )


DEPOSITS = st.builds(
    Receive,
    key=st.sampled_from(KEYS),
    owner=st.sampled_from(OWNERS),
    kind=st.just("purchased"),
    amount=AMOUNTS,
    starts=st.none(),
    ends=st.none(),
    priority=st.just(50),
)
GRANTS = st.builds(
    Receive,
    key=st.sampled_from(KEYS),
    owner=st.sampled_from(OWNERS),
    kind=st.sampled_from(["included", "free", "promotional", "adjustment"]),
    amount=AMOUNTS,
    starts=MOMENTS,
    ends=MOMENTS,
    priority=st.sampled_from([50, 50, 50, 0, 49, 100]),
)
SPENDING = st.builds(
    MUse,
    id=st.sampled_from(KEYS) | st.uuids().map(str),
    owner=st.sampled_from(OWNERS),
    amount=AMOUNTS,
    reject=st.booleans(),
)
SPENDS = st.builds(
    Spend, uses=st.lists(SPENDING, min_size=1, max_size=5).map(tuple), atomic=st.booleans()
)
ACTIONS = st.one_of(SPENDS, SPENDS, DEPOSITS, GRANTS)
