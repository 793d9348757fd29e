"""Statements add up, whatever happened."""

from __future__ import annotations

import random
import time
from collections import Counter
from decimal import Decimal

import psycopg
import pytest

from api.queries.credits.statement import BEHIND_MAX
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

STATEMENT, TRANSACTIONS = "/v1/billing/statement", "/v1/billing/transactions"
USERS = ("ada", "bob", "@pool")
STEPS = 60
BEHIND = """
SELECT count(*) FROM tally.projection_heads
 WHERE org = %s AND sequence >= %s AND name IN ('statements', 'statement_lines')
"""
LINES = """
INSERT INTO tally.statement_lines
SELECT org, owner, asset,
       to_char(to_timestamp(recorded_us / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM'), category,
       amount >= 0, sum(abs(amount)), count(*), max(sequence)
  FROM tally.transactions WHERE org = %s GROUP BY 1, 2, 3, 4, 5, 6
"""
BALANCES = """
INSERT INTO tally.statements
SELECT org, owner, asset, month, closing - moved, closing, 0, 0, 0, 0 FROM (
    SELECT org, owner, asset,
           to_char(to_timestamp(recorded_us / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
           (array_agg(balance_after ORDER BY sequence DESC, line DESC))[1] AS closing,
           sum(amount) AS moved
      FROM tally.transactions WHERE org = %s GROUP BY 1, 2, 3, 4) months
"""


def month() -> str:
    return time.strftime("%Y-%m", time.gmtime())


def of(admin: Api, user: str, **more: object) -> Json:
    return done(admin.get(STATEMENT, user=user, **{"period": month(), **more}))


def amounts(side: Json) -> Decimal:
    return sum((Decimal(each) for each in side["categories"].values()), Decimal(0))


def test_a_statement_of_nothing_is_zero(admin: Api) -> None:
    found = of(admin, "nobody")
    assert (found["opening"], found["closing"], found["transactions"]) == ("0", "0", 0)
    assert found["in"] == found["out"] == {"total": "0", "categories": {}}


def test_a_statement_says_what_came_and_went_by_category(service: Served, admin: Api) -> None:
    member = service.issue(str(admin.org), "member", subject="ada")
    admin.deposit("ada", "10", asset="usd")
    admin.deposit("ada", "10")
    admin.deposit("ada", "5.5")
    last = done(admin.use("ada", "20"))
    found = of(admin, "ada", min_sequence=last["sequence"])
    assert found["in"] == {"total": "15.5", "categories": {"deposit": "15.5"}}
    assert found["out"] == {"total": "20", "categories": {"usage": "20"}}
    assert (found["opening"], found["closing"]) == ("0", "-4.5")
    assert found["transactions"] == 3
    assert of(admin, "ada", asset="usd")["closing"] == "10.00"
    assert done(member.get(STATEMENT, period=month())) == found
    problem(member.get(STATEMENT, period=month(), user="bob"), 403, "forbidden", "user")


@pytest.mark.parametrize("seed", range(4))
def test_opening_and_in_less_out_is_closing_in_every_history(
    service: Served, admin: Api, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(STEPS):
        step(admin, chance)
    sequence = admin.deposit("ada", "1")["sequence"]
    spread_over_months(service, str(admin.org), sequence, admin)
    for user in USERS:
        before = Decimal(0)
        for period in ("2031-01", "2031-02", "2031-03"):
            found = of(admin, user, period=period)
            assert of(admin, user, period=period, as_of=sequence) == found
            coming, going = found["in"], found["out"]
            assert Decimal(found["opening"]) == before
            assert amounts(coming) == Decimal(coming["total"])
            assert amounts(going) == Decimal(going["total"])
            closing = Decimal(found["opening"]) + amounts(coming) - amounts(going)
            assert closing == Decimal(found["closing"])
            assert counted(admin, user, period) == Counter(
                {f"in {name}": Decimal(each) for name, each in coming["categories"].items()}
                | {f"out {name}": Decimal(each) for name, each in going["categories"].items()}
            )
            before = closing
        balance = admin.balance(user)
        held = Decimal(balance["available"]) + Decimal(balance["held"])
        assert before == held - Decimal(balance["debt"])


def step(admin: Api, chance: random.Random) -> None:
    """Something that may be refused; a refusal is of no interest here."""
    user, other = chance.sample(USERS, 2)
    amount = f"{chance.randint(1, 20)}.{chance.randint(0, 999999):06}"
    why = {"reason": "because"}
    match chance.randrange(8):
        case 0:
            admin.deposit(user, amount)
        case 1 | 2:
            done(admin.use(user, amount))
        case 3:
            body = {"from_user": user, "to_user": other, "amount": amount}
            admin.send("/v1/billing/transfers", body)
        case 4:
            admin.send("/v1/billing/adjustments", {"user": user, "amount": f"-{amount}", **why})
        case 5:
            hold = admin.send("/v1/billing/holds", {"user": user, "amount": amount})
            if hold.is_success and chance.random() < 0.7:
                path = f"/v1/billing/holds/{hold.json()['id']}/capture"
                done(admin.send(path, {"amount": f"{chance.randint(1, 30)}"}))
        case 6:
            use = done(admin.use(user, amount))
            done(admin.send(f"{TRANSACTIONS}/{use['id']}/reverse", why))
        case 7:
            if chance.random() < 0.3:
                admin.send("/v1/billing/zap", {"user": user, **why})
            else:
                grant = {"user": user, "amount": amount, "kind": "free"}
                done(admin.send("/v1/billing/credits", grant))


def spread_over_months(service: Served, org: str, sequence: int, admin: Api) -> None:
    """Have the read model believe that a third of it happened in each of three months."""
    done(admin.get(TRANSACTIONS, min_sequence=sequence))
    wait_for_summaries(service, org, sequence)
    begins = [1924992000, 1927670400, 1930089600]  # 2031-01, 02 and 03
    with psycopg.connect(service.ends.database.owner) as connection:
        for place, seconds in enumerate(begins):
            connection.execute(
                "UPDATE tally.transactions SET recorded_us = %s WHERE org = %s "
                "AND sequence > %s AND sequence <= %s",
                [
                    seconds * 1_000_000,
                    org,
                    sequence * place // 3,
                    sequence * (place + 1) // 3,
                ],
            )
        connection.execute("DELETE FROM tally.statement_lines WHERE org = %s", [org])
        connection.execute("DELETE FROM tally.statements WHERE org = %s", [org])
        connection.execute(LINES, [org])
        connection.execute(BALANCES, [org])


def wait_for_summaries(service: Served, org: str, sequence: int) -> None:
    """Wait until what is kept of each month has a sequence."""
    with psycopg.connect(service.ends.database.owner, autocommit=True) as connection:
        while connection.execute(BEHIND, [org, sequence]).fetchone() != (2,):
            pass


def counted(admin: Api, user: str, period: str) -> Counter[str]:
    """The same sums, from the list of transactions."""
    year, number = period.split("-")
    bounds = {"from_": f"{period}-01T00:00:00Z", "to": f"{year}-{int(number) + 1:02}-01T00:00:00Z"}
    sums: Counter[str] = Counter()
    for each in done(admin.get(TRANSACTIONS, user=user, limit=1000, **bounds))["data"]:
        if each["owner"] == user:
            amount = Decimal(each["amount"])
            sums[f"{'in' if amount >= 0 else 'out'} {each['category']}"] += abs(amount)  # type: ignore[assignment]
    return sums


def test_transactions_are_narrowed_to_the_categories_that_people_make(admin: Api) -> None:
    why = {"reason": "x"}
    admin.deposit("ada", "10", asset="usd")
    done(admin.send("/v1/billing/conversions", {"user": "ada", "amount": 1}))
    done(admin.send("/v1/billing/adjustments", {"user": "ada", "amount": 5, **why}))
    use = done(admin.use("ada", "1"))
    done(admin.send(f"{TRANSACTIONS}/{use['id']}/reverse", why))
    last = done(
        admin.send("/v1/billing/transfers", {"from_user": "ada", "to_user": "bob", "amount": 1})
    )
    done(admin.get(TRANSACTIONS, min_sequence=last["sequence"]))
    made = {"conversion": 2, "adjustment": 1, "reversal": 1, "transfer": 1}
    for category, number in made.items():
        listed = done(admin.get(TRANSACTIONS, user="ada", category=category))["data"]
        assert [each["category"] for each in listed] == [category] * number


def test_a_statement_of_no_month_is_refused(admin: Api) -> None:
    for period in ("2026-13", "2026", "9999-12", ""):
        problem(admin.get(STATEMENT, period=period), 422, "invalid", "period")
    problem(admin.get(STATEMENT), 422, "invalid", "period")
    problem(admin.get(STATEMENT, period=month(), asset="gold"), 422, "invalid", "asset")


SET_BACK = """
UPDATE tally.projection_heads SET sequence = sequence - %s
 WHERE org = %s AND name IN ('statements', 'statement_lines')
"""


@pytest.mark.parametrize("behind", [0, 1, 2, BEHIND_MAX + 1, -1])
def test_a_statement_is_the_same_however_far_what_is_kept_of_months_is(
    service: Served, admin: Api, behind: int
) -> None:
    """The rows are taken out as far as their heads are set back."""
    admin.deposit("ada", "5")
    admin.send("/v1/billing/credits", {"user": "ada", "amount": "3", "kind": "free", "reason": "x"})
    sequence = done(admin.use("ada", "2"))["sequence"]
    right = of(admin, "ada", min_sequence=sequence)
    org = str(admin.org)
    wait_for_summaries(service, org, sequence)
    with psycopg.connect(service.ends.database.owner) as connection:
        connection.execute(SET_BACK, [behind, org])
        for table, query in (("statement_lines", LINES), ("statements", BALANCES)):
            connection.execute(f"DELETE FROM tally.{table} WHERE org = %s", [org])
            kept = query.replace("org = %s", f"org = %s AND sequence <= {sequence - behind}")
            connection.execute(kept, [org])
    assert of(admin, "ada") == of(admin, "ada", as_of=sequence) == right


def test_what_is_kept_of_months_is_read_and_not_added_up_again(service: Served, admin: Api) -> None:
    sequence = admin.deposit("ada", "5")["sequence"]
    wait_for_summaries(service, str(admin.org), sequence)
    with psycopg.connect(service.ends.database.owner) as connection:
        connection.execute(
            "UPDATE tally.statements SET opening = 7000000, closing = 12000000 WHERE org = %s",
            [str(admin.org)],
        )
    found = of(admin, "ada", min_sequence=sequence)
    assert (found["opening"], found["closing"], found["in"]["total"]) == ("7", "12", "5")
