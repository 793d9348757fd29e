"""What may be sent to a ledger, drawn so that keys, lots, holds and moments often meet.

An action is drawn as a wish (`""` a fresh key, a number for one of what there is, moments from
now) and then settled into what is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.properties.model_org import Asked, MUse

OWNERS = ["ada", "bob", "@pool"]
AMOUNTS = st.integers(1, 12) | st.sampled_from([1, 5, 40])
INCOMES = st.integers(1, 12) | st.sampled_from([20, 100, 10**9])
SOON = st.integers(0, 60)
Origin = tuple[str, str]
"""The space and the key of what was answered."""


class Receive(NamedTuple):
    """A deposit or a grant."""

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


class Place(NamedTuple):
    key: str
    user: str
    asked: Asked
    lasts: int
    service: str | None


class Capture(NamedTuple):
    key: str
    hold: str
    use: MUse
    own_id: bool


class Release(NamedTuple):
    key: str
    hold: str


class Extend(NamedTuple):
    key: str
    hold: str
    lasts: int


class Transfer(NamedTuple):
    key: str
    giver: str
    receiver: str
    amount: int


class Reverse(NamedTuple):
    key: str
    original: Origin
    amount: int | None


class Adjust(NamedTuple):
    key: str
    owner: str
    amount: int


class Zap(NamedTuple):
    key: str
    owner: str


class Suspend(NamedTuple):
    key: str
    owner: str
    suspended: bool


class Limit(NamedTuple):
    """Caps to put in force: one of the lists the machine knows."""

    key: str
    which: int


class Again(NamedTuple):
    """One of the last actions, sent again."""

    which: int


Action = Any
"""One of the above but Again."""


@dataclass
class Past:
    """What was sent so far, and what later actions may mean by a number."""

    fresh: int = 0
    sent: list[Action] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    originals: list[Origin] = field(default_factory=list)

    def settle(self, wish: Any, now: int) -> Action:
        """What is sent when this is wished."""
        if isinstance(wish, Again):
            return _one(self.sent, wish.which) or Spend((self._use(MUse("", "ada", 1)),), False)
        changed: dict[str, Any] = {}
        if isinstance(wish, Spend):
            changed["uses"] = tuple(map(self._use, wish.uses))
        else:
            changed["key"] = wish.key or self._new("k")
        for name in {"starts", "ends"} & set(wish._fields):
            moment = getattr(wish, name)
            changed[name] = None if moment is None else now + moment
        if isinstance(wish, Capture | Release | Extend):
            changed["hold"] = _one(self.holds, int(wish.hold)) or "none"
        if isinstance(wish, Capture):
            use = self._use(wish.use)
            changed["use"] = use if wish.own_id else use._replace(id=changed["hold"])
        if isinstance(wish, Reverse):
            changed["original"] = _one(self.originals, int(wish.original[1])) or ("", "none")
        action = wish._replace(**changed)
        if isinstance(action, Place) and action.key not in self.holds:
            self.holds.append(action.key)
        self.sent.append(action)
        return action

    def _use(self, use: MUse) -> MUse:
        return use._replace(id=use.id or self._new("u"))

    def _new(self, letter: str) -> str:
        self.fresh += 1
        return f"{letter}{self.fresh}"


def _one(found: list[Any], which: int) -> Any:
    return found[-1 - which % min(len(found), 8)] if found else None


KEY = st.sampled_from([""] * 16 + ["k1", "k2", "u3"])
WHICH = st.integers(0, 7)
OWNER = st.sampled_from(OWNERS)
HOLD = WHICH.map(str)
ORIGINAL = WHICH.map(lambda which: ("", str(which)))

DEPOSITS = st.builds(
    Receive, KEY, OWNER, st.just("purchased"), INCOMES, st.none(), st.none(), st.just(50)
)
GRANTS = st.builds(
    Receive,
    KEY,
    OWNER,
    st.sampled_from(["included", "free", "promotional", "adjustment"]),
    INCOMES,
    st.none() | st.integers(-10, 40),
    st.none() | SOON,
    st.sampled_from([50, 50, 50, 0, 49, 100]),
)
FREE_LATER = st.builds(
    Receive, KEY, OWNER, st.just("free"), INCOMES, st.integers(1, 20), st.none(), st.just(50)
)
SERVICE = st.sampled_from([None, None, "chat", "search"])
UNITS = st.integers(0, 12)
ESTIMATES = st.tuples(st.integers(1, 12), UNITS, UNITS)
TOKENS = st.tuples(st.integers(0, 9), st.integers(0, 30))
METERED = st.tuples(UNITS, UNITS, UNITS)
NONE, THIS_MONTH = st.none(), st.just(False)
USE = st.one_of(
    st.builds(MUse, KEY, OWNER, AMOUNTS, NONE, st.booleans(), SERVICE, NONE, THIS_MONTH),
    st.builds(MUse, KEY, OWNER, NONE, TOKENS, st.booleans(), SERVICE, NONE, THIS_MONTH),
    st.builds(MUse, KEY, OWNER, NONE, NONE, st.booleans(), SERVICE, METERED, st.booleans()),
)
SPENDS = st.builds(Spend, st.lists(USE, min_size=1, max_size=4).map(tuple), st.booleans())
PLACES = st.builds(Place, KEY, OWNER, AMOUNTS | ESTIMATES, SOON, SERVICE)
WEIGHTS = (
    (3, SPENDS),
    (4, DEPOSITS),
    (4, GRANTS),
    (2, FREE_LATER),
    (5, PLACES),
    (5, st.builds(Capture, KEY, HOLD, USE, st.booleans())),
    (2, st.builds(Release, KEY, HOLD)),
    (1, st.builds(Extend, KEY, HOLD, SOON | st.just(7 * 86_400_000_000))),
    (3, st.builds(Reverse, KEY, ORIGINAL, st.none() | AMOUNTS)),
    (3, st.builds(Transfer, KEY, OWNER, OWNER, AMOUNTS)),
    (1, st.builds(Adjust, KEY, OWNER, INCOMES | AMOUNTS.map(int.__neg__))),
    (1, st.builds(Zap, KEY, OWNER)),
    (1, st.builds(Suspend, KEY, OWNER, st.sampled_from([True, False, False]))),
    (1, st.builds(Limit, KEY, WHICH)),
    (1, st.builds(Again, WHICH)),
)
_EACH = [strategy for weight, strategy in WEIGHTS for _ in range(weight)]
ACTIONS: st.SearchStrategy[Any] = st.integers(0, len(_EACH) - 1).flatmap(_EACH.__getitem__)
