"""Invariants of purchases: what must be true of them after whatever has happened.

Each says how often it was broken.
"""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TypeAlias

from tests.faults.purchases.reconciled import reconciled
from tests.faults.purchases.standing import Expected, Standing, bought_by, standings
from tests.faults.purchases.told import Told
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

PROCESSORS = ("Assets:Processor:Stripe", "Assets:Processor:Manual")
SHOWN = 5
PATIENCE_S, AGAIN_S = 60.0, 0.5

_STARTED = """
SELECT count(*), count(DISTINCT stream) FROM tally.events
 WHERE org = %s AND type = 'purchases.PurchaseStarted'
"""
_TRIGGERED = """
SELECT count(*) FROM tally.events WHERE org = %s AND type = 'purchases.RechargeTriggered'
"""
_LOTS = """
SELECT convert_from(body, 'UTF8')::jsonb ->> 'purchase', count(*) FROM tally.events
 WHERE org = %s AND type = 'credits.CreditsDeposited'
   AND convert_from(body, 'UTF8')::jsonb ->> 'purchase' IS NOT NULL
 GROUP BY 1 HAVING count(*) > 1
"""
_BALANCES = "SELECT owner, credits - debt, held FROM tally.balances WHERE org = %s"
_PARKED = """
SELECT key, error FROM tally.effects WHERE effect = 'notices' AND outcome = 'failed'
"""


@dataclass(frozen=True)
class Left:
    """What a campaign has left, and what its buyers were told."""

    world: World
    org: str
    book: SandboxBook
    told: Told

    @cached_property
    def standings(self) -> list[Standing]:
        """Every purchase."""
        return standings(self.world, self.org)

    @cached_property
    def expected(self) -> Expected:
        """What must have become of them."""
        return Expected(self.book, self.told)


Invariant: TypeAlias = Callable[[Left], int]


def wrong_answers(left: Left) -> int:
    """Return how many answers there may not be."""
    return said("wrong", left.told.wrong)


def not_begun_once(left: Left) -> int:
    """Return how many purchases there are too many or too few: one for each that a buyer was told
    of, and for each recharge."""
    ((started, distinct),) = left.world.ask(_STARTED, left.org)
    ((triggered,),) = left.world.ask(_TRIGGERED, left.org)
    found = {each.purchase for each in left.standings}
    unknown = [each for each in found - left.told.begun.keys() if not each.startswith("rc_")]
    wrong = abs(started - len(left.told.begun) - triggered) + abs(started - distinct)
    return int(wrong) + len(left.told.begun.keys() - found) + len(unknown)


def in_no_end(left: Left) -> int:
    """Return how many purchases stand otherwise than the sandbox says: each is in one end."""
    return said(
        "stands otherwise",
        [
            f"{each}, not {expected}"
            for each in left.standings
            if each.status != (expected := left.expected.status(each))
        ],
    )


def granted_otherwise(left: Left) -> int:
    """Return how many purchases buy other credits than their money, or came to a wallet twice."""
    otherwise = [each for each in left.standings if each.credits != bought_by(each.money)]
    return len(otherwise) + len(left.world.ask(_LOTS, left.org))


def wallets_otherwise(left: Left) -> int:
    """Return how many wallets have not what their money bought, less what was spent and went back
    with its money."""
    must = Counter(left.told.given)
    must.subtract(left.told.spent)
    for each in left.standings:
        must[each.user] += left.expected.credits(each)
    found = {owner: have for owner, have, _ in left.world.ask(_BALANCES, left.org)}
    held = [owner for owner, _, held in left.world.ask(_BALANCES, left.org) if held]
    wrong = [
        f"{user} has {found.get(user, 0):,}, not {must[user]:,}"
        for user in must.keys() | found.keys()
        if found.get(user, 0) != must[user]
    ]
    return said("wallet", wrong) + len(held)


def not_reconciled(left: Left) -> int:
    """Return how much the sandbox's own book and ours differ in, where nothing is on its way. Its
    fees are recorded then."""
    found = asyncio.run(reconciled(left.world))
    print(f"reconciled: {found.equal:,} equal, {found.on_their_way:,} on their way")
    return said("differs", list(map(str, found.differences))) + found.on_their_way


def money_otherwise(left: Left) -> int:
    """Return by how many cents the journal holds other money than the sandbox, which has kept its
    fees, and the bank."""
    fees = sum(each["fee"] for each in left.book.all("balance_transaction"))
    must = sum(map(left.expected.money, left.standings)) - fees
    rows = journal(left)
    found = sum(int(row["units"]) for row in rows if row["account"] in PROCESSORS)
    print(f"money: {must:,} cents at the providers, {found:,} in the journal")
    return int(abs(found - must))


def paid_elsewhere(left: Left) -> int:
    """Return how many purchases name another payment than the one that the sandbox has."""
    payments = [(each, left.expected.payment_of(each)) for each in left.standings]
    return sum(each.payment != paid["id"] for each, paid in payments if paid is not None)


def parked(left: Left) -> int:
    """Return how many notices nobody could place."""
    return said("parked", [f"{key}: {error}" for key, error in left.world.ask(_PARKED)])


def not_verified(left: Left) -> int:
    """Return whether `tally verify` finds anything."""
    with left.world.operator() as service:
        service.wait_until_sealed(left.org)
    return _ended_well(left.world.tally("verify"))


INVARIANTS: tuple[Invariant, ...] = (
    wrong_answers,
    not_begun_once,
    in_no_end,
    granted_otherwise,
    wallets_otherwise,
    not_reconciled,
    money_otherwise,
    paid_elsewhere,
    parked,
    not_verified,
)


def broken(left: Left) -> dict[str, int]:
    """Return the invariants that do not hold, and how often."""
    found = {each.__name__: each(left) for each in INVARIANTS}
    return {name: times for name, times in found.items() if times}


def journal(left: Left) -> list[dict[str, str]]:
    """Return the rows of an org's journal."""
    deadline = time.monotonic() + PATIENCE_S
    with left.world.operator() as service:
        while True:
            answer = service.client.get(
                f"{left.world.url}/v1/audit/journal",
                params={"format": "csv"},
                headers={"Authorization": f"Bearer {service.operator_key}", "X-Org": left.org},
            )
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                break
            time.sleep(AGAIN_S)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _ended_well(done: subprocess.CompletedProcess[str]) -> int:
    if done.returncode:
        print(done.stdout, done.stderr)
    return int(done.returncode != 0)


def said(what: str, found: list[str]) -> int:
    """Print some of what is wrong, and return how much it is."""
    for each in found[:SHOWN]:
        print(f"{what}: {each}")
    return len(found)
