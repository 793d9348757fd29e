"""Dates near the end of the calendar: refused before they are recorded, and what was recorded
before there was a bound is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from api.commands.command import Command, KeyedCommand
from api.commands.credits.deposits import GrantCredits
from api.commands.credits.lookup import find_wallet
from api.commands.rating.rate_cards import PublishRateCard
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import UnitOfWork
from api.container import clock_us, event_store, ledger
from api.writer.group_commit import GroupCommit
from ledger.credits.deposits import CreditsGranted
from ledger.credits.lots import Kind, Lot, Terms
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import ROLL_OVER_US, TIME_MAX_US
from ledger.kernel.money import CREDIT
from ledger.kernel.times import check_time, format_time, moment, parse_time
from ledger.rating.rate_card import CARD_STREAM, Price, RateCard
from tests.api.problems import problem
from tests.api.served import Api, Served, done
from tests.scenarios.commands import ACTOR

CREDITS, CARDS = "/v1/billing/credits", "/v1/billing/rate-cards"
LAST = "9999-09-30T23:59:59.999999Z"
LAST_OF_CALENDAR = "9999-12-31T23:59:59.999999Z"
PRICE = {"model": "m", "meter": "requests", "per": 1, "price": "1"}


def test_the_bound_leaves_a_quarter_of_a_year_to_add() -> None:
    assert format_time(TIME_MAX_US) == LAST
    assert format_time(TIME_MAX_US + ROLL_OVER_US) < LAST_OF_CALENDAR
    assert check_time(TIME_MAX_US, "at") == TIME_MAX_US


@pytest.mark.parametrize("us", [2**63 - 1, 2**80, parse_time(LAST_OF_CALENDAR, "at") + 1])
def test_what_is_beyond_the_calendar_is_shown_as_its_last_moment(us: int) -> None:
    assert format_time(us) == LAST_OF_CALENDAR
    assert format_time(parse_time(LAST_OF_CALENDAR, "at")) == LAST_OF_CALENDAR
    assert moment(us).year == 9999


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"kind": "included", "period_end": "9999-12-31T00:00:00Z"}, "period_end"),
        ({"kind": "included", "period_end": LAST}, "period_end"),
        ({"kind": "free", "effective_at": "9999-12-31T00:00:00Z"}, "effective_at"),
        ({"kind": "free", "effective_at": LAST}, "effective_at"),
        ({"kind": "purchased", "effective_at": "9999-10-01T00:00:00Z"}, "effective_at"),
        ({"kind": "promotional", "expires_at": LAST_OF_CALENDAR}, "expires_at"),
    ],
)
def test_a_grant_beyond_the_bound_is_refused_and_leaves_nothing(
    service: Served, admin: Api, terms: dict[str, str], field: str
) -> None:
    before = service.events(admin.org)
    body = {"user": "ada", "amount": "1", **terms}
    refused = problem(admin.send(CREDITS, body), 422, "invalid", field)
    assert "send the same" not in refused["detail"]
    assert service.events(admin.org) == before
    assert admin.balance("ada")["lots"] == []


def test_what_is_at_the_bound_is_recorded_and_answered_for_ever(
    service: Served, admin: Api
) -> None:
    for terms in (
        {"kind": "included", "period_end": "9999-07-02T23:59:59.999999Z"},
        {"kind": "free", "effective_at": "9999-08-31T23:59:59.999999Z"},
        {"kind": "promotional", "expires_at": LAST},
        {"kind": "purchased", "effective_at": LAST},
    ):
        done(admin.send(CREDITS, {"user": "ada", "amount": "1", **terms}))
    ends = {lot["expires_at"] for lot in admin.balance("ada")["lots"]}
    assert ends == {LAST, "9999-09-30T23:59:59.999999Z", "9999-09-01T00:00:00.000000Z", None}
    _everything_is_answered(admin)


def test_a_card_of_the_last_moment_can_be_read(admin: Api) -> None:
    done(admin.send(CARDS, {"prices": [PRICE]}, method="PUT"))
    late = {"prices": [PRICE], "effective_from": LAST_OF_CALENDAR}
    problem(admin.send(CARDS, late, method="PUT"), 422, "invalid", "effective_from")
    done(admin.send(CARDS, late | {"effective_from": LAST}, method="PUT"))
    after = admin.send(CARDS, {"prices": [PRICE]}, method="PUT")
    assert after.status_code < 500
    assert len(done(admin.get(CARDS))["data"]) == 2 + after.is_success


# -- histories that were recorded before there was a bound ---------------------------------------


@dataclass(frozen=True)
class GrantBeyond(KeyedCommand):
    """What a grant recorded before there was a bound."""

    operation: ClassVar[str] = "credits"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        wallet = find_wallet(unit, self.org, "ada")
        at = unit.now(self.org)
        lot = Lot(f"{wallet.version + 1}-0", Kind.INCLUDED, 10_000_000, 0, BEYOND_US)
        wallet.trigger_event(
            CreditsGranted, timestamp=at, fingerprint="", lot=lot, balance_after=lot.amount
        )
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class PublishBeyond(KeyedCommand):
    """What two publications recorded before there was a bound."""

    operation: ClassVar[str] = "rate-cards"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at = unit.now(self.org)
        card = RateCard.open(self.org, self.org, at)
        price = Price("m", "requests", "1", 1, "usd", 10**18)
        for version, begins_us in enumerate((None, BEYOND_US - 1, BEYOND_US), 1):
            card.trigger_event(
                RateCard.RateCardPublished,
                timestamp=at,
                fingerprint="",
                card_version=version,
                prices=[price],
                effective_us=begins_us,
            )
        return unit.record(card, self.actor, self.key)


BEYOND_US = parse_time(LAST_OF_CALENDAR, "at") + 1


def _record(service: Served, command: Command[object]) -> None:
    store = event_store(service.ends.database, "tests")
    (result,) = GroupCommit(ledger(store), clock_us).run([command])
    store.close()
    assert isinstance(result, CommandResult)


def test_a_poisoned_wallet_heals(service: Served, admin: Api) -> None:
    assert admin.org is not None
    _record(service, GrantBeyond(org=admin.org, actor=ACTOR, key="beyond", sent={}))
    (lot,) = admin.balance("ada")["lots"]
    assert lot["expires_at"] == LAST_OF_CALENDAR
    used = done(admin.use("ada", "1"))
    assert used["lots"][0]["expires_at"] == LAST_OF_CALENDAR
    hold = admin.hold("ada", "1")
    done(admin.send("/v1/billing/transfers", {"from_user": "ada", "to_user": "bob", "amount": 1}))
    assert done(admin.get(f"/v1/billing/holds/{hold['id']}"))["lots"][0]["lot"] == lot["lot"]
    batch = {"mode": "atomic", "items": [{"id": "a", "user": "ada", "amount": 1}]}
    done(admin.send("/v1/billing/usage/batch", batch, key=None))
    done(admin.send(f"/v1/billing/transactions/{used['id']}/reverse", {"reason": "x"}))
    done(admin.send(f"/v1/billing/holds/{hold['id']}/release"))
    assert admin.balance("bob")["available"] == "1"
    _everything_is_answered(admin)


def test_a_poisoned_card_heals(service: Served, admin: Api) -> None:
    assert admin.org is not None
    _record(service, PublishBeyond(org=admin.org, actor=ACTOR, key="beyond", sent={}))
    begins = [each["effective_from"] for each in done(admin.get(CARDS))["data"]]
    assert begins == [LAST_OF_CALENDAR, LAST_OF_CALENDAR, None]
    after = admin.send(CARDS, {"prices": [PRICE]}, method="PUT")
    assert after.status_code < 500, after.text
    _everything_is_answered(admin)


def _everything_is_answered(admin: Api) -> None:
    head = done(admin.get("/v1/billing/balance"))["as_of_sequence"]
    for path, query in (
        ("/v1/billing/balance/all", {"user": "ada"}),
        ("/v1/billing/balance", {"user": "ada", "as_of": head}),
        ("/v1/billing/transactions", {"min_sequence": head}),
        ("/v1/billing/holds", {}),
        (CARDS, {}),
        ("/v1/audit/events", {}),
        ("/v1/audit/journal", {"format": "beancount"}),
    ):
        assert admin.get(path, **query).status_code == 200, path


# -- a fault of ours -----------------------------------------------------------------------------


class Faulty(GrantCredits):
    """A command that meets a fault of ours while it is decided."""

    def effect(self, unit: UnitOfWork) -> PendingFact:
        raise ValueError("year 10000 is out of range")


class Unstorable(PublishRateCard):
    """A command whose row no column of the store can hold."""

    def effect(self, unit: UnitOfWork) -> PendingFact:
        card = unit.get(RateCard, stream_id(self.org, CARD_STREAM))
        assert card is None
        at = unit.now(self.org)
        card = RateCard.open(self.org, "name\0of the card", at)
        return unit.record(card, self.actor, "key\0")


@pytest.mark.parametrize(
    "command",
    [
        lambda org: Faulty(
            org=org,
            actor=ACTOR,
            key="k",
            sent={},
            user="ada",
            asset=CREDIT,
            terms=Terms(Kind.FREE, 1),
        ),
        lambda org: Unstorable(org=org, actor=ACTOR, key="k", sent={}, prices=[]),
    ],
    ids=["cannot be decided", "cannot be stored"],
)
def test_what_can_never_be_recorded_is_never_asked_for_again(
    service: Served, admin: Api, command: Callable[[str | None], Any]
) -> None:
    before = service.events(admin.org)
    store = event_store(service.ends.database, "tests")
    (outcome,) = GroupCommit(ledger(store), clock_us).run([command(admin.org)])
    store.close()
    assert outcome.code == "failed"
    assert "send the same again" not in outcome.detail
    assert service.events(admin.org) == before
