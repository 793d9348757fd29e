"""Followers: whatever is made of the events, over its own store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.copies import ClickHouseCopy
from adapters.clickhouse.lazy_client import LazyClient
from adapters.clickhouse.rebuilding import ClickHouseBeside
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.copies import PostgresCopy
from adapters.postgres.effects import PostgresEffects
from adapters.postgres.emptying import empty as empty_follower
from adapters.postgres.read_models import PostgresProjection, PostgresReadModel
from adapters.postgres.rebuilding import Rebuilding, TableBeside
from adapters.postgres.snapshot import PostgresSnapshot
from adapters.postgres.wallet_snapshots import PostgresWalletSnapshots
from api.container.engines import Endpoints
from api.effects.effect import Effect, FactEffect, OrgEffect
from ledger.ports import RecordedEvent
from projections.copies import Copy
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.effects import Deferring
from projections.engine import End
from projections.fact_lines import FactLines
from projections.feed import FEED, MessageOf, Publishing
from projections.ports import AnalystsRows, Applied, Beside, Call, FeedStream
from projections.read_model import ReadModel
from projections.read_models import ANALYSTS, READ_MODELS, AnyModel
from projections.recent_events import RecentEvents
from projections.tables import Inserting, Storing


def projections(ends: Endpoints, *, linger_s: float | None = None) -> list[End]:
    """Return whatever is made of the events by following them, over its store, each after what it
    is made of. `linger_s`: how long those wait that want large pages, if not as they say."""
    store = PostgresWalletSnapshots(ends.database.writer, WalletSnapshots.name)
    lines, recent = FactLines(), RecentEvents()
    filling = [_filling(model, ends, lines, recent, linger_s) for model in READ_MODELS.values()]
    return [*filling, WalletSnapshots(store, linger_s=linger_s), *_feed(ends, recent)]


def _feed(ends: Endpoints, recent: RecentEvents) -> Iterator[End]:
    """Yield what publishes, where there is something to publish on."""
    if ends.nats is not None:
        progress = PostgresProjection(ends.database.writer, FEED, recent)
        yield Publishing(progress, feed_stream(ends), _message_of())


def _message_of() -> MessageOf:
    from api.feed.message import message_of  # noqa: PLC0415  # only who publishes needs it

    return message_of


def feed_stream(ends: Endpoints) -> FeedStream:
    """Return the stream that events are published on."""
    from adapters.nats.feed import NatsFeed  # noqa: PLC0415  # slow to load

    assert ends.nats is not None
    return NatsFeed(ends.nats)


def _filling(
    model: AnyModel,
    ends: Endpoints,
    lines: FactLines,
    recent: RecentEvents,
    linger_s: float | None,
) -> End:
    writer = ends.database.writer
    if not isinstance(model, ReadModel) or not model.for_analysts:
        return Storing(model, PostgresReadModel(writer, model, recent), lines)
    table = ClickHouseTable(LazyClient(ends.clickhouse_url), model, months=ends.analysts_months)
    progress = PostgresProjection(writer, model.name, recent)
    return Inserting(model, progress, table, lines, linger_s=linger_s)


def empty(name: str, logins: DatabaseUrls, ends: Endpoints) -> None:
    """Empty what a follower keeps, so that it is made again; `logins` have the owner's.

    What a runner inserts for analysts meanwhile is inserted once more, and counts once. The feed's
    stream is emptied by who begins it anew.
    """
    if name in ANALYSTS:
        table = ClickHouseTable(LazyClient(ends.clickhouse_url), ANALYSTS[name])
        try:
            table.empty()
        finally:
            table.close()
    empty_follower(logins, name)


@contextmanager
def rebuilding(name: str, ends: Endpoints) -> Iterator[tuple[Rebuilding, Beside]]:
    """Give what makes a read model anew, and where it is made."""
    model, writer = READ_MODELS[name], ends.database.writer
    with ExitStack() as stack:
        progress = Rebuilding(writer, model)
        stack.callback(progress.close)
        if isinstance(model, ReadModel) and model.for_analysts:
            beside = ClickHouseBeside(LazyClient(ends.clickhouse_url), model)
            stack.callback(beside.close)
            yield progress, beside
        else:
            yield progress, TableBeside(progress, model)


@contextmanager
def copies(ends: Endpoints, snapshot: PostgresSnapshot) -> Iterator[list[Copy]]:
    """Give every copy of which a row is of one event, as it is at the moment of a snapshot."""
    with ExitStack() as stack:
        found: list[Copy] = []
        client = stack.enter_context(closing(LazyClient(ends.clickhouse_url)))
        for model in READ_MODELS.values():
            if not isinstance(model, ReadModel):
                continue
            copy: PostgresCopy | ClickHouseCopy
            if model.for_analysts:
                applied = Applied.of(snapshot, model.name)
                lasts = partial(_last_positions, ends)
                copy = ClickHouseCopy(client, model, applied, lasts)
            else:
                copy = PostgresCopy(ends.database.writer, model, snapshot)
            stack.callback(copy.close)
            found.append(copy)
        if ends.nats is not None:
            from adapters.nats.copies import NatsCopy  # noqa: PLC0415  # slow to load

            applied, heads = Applied.of(snapshot, FEED), partial(_last_sequences, ends)
            feed = NatsCopy(ends.nats, _message_of(), applied, heads)
            stack.callback(feed.close)
            found.append(feed)
        yield found


def _last_positions(ends: Endpoints) -> dict[int, int]:
    with PostgresSnapshot(ends.database.writer) as now:
        return now.last_positions()


def _last_sequences(ends: Endpoints) -> dict[str, int]:
    with PostgresSnapshot(ends.database.writer) as now:
        return {org: head.sequence for org, head in now.heads()}


@contextmanager
def analysts_rows(ends: Endpoints) -> Iterator[dict[str, AnalystsRows]]:
    """Give the rows of every read model for analysts, by name."""
    with closing(LazyClient(ends.clickhouse_url)) as client:
        yield {name: ClickHouseTable(client, model) for name, model in ANALYSTS.items()}


def deferring(database: DatabaseUrls, effects: Iterable[Effect]) -> list[End]:
    """Return the followers of those effects that are about facts. Those of facts of any org read
    the types of all of them, once for all."""
    of_facts = [each for each in effects if isinstance(each, FactEffect)]
    of_any = [each for each in of_facts if not isinstance(each, OrgEffect)]
    types, recent = {name for each in of_any for name in each.types}, RecentEvents()
    return [
        Deferring(each.name, _effect_store(database, each, types, recent), partial(_calls_of, each))
        for each in of_facts
    ]


def _effect_store(
    database: DatabaseUrls, effect: FactEffect, types: Collection[str], recent: RecentEvents
) -> PostgresEffects:
    if isinstance(effect, OrgEffect):
        return PostgresEffects(database.writer, effect.name, effect.types, effect.of_table)
    return PostgresEffects(database.writer, effect.name, sorted(types), recent=recent)


def _calls_of(effect: FactEffect, event: RecordedEvent) -> Iterable[Call]:
    """Return what an event asks of an effect; none is decoded that it is not about."""
    return effect.calls_of(event) if event.type in effect.types else ()
