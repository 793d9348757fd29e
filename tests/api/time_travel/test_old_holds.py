"""A hold of long ago is found by its id among all that its wallet did since, in little of it."""

from __future__ import annotations

import threading

import httpx
import psycopg
import pytest

from adapters.postgres.event_store import PostgresEventStore
from api import container
from api.container import clock_us, projections
from api.writer.group_commit import GroupCommit
from ledger.credits.wallet_snapshot import EVERY
from projections.engine import Runner
from tests.api.served import Api, Json, Served, done
from tests.scenarios.commands import usage, use

HOLDS = "/v1/billing/holds"
FATES = ("open", "captured", "released", "expired", "lapsed")
WALLET = "wallet/credit/ada"


class Story:
    """Holds of each fate in one wallet, far from each other among other events."""

    def __init__(self, service: Served, admin: Api) -> None:
        self.service, self.admin, self.org = service, admin, str(admin.org)
        self.answers: dict[tuple[str, str, str], httpx.Response] = {}
        self._parts = 0
        admin.deposit("ada", "1000")
        lasting = {"open": 5 * 86400, "expired": 60, "lapsed": 60}
        self.holds: dict[str, Json] = {
            fate: admin.hold("ada", "2", expires_in=lasting.get(fate, 86400)) for fate in FATES
        }
        self._go_on()
        self._do("open", "extend", {"expires_in": 6 * 86400})
        self._do("captured", "extend", {"expires_in": 2 * 86400})
        self._go_on()
        service.let_pass(self.org, 3600)
        self._do("captured", "capture", {"amount": "1"})
        self._go_on()
        self._do("released", "release", None)
        self._do("lapsed", "capture", {"amount": "1"})
        self._go_on()

    def asked(self) -> dict[str, Json]:
        """What the service says of each."""
        return {
            fate: done(self.admin.get(f"{HOLDS}/{hold['id']}")) for fate, hold in self.holds.items()
        }

    def again(self) -> None:
        """Every command sent again is answered as it was."""
        for (fate, action, key), first in self.answers.items():
            more = self._send(fate, action, key, first.request.content)
            assert (more.headers["Idempotency-Replayed"], more.content) == ("true", first.content)

    def snapshots(self, number: int) -> None:
        """Wait until the wallet has so many snapshots."""
        runner = Runner(projections(self.service.ends, linger_s=0)[-1], threading.Event())
        while self.rows("SELECT count(*) FROM tally.wallet_snapshots WHERE org = %s") < number:
            runner.catch_up()

    def rows(self, query: str) -> int:
        with psycopg.connect(self.service.ends.database.owner) as connection:
            row = connection.execute(query.encode(), [self.org]).fetchone()
        assert row is not None
        return int(row[0])

    def change(self, *statements: str) -> None:
        with psycopg.connect(self.service.ends.database.owner) as connection:
            for table in ("events_000000", "events", "wallet_snapshots"):
                connection.execute(f"ALTER TABLE tally.{table} DISABLE TRIGGER USER".encode())
            for statement in statements:
                connection.execute(statement.encode())

    def _do(self, fate: str, action: str, body: Json | None) -> None:
        content = b"" if body is None else httpx.Request("POST", "http://x", json=body).content
        answer = self._send(fate, action, f"{fate} {action}", content)
        assert answer.is_success, answer.text
        self.answers[fate, action, f"{fate} {action}"] = answer

    def _send(self, fate: str, action: str, key: str, content: bytes) -> httpx.Response:
        headers = dict(self.admin.headers) | {"Idempotency-Key": key}
        if content:
            headers["Content-Type"] = "application/json"
        path = f"{HOLDS}/{self.holds[fate]['id']}/{action}"
        return self.admin.http.request("POST", path, headers=headers, content=content)

    def _go_on(self) -> None:
        """Something else, a snapshot long."""
        self._parts += 1
        event_store = PostgresEventStore(self.service.ends.database.writer, name="test")
        part = [
            usage([use("0.0001", id=f"u{self._parts} {n}")], org=self.org) for n in range(EVERY)
        ]
        GroupCommit(container.ledger(event_store), clock_us).run(part)
        event_store.close()


@pytest.fixture
def story(service: Served, admin: Api) -> Story:
    return Story(service, admin)


def test_old_holds_are_answered_from_snapshots_as_from_all_events(story: Story) -> None:
    story.snapshots(4)
    asked = story.asked()
    ends = {fate: each["status"] for fate, each in asked.items()}
    assert ends == dict(
        zip(FATES, ["open", "captured", "released", "expired", "captured"], strict=True)
    )
    for fate in ("open", "captured"):
        assert asked[fate]["expires_at"] > story.holds[fate]["expires_at"]
    story.again()
    story.change(f"DELETE FROM tally.wallet_snapshots WHERE org = '{story.org}'")
    assert story.asked() == asked
    story.again()


def test_what_happened_far_from_a_holds_ends_is_not_read(story: Story) -> None:
    story.snapshots(4)
    asked = story.asked()
    ids = " ".join(hold["id"] for hold in story.holds.values())
    story.change(  # whoever reads one of these cannot answer
        f"UPDATE tally.events SET body = '{ids}', type = 'credits.HoldExtended' "
        f"WHERE org = '{story.org}' AND stream = '{WALLET}' "
        "AND (version BETWEEN 20 AND 480 OR version BETWEEN 530 AND 980)"
    )
    assert story.asked() == asked
    story.again()
