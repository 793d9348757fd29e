"""What operators are shown of alarms and of calls to the outside, whichever process they are of."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import psycopg
import pytest

from adapters.postgres.alarms import PostgresAlarms
from adapters.postgres.effects import PostgresCalls
from api.alarms import AlarmCounter, counted_alarms
from api.container import Endpoints
from ledger.kernel.alarms import Alarm
from projections.ports import Call, CallName
from tests.api.served import Served, served

_log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, read_models=False) as running:
        yield running


def counted(service: Served, name: str) -> dict[str, float]:
    """The values of a metric by its labels."""
    lines = service.operator.get("/metrics").text.splitlines()
    found = [line.rpartition(" ") for line in lines if line.startswith(name + "{")]
    return {labels.partition("{")[2].rstrip("}"): float(value) for labels, _, value in found}


def of(service: Served, alarm: Alarm) -> float:
    return counted(service, "tally_alarms_total")[f'alarm="{alarm}"']


def test_every_alarm_is_there_before_it_is_raised(service: Served) -> None:
    assert len(counted(service, "tally_alarms_total")) == len(Alarm)


def test_alarms_of_all_processes_are_added_up(service: Served) -> None:
    before = of(service, Alarm.ORG_NOT_SEALED)
    for _ in range(3):  # three processes, one after the other
        with counted_alarms(PostgresAlarms(service.ends.database.writer)):
            _log.error("ALARM: %s is not sealed", "acme", extra=Alarm.ORG_NOT_SEALED.mark)
            _log.error("this is none")
    assert of(service, Alarm.ORG_NOT_SEALED) == before + 3
    with psycopg.connect(service.ends.database.owner) as owner:
        (why,) = owner.execute("SELECT why FROM tally.alarms").fetchall()
    assert why == ("ALARM: acme is not sealed",)


def test_what_the_database_does_not_take_is_added_later(service: Served) -> None:
    before = of(service, Alarm.STORE_FULL)
    counter = AlarmCounter(PostgresAlarms("postgresql://127.0.0.1:1/x"))
    record = logging.makeLogRecord({"msg": "ALARM: full", **Alarm.STORE_FULL.mark})
    counter.emit(record)
    assert not counter.write()
    counter._store = PostgresAlarms(service.ends.database.writer)
    counter.emit(record)
    assert counter.write()
    assert counter.write()
    counter._store.close()
    assert of(service, Alarm.STORE_FULL) == before + 2


def test_an_alarm_that_is_raised_while_another_is_written_at_the_end_is_counted() -> None:
    written: list[dict[Alarm, int]] = []

    class Ending:
        """Is written to when the process ends, and another thread says one thing more."""

        def add(self, times: dict[Alarm, int], why: dict[Alarm, str]) -> None:
            written.append(times)
            if len(written) == 1:
                counter.stop()
                counter.emit(logging.makeLogRecord(Alarm.ACCESS_LOG_LOST.mark))

        def close(self) -> None:
            """Nothing to do."""

    counter = AlarmCounter(Ending(), linger_s=0)
    counter.emit(logging.makeLogRecord(Alarm.ACCESS_LOG_BEHIND.mark))
    counter.run()
    assert written == [{Alarm.ACCESS_LOG_BEHIND: 1}, {Alarm.ACCESS_LOG_LOST: 1}]


def test_an_alarm_that_names_what_is_no_text_is_counted(service: Served) -> None:
    before = of(service, Alarm.WITNESS_BEHIND)
    with counted_alarms(PostgresAlarms(service.ends.database.writer)):
        name = b"/backup/\xff\0".decode(errors="surrogateescape")
        _log.error("ALARM: the witness %s is behind", name, extra=Alarm.WITNESS_BEHIND.mark)
    assert of(service, Alarm.WITNESS_BEHIND) == before + 1


def test_calls_are_counted_by_what_became_of_them(service: Served) -> None:
    calls = PostgresCalls(service.ends.database.writer)
    names = [CallName("acme", "told", str(n)) for n in range(4)]
    calls.add([Call(name, "") for name in names])
    calls.end(names[0])
    calls.end(names[0])
    calls.end(names[1], failed="it answered 410.")
    calls.close()
    assert counted(service, "tally_effects_total") == {
        'effect="told",outcome="done"': 1,
        'effect="told",outcome="failed"': 1,
    }
    assert counted(service, "tally_effects_waiting") == {'effect="told"': 2}
    (lag,) = counted(service, "tally_effect_lag_seconds").values()
    assert 0 < lag < 300
