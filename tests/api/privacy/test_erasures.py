"""Erasing a person: the text is gone from everywhere, the chain verifies, retries still replay."""

from __future__ import annotations

import uuid

import psycopg

from adapters.clickhouse import connection as clickhouse
from api.cli.erase_person import erase_with
from api.container import Endpoints, event_store, ledger
from api.verification.verify import verify
from ledger.kernel.limits import TEXTS_PER_ERASURE_MAX
from tests.api.problems import problem
from tests.api.served import Api, Served, done

ERASURES = "/v1/audit/erasures"
_COLUMNS = """
SELECT c.oid::regclass::text, a.attname,
       format(CASE a.atttypid WHEN 'bytea'::regtype THEN 'encode(t.%1$I, ''escape'')'
                              ELSE 't.%1$I::text' END, a.attname)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped
   AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace,
                              'pg_toast'::regnamespace)
"""


def places_of(ends: Endpoints, text: str) -> set[str]:
    """Every table and column of both engines that holds a text somewhere."""
    found = set()
    with psycopg.connect(ends.database.owner) as connection:
        for table, column, cast in connection.execute(_COLUMNS).fetchall():
            query = f"SELECT 1 FROM {table} t WHERE position(%s IN {cast}) > 0 LIMIT 1"
            if connection.execute(query, [text]).fetchone():
                found.add(f"{table}.{column}")
    client = clickhouse.connect(ends.clickhouse_url)
    tables = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()")
    for (table,) in tables.result_rows:
        for row in client.query(f"SELECT * FROM `{table}`").result_rows:
            if text in repr(row):
                found.add(table)
    client.close()
    return found


def test_what_named_a_person_is_gone_from_every_table_and_the_chain_verifies(
    service: Served,
) -> None:
    admin = service.new_admin()
    member = service.issue(str(admin.org), "admin", subject="ada")
    member.headers["User-Agent"] = "needle-agent"
    metadata = {"note": "needle-metadata"}
    body = {"id": str(uuid.uuid4()), "user": "ada", "amount": 1, "metadata": metadata}
    used = done(member.send("/v1/billing/usage", body, key=None))
    done(admin.use("bob", "1", metadata={"note": "needle-of-bob"}))
    done(admin.send("/v1/billing/adjustments", adjustment("needle-reason")))
    for needle in ("needle-metadata", "needle-reason", "needle-agent"):
        assert places_of(service.ends, needle) == {"tally.texts.content"}

    erased = admin.erase("ada", reason="needle-request")
    assert (erased["user"], erased["texts"], erased["complete"]) == ("ada", 3, True)

    for needle in ("needle-metadata", "needle-reason", "needle-agent"):
        assert places_of(service.ends, needle) == set()
    assert places_of(service.ends, "needle-of-bob") == {"tally.texts.content"}
    report = verify(service.ends)
    assert report.exit_code == 0, report.as_dict()
    again = member.send("/v1/billing/usage", body, key=None)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert done(again) == used | {"metadata": None, "erased": True}
    assert places_of(service.ends, "needle-metadata") == set()
    listed = done(admin.get("/v1/billing/transactions", user="ada", min_sequence=used["sequence"]))
    assert {each["erased"] for each in listed["data"]} == {True}
    assert admin.erase("ada")["texts"] == 1, "the reason of the erasure was the person's too"
    assert places_of(service.ends, "needle-request") == set()


def test_what_is_sent_again_after_an_erasure_is_answered_without_its_text(admin: Api) -> None:
    sent = [
        ("/v1/billing/usage", {"id": "u", "user": "ada", "amount": 1, "metadata": {"a": "b"}}),
        ("/v1/billing/credits", {"user": "ada", "amount": 9, "kind": "free", "reason": "x"}),
        ("/v1/billing/adjustments", {"user": "ada", "amount": -1, "reason": "x"}),
        ("/v1/billing/wallets/ada/suspend", {"reason": "x"}),
        ("/v1/billing/zap", {"user": "ada", "reason": "x"}),
    ]
    for number, (path, body) in enumerate(sent):
        first = done(admin.send(path, body, key=f"k{number}"))
        assert done(admin.send(path, body, key=f"k{number}")) == first
    admin.erase("ada", reason="asked for")
    for number, (path, body) in enumerate(sent):
        again = admin.send(path, body, key=f"k{number}")
        assert again.headers["Idempotency-Replayed"] == "true"
        value = done(again)
        assert (value.get("metadata"), value.get("reason")) == (None, None), path
        assert value.get("erased", True), path
    batch = {"mode": "independent", "items": [sent[0][1]]}
    (item,) = done(admin.send("/v1/billing/usage/batch", batch, key=None))["results"]
    assert item["replayed"]
    assert item["transaction"]["erased"]


def adjustment(reason: str) -> dict[str, object]:
    return {"user": "ada", "amount": 1, "reason": reason}


def test_an_erasure_is_an_event_and_its_key_has_one_effect(service: Served, admin: Api) -> None:
    done(admin.use("ada", "1", metadata={"a": "b"}))
    before = service.events(admin.org)
    first = admin.send(ERASURES, {"user": "ada", "reason": "asked"}, key="forget")
    twin = admin.send(ERASURES, {"user": "ada", "reason": "asked"}, key="forget")
    assert done(first)["texts"] == 1
    assert twin.json() == first.json()
    assert twin.headers["Idempotency-Replayed"] == "true"
    assert service.events(admin.org) == before + 1
    other = admin.send(ERASURES, {"user": "bob", "reason": "asked"}, key="forget")
    problem(other, 422, "idempotency_key_reused", "Idempotency-Key")


def test_a_bad_erasure_names_its_field(admin: Api) -> None:
    problem(admin.send(ERASURES, {}), 422, "invalid", "user")
    problem(admin.send(ERASURES, {"user": "a b"}), 422, "invalid", "user")
    problem(admin.send(ERASURES, {"user": "ada", "x": 1}), 422, "invalid", "x")
    problem(
        admin.send(ERASURES, {"user": "ada"}, key=None), 400, "missing_input", "Idempotency-Key"
    )


def test_more_texts_than_one_event_takes_are_erased_by_several_and_a_stop_between_is_made_good(
    service: Served, admin: Api
) -> None:
    with psycopg.connect(service.ends.database.owner) as connection:
        connection.execute(
            "INSERT INTO tally.texts SELECT %s, 'digest ' || n, 'metadata', 'ada', 's', 'needle' "
            "FROM generate_series(1, %s) n",
            [admin.org, TEXTS_PER_ERASURE_MAX + 5],
        )
    first = admin.erase("ada")  # ... and here a process stops
    assert (first["texts"], first["complete"]) == (TEXTS_PER_ERASURE_MAX, False)
    store = event_store(service.ends.database, "test")
    assert erase_with(ledger(store), str(admin.org), "ada") == 5
    assert erase_with(ledger(store), str(admin.org), "ada") == 0
    store.close()
    with psycopg.connect(service.ends.database.owner) as connection:
        left = connection.execute(
            "SELECT count(*) FROM tally.texts WHERE org = %s AND content IS NOT NULL "
            "AND person = 'ada'",
            [admin.org],
        ).fetchone()
        # texts without an event would not verify: those of this test go again
        connection.execute(
            "DELETE FROM tally.texts WHERE org = %s AND digest LIKE 'digest %%'", [admin.org]
        )
    assert left == (0,)


def test_a_text_whose_row_names_another_is_erased_with_the_person_whom_events_name(
    service: Served,
) -> None:
    admin = service.new_admin()
    org = str(admin.org)
    member = service.issue(org, "admin", subject="ada")
    member.headers["User-Agent"] = "needle-agent"
    body = {"id": "x", "user": "ada", "amount": 1, "metadata": {"note": "needle-metadata"}}
    done(member.send("/v1/billing/usage", body, key=None))
    done(admin.send("/v1/billing/adjustments", adjustment("needle-reason")))
    refused = service.issue(org, "member", subject="ada")
    refused.headers["User-Agent"] = "needle-refused"
    assert refused.send("/v1/billing/deposits", {"user": "ada", "amount": 1}).status_code == 403
    service.service.access_log.flush()
    with psycopg.connect(service.ends.database.owner) as connection:
        connection.execute("UPDATE tally.texts SET person = 'eve' WHERE org = %s", [org])
    erased = done(admin.send(ERASURES, {"user": "ada"}))
    assert (erased["texts"], erased["complete"]) == (4, True)
    for needle in ("needle-metadata", "needle-reason", "needle-agent", "needle-refused"):
        assert places_of(service.ends, needle) == set()
