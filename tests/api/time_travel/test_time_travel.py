"""Any past answer is given again, exactly as the service gave it."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

import psycopg
import pytest

from adapters.postgres.event_store import PostgresEventStore
from api import container
from api.commands.command import Command
from api.container import clock_us, projections
from api.time_travel.replay import PAGE_EVENTS
from api.writer.group_commit import GroupCommit
from ledger.credits.wallet_snapshot import EVERY
from ledger.kernel.times import format_time
from projections.engine import Runner
from tests.api.credits.test_statement import USERS, step
from tests.api.problems import problem
from tests.api.served import Api, Served, done
from tests.scenarios.commands import deposit, usage, use

BALANCE, BALANCES, STATEMENT = (
    "/v1/billing/balance",
    "/v1/billing/balance/all",
    "/v1/billing/statement",
)
STEPS = 16
Answers = dict[tuple[str, str], bytes]


def recorded_us(service: Served, org: str) -> int:
    """How far an org's time has come."""
    with psycopg.connect(service.ends.database.owner) as connection:
        row = connection.execute(
            "SELECT recorded_us FROM tally.heads WHERE org = %s", [org]
        ).fetchone()
    assert row is not None
    return int(row[0])


def sequence_of(admin: Api) -> int:
    return int(admin.balance("ada")["as_of_sequence"])


def asked(admin: Api, **moment: object) -> Answers:
    """What the service says of everyone."""
    found = {}
    for user in USERS:
        for path in (BALANCE, BALANCES):
            answer = admin.get(path, user=user, **moment)
            assert answer.is_success, answer.text
            found[path, user] = answer.content
    return found


def statements(admin: Api, period: str, **moment: object) -> Answers:
    found = {}
    for user in USERS:
        answer = admin.get(STATEMENT, user=user, period=period, **moment)
        assert answer.is_success, answer.text
        found[STATEMENT, user] = answer.content
    return found


def short_lived(admin: Api, org_us: int, chance: random.Random) -> None:
    """Credit and holds that end within the hours of this test."""
    grant = {
        "user": chance.choice(USERS),
        "amount": chance.randint(1, 30),
        "kind": "promotional",
        "expires_at": format_time(org_us + chance.randint(1, 4) * 3_600_000_000),
    }
    done(admin.send("/v1/billing/credits", grant))
    hold = {"user": chance.choice(USERS), "amount": "1.5", "expires_in": 3600}
    admin.send("/v1/billing/holds", hold)


@pytest.mark.parametrize("seed", range(2))
def test_every_answer_of_a_random_history_is_given_again_byte_for_byte(
    service: Served, admin: Api, seed: int
) -> None:
    chance, org, ahead = random.Random(seed), str(admin.org), 3600.0
    by_sequence: dict[int, Answers] = {}
    by_time: dict[str, Answers] = {}
    paid: dict[int, tuple[str, Answers]] = {}
    for turn in range(STEPS):
        # The org's time is ahead of the clock, so the moment of each answer is known exactly.
        ahead += chance.randint(60, 5400)
        service.let_pass(org, ahead)
        by_time[format_time(recorded_us(service, org))] = asked(admin)
        before = sequence_of(admin)
        service.let_pass(org, ahead + 30)
        step(admin, chance)
        if turn % 3 == 0:
            short_lived(admin, recorded_us(service, org), chance)
        sequence = sequence_of(admin)
        if sequence > before:
            by_sequence[sequence] = asked(admin)
            period = format_time(recorded_us(service, org))[:7]
            paid[sequence] = (period, statements(admin, period, min_sequence=sequence))
    assert len(by_sequence) > STEPS // 2
    for time, answers in by_time.items():
        assert asked(admin, as_of=time) == answers, time
    for number, answers in by_sequence.items():
        assert asked(admin, as_of=number) == answers, number
        period, statement = paid[number]
        assert statements(admin, period, as_of=number) == statement, number
    assert any(
        b'"debt":"0"' not in each for answers in by_time.values() for each in answers.values()
    )


def test_what_expired_between_two_events_is_gone_from_the_moment_it_expired(
    service: Served, admin: Api
) -> None:
    org = str(admin.org)
    service.let_pass(org, 3600)
    begins = recorded_us(service, org)
    body = {"user": "ada", "amount": 7, "kind": "free", "expires_at": format_time(begins + 10**6)}
    granted = done(admin.send("/v1/billing/credits", body))
    service.let_pass(org, 7200)
    admin.deposit("ada", "1")

    def available(as_of: object) -> str:
        return str(admin.balance("ada", as_of=as_of)["available"])

    assert available(granted["sequence"]) == available(granted["recorded_at"]) == "7"
    assert available(format_time(begins + 999_999)) == "7"
    last = admin.balance("ada", as_of=format_time(begins + 10**6))
    assert (last["available"], last["as_of_sequence"]) == ("0", granted["sequence"])
    assert available(format_time(begins - 1)) == "0"
    assert available(0) == "0"
    assert admin.balance("ada", as_of="1970-01-01T00:00:00Z")["as_of_sequence"] == 0


def test_a_wallet_that_opened_later_was_not_there(admin: Api) -> None:
    first = admin.deposit("ada", "1")["sequence"]
    admin.deposit("ada", "2", asset="usd")
    then = done(admin.get(BALANCES, user="ada", as_of=first))
    assert [each["asset"] for each in then["data"]] == ["credit"]
    assert then["as_of_sequence"] == first
    assert done(admin.get(BALANCES, user="ada", as_of=0))["data"] == []


def test_suspension_is_of_its_time(admin: Api) -> None:
    admin.deposit("ada", "1")
    path = "/v1/billing/wallets/ada/suspend"
    done(admin.send(path, {"reason": "x"}))
    now = admin.balance("ada")
    assert now["suspended"]
    assert not admin.balance("ada", as_of=now["as_of_sequence"] - 1)["suspended"]


def test_a_long_stream_is_folded_page_by_page(service: Served, admin: Api) -> None:
    count = PAGE_EVENTS + 3
    org = str(admin.org)
    record(service, [deposit("1", key=f"d{n}", org=org) for n in range(count)])
    first = sequence_of(admin) - count
    for number in (1, PAGE_EVENTS - 1, PAGE_EVENTS, PAGE_EVENTS + 1, count):
        then = admin.balance("ada", as_of=first + number)
        assert (then["available"], then["as_of_sequence"]) == (str(number), first + number)


def test_a_replay_that_begins_at_a_snapshot_is_the_same_replay(service: Served, admin: Api) -> None:
    org = str(admin.org)
    some: list[Command[object]] = [deposit("1", key=f"d{n}", org=org) for n in range(EVERY)]
    some += [usage([use("0.5", id=f"u{n}")], org=org) for n in range(EVERY)]
    some += [deposit("2", key=f"e{n}", org=org) for n in range(20)]
    before = sequence_of(admin)
    record(service, some)
    later = format_time(clock_us() + 40 * 86_400 * 10**6)[:7]
    service.let_pass(org, 40 * 86_400)
    record(service, [usage([use("0.25", id=f"v{n}")], org=org) for n in range(EVERY)])
    last = sequence_of(admin)
    wait_for_snapshots(service, org, 3)
    order = [last, *range(before + 1, last, 97)]
    order += [before + n * EVERY + beside for n in (1, 2, 3) for beside in (-1, 0, 1)]
    random.Random(7).shuffle(order)

    def all_asked() -> dict[int, list[Answers]]:
        now = format_time(clock_us())[:7]
        return {
            each: [
                asked(admin, as_of=each),
                *(statements(admin, period, as_of=each) for period in (now, later)),
            ]
            for each in order
        }

    begun_at_snapshots = all_asked()
    take_away_snapshots(service, org)
    assert all_asked() == begun_at_snapshots


def wait_for_snapshots(service: Served, org: str, number: int) -> None:
    """Wait until an org's wallets have so many snapshots."""
    runner = Runner(projections(service.ends, linger_s=0)[-1], threading.Event())
    with psycopg.connect(service.ends.database.owner, autocommit=True) as connection:
        while True:
            runner.catch_up()
            query = "SELECT count(*) FROM tally.wallet_snapshots WHERE org = %s"
            if connection.execute(query, [org]).fetchall() == [(number,)]:
                return


def take_away_snapshots(service: Served, org: str) -> None:
    with psycopg.connect(service.ends.database.owner) as connection:
        connection.execute("ALTER TABLE tally.wallet_snapshots DISABLE TRIGGER USER")
        connection.execute("DELETE FROM tally.wallet_snapshots WHERE org = %s", [org])


def record(service: Served, commands: Sequence[Command[object]]) -> None:
    """Decide commands in another process than the service's."""
    event_store = PostgresEventStore(service.ends.database.writer, name="test")
    GroupCommit(container.ledger(event_store), clock_us).run(commands)
    event_store.close()


MALFORMED = ["", " ", "-1", "+1", "1.0", "1e3", "٣", "now", "2026-02-30T00:00:00Z", "2026-02-01",
             "2026-02-01T00:00:00+02:00", "1969-12-31T23:59:59Z", "x" * 5000, "1\0"]  # fmt: skip
LATER = ["9" * 18, "9" * 19, "9" * 400, str(2**63 - 1), "9999-12-31T23:59:59Z"]


@pytest.mark.parametrize("path", [BALANCE, BALANCES, STATEMENT + "?period=2026-02"])
@pytest.mark.parametrize("as_of", MALFORMED + LATER)
def test_what_is_no_moment_or_not_yet_is_refused(admin: Api, path: str, as_of: str) -> None:
    path, _, period = path.partition("?period=")
    more = {"period": period} if period else {}
    answer = problem(admin.get(path, as_of=as_of, **more), 422, "invalid", "as_of")
    assert ("future" in answer["detail"]) == (as_of in LATER)


def test_the_next_sequence_is_not_yet(admin: Api) -> None:
    last = admin.deposit("ada", "1")["sequence"]
    assert admin.balance("ada", as_of=last)["available"] == "1"
    problem(admin.get(BALANCE, as_of=last + 1), 422, "invalid", "as_of")


def test_the_past_is_as_private_as_the_present(service: Served, admin: Api) -> None:
    org = str(admin.org)
    last = admin.deposit("ada", "5")["sequence"]
    member = service.issue(org, "member", subject="mia")
    problem(member.get(BALANCE, user="ada", as_of=last), 403, "forbidden", "user")
    assert done(member.get(BALANCE, as_of=last))["user"] == "mia"
    other = service.new_admin()
    for _ in range(10):
        other.deposit("bob", "1")
    assert other.balance("ada", as_of=last)["available"] == "0"
    as_operator = service.operator_of(org).balance("ada", as_of=last)
    assert as_operator["available"] == "5"
