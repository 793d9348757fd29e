"""`tally verify`: what it is told, what it says, and its exit codes."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from api.cli.verify import ProgressLines
from ledger.kernel.report import SEALS
from tests.command_line import app
from tests.sampling import every
from tests.tamper.attacks import ATTACKS, Attacker
from tests.tamper.matrix import subject
from tests.tamper.stores import TestStore
from tests.tamper.stories import SEALED_EVERY
from tests.tamper.writing import write_tables

Verify = Callable[..., Result]


@pytest.fixture
def verify(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Runs the command on the store, with its own keys unless `--data` says otherwise."""
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    folder = str(Path(store.options.witnesses[0]).parent)
    return lambda *given: CliRunner().invoke(app, ["verify", "--data", folder, *given])


def report_of(result: Result, exit_code: int) -> dict[str, Any]:
    """The checks of a report in JSON, by kind."""
    assert result.exit_code == exit_code, result.output
    report = json.loads(result.stdout)
    assert report["exit_code"] == exit_code
    return {each["kind"]: each for each in report["checks"]} | {"whole": report}


def test_a_sound_store_with_its_witness_is_right(verify: Verify, store: TestStore) -> None:
    (witness,) = store.options.witnesses
    checks = report_of(verify("--witness", witness, "--json"), 0)
    assert checks["checkpoints"]["checked"] >= checks["witnesses"]["checked"] > 5
    assert all(head["sealed"] == head["sequence"] for head in checks["whole"]["heads"])
    assert "signed up to" in verify("--witness", f"file://{witness}").stdout


def test_witnesses_are_read_from_the_environment(
    verify: Verify, store: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_WITNESSES", f"{store.options.witnesses[0]} https://127.0.0.1:9/x")
    assert report_of(verify("--json"), 0)["witnesses"]["checked"] > 5


def test_without_a_witness_it_is_said_and_no_failure(verify: Verify) -> None:
    assert "--witness" in report_of(verify("--json"), 0)["witnesses"]["skipped"]


def test_without_keys_nothing_signed_passes(verify: Verify, tmp_path: Path) -> None:
    checks = report_of(verify("--json", "--data", str(tmp_path)), 2)
    assert "--keys" in checks["checkpoints"]["reason"]
    empty = tmp_path / "keys"
    empty.write_text("")
    assert verify("--keys", str(empty)).exit_code == 2
    assert verify("--keys", str(tmp_path / "none")).exit_code == 2


def test_keys_of_someone_else_are_wrong(verify: Verify, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{subject(3, 60)[0].signer.verifier}\n")
    checks = report_of(verify("--json", "--keys", str(keys)), 1)
    assert "no key" in checks["checkpoints"]["first"]["detail"]


@pytest.mark.parametrize(
    "witness", every(2, ["no-such-folder", "s3x://bucket", "https://127.0.0.1:9/x"])
)
def test_a_witness_that_cannot_be_read_is_unchecked(verify: Verify, witness: str) -> None:
    checks = report_of(verify("--json", "--witness", witness), 2)
    assert witness in checks["witnesses"]["reason"]


def test_garbage_at_a_witness_is_unchecked(
    verify: Verify, tmp_path: Path, store: TestStore
) -> None:
    (tmp_path / "checkpoints-1.jsonl").write_bytes(b'\xff\n{"org": 1}\n[]\n')
    checks = report_of(verify("--json", "--witness", str(tmp_path)), 2)
    assert checks["witnesses"]["unchecked"] >= 3  # and it has nothing of what was signed
    assert "cannot be read" in checks["witnesses"]["reason"]


def test_a_consistent_cut_is_found_only_by_who_kept_a_checkpoint(
    verify: Verify, store: TestStore, tmp_path: Path
) -> None:
    sealed, _ = subject(3, 60)
    keys, note = tmp_path / "keys", tmp_path / "note"
    keys.write_text(f"{sealed.signer.verifier}\n")
    kept = max(row for row in sealed.tables.checkpoints if row.org == "acme")
    note.write_text(kept.note)
    cut = ATTACKS["cut the tail"][Attacker.THOROUGH](sealed, SEALED_EVERY, random.Random(1))
    write_tables(store, cut.tables)
    assert verify("--keys", str(keys)).exit_code == 0  # nothing here can tell
    result = verify("--keys", str(keys), "--checkpoint", str(note), "--json")
    first = report_of(result, 1)["witnesses"]["first"]
    ((_, end),) = [(org, head) for org, head in cut.tables.heads.items() if org == "acme"]
    assert (first["org"], first["until"]) == ("acme", kept.size)
    assert first["sequence"] <= end.sequence + 1
    assert f"end at {end.sequence:,}, {kept.size:,} were signed at" in first["detail"]


def test_a_rewritten_event_is_found_between_two_checkpoints(
    verify: Verify, store: TestStore, tmp_path: Path
) -> None:
    sealed, _ = subject(3, 60)
    keys, witness = tmp_path / "keys", tmp_path / "witness"
    keys.write_text(f"{sealed.signer.verifier}\n")
    witness.mkdir()
    for name, content in sealed.deliveries:
        (witness / name).write_bytes(content)
    changed = ATTACKS["modify"][Attacker.THOROUGH](sealed, 40, random.Random(1))
    write_tables(store, changed.tables)
    ((org, sequence),) = changed.touched
    assert verify("--keys", str(keys), "--witness", str(witness)).exit_code == 1
    first = report_of(verify("--keys", str(keys), "--witness", str(witness), "--json"), 1)[
        "witnesses"
    ]["first"]
    assert first["org"] == org
    assert first["sequence"] <= sequence <= first["until"]
    assert f"of org {org} differ from what was signed at" in first["detail"]


def test_one_org_is_verified_by_itself(verify: Verify) -> None:
    checks = report_of(verify("--org", "acme", "--json"), 0)
    assert [head["org"] for head in checks["whole"]["heads"]] == ["acme"]
    assert checks["positions"]["skipped"]
    assert checks["balances"]["checked"]
    assert verify("--org", "nobody").exit_code == 2


def test_since_begins_at_a_signed_checkpoint(verify: Verify, store: TestStore) -> None:
    whole = report_of(verify("--json"), 0)["whole"]["events"]
    ((size,),) = store.rows("SELECT min(size) FROM tally.checkpoints WHERE org = 'acme'")
    checks = report_of(verify("--org", "acme", "--since", str(size), "--json"), 0)
    end = checks["whole"]["heads"][0]["sequence"]
    assert checks["hashes"]["checked"] == end - size
    assert checks["prices"]["checked"]
    assert checks["keys"]["checked"]
    assert "--since" in checks["balances"]["skipped"]
    by_time = report_of(verify("--since", "2100-01-01T00:00:00Z", "--json"), 0)
    assert by_time["whole"]["events"] == 0
    assert (
        report_of(verify("--since", "1999-01-01T00:00:00Z", "--json"), 0)["whole"]["events"]
        == whole
    )


def test_since_finds_what_was_changed_after_it(verify: Verify, store: TestStore) -> None:
    store.tamper(
        "UPDATE tally.events SET recorded_us = recorded_us + 1 WHERE org = 'acme' AND sequence = "
        "(SELECT sequence - 1 FROM tally.heads WHERE org = 'acme')"
    )
    ((size,),) = store.rows("SELECT min(size) FROM tally.checkpoints WHERE org = 'acme'")
    checks = report_of(verify("--org", "acme", "--since", str(size), "--json"), 1)
    assert checks["hashes"]["first"]["org"] == "acme"


@pytest.mark.parametrize("since", [("--since", "7"), ("--since", "yesterday")])
def test_a_start_that_means_nothing_is_refused(verify: Verify, since: tuple[str, str]) -> None:
    result = verify(*since)
    assert result.exit_code == 2
    assert "--since" in result.stderr


def test_only_the_chain_leaves_the_rest_out(verify: Verify, store: TestStore) -> None:
    store.tamper("UPDATE tally.balances SET credits = credits + 1 WHERE owner = 'ada'")
    checks = report_of(verify("--only", "chain", "--json"), 0)
    assert all(checks[kind]["skipped"] for kind in (*SEALS, "balances"))
    assert checks["hashes"]["checked"] == checks["whole"]["events"]
    assert report_of(verify("--only", "seals", "--json"), 0)["tiles"]["checked"]
    assert verify().exit_code == 1


@pytest.mark.slow
def test_several_processes_find_what_one_finds(verify: Verify, store: TestStore) -> None:
    alone = report_of(verify("--json"), 0)
    together = report_of(verify("--json", "--jobs", "2"), 0)
    for report in (alone, together):
        del report["whole"]["seconds"], report["whole"]["state"]  # one alone leaves a state
    assert together == alone
    store.tamper(
        "UPDATE tally.balances SET org = 'nobody' WHERE org = 'acme' AND owner = 'ada'",
        "UPDATE tally.events SET actor = actor || ' ' WHERE org = 'globex' AND sequence = 2",
    )
    checks = report_of(verify("--json", "--jobs", "2"), 1)
    assert checks["hashes"]["first"]["sequence"] == 2
    assert checks["balances"]["wrong"] == 2  # missing in one org, added in another


def test_since_last_goes_on_where_the_last_run_ended(verify: Verify, store: TestStore) -> None:
    whole = report_of(verify("--json"), 0)["whole"]
    assert "goes on after" in whole["state"]
    assert whole["trusted"] is None
    again = report_of(verify("--since", "last", "--json"), 0)["whole"]
    assert again["events"] == 0
    assert f"position {whole['position']:,}" in again["trusted"]
    assert "Taken as it was" in verify("--since", "last").stdout
    store.tamper("UPDATE tally.balances SET credits = credits + 1 WHERE owner = 'ada'")
    assert report_of(verify("--since", "last", "--json"), 1)["balances"]["wrong"] == 1


@pytest.mark.parametrize("other", [("--org", "acme"), ("--jobs", "2"), ("--only", "chain")])
def test_since_last_is_of_everything(verify: Verify, other: tuple[str, str]) -> None:
    result = verify("--since", "last", *other)
    assert result.exit_code == 2
    assert "leave out --org, --jobs and --only" in result.stderr


def test_where_there_is_no_terminal_lines_say_how_long_it_takes() -> None:
    said, now = io.StringIO(), iter([0.0, 5.0, 10.0, 12.0, 40.0])
    lines = ProgressLines(Console(file=said, width=200), lambda: next(now))
    for done in (100, 250, 300, 1_000):
        lines(done, 1_000)
    assert said.getvalue().splitlines() == [
        "verify: 250 of 1,000 events, about 30 s left",
        "verify: 1,000 of 1,000 events, about 0 s left",
    ]
