"""Calls to a real service: typed and exact, waited for and awaited."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tallystick import AsyncClient, Client, Problem, UsageLine, problems
from tallystick.values import CapSetting, Hold, Paid, PriceSetting, Transaction
from tests.api.served import OPERATOR_KEY, Served

PRICES = [
    PriceSetting(model="large", meter="input_tokens", price=Decimal("2.5"), per=1_000_000),
    PriceSetting(model="large", meter="output_tokens", price=Decimal(10), per=1_000_000),
]


def test_a_debit_is_typed_and_exact(ledger: Client) -> None:
    ledger.publish_rate_card(prices=PRICES)
    paid = Paid(amount=Decimal("5.00"), currency="usd")
    deposit = ledger.deposit(user="ann", amount=Decimal("5000.000001"), paid=paid)
    assert deposit.amount == Decimal("5000.000001")
    assert isinstance(deposit.recorded_at, datetime)
    assert deposit.recorded_at.tzinfo is not None
    debit = ledger.record_usage(user="ann", model="large", input_tokens=374, output_tokens=44)
    assert debit.amount == Decimal("-1.375")
    assert debit.usage is not None
    assert debit.usage.quantities == {"input_tokens": 374, "output_tokens": 44}
    assert debit.lots[0].amount == Decimal("1.375")
    balance = ledger.balance(user="ann")
    assert balance.available == Decimal("4998.625001")
    assert type(balance.balance) is int
    quote = ledger.quote(model="large", input_tokens=374, output_tokens=44)
    assert quote.amount == Decimal("1.375")
    assert next(iter(ledger.rate_card_versions())).version == 1
    with pytest.raises(AttributeError):
        debit.amount = Decimal(0)  # type: ignore[misc]


def test_the_same_id_is_charged_once_and_other_content_is_a_problem(ledger: Client) -> None:
    first = ledger.record_usage(id="one", user="ann", amount=1)
    assert ledger.record_usage(id="one", user="ann", amount=1) == first
    with pytest.raises(problems.KeyReused) as refused:
        ledger.record_usage(id="one", user="ann", amount=2)
    assert refused.value.status == 422
    assert refused.value.field == "id"
    assert refused.value.request_id


def test_a_problem_has_what_is_missing_as_exact_amounts(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=Decimal("1.5"))
    with pytest.raises(problems.InsufficientCredits) as refused:
        ledger.record_usage(user="ann", amount=Decimal("2.25"), on_shortfall="reject")
    problem = refused.value
    assert (problem.available, problem.required) == (Decimal("1.5"), Decimal("2.25"))
    assert problem.missing == Decimal("0.75")
    assert problem.billing_url is None


def test_a_float_is_refused_before_it_is_sent(ledger: Client) -> None:
    with pytest.raises(TypeError, match="float"):
        ledger.deposit(user="ann", amount=0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="time zone"):
        ledger.record_usage(user="ann", amount=1, occurred_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_list_goes_over_all_of_its_pages(ledger: Client) -> None:
    made = [ledger.deposit(user="ann", amount=n + 1) for n in range(7)]
    ends = made[-1].sequence
    listed = list(ledger.transactions(user="ann", limit=2, min_sequence=ends))
    assert listed == made[::-1]
    page = ledger.transactions_page(user="ann", limit=3, min_sequence=ends)
    assert len(page.data) == 3
    assert page.next_cursor is not None
    assert list(ledger.transactions(user="ann", cursor=page.next_cursor)) == made[3::-1]


def test_items_of_a_batch_are_charged_or_tell_their_problem(ledger: Client) -> None:
    lines = [UsageLine(user="ann", amount=1), UsageLine(user="ann", model="unknown")]
    batch = ledger.record_usage_batch(mode="independent", items=lines)
    charged, refused = batch.results
    assert isinstance(charged.transaction, Transaction)
    assert charged.transaction.amount == -1
    assert isinstance(refused.problem, problems.PriceNotFound | problems.Invalid)
    assert refused.transaction is None


def test_what_an_admin_does_besides(ledger: Client) -> None:
    ledger.grant(user="ann", amount=10, kind="free", reason="welcome")
    ledger.transfer(from_user="ann", to_user="bob", amount=4)
    caps = ledger.set_caps(caps=[CapSetting(id="all", limit=Decimal(100), period="month")])
    assert caps.caps[0].limit == 100
    assert [cap.id for cap in ledger.caps().data] == ["all"]
    hold: Hold = ledger.place_hold(user="ann", amount=2)
    assert ledger.extend_hold(hold.id, expires_in=3600).expires_at > hold.expires_at
    assert [each.id for each in ledger.holds(user="ann")] == [hold.id]
    assert ledger.capture_hold(hold.id, amount=Decimal("1.5")).transaction.amount == Decimal("-1.5")
    other = ledger.place_hold(user="ann", amount=1)
    assert ledger.release_hold(other.id).status == "released"
    period = f"{datetime.now(UTC):%Y-%m}"
    statement = ledger.statement(period=period, user="ann", min_sequence=hold.sequence + 2)
    assert statement.opening + statement.in_.total - statement.out.total == statement.closing
    assert ledger.erase_person(user="bob").user == "bob"
    events = list(ledger.events(from_sequence=1, to_sequence=2))
    assert {event.sequence for event in events} == {1, 2}
    assert ledger.event(1) in events
    assert "open" in ledger.journal(format="beancount")
    assert ledger.healthz().status


def test_an_operator_registers_orgs_and_works_in_one(service: Served, operator: Client) -> None:
    assert "tally" in operator.metrics()
    org = operator.register_org(id="client-org", name="Client")
    issued = operator.issue_api_key(org.id, name="gateway", role="gateway")
    assert issued.secret is not None
    assert operator.revoke_api_key(org.id, issued.id).revoked
    with (
        Client(service.base_url, issued.secret) as gateway,
        pytest.raises(problems.Unauthenticated),
    ):
        gateway.record_usage(user="ann", amount=1)
    with Client(service.base_url, OPERATOR_KEY, org=org.id) as within:
        assert within.deposit(user="ann", amount=1).amount == 1


def test_a_name_in_a_path_means_nothing_but_itself(ledger: Client) -> None:
    with pytest.raises((problems.NotFound, problems.NoSuchRoute)):
        ledger.hold("../balance?user=ann")


async def _awaited(url: str, secret: str) -> None:
    async with AsyncClient(url, secret) as ledger:
        made = [await ledger.deposit(user="ann", amount=n + 1) for n in range(3)]
        debits = await asyncio.gather(
            *(ledger.record_usage(user="ann", amount=Decimal("0.5")) for _ in range(4))
        )
        assert {debit.amount for debit in debits} == {Decimal("-0.5")}
        ends = max(debit.sequence for debit in debits)
        listed = [
            each async for each in ledger.transactions(user="ann", min_sequence=ends, limit=2)
        ]
        assert len(listed) == len(made) + len(debits)
        with pytest.raises(problems.NotFound):
            await ledger.hold("nothing")


def test_the_same_is_awaited(service: Served, secret: str) -> None:
    asyncio.run(_awaited(service.base_url, secret))


def test_a_newer_problem_and_newer_members_are_taken() -> None:
    problem = Problem.of({"code": "later", "status": 418, "detail": "It is new."})
    assert (problem.code, problem.status, type(problem)) == ("later", 418, Problem)
