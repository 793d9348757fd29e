"""Rows beside the events that were edited, added or removed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.commands.privacy.erasures import ErasePerson
from tests.sampling import every
from tests.scenarios.commands import ACTOR
from tests.tamper.stores import StoredPlace, TestStore

ADA = "WHERE org = 'acme' AND owner = 'ada'"
SINGLE = "WHERE org = 'acme' AND key = 'single 3'"

CHANGES = {
    "balances.version": ("balances", f"UPDATE tally.balances SET version = 1 {ADA}"),
    "balances.sequence": ("balances", f"UPDATE tally.balances SET sequence = 1 {ADA}"),
    "balances.credits": ("balances", f"UPDATE tally.balances SET credits = credits + 1 {ADA}"),
    "balances.held": ("balances", f"UPDATE tally.balances SET held = 1 {ADA}"),
    "balances.debt": ("balances", f"UPDATE tally.balances SET debt = 1 {ADA}"),
    "balances.state": ("balances", f"UPDATE tally.balances SET state = state || ' ' {ADA}"),
    "balances.owner": ("balances", f"UPDATE tally.balances SET owner = 'eve' {ADA}"),
    "balances.asset": ("balances", f"UPDATE tally.balances SET asset = 'eur' {ADA}"),
    "balances.org": ("balances", f"UPDATE tally.balances SET org = 'eve' {ADA}"),
    "balances deleted": ("balances", f"DELETE FROM tally.balances {ADA}"),
    "balances added": (
        "balances",
        "INSERT INTO tally.balances SELECT org, 'eve', asset, version, sequence, credits, held, "
        f"debt, state FROM tally.balances {ADA}",
    ),
    "accounts": ("accounts", f"UPDATE tally.balances SET credits = credits + 1 {ADA}"),
    "keys.sequence": ("keys", f"UPDATE tally.keys SET sequence = 1 {SINGLE}"),
    "keys.line": ("keys", f"UPDATE tally.keys SET line = 1 {SINGLE}"),
    "keys.fingerprint": ("keys", f"UPDATE tally.keys SET fingerprint = 'x' {SINGLE}"),
    "keys.key": ("keys", f"UPDATE tally.keys SET key = 'single 999' {SINGLE}"),
    "keys.space": ("keys", f"UPDATE tally.keys SET space = 'command' {SINGLE}"),
    "keys.org": ("keys", f"UPDATE tally.keys SET org = 'globex' {SINGLE}"),
    "keys deleted": ("keys", f"DELETE FROM tally.keys {SINGLE}"),
    "keys added": ("keys", "INSERT INTO tally.keys VALUES ('acme', 'usage', 'new', 9, 0, 'f')"),
    "keys doubled": ("keys", f"INSERT INTO tally.keys SELECT * FROM tally.keys {SINGLE}"),
    "orgs.name": ("orgs", "UPDATE tally.orgs SET name = 'x' WHERE org = 'acme'"),
    "orgs.billing_mode": ("orgs", "UPDATE tally.orgs SET billing_mode = 'shared'"),
    "orgs deleted": ("orgs", "DELETE FROM tally.orgs WHERE org = 'acme'"),
    "orgs added": ("orgs", "INSERT INTO tally.orgs VALUES ('eve', 'Eve', 'shared', 1)"),
    "api_keys.role": ("api_keys", "UPDATE tally.api_keys SET role = 'operator'"),
    "api_keys.secret": ("api_keys", "UPDATE tally.api_keys SET secret_hash = 'x' || secret_hash"),
    "due.due_us": ("due", "UPDATE tally.due SET due_us = 1"),
    "due.stream": ("due", "UPDATE tally.due SET stream = stream || 'x'"),
    "due deleted": ("due", "DELETE FROM tally.due"),
    "due added": ("due", "INSERT INTO tally.due VALUES ('acme', 'wallet/credit/eve', 1)"),
    "allowances.free_monthly": ("allowances", "UPDATE tally.allowances SET free_monthly = 1"),
    "allowances.deleted": ("allowances", "DELETE FROM tally.allowances"),
    "api_keys.expires_us": ("api_keys", "UPDATE tally.api_keys SET expires_us = 1"),
    "api_keys.revoked": ("api_keys", "UPDATE tally.api_keys SET revoked = false"),
    "api_keys added": (
        "api_keys",
        "INSERT INTO tally.api_keys VALUES ('acme', 'k', 'n', 'admin', NULL, 'h', 1, false)",
    ),
    "role_books.roles": (
        "role_books",
        """UPDATE tally.role_books SET roles = '{"r1":["balance:read","usage:write"]}'""",
    ),
    "role_books deleted": ("role_books", "DELETE FROM tally.role_books WHERE org = 'acme'"),
    "texts.content": ("texts", "UPDATE tally.texts SET content = 'other' WHERE kind = 'reason'"),
    "texts deleted": ("texts", "DELETE FROM tally.texts WHERE kind = 'reason'"),
    "shard": ("positions", "UPDATE tally.shard SET position = position + 1"),
}
"""What is changed → the kind that must be wrong, and the change."""

TRANSACTION = {
    "owner": "'eve'",
    "user_id": "'eve'",
    "asset": "'usd'",
    "category": "'grant'",
    "amount": "amount - 1",
    "balance_after": "balance_after + 1",
    "occurred_us": "occurred_us + 1",
    "recorded_us": "recorded_us + 1",
    "hash": "'\\x00'",
    "detail": "detail || ' '",
}
USAGE = {
    "owner": "'eve'",
    "user": "'eve'",
    "credential": "'x'",
    "id": "'x'",
    "service": "'x'",
    "project": "'x'",
    "provider": "'x'",
    "model": "'x'",
    "occurred_at": "occurred_at + INTERVAL 1 SECOND",
    "input_tokens": "input_tokens + 1",
    "cached_tokens": "1",
    "cache_write_tokens": "1",
    "output_tokens": "output_tokens + 1",
    "quantities": "map('images', 1)",
    "amount": "amount + 1",
    "debt": "1",
    "balance_after": "balance_after + 1",
    "rate_card": "'x'",
    "rate_version": "9",
    "late": "true",
    "hash": "toFixedString('x', 32)",
}


@pytest.mark.parametrize("change", every(3, CHANGES))
def test_changed_row_is_named(store: TestStore, change: str) -> None:
    kind, statement = CHANGES[change]
    store.tamper(statement)
    report = store.verify()
    assert report.exit_code == 1
    found = report[kind].first
    assert found is not None, report.as_dict()
    column = change.partition(".")[2]
    if kind in ("balances", "keys") and column not in ("", "owner", "asset", "org", "key", "space"):
        assert column in found.detail
        assert report[kind].wrong == 1


def test_every_column_of_a_transaction_is_compared(store: TestStore, target: StoredPlace) -> None:
    row = f"WHERE org = '{target.org}' AND sequence = {target.sequence}"
    values = ", ".join(f"{column} = {value}" for column, value in TRANSACTION.items())
    store.tamper(f"UPDATE tally.transactions SET {values} {row}")
    found = store.verify()["transactions"].first
    assert found is not None
    assert found.place[:3] == (target.org, target.sequence, 0)
    assert [column for column in TRANSACTION if f"{column} is" not in found.detail] == []


@pytest.mark.parametrize("change", every(3, ["org = 'globex'", "sequence = 9999", "line = 7"]))
def test_moved_transaction_is_named(store: TestStore, target: StoredPlace, change: str) -> None:
    row = f"WHERE org = '{target.org}' AND sequence = {target.sequence}"
    store.tamper(f"UPDATE tally.transactions SET {change} {row}")
    check = store.verify()["transactions"]
    assert check.wrong == 2  # it is missing where it was and stray where it is
    assert check.first is not None
    assert check.first.place[:2] == (target.org, target.sequence)


def test_removed_and_added_transactions_are_named(store: TestStore, target: StoredPlace) -> None:
    row = f"WHERE org = '{target.org}' AND sequence = {target.sequence}"
    store.tamper(f"DELETE FROM tally.transactions {row}")
    found = store.verify()["transactions"].first
    assert found is not None
    assert (found.place[:3], found.detail) == ((target.org, target.sequence, 0), "missing")


def test_every_column_of_usage_is_compared(store: TestStore, target: StoredPlace) -> None:
    row = f"WHERE org = '{target.org}' AND sequence = {target.sequence}"
    values = ", ".join(f"`{column}` = {value}" for column, value in USAGE.items())
    store.analysts(f"ALTER TABLE usage UPDATE {values} {row}")
    found = store.verify()["usage"].first
    assert found is not None
    assert found.place[:3] == (target.org, target.sequence, 0)
    assert [column for column in USAGE if f"{column} is" not in found.detail] == []


@pytest.mark.parametrize("column", every(2, ["org", "sequence", "line", "recorded_at", "amount"]))
def test_newer_or_added_usage_row_is_named(
    store: TestStore, target: StoredPlace, column: str
) -> None:
    value = {
        "org": "'eve'",
        "sequence": "9999",
        "line": "7",
        "recorded_at": "recorded_at + INTERVAL 1 MONTH",
        "amount": "amount + 1",
    }[column]
    store.analysts(
        f"INSERT INTO usage SELECT * REPLACE ({value} AS {column}) FROM (SELECT * FROM usage "
        f"WHERE org = '{target.org}' AND sequence = {target.sequence})"
    )
    report = store.verify()
    assert report["usage"].wrong == 1
    assert report.exit_code == 1


def test_deleted_usage_row_is_named(store: TestStore, target: StoredPlace) -> None:
    store.analysts(f"ALTER TABLE usage DELETE WHERE position = {target.position}")
    found = store.verify()["usage"].first
    assert found is not None
    assert (found.place[:3], found.detail) == ((target.org, target.sequence, 0), "missing")


def test_usage_row_at_another_position_is_named(store: TestStore, target: StoredPlace) -> None:
    row = f"WHERE org = '{target.org}' AND sequence = {target.sequence}"
    store.analysts(f"ALTER TABLE usage UPDATE position = 99999 {row}")
    found = store.verify()["usage"].first
    assert found is not None
    assert found.place[:3] == (target.org, target.sequence, 0)
    assert found.detail.startswith("position is 99999")


def test_usage_row_beyond_the_last_event_is_named(store: TestStore) -> None:
    store.analysts("INSERT INTO usage SELECT * REPLACE (99999 AS position) FROM usage LIMIT 1")
    found = store.verify()["usage"].first
    assert found is not None
    assert found.place.position == 99999


def forget(user: str) -> ErasePerson:
    return ErasePerson(
        org="acme", actor=ACTOR, key="forget", sent={}, user=user, erasure="erasure-1"
    )


def test_erased_texts_verify_when_an_event_says_so(store: TestStore) -> None:
    persons = store.rows("SELECT person FROM tally.texts WHERE org = 'acme' LIMIT 1")
    store.run([forget(persons[0][0])])
    assert store.rows("SELECT FROM tally.texts WHERE content IS NULL AND salt IS NULL")
    report = store.verify()
    assert report.exit_code == 0, report.as_dict()


def test_a_text_erased_without_an_event_is_named(store: TestStore) -> None:
    store.tamper(
        "UPDATE tally.texts SET salt = NULL, content = NULL "
        "WHERE digest = (SELECT max(digest) FROM tally.texts)"
    )
    ((digest,),) = store.rows("SELECT max(digest) FROM tally.texts")
    found = store.verify()["texts"].first
    assert found is not None
    assert found.place.row == digest
    assert "no event" in found.detail


def test_an_erased_text_that_is_put_back_is_named(store: TestStore) -> None:
    ((person, digest),) = store.rows(
        "SELECT person, digest FROM tally.texts WHERE org = 'acme' LIMIT 1"
    )
    store.run([forget(person)])
    store.tamper(
        "UPDATE tally.texts t SET salt = s.salt, content = s.content FROM saved.texts s "
        f"WHERE (s.org, s.digest) = (t.org, t.digest) AND s.digest = '{digest}'"
    )
    report = store.verify()
    found = report["texts"].first
    assert report["texts"].wrong == 1
    assert found is not None
    assert found.place.row == digest


def test_clickhouse_down_is_never_passed(store: TestStore) -> None:
    store.ends, ends = replace(store.ends, clickhouse_url="http://x:y@127.0.0.1:9/none"), store.ends
    report = store.verify()
    store.ends = ends
    assert report.exit_code == 2
    assert report["usage"].unchecked
    assert "ClickHouse" in str(report["usage"].reason)
