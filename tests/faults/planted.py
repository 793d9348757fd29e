"""Bugs planted by hand, each found by a named check: `python -m tests.faults.planted [NAME...]`.

A bug is planted in the process that runs the check, and in all that it starts, before anything of
ours is loaded. Those of `tests/properties/planted.py` are the machine's to find.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.inside import search_path
from tests.properties.planted import debt_paid_last, double_release, expiry_ignored_on_capture

ROOT = Path(__file__).parents[2]
QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
"""What a plant imports is there before pytest is."""


def acknowledge_before_commit() -> None:
    """Who asked is answered before the group is stored."""
    from api.writer.pipeline import Pipeline  # noqa: PLC0415  # once planted, as below

    def commit(pipeline: Any, group: Any, decided: Any) -> bool:
        pipeline._answer(group, decided.outcomes)
        stored: bool = pipeline._group_commit.commit(decided)
        return stored

    setattr(Pipeline, "_commit", commit)  # noqa: B010


def forget_the_org() -> None:
    """What was reversed is asked for without the org: transactions of two have the same ids."""
    from adapters.postgres.event_store import PostgresEventStore  # noqa: PLC0415
    from ledger.credits.ports import ReversedRow  # noqa: PLC0415

    def reversed_rows(store: Any, org: str, originals: Sequence[str]) -> list[ReversedRow]:
        rows = store._read(
            "SELECT org, original, amount, sequence FROM tally.reversals "
            "WHERE original = ANY(%b::text[])",
            [list(originals)],
        )
        return [ReversedRow(*row) for row in rows]

    setattr(PostgresEventStore, "reversed_rows", reversed_rows)  # noqa: B010


def drop_an_event() -> None:
    """The projector leaves out the last event of each page."""
    from projections.tables import Storing  # noqa: PLC0415

    real = Storing.take

    def take(end: Any, at: Any, until: int, events: Any) -> Any:
        return real(end, at, until, events[:-1])

    setattr(Storing, "take", take)  # noqa: B010


def apply_twice() -> None:
    """A debit is taken from a wallet twice."""
    from ledger.credits.debits import UsageRecorded  # noqa: PLC0415

    real = UsageRecorded.apply

    def apply(fact: UsageRecorded, aggregate: Any) -> None:
        real(fact, aggregate)
        real(fact, aggregate)

    setattr(UsageRecorded, "apply", apply)  # noqa: B010


def skip_a_position() -> None:
    """A follower reads on one position too far."""
    from adapters.postgres.read_models import PostgresProjection  # noqa: PLC0415

    real = PostgresProjection.page
    setattr(PostgresProjection, "page", lambda store, after: real(store, after + 1))  # noqa: B010


def compare_keys_without_fingerprint() -> None:
    """A key that was used before is replayed whatever it comes with."""
    from api.writer.idempotency import Idempotency  # noqa: PLC0415

    real = Idempotency.replay

    def replay(idempotency: Any, key: Any, fingerprint: str, content: Any) -> Any:
        claim, row = idempotency._claimed(key), idempotency._stored.get(key)
        if claim is not None:
            fingerprint, content = claim.fingerprint, claim.content
        elif row is not None:
            fingerprint = row.fingerprint
        return real(idempotency, key, fingerprint, content)

    setattr(Idempotency, "replay", replay)  # noqa: B010


def publish_before_commit() -> None:
    """A follower's calls are deferred before its position has moved."""
    from adapters.postgres import effects  # noqa: PLC0415

    real = effects.PostgresEffects.defer

    def defer(store: Any, before: Any, until: int, calls: Any) -> Any:
        store._run(effects._ADD, effects._columns(calls))
        return real(store, before, until, [])

    setattr(effects.PostgresEffects, "defer", defer)  # noqa: B010


@dataclass(frozen=True)
class Bug:
    """A bug, and the check that finds it."""

    plant: Callable[[], None]
    check: str
    needs_engines: bool = False

    @property
    def name(self) -> str:
        return self.plant.__name__

    def is_found_by(self, said: str) -> bool:
        """Tell whether its check has failed, by what pytest said; nothing else may have."""
        return f"FAILED {self.check}" in said and "1 failed" in said

    @property
    def place(self) -> str:
        """Where it is found, whatever this module is called now."""
        return f"{self.plant.__module__.replace('__main__', 'tests.faults.planted')}:{self.name}"


_CREDITS = "tests/scenarios/credits"
_EXACTLY_ONCE = "tests/processes/projections/test_exactly_once.py"

BUGS = [
    Bug(
        acknowledge_before_commit,
        "tests/contracts/writer/test_pipeline.py::test_nobody_is_answered_before_the_commit[push]",
    ),
    Bug(
        forget_the_org,
        "tests/contracts/credits/test_losses.py::test_what_is_reversed_is_added_up",
        True,
    ),
    Bug(drop_an_event, f"{_EXACTLY_ONCE}::test_repeated_over_what_is_there_changes_nothing", True),
    Bug(apply_twice, f"{_CREDITS}/test_debt.py::test_usage_is_recorded_even_below_zero"),
    Bug(
        skip_a_position,
        f"{_EXACTLY_ONCE}::test_killed_runner_leaves_every_line_once[planned]",
        True,
    ),
    Bug(
        compare_keys_without_fingerprint,
        f"{_CREDITS}/test_idempotency.py::test_the_same_key_with_other_content_is_refused",
    ),
    Bug(double_release, f"{_CREDITS}/test_holds.py::test_exactly_one_end_wins"),
    Bug(
        expiry_ignored_on_capture,
        f"{_CREDITS}/test_holds.py::test_a_capture_later_than_24_hours_after_the_expiry_is_refused",
    ),
    Bug(
        debt_paid_last,
        f"{_CREDITS}/test_debt.py::test_a_deposit_pays_the_debt_first_in_the_same_event",
    ),
    Bug(
        publish_before_commit,
        "tests/contracts/effects/test_deferring.py"
        "::test_a_process_that_lost_its_claim_unnoticed_defers_nothing",
        True,
    ),
]


def hunt(bug: Bug) -> subprocess.Popen[str]:
    """Begin the check of a bug with it planted."""
    environment = {**os.environ, "PYTHONPATH": search_path(), "PYTHON_PLANTED": bug.place}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *QUIET, bug.check],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def main(names: Sequence[str]) -> int:
    missed = 0
    for bug in BUGS:
        if not names or bug.name in names:
            began = time.monotonic()
            hunting = hunt(bug)
            said, _ = hunting.communicate()
            is_found = bug.is_found_by(said)
            missed += not is_found
            word = "found" if is_found else f"NOT FOUND\n{said}"
            print(f"{bug.name:<34} {word} in {time.monotonic() - began:4.1f} s by {bug.check}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
