"""The queries of docs/analysts.md, asked as an analyst of one org: what they answer is what the
events add up to, computed here from the facts alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
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
from api.commands.command import Command
from api.commands.credits.caps import SetCaps
from ledger.carts.abandoned import AbandonedCarts
from ledger.credits.caps import Cap, Period
from ledger.invoices.tax_rates import AppliedTax
from ledger.kernel.times import format_time, microseconds
from ledger.ordering.past_terms import PastLine
from ledger.ordering.refund_shares import AskedLine, shares_of_lines
from ledger.pricing.shipping_method import ShippingMethod
from ledger.subscriptions.changes import When
from tests.processes.projections import (  # they have answers, too
    order_cookbook,  # noqa: F401
    shop_cookbook,  # noqa: F401
)
from tests.processes.projections.cookbook import (
    ANSWERS,
    BEFORE,
    MARGIN_BPS,
    MODELS,
    MONTH,
    TODAY,
    Events,
)
from tests.processes.projections.test_exactly_once import catch_up
from tests.scenarios.commands import ACTOR, deposit, grant, price, publish, register, usage, use
from tests.scenarios.fulfilment_commands import create, leave
from tests.scenarios.invoice_commands import (
    credit,
    draft,
    issue,
    item,
    pay,
    settings,
    tax,
    tax_rates,
    void,
)
from tests.scenarios.order_commands import CARD, paid, place, refund, refund_told, terms
from tests.scenarios.past_order_commands import abandoned, import_order
from tests.scenarios.promotion_commands import publish_promotion
from tests.scenarios.stock_commands import adjust, location, receive
from tests.scenarios.subscription_commands import cancel, publish_plan, subscribe
from tests.scenarios.wallet_commands import reverse
from tests.tamper.stores import TestStore

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "analysts.md"
ROLE = ROOT / "ops" / "clickhouse" / "analysts.sql"
QUERIES = dict(
    re.findall(r"^## \d+\. (.*?)\n.*?```sql\n(.*?)```", PAGE.read_text("utf-8"), re.M | re.S)
)


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
    store.run(_billed(org, times))
    store.run(_ordered(org, times))
    store.run(_sold(org, times))
    store.clock.ahead_us = 0


def _sold(org: str, times: int) -> list[Command[Any]]:
    """Orders of carts and of a guest, one of them not paid, one of another shop software; and carts
    that nobody ordered."""
    day = f"{MONTH:%Y-%m-%d}"
    placed = [
        place(11, terms(("FILE", times, 500)), method=CARD, cart="cart-11"),
        paid(11, 500 * times),
        place(12, terms(("FILE", 1, 70)), method=CARD, user=None, guest="0" * 64),
        paid(12, 70),
        place(13, terms(("FILE", 1, 9)), method=CARD, cart="cart-13"),
        import_order("#1002", PastLine("OLD", 1, 500), placed=f"{BEFORE:%Y-%m-%d}T00:00:00Z"),
    ]
    left = abandoned(counts=[AbandonedCarts(day, "usd", 2 * times, 1, 9)])
    return [replace(each, org=org) for each in (*placed, left)]


def _billed(org: str, times: int) -> list[Command[Any]]:
    """Invoices in several states, and subscriptions that are paid by invoice: no money has come, so
    no credits have."""
    by_invoice = {"net_days": 30, "seat_price": 700, "credits_included": 0}
    plans = (
        publish_plan("small", 1_000 * times, key="small", org=org, **by_invoice),
        publish_plan("large", 3_333 * times, key="large", org=org, **by_invoice),
    )
    subscribed = [
        subscribe("small", key="s1", user="ada"),
        subscribe("small", key="s2", user="bo", seats=3),
        subscribe("large", key="s3", user="dan"),
        subscribe("large", key="s4", user="cy"),
        cancel(key="s5", user="cy", at=When.NOW),
    ]
    return [
        *(settings("inv", org=org), tax_rates(tax(19), key="tax", org=org), *plans),
        *(replace(each, org=org) for each in subscribed),
        *(draft(item(500 * times), id=name, org=org) for name in ("open", "paid", "void")),
        *(issue(name, org=org) for name in ("open", "paid", "void")),
        replace(pay(id="paid"), org=org),
        replace(credit(100, id="open"), org=org),
        replace(void("void"), org=org),
    ]


def _ordered(org: str, times: int) -> list[Command[Any]]:
    """Orders of a user and of a guest, one of them sent and given back in part, one not paid."""
    vat = AppliedTax(
        name="VAT", country="DE", category="standard", rate=190_000, org=org, version=1
    )
    parcel = ShippingMethod(id="parcel", name="Parcel", currency="usd", amount=499)
    sent = terms(
        ("MUG", 2, 999 * times),
        ("FILE", 1, 333),
        off=[("spring", 1_000)],
        sent=parcel,
        tax=lambda item: vat,
    )
    mug = terms(("MUG", 1, 999 * times), tax=lambda item: vat)
    promotion = publish_promotion("spring", key="spring", bps=1_000)
    back = [AskedLine(1, units=1), AskedLine(3)]
    ordered = [
        *(location(), receive(9, cost=4_000 * times), promotion),
        *(place(1, sent), paid(1, sent.to_pay)),
        *(place(2, mug, user=None, guest="digest"), paid(2, mug.to_pay), place(3, mug)),
        *(create("shp_1", (1, 2)), leave(), adjust(-1)),
        refund(1, *back),
    ]
    amounts = shares_of_lines(sent, [], back)
    ordered.append(refund_told(1, "ref_1", sum(each.amount for each in amounts)))
    return [replace(each, org=org) for each in ordered]


def _uses(org: str, number: int, at: datetime, times: int) -> Iterator[Any]:
    occurred = format_time(microseconds(at))
    for member, (model, provider) in enumerate(MODELS):
        quantities = {"input_tokens": 1000 * times + 17 * number, "cached_tokens": 300 + number}
        yield use(
            id=f"priced {number}.{member}",
            user=("ada", "bo")[member],
            model=model,
            provider=provider,
            project=("atlas", "borea")[number % 2],
            service="chat" if member else None,
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


@pytest.fixture(scope="module")
def events(told: TestStore) -> Events:
    reader = PostgresProjection(told.ends.database.writer, "usage")
    found = Events(reader.span(0, 2**47), "acme")
    reader.close()
    return found


def _alike(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def test_every_question_has_its_answer_here() -> None:
    assert list(QUERIES) == list(ANSWERS)
    assert len(QUERIES) == 33


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
