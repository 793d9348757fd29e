"""What every event store promises: commits, keys, balances, chains and what can be read back."""

from __future__ import annotations

import pytest

from ledger.credits.ports import BalanceRow
from ledger.credits.usage import LINES
from ledger.kernel.chain import EMPTY, GENESIS, Head
from ledger.kernel.errors import ClockSkewed
from ledger.kernel.keys import COMMANDS, Key, KeyRow
from ledger.kernel.texts import blind
from ledger.ports import RaceLost
from tests.contracts.stores import AnyJournal, Store, append_to, batch_of, clock_us, entry


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def test_an_empty_store_knows_nothing(event_store: AnyJournal) -> None:
    assert event_store.look_up(["a"], [Key("a", COMMANDS, "k")]) == ({}, {})
    assert event_store.events_after("a", 0) == []
    assert event_store.events_at([("a", 1)]) == {}
    assert event_store.balance_rows(["a/wallet/credit/u"]) == {}
    assert event_store.texts("a", ["d"]) == {}
    assert event_store.select_positions(0, 10) == []
    assert event_store.max_notification_id() is None


def test_an_appended_event_is_read_back_as_it_was_given(event_store: AnyJournal) -> None:
    body = '{"a":"\u00fc\U0001f600","n":9223372036854775807}'.encode()
    given = entry("a", "wallet/credit/team/u", body=body, key="k")
    batch = append_to(event_store, [given])

    (event,) = event_store.events_after("a", 0)
    assert event.position == 1
    assert (event.org, event.sequence, event.stream) == ("a", 1, "wallet/credit/team/u")
    assert (event.version, event.type, event.recorded_us) == (1, given.type, given.recorded_us)
    assert (event.actor, event.idempotency_key) == (given.actor, "k")
    assert bytes(event.body) == body
    assert bytes(event.hash) == batch.links[0].hash
    assert event_store.events_at([("a", 1), ("a", 2), ("b", 1)]) == {("a", 1): event}


def test_heads_move_to_the_last_link_of_each_org(event_store: AnyJournal) -> None:
    batch = append_to(event_store, [entry("a", "s"), entry("b", "s"), entry("a", "s", 2)])

    heads, _ = event_store.look_up(["a", "b", "c"], [])
    assert heads == dict(batch.heads_after)
    assert heads["a"] == Head(2, batch.links[2].hash, batch.links[2].entry.recorded_us)
    assert batch.heads_before["a"].hash == GENESIS
    assert [each.sequence for each in event_store.events_after("a", 1)] == [2]


def test_keys_are_found_by_org_and_space(event_store: AnyJournal) -> None:
    row = KeyRow(Key("a", LINES, "k"), 1, 7, "print")
    append_to(event_store, [entry("a", "s")], keys=[row])

    asked = [row.key, Key("a", COMMANDS, "k"), Key("b", LINES, "k")]
    assert event_store.look_up([], asked)[1] == {row.key: row}


def test_a_key_is_used_once_and_a_refused_batch_leaves_nothing(event_store: AnyJournal) -> None:
    row = KeyRow(Key("a", LINES, "k"), 1, 0, "print")
    append_to(event_store, [entry("a", "s")], keys=[row])

    with pytest.raises(RaceLost):
        append_to(
            event_store,
            [entry("b", "s"), entry("a", "s", 2)],
            keys=[KeyRow(Key("b", LINES, "other"), 1, 0, "p"), row._replace(sequence=2)],
            balances=[BalanceRow("b", "u", "credit", 1, 1, 5, 0, 0, "{}")],
            texts=[("b", blind("text", "reason", "u", b"salt"))],
        )
    assert set(event_store.look_up(["a", "b"], [Key("b", LINES, "other")])[0]) == {"a"}
    assert [event.position for event in event_store.select_positions(0, 10)] == [1]
    assert event_store.balance_rows(["b/wallet/credit/u"]) == {}
    append_to(event_store, [entry("b", "s")])
    assert [event.position for event in event_store.select_positions(0, 10)] == [1, 2]


def test_a_batch_that_uses_one_key_twice_is_refused(event_store: AnyJournal) -> None:
    row = KeyRow(Key("a", LINES, "k"), 1, 0, "print")
    with pytest.raises(RaceLost):
        append_to(event_store, [entry("a", "s")], keys=[row, row._replace(line=1)])
    assert event_store.select_positions(0, 10) == []


def test_a_version_of_a_stream_is_written_once(event_store: AnyJournal) -> None:
    append_to(event_store, [entry("a", "s", 1)])
    with pytest.raises(RaceLost):
        append_to(event_store, [entry("a", "s", 1)])


def test_a_batch_is_refused_when_a_head_it_was_decided_on_has_moved(
    event_store: AnyJournal,
) -> None:
    seen = dict(append_to(event_store, [entry("a", "s"), entry("b", "s")]).heads_after)
    append_to(event_store, [entry("c", "s")], heads_seen={"a": seen["a"], "unheard-of": EMPTY})
    append_to(event_store, [entry("a", "s", 2)])

    with pytest.raises(RaceLost):
        append_to(event_store, [entry("b", "s", 2)], heads_seen={"a": seen["a"]})
    with pytest.raises(RaceLost):
        append_to(event_store, [entry("b", "s", 2)], heads_seen={"a": EMPTY})
    later = seen["b"]._replace(recorded_us=seen["b"].recorded_us + 1)
    with pytest.raises(RaceLost):
        append_to(event_store, [entry("b", "s", 2)], heads_seen={"b": later})
    assert [event.position for event in event_store.select_positions(0, 10)] == [1, 2, 3, 4]


def test_the_slower_of_two_writers_loses_the_race(store: Store) -> None:
    faster, slower = store.open(), store.open()
    append_to(faster, [entry("a", "s")])
    heads, _ = slower.look_up(["a"], [])
    stale = batch_of(heads, [entry("a", "s", 2)])
    append_to(faster, [entry("a", "t")])

    with pytest.raises(RaceLost):
        slower.append(stale)
    assert not slower.is_committed(stale)
    assert append_to(slower, [entry("a", "s", 2)]).links[0].sequence == 3


def test_two_writers_race_for_the_first_event_of_an_org(store: Store) -> None:
    first, second = store.open(), store.open()
    batch = batch_of({}, [entry("a", "s")])
    rival = batch_of({}, [entry("a", "s", body=b"{1}")])
    first.append(batch)
    with pytest.raises(RaceLost):
        second.append(rival)
    assert second.is_committed(batch)
    assert not second.is_committed(rival)


def test_orgs_do_not_race_with_each_other(store: Store) -> None:
    one, other = store.open(), store.open()
    batches = [batch_of({}, [entry(org, "s")]) for org in ("a", "b")]
    assert [one.append(batches[0]), other.append(batches[1])] == [1, 2]


def test_a_balances_row_is_replaced_whole(event_store: AnyJournal) -> None:
    row = BalanceRow("a", "team/u@x", "credit", 1, 1, 5, 0, 0, '{"n":1}')
    pool = BalanceRow("a", "@pool", "usd", 1, 1, 7, 0, 0, "{}")
    append_to(event_store, [entry("a", "s")], balances=[row, pool])
    later = row._replace(version=2, sequence=2, credits=0, debt=3, state='{"n":2}')
    append_to(event_store, [entry("a", "s", 2)], balances=[later])

    asked = ["a/wallet/credit/team/u@x", "a/wallet/usd/@pool", "a/wallet/usd/team/u@x"]
    assert event_store.balance_rows(asked) == {asked[0]: later, asked[1]: pool}


def test_rows_of_tables_are_read_by_their_keys(event_store: AnyJournal) -> None:
    row = {"org": "a", "series": "invoices", "number": 7, "year": 2026, "version": 8}
    append_to(event_store, [entry("a", "s")], rows={"number_books": [row]})
    later = row | {"number": 2**62, "version": 9}
    append_to(event_store, [entry("a", "s", 2)], rows={"number_books": [later]})
    places = [("a", "invoices"), ("a", "credit-notes"), ("b", "invoices")]
    assert event_store.kept_rows("number_books", places) == [later]
    assert event_store.kept_rows("number_books", []) == []


def test_texts_are_kept_beside_the_events(event_store: AnyJournal) -> None:
    text = blind("for the outage \u2603", "reason", "u", bytes(range(16)))
    append_to(event_store, [entry("a", "s")], texts=[("a", text)])
    assert event_store.texts("a", [text.digest, "other"]) == {text.digest: text}
    assert event_store.texts("b", [text.digest]) == {}


@pytest.mark.parametrize("offset_s", [-6, 6])
def test_a_clock_more_than_five_seconds_off_is_refused(
    event_store: AnyJournal, offset_s: int
) -> None:
    with pytest.raises(ClockSkewed):
        append_to(event_store, [entry("a", "s")], clock_us=clock_us() + offset_s * 1_000_000)
    append_to(event_store, [entry("a", "s")], clock_us=clock_us() + offset_s * 500_000)


def test_a_thousand_events_and_keys_in_one_batch(event_store: AnyJournal) -> None:
    entries = [entry("a", f"s{n}") for n in range(1000)]
    keys = [KeyRow(Key("a", LINES, f"k{n}"), n + 1, 0, "p") for n in range(1000)]
    batch = append_to(event_store, entries, keys=keys)
    assert [bytes(event.hash) for event in event_store.events_after("a", 0)] == [
        link.hash for link in batch.links
    ]
    assert len(event_store.look_up([], [row.key for row in keys])[1]) == 1000
