"""The databases: reachable as each role, with settings that lose nothing, and followed in time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from api.container import (
    DatabaseUrls,
    LedgerFacts,
    LoginFacts,
    clock_us,
    connect_clickhouse,
    examine_ledger,
    examine_login,
    log_in,
)
from api.doctor.check import Check, look, right, wrong
from api.settings import Settings
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from ledger.proof.sealing import SEALER
from ledger.proof.witnesses import BEHIND_US
from projections.followers import FOLLOWERS

VERSION_MIN = 180_000
SKEW_US, SKEW_MAX_US = 1_000_000, 5_000_000
BEHIND_MAX = 1_000
RECENT_US = 24 * 3600 * 1_000_000
_LOSING = {
    "fsync": "Set fsync = on: a crash of the machine would lose what was acknowledged.",
    "full_page_writes": "Set full_page_writes = on: a crash may leave half-written pages.",
}
_CLICKHOUSE_S = 10


def examine_database(
    settings: Settings, owner: str | None, followers: Sequence[str] = FOLLOWERS
) -> Iterator[Check]:
    """Yield the checks of PostgreSQL, by every login that there is. `owner`: who migrates;
    `followers`: who must be up to date."""
    facts = None
    if owner is not None:
        facts = yield from _examined("database as owner", owner)
        if facts is None:
            return
        yield _judge_owner(facts)
    logins = yield from _logins(settings, owner, facts)
    for role, url in logins.items():
        seen = yield from _examined(f"database as {role}", url)
        if seen is not None:
            yield judge_role(role, seen)
            facts = facts or seen
    if facts is None:
        return
    yield from judge_server(facts, clock_us())
    if not facts.lacking and facts.lacking is not None and "writer" in logins:
        yield from _examine_ledger(logins["writer"], followers)


def _examined(what: str, url: str) -> Generator[Check, None, LoginFacts | None]:
    try:
        return examine_login(url)
    except LedgerError as error:
        reason = error.detail.splitlines()[0]
        yield wrong(what, reason, "See that the server runs, and that the URL and password fit.")
        return None


def _logins(
    settings: Settings, owner: str | None, facts: LoginFacts | None
) -> Generator[Check, None, dict[str, str]]:
    """Return the URLs of the roles: those that are configured, or that the owner has made."""
    given = {"writer": settings.writer_url, "query": settings.query_url}
    found = {role: url for role, url in given.items() if url is not None}
    if owner is not None and len(found) < len(given) and facts is not None:
        if facts.lacking is None or facts.lacking:
            return found
        try:
            made: DatabaseUrls = log_in(owner, writer=found.get("writer"), query=found.get("query"))
        except LedgerError as error:
            yield wrong("logins", error.detail, "Give TALLY_WRITER_URL and TALLY_QUERY_URL.")
            return found
        return {"writer": made.writer, "query": made.query}
    return found


def _judge_owner(facts: LoginFacts) -> Check:
    what = "database as owner"
    if facts.lacking is None:
        return look(what, "no ledger yet", "`tally migrate` or `tally serve` makes one.")
    if not (facts.is_superuser or facts.is_owner):
        return wrong(
            what, f"{facts.name} is no member of tally_owner", "Name the login that migrated."
        )
    return right(what, facts.name)


def judge_role(role: str, facts: LoginFacts) -> Check:
    """Judge whether a login is its role, and no more than that."""
    what, is_role = (
        f"database as {role}",
        facts.is_writer if role == "writer" else facts.is_reader,
    )
    variable = f"TALLY_{role.upper()}_URL"
    if facts.is_superuser or facts.is_exempt:
        return wrong(
            what,
            f"{facts.name} passes row security",
            f"Give {variable} a login that is no superuser and has NOBYPASSRLS.",
        )
    if facts.is_owner:
        return wrong(
            what,
            f"{facts.name} is a member of tally_owner",
            f"Give {variable} a login that is no member of it: it could lift every guard.",
        )
    if not is_role or (role == "query" and facts.is_writer):
        return wrong(
            what,
            f"{facts.name} is not just tally_{role}",
            f"GRANT tally_{role} TO the login of {variable}, and no other role.",
        )
    return right(what, facts.name)


def judge_server(facts: LoginFacts, now_us: int) -> Iterator[Check]:
    """Judge a server by what it says of itself; `now_us`: by this machine's clock."""
    has = facts.settings
    yield _judge_version(has)
    yield _judge_skew(facts.now_us - now_us)
    for name, advice in _LOSING.items():
        is_on = has.get(name) == "on"
        yield right(name, "on") if is_on else wrong(name, str(has.get(name)), advice)
    yield _judge_commit(has)
    if has.get("data_checksums") != "on":
        yield look("data_checksums", "off", "Turn them on (pg_checksums): bad disks are found.")
    if has.get("server_encoding") != "UTF8":
        yield wrong("encoding", str(has.get("server_encoding")), "Make the database in UTF8.")
    yield _judge_archiving(has)
    if facts.lacking is None:
        return
    if facts.lacking:
        yield wrong("migrations", f"{facts.lacking[0]} is missing", "Run `tally migrate`.")
    else:
        yield right("migrations", "current")


def _judge_version(has: dict[str, str]) -> Check:
    found = f"PostgreSQL {has.get('server_version')}"
    if int(has.get("server_version_num", "0")) < VERSION_MIN:
        return wrong("version", found, "Use PostgreSQL 18.")
    return right("version", found)


def _judge_skew(skew_us: int) -> Check:
    found = f"{skew_us / 1_000_000:+.3f} s from this machine's"
    advice = "Run a time service on both machines: beyond 5 s writes are refused."
    if abs(skew_us) > SKEW_MAX_US:
        return wrong("database clock", found, advice)
    if abs(skew_us) > SKEW_US:
        return look("database clock", found, advice)
    return right("database clock", found)


def _judge_commit(has: dict[str, str]) -> Check:
    name, value = "synchronous_commit", has.get("synchronous_commit", "")
    if value == "off":
        return look(
            name, "off", "Set it on. The service sets it for itself; other programs lose commits."
        )
    return right(name, value)


def _judge_archiving(has: dict[str, str]) -> Check:
    found = f"wal_level {has.get('wal_level')}, archive_mode {has.get('archive_mode')}"
    if has.get("wal_level") == "minimal" or has.get("archive_mode") == "off":
        return look(
            "archiving",
            found,
            "The ledger can be brought back only as of its last `tally backup`: archive the WAL "
            "to reach any moment (docs/runbooks/postgresql-lost.md).",
        )
    return right("archiving", found)


def _examine_ledger(writer: str, followers: Sequence[str]) -> Iterator[Check]:
    try:
        facts = examine_ledger(writer, [*followers, SEALER])
    except LedgerError as error:
        yield wrong("followers", error.detail.splitlines()[0], "See the log of the server.")
        return
    yield from judge_ledger(facts, clock_us())


def judge_ledger(facts: LedgerFacts, now_us: int) -> Iterator[Check]:
    """Judge how far the processes of a ledger are."""
    late = {name: count for name, count in facts.behind.items() if count > BEHIND_MAX}
    for name, count in late.items():
        run = "seal" if name == SEALER else "project"
        yield look(f"follower {name}", f"{count:,} events behind", f"See that `tally {run}` runs.")
    if not late:
        yield right("followers", f"at most {max(facts.behind.values(), default=0):,} events behind")
    for name, error, waiting_us in facts.witnesses:
        if waiting_us is not None and now_us - waiting_us > BEHIND_US:
            found = f"has nothing that was signed since {format_time(waiting_us)}"
            yield look(f"witness {name}", f"{found}: {error}", "See that it takes deliveries.")
        else:
            yield right(f"witness {name}", "has what was signed")
    yield _judge_leases(facts)
    recent = [alarm for alarm in facts.alarms if now_us - alarm.last_us < RECENT_US]
    for alarm in recent:
        found = f"raised {alarm.times:,} times, last at {format_time(alarm.last_us)}: {alarm.why}"
        yield look(f"alarm {alarm.name}", found, f"docs/alarms.md#{alarm.name} says what to do.")
    if not recent:
        yield right("alarms", "none within a day")


def _judge_leases(facts: LedgerFacts) -> Check:
    what = "leases"
    held = [f"shard {shard} by {service}" for shard, service, is_held in facts.leases if is_held]
    if not held:
        return right(what, "no service writes at the time")
    lapsed = [str(shard) for shard, _, is_held in facts.leases if not is_held]
    if lapsed:
        found = f"{', '.join(held)}; nobody writes shard {', '.join(lapsed)}"
        return look(what, found, "It is taken when it is asked for: see that who serves it runs.")
    return right(what, ", ".join(held))


def examine_clickhouse(url: str) -> Check:
    """Check whether ClickHouse answers."""
    try:
        client = connect_clickhouse(url, patience_s=_CLICKHOUSE_S, database="default")
        found = f"ClickHouse {client.server_version}"
        client.close()
    except LedgerError as error:
        return wrong(
            "clickhouse",
            error.detail.splitlines()[0],
            "See that it runs and that TALLY_CLICKHOUSE_URL fits. Money does not need it: lists "
            "and balances go on, usage reports do not.",
        )
    return right("clickhouse", found)
