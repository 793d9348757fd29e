"""The queries of docs/analysts.md, asked as an analyst of one org: what they answer is what the
events add up to, computed here from the facts alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from adapters.clickhouse.connection import connect
from adapters.clickhouse.tables import definitions, migrate
from adapters.embedded import EngineUrls
from adapters.embedded.clickhouse_analysts import TABLES, url_of
from adapters.postgres.read_models import PostgresProjection
from api.commands.credits.caps import SetCaps
from ledger.credits.cap_book import CapBook
from ledger.credits.caps import Cap, Period
from ledger.credits.transactions import Transaction, transactions_of
from ledger.kernel.times import format_time, microseconds, moment
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from tests.processes.projections.test_exactly_once import catch_up
from tests.scenarios.commands import ACTOR, deposit, grant, price, publish, register, usage, use
from tests.scenarios.wallet_commands import reverse
from tests.tamper.stores import TestStore

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "analysts.md"
ROLE = ROOT / "ops" / "clickhouse" / "analysts.sql"
QUERIES = dict(
    re.findall(r"^## \d+\. (.*?)\n.*?```sql\n(.*?)```", PAGE.read_text("utf-8"), re.M | re.S)
)
MARGIN_BPS = 2_500
MODELS = (("m1", "acme-ai"), ("m2", "globex-ai"))

TODAY = datetime.now(UTC)
MONTH = TODAY.date().replace(day=1)
BEFORE = (MONTH - timedelta(days=1)).replace(day=1)


class Line(NamedTuple):
    """A usage line of the facts, and when it was recorded."""

    at: datetime
    recorded: datetime
    owner: str
    line: Any


@pytest.fixture(scope="module")
def told(engines: EngineUrls) -> Iterator[TestStore]:
    """Two orgs that do the same, with other amounts, in the embedded server's own tables."""
    store = TestStore.new(engines)
    store.clickhouse_url = str(engines.clickhouse_url)
    migrate(store.clickhouse_url)
    for number, org in enumerate(("acme", "globex"), 1):
        _tell(store, org, number)
    catch_up(store)
    yield store
    for table in TABLES:
        store.analysts(f"TRUNCATE TABLE {table}")
    store.clickhouse_url = f"{store.clickhouse_url.rpartition('/')[0]}/{store.name}"
    store.drop()


def _tell(store: TestStore, org: str, times: int) -> None:
    soon = format_time(store.clock() + 3_000_000)
    prices = [
        price(model, meter, dollars)
        for model, _ in MODELS
        for meter, dollars in (
            ("input_tokens", "3"),
            ("cached_tokens", "0.3"),
            ("output_tokens", "15"),
        )
    ]
    card = replace(publish(prices, key="card", org=org), margin_bps=MARGIN_BPS)
    cap = Cap("small", 2_000_000 * times, Period.MONTH, thresholds=[50, 100])
    store.run([register(org), replace(card, effective_us=None)])
    store.run([SetCaps(org=org, actor=ACTOR, key="caps", sent={}, caps=[cap])])
    store.run(
        [deposit(f"{10 * times}", key="d1", org=org), deposit("1", key="d2", user="bo", org=org)]
    )
    store.run([grant("2", "promotional", key="g", org=org, user="cy", expires=soon)])
    day = timedelta(days=1)
    moments = [TODAY - timedelta(minutes=1), TODAY - timedelta(hours=5)]
    moments += [TODAY - number * day for number in range(1, 8)]
    moments += [datetime(BEFORE.year, BEFORE.month, number, 7, tzinfo=UTC) for number in (2, 3, 9)]
    for number, at in enumerate(moments):
        store.run([usage([*_uses(org, number, at, times)], org=org)])
    ((sequence, line),) = store.rows(
        "SELECT sequence, line FROM tally.keys WHERE org = %s AND key = 'plain 1'", [org]
    )
    store.run([reverse(sequence, "0.1", line=line, org=org)])
    store.clock.ahead_us = 3_400_000  # the grant has expired
    store.run([deposit("0.5", key="d3", user="cy", org=org)])
    store.clock.ahead_us = 0


def _uses(org: str, number: int, at: datetime, times: int) -> Iterator[Any]:
    occurred = format_time(microseconds(at))
    for place, (model, provider) in enumerate(MODELS):
        quantities = {"input_tokens": 1000 * times + 17 * number, "cached_tokens": 300 + number}
        yield use(
            id=f"priced {number}.{place}",
            user=("ada", "bo")[place],
            model=model,
            provider=provider,
            project=("atlas", "borea")[number % 2],
            service="chat" if place else None,
            quantities=quantities | {"output_tokens": 50 + number},
            occurred=occurred,
        )
    spike = 40 if number == 0 else 1
    yield use(
        f"0.{20 * times}" if spike == 1 else f"{spike}",
        id=f"plain {number}",
        user="ada",
        model="flat",
        occurred=occurred,
    )


@pytest.fixture(scope="module")
def analyst(told: TestStore) -> Iterator[Client]:
    client = connect(url_of(told.clickhouse_url, "acme"))
    yield client
    client.close()


class Events:
    """What the events of an org say."""

    def __init__(self, events: Iterable[RecordedEvent], org: str) -> None:
        self.facts = [(each, fact_of(each)) for each in events if each.org == org]
        self.movements: list[Transaction] = [
            movement for _, fact in self.facts for movement in transactions_of(fact)
        ]
        self.lines = [
            Line(moment(each.occurred_us), moment(each.recorded_us), each.owner, each.usage)
            for each in self.movements
            if each.usage is not None
        ]
        self.of_month = [each for each in self.lines if each.at.date().replace(day=1) == MONTH]


@pytest.fixture(scope="module")
def events(told: TestStore) -> Events:
    reader = PostgresProjection(told.ends.database.writer, "usage")
    found = Events(reader.span(0, 2**47), "acme")
    reader.close()
    return found


Rows = list[tuple[Any, ...]]
ANSWERS: dict[str, Callable[[Events], Rows]] = {}


def answers(title: str) -> Callable[[Callable[[Events], Rows]], Callable[[Events], Rows]]:
    """Say that a function computes the answer of a question."""

    def keep(function: Callable[[Events], Rows]) -> Callable[[Events], Rows]:
        ANSWERS[title] = function
        return function

    return keep


def sums(lines: Iterable[Line], key: Callable[[Line], Any], *values: Callable[[Any], int]) -> Rows:
    """Add up values of lines by a key, in its order."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0] * len(values))
    for each in lines:
        for place, value in enumerate(values):
            found[key(each)][place] += value(each.line)
    return [
        (*(name if isinstance(name, tuple) else (name,)), *found[name]) for name in sorted(found)
    ]


def spent(line: Any) -> int:
    return int(line.amount)


def one(_: Any) -> int:
    return 1


def month_of(at: datetime) -> date:
    return at.date().replace(day=1)


def p(values: Iterable[int], level: float) -> int:
    """The exact quantile as ClickHouse has it: the value at that place of the sorted ones."""
    ordered = sorted(values)
    return ordered[min(int(level * len(ordered)), len(ordered) - 1)]


@answers("Spend by model and day")
def _(events: Events) -> Rows:
    return sums(events.of_month, lambda each: (each.at.date(), each.line.model), spent)


@answers("Cost per project")
def _(events: Events) -> Rows:
    rows = sums(events.of_month, lambda each: each.line.project or "", one, spent)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@answers("Top members")
def _(events: Events) -> Rows:
    rows = sums(events.of_month, lambda each: each.line.user, one, spent)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@answers("Margin by provider")
def _(events: Events) -> Rows:
    priced = [each for each in events.of_month if each.line.rate]
    of = 10_000 + MARGIN_BPS
    margin = lambda line: line.amount - line.amount * 10_000 // of  # noqa: E731
    return sums(priced, lambda each: each.line.provider, spent, margin)


@answers("Cache savings")
def _(events: Events) -> Rows:
    priced = [each for each in events.of_month if each.line.rate]

    def saved(line: Any) -> int:
        prices = line.rate.unit_prices
        less = prices["input_tokens"] - prices["cached_tokens"]
        return int(line.quantities["cached_tokens"] * less)

    cached = lambda line: int(line.quantities["cached_tokens"])  # noqa: E731
    rows = sums(priced, lambda each: each.line.model, cached, saved)
    return [(model, tokens, saved // 10**9) for model, tokens, saved in rows]


@answers("p95 cost of a request")
def _(events: Events) -> Rows:
    found: dict[str, list[int]] = defaultdict(list)
    for each in events.of_month:
        found[each.line.model].append(each.line.amount)
    return [(name, p(found[name], 0.5), p(found[name], 0.95)) for name in sorted(found)]


@answers("Forecast of a month")
def _(events: Events) -> Rows:
    whole = sum(each.line.amount for each in events.of_month if each.at.date() <= TODAY.date())
    days = ((MONTH + timedelta(days=31)).replace(day=1) - MONTH).days
    return [(whole, whole * days // TODAY.day)]


@answers("Anomalies")
def _(events: Events) -> Rows:
    by_day = sums(events.lines, lambda each: (each.line.model, each.at.date()), spent)
    found = []
    for model in sorted({row[0] for row in by_day}):
        days = [row for row in by_day if row[0] == model]
        for place, (_, day, amount) in enumerate(days):
            before = [row[2] for row in days[max(0, place - 28) : place]]
            if len(before) >= 3 and amount > 3 * (usual := median_low(before)):
                found.append((day, model, amount, usual))
    assert found
    return sorted(found)


@answers("Cohorts by first purchase")
def _(events: Events) -> Rows:
    firsts: dict[str, date] = {}
    for each in events.movements:
        if each.category.value == "deposit":
            firsts.setdefault(each.owner, month_of(moment(each.recorded_us)))
    return [
        (
            cohort,
            len(owners := {owner for owner, first in firsts.items() if first == cohort}),
            sum(each.line.amount for each in events.lines if each.owner in owners),
        )
        for cohort in sorted(set(firsts.values()))
    ]


@answers("Breakage")
def _(events: Events) -> Rows:
    found: dict[str, int] = defaultdict(int)
    for each in events.movements:
        if each.category.value == "expiry":
            for part in each.lots:
                found[part.kind.value] += part.amount
    assert found
    return sorted(found.items())


@answers("Late usage")
def _(events: Events) -> Rows:
    def hours(each: Line) -> int:
        return microseconds(each.recorded) // 3_600_000_000 - microseconds(each.at) // 3_600_000_000

    late = [each for each in events.lines if each.line.late]
    assert late
    return sums(late, lambda each: hours(each) // 24, one, spent)


@answers("Caps that were hit")
def _(events: Events) -> Rows:
    found: dict[tuple[str, int], int] = defaultdict(int)
    for _, fact in events.facts:
        if isinstance(fact, CapBook.AlertRaised):
            found[fact.cap, fact.percent] += 1
    assert found
    return [(*key, found[key]) for key in sorted(found)]


@answers("Cost of a thousand output tokens")
def _(events: Events) -> Rows:
    tokens = lambda line: line.quantities.get("output_tokens", 0)  # noqa: E731
    rows = sums(events.of_month, lambda each: each.line.model, spent, tokens)
    return [(model, amount * 1000 // many) for model, amount, many in rows if many]


@answers("Hours of the day")
def _(events: Events) -> Rows:
    return sums(events.of_month, lambda each: each.at.hour, one, spent)


@answers("This month against the last")
def _(events: Events) -> Rows:
    both = [each for each in events.lines if month_of(each.at) in (MONTH, BEFORE)]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in both:
        found[each.line.service or ""][month_of(each.at) == BEFORE] += each.line.amount
    return [(name, *found[name]) for name in sorted(found)]


@answers("Usage that nothing covered")
def _(events: Events) -> Rows:
    in_debt = [each for each in events.lines if each.line.debt]
    rows = sums(in_debt, lambda each: each.owner, lambda line: line.debt)
    last = {each.owner: each.recorded for each in in_debt}
    assert rows
    return sorted(((*row, last[row[0]]) for row in rows), key=lambda row: (-row[1], row[0]))


@answers("Balances")
def _(events: Events) -> Rows:
    last = {(each.owner, each.asset): each.balance_after for each in events.movements}
    return [(*key, last[key]) for key in sorted(last)]


@answers("Credit in and out")
def _(events: Events) -> Rows:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in events.movements:
        of = found[each.category.value]
        of[0] += 1
        of[1] += max(each.amount, 0)
        of[2] += max(-each.amount, 0)
    return [(name, *found[name]) for name in sorted(found)]


@answers("Members who are new")
def _(events: Events) -> Rows:
    firsts: dict[str, date] = {}
    for each in sorted(events.lines, key=lambda each: each.at):
        firsts.setdefault(each.line.user, month_of(each.at))
    active = {each.line.user for each in events.of_month}
    return [
        (first, len(of), len(of & active))
        for first in sorted(set(firsts.values()))
        if (of := {user for user, month in firsts.items() if month == first})
    ]


@answers("What was given back")
def _(events: Events) -> Rows:
    back = [each for each in events.movements if each.category.value == "reversal"]
    assert [each.user for each in back] == ["ada"]
    return [("ada", len(back), sum(each.amount for each in back))]


def _alike(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def test_every_question_has_its_answer_here() -> None:
    assert list(QUERIES) == list(ANSWERS)
    assert len(QUERIES) == 20


@pytest.mark.parametrize("title", QUERIES)
def test_what_an_analyst_is_answered_is_what_the_events_say(
    analyst: Client, events: Events, title: str
) -> None:
    asked = {"month": MONTH.isoformat(), "today": TODAY.date().isoformat()}
    found = analyst.query(QUERIES[title], parameters=asked).result_rows
    assert [tuple(map(_alike, row)) for row in found] == ANSWERS[title](events)


OTHERS = (
    "SELECT count() FROM usage WHERE org != 'acme'",
    "SELECT count() FROM usage WHERE org = 'globex'",
    "SELECT count() FROM transactions PREWHERE org = 'globex'",
    "SELECT count() FROM ledger_events FINAL WHERE org = 'globex'",
    "SELECT sum(lines) FROM usage_sums WHERE org = 'globex'",
    "SELECT sum(lines) FROM usage_days WHERE org = 'globex'",
    "SELECT count() FROM tally.usage AS u WHERE u.org LIKE 'glob%'",
    "WITH x AS (SELECT org FROM usage) SELECT count() FROM x WHERE org != 'acme'",
    "SELECT countIf(org != 'acme') FROM (SELECT org FROM usage UNION ALL SELECT org FROM usage)",
    "SELECT count() FROM view(SELECT * FROM usage WHERE org = 'globex')",
    "SELECT count() FROM usage AS a JOIN transactions AS b ON a.sequence = b.sequence "
    "WHERE b.org != 'acme'",
)


@pytest.mark.parametrize("query", OTHERS)
def test_no_row_of_another_org_is_seen(told: TestStore, analyst: Client, query: str) -> None:
    assert analyst.query(query).result_rows == [(0,)]
    service = connect(told.clickhouse_url)
    assert service.query(query).result_rows != [(0,)], "there is something to see"
    service.close()


REFUSED = (
    "INSERT INTO usage (org) VALUES ('acme')",
    "ALTER TABLE usage DELETE WHERE true",
    "TRUNCATE TABLE usage",
    "DROP TABLE usage",
    "CREATE TABLE mine (n Int32) ENGINE = Memory",
    "SELECT 1 SETTINGS log_comment = 'globex'",
    "SELECT count() FROM usage SETTINGS log_comment = ''",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT query FROM system.processes",
    "SELECT query FROM `system`.processes",
    'SELECT query FROM "system" . processes',
    "SELECT query FROM `\\x73ystem`.processes",
    "SELECT * FROM {db:Identifier}.processes",
    "SELECT table_rows FROM information_schema.tables",
    "SELECT * FROM merge('tally', 'usage')",
    "SELECT * FROM MERGE('sys.*', 'processes')",
    "SELECT * FROM `merge` ('sys.*', 'processes')",
    "SELECT * FROM mergeTreeIndex('tally', 'usage')",
    "SELECT * FROM loop(tally.usage)",
    "SELECT * FROM remote('127.0.0.1', tally.usage)",
    "SHOW PROCESSLIST",
    "SHOW TABLES FROM system",
    "KILL QUERY WHERE true",
    "OPTIMIZE TABLE usage",
    "SET log_comment = 'globex'",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_nothing_but_questions_to_the_tables_is_taken(analyst: Client, statement: str) -> None:
    with pytest.raises(ClickHouseError):
        analyst.raw_query(statement, parameters={"db": "system"})


def test_what_a_request_sets_does_not_name_another_org(told: TestStore) -> None:
    url = urlsplit(url_of(told.clickhouse_url, "acme"))
    answer = httpx.post(
        f"http://{url.hostname}:{url.port}/",
        params={"log_comment": "globex", "readonly": "0"},
        auth=(str(url.username), str(url.password)),
        content="SELECT DISTINCT org FROM usage",
    )
    assert (answer.status_code, answer.text) == (200, "acme\n")


def test_an_analyst_of_another_org_or_with_its_password_does_not_get_in(told: TestStore) -> None:
    globex = url_of(told.clickhouse_url, "globex")
    client = connect(globex)
    assert client.query("SELECT DISTINCT org FROM usage").result_rows == [("globex",)]
    client.close()
    with pytest.raises(Exception, match="Authentication failed"):
        connect(globex.replace("analyst.globex", "analyst.acme"))


def test_the_role_of_a_server_has_every_table(told: TestStore) -> None:
    """chdb keeps no roles: it parses the script, which names what the migrations make."""
    bare = re.sub(r"^--.*\n", "", ROLE.read_text("utf-8"), flags=re.M)
    client = connect(told.clickhouse_url)
    for statement in filter(None, map(str.strip, bare.split(";"))):
        assert client.raw_query(f"EXPLAIN AST {statement}")
    client.close()
    made = {each.subject for each in definitions()} - {"usage_sums_of_lines"}
    assert set(re.findall(r"GRANT SELECT ON (\w+)", bare)) == made
    tables = {each.subject for each in definitions() if each.kind == "CREATE TABLE"}
    for policy in re.findall(r"CREATE ROW POLICY IF NOT EXISTS \w+ ON ([\w, ]+)", bare):
        assert set(policy.strip().split(", ")) == tables
    assert set(TABLES) == tables
