"""What auditors are answered: checkpoints, proofs against them, and how far sealing is."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api.container import Endpoints
from api.settings import Settings
from ledger.proof.checkpoint import Checkpoint, open_checkpoint
from ledger.proof.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.proof.note import VerifierKey
from tests.api.problems import problem
from tests.api.proof.sealed import seal
from tests.api.served import OPERATOR_KEY, Api, Served, done, served
from tests.command_line import app
from tests.processes.sealing.store import NAME

CHECKPOINT = "/v1/audit/checkpoint"
INCLUSION = "/v1/audit/proofs/inclusion"
CONSISTENCY = "/v1/audit/proofs/consistency"
ROLES = {
    "auditor": True,
    "admin": True,
    "operator": True,
    "billing": False,
    "gateway": False,
    "member": False,
}
cli = CliRunner()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data=tmp_path_factory.mktemp("served"),
        operator_key=OPERATOR_KEY,
        name=NAME,
        witnesses=(str(tmp_path_factory.mktemp("witness") / "taken"),),
    )


@pytest.fixture(scope="module")
def service(ends: Endpoints, settings: Settings) -> Iterator[Served]:
    with served(ends, read_models=False, settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def auditor(service: Served) -> Api:
    """An auditor of an org with ten events and two checkpoints, at 6 and at 10."""
    return new_auditor(service)


def new_auditor(service: Served) -> Api:
    """An auditor of another such org."""
    org = service.new_org()
    auditor = service.issue(org, "auditor")
    admin = service.issue(org, "admin")
    for end in (6, 10):
        while service.events(org) < end:
            admin.deposit("ada", "1")
        seal(service)
    return auditor


def opened(answer: dict[str, Any]) -> Checkpoint:
    """The checkpoint of an answer, its note checked with nothing but the listed keys."""
    keys = [VerifierKey.parse(key) for key in answer["verifier_keys"]]
    checkpoint = open_checkpoint(answer["note"], keys, answer["origin"])
    assert (answer["size"], base64.b64decode(answer["root"])) == (checkpoint.size, checkpoint.root)
    return checkpoint


def hashes_of(answer: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(each) for each in answer["hashes"]]


def test_the_newest_checkpoint_is_answered_or_the_first_that_covers_a_size(auditor: Api) -> None:
    newest = done(auditor.get(CHECKPOINT))
    assert opened(newest).size == 10
    assert newest["origin"] == f"{NAME}/{auditor.org}"
    assert newest["recorded_at"].endswith("Z")
    sizes = [done(auditor.get(CHECKPOINT, size=size))["size"] for size in (1, 6, 7, 10)]
    assert sizes == [6, 6, 10, 10]


@pytest.mark.parametrize("sequence", [1, 5, 6, 7, 10])
def test_an_inclusion_proof_convinces_a_stranger(
    service: Served, auditor: Api, sequence: int
) -> None:
    with psycopg.connect(service.ends.database.owner) as connection:
        row = connection.execute(
            "SELECT hash FROM tally.events WHERE org = %s AND sequence = %s",
            [auditor.org, sequence],
        ).fetchone()
    assert row is not None
    proof = done(auditor.get(INCLUSION, sequence=sequence))
    checkpoint = opened(proof["checkpoint"])
    assert (proof["index"], proof["size"], checkpoint.size) == (sequence - 1, 10, 10)
    leaf = bytes.fromhex(proof["leaf"])
    assert leaf == leaf_hash(row[0])
    path = hashes_of(proof)
    assert verify_inclusion(leaf, proof["index"], proof["size"], path, checkpoint.root)
    older = done(auditor.get(INCLUSION, sequence=min(sequence, 6), size=6))
    assert (older["size"], opened(older["checkpoint"]).size) == (6, 6)


@pytest.mark.parametrize("old", range(1, 11))
def test_a_consistency_proof_convinces_a_stranger(auditor: Api, old: int) -> None:
    proof = done(auditor.get(CONSISTENCY, from_=old))
    checkpoint = opened(proof["checkpoint"])
    assert (proof["from"], proof["to"]) == (old, 10)
    old_root = base64.b64decode(proof["from_root"])
    assert verify_consistency(old, 10, old_root, checkpoint.root, hashes_of(proof))
    if old == 6:
        assert old_root == opened(done(auditor.get(CHECKPOINT, size=6))).root
        assert done(auditor.get(CONSISTENCY, from_=5, to=6))["to"] == 6


def test_before_anything_is_sealed_it_is_said(service: Served) -> None:
    auditor = service.issue(service.new_org(), "auditor")
    for path, query in (
        (CHECKPOINT, {}),
        (INCLUSION, {"sequence": 1}),
        (CONSISTENCY, {"from_": 1}),
    ):
        refusal = problem(auditor.get(path, **query), 404, "not_found", None)
        assert "nothing of this org is sealed yet" in refusal["detail"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (CHECKPOINT, {"size": "0"}, "size"),
        (CHECKPOINT, {"size": "x"}, "size"),
        (CHECKPOINT, {"size": "11"}, "size"),
        (CHECKPOINT, {"sizes": "1"}, "sizes"),
        (INCLUSION, {}, "sequence"),
        (INCLUSION, {"sequence": "0"}, "sequence"),
        (INCLUSION, {"sequence": "-1"}, "sequence"),
        (INCLUSION, {"sequence": "1.0"}, "sequence"),
        (INCLUSION, {"sequence": "9" * 30}, "sequence"),
        (INCLUSION, {"sequence": "11"}, "sequence"),
        (INCLUSION, {"sequence": "7", "size": "6"}, "sequence"),
        (INCLUSION, {"sequence": "7", "size": "9223372036854775807"}, "size"),
        (CONSISTENCY, {}, "from"),
        (CONSISTENCY, {"from": "0"}, "from"),
        (CONSISTENCY, {"from": "11"}, "from"),
        (CONSISTENCY, {"from": "7", "to": "6"}, "from"),
        (CONSISTENCY, {"from": "7", "to": "11"}, "to"),
        (CONSISTENCY, {"from": "7", "to": "٣"}, "to"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    auditor: Api, path: str, query: dict[str, str], field: str
) -> None:
    problem(auditor.get(path, **query), 422, "invalid", field)


@pytest.fixture(scope="module")
def callers(service: Served) -> dict[str, Api]:
    """A caller of each role in one org that is sealed."""
    org = service.new_org()
    issued = {role: service.issue(org, role, subject="mia") for role in ROLES if role != "operator"}
    seal(service)
    return issued | {"operator": service.operator_of(org)}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("path", "query"), [(CHECKPOINT, {}), (INCLUSION, {"sequence": 1}), (CONSISTENCY, {"from": 1})]
)
def test_only_who_may_audit_is_answered(
    service: Served, callers: dict[str, Api], role: str, path: str, query: dict[str, int]
) -> None:
    answer = callers[role].get(path, **query)
    assert answer.is_success == ROLES[role], answer.text
    if not ROLES[role]:
        problem(answer, 403, "forbidden", None)
    nobody = service.as_holder_of(None).get(path, **query)
    problem(nobody, 401, "unauthenticated", "Authorization")


def test_another_org_has_its_own_log(service: Served, auditor: Api) -> None:
    other = service.issue(service.new_org(), "auditor")
    seal(service)
    own = done(other.get(CHECKPOINT))
    assert own["origin"] == f"{NAME}/{other.org}"
    assert own["size"] == 2
    assert done(auditor.get(CHECKPOINT))["size"] == 10


def test_the_metrics_say_how_far_sealing_and_the_witnesses_are(
    service: Served, settings: Settings
) -> None:
    def gauges() -> dict[str, float]:
        lines = service.operator.get("/metrics").text.splitlines()
        return {
            name: float(value)
            for name, value in (x.rsplit(" ", 1) for x in lines[::] if x[0] != "#")
        }

    label = f'{{witness="{settings.witnesses[0]}"}}'
    org = service.new_org()
    before = gauges()
    assert before["tally_checkpoint_lag_seconds"] > 0
    seal(service)
    after = gauges()
    assert after["tally_checkpoint_lag_seconds"] == 0
    assert after["tally_sealing_refused_orgs"] == 0
    assert after[f"tally_witness_lag_seconds{label}"] == 0
    assert after[f"tally_witness_up{label}"] == 1
    with psycopg.connect(service.ends.database.owner) as owner:
        owner.execute("UPDATE tally.witnesses SET delivered_us = delivered_us - 1, error = 'down'")
        owner.execute("UPDATE tally.trees SET refused = 'a test' WHERE org = %s", [org])
    down = gauges()
    assert down[f"tally_witness_lag_seconds{label}"] > 0
    assert down[f"tally_witness_up{label}"] == 0
    assert down["tally_sealing_refused_orgs"] == 1
    with psycopg.connect(service.ends.database.owner) as owner:
        owner.execute("UPDATE tally.trees SET refused = NULL")


@pytest.mark.reaches("not_an_extension")
def test_a_stored_tree_that_was_changed_is_never_proved_with(service: Served) -> None:
    auditor = new_auditor(service)
    forged = b"x" * 32
    change = "UPDATE tally.tiles SET hashes = overlay(hashes PLACING %s FROM 33) WHERE org = %s"
    with psycopg.connect(service.ends.database.owner) as owner:
        owner.execute("ALTER TABLE tally.tiles DISABLE TRIGGER only_grows")
        owner.execute(change, [forged, auditor.org])
        owner.execute("ALTER TABLE tally.tiles ENABLE ALWAYS TRIGGER only_grows")
    for path, query in ((INCLUSION, {"sequence": 1}), (CONSISTENCY, {"from": 3})):
        problem(auditor.get(path, **query), 500, "not_an_extension", None)


# -- the command line ------------------------------------------------------------------------


@pytest.fixture
def command(service: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("TALLY_DATABASE_URL", service.ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", service.ends.clickhouse_url)
    monkeypatch.setenv("TALLY_NAME", NAME)
    return ["--data", str(settings.data)]


def test_the_command_line_shows_the_same(auditor: Api, command: list[str]) -> None:
    of = ["--org", str(auditor.org), "--json", *command]
    shown = cli.invoke(app, ["checkpoint", *of])
    assert json.loads(shown.output) == done(auditor.get(CHECKPOINT))
    proof = cli.invoke(app, ["proof", "inclusion", "--sequence", "3", *of])
    assert json.loads(proof.output) == done(auditor.get(INCLUSION, sequence=3))
    growth = cli.invoke(app, ["proof", "consistency", "--from", "3", "--to", "6", *of])
    assert json.loads(growth.output) == done(auditor.get(CONSISTENCY, from_=3, to=6))
    for words in (["checkpoint"], ["proof", "inclusion", "--sequence", "3"]):
        table = cli.invoke(app, [*words, "--org", str(auditor.org), *command])
        assert table.exit_code == 0
        assert done(auditor.get(CHECKPOINT))["note"] in table.output


def test_the_command_line_refuses_in_a_sentence(
    auditor: Api, command: list[str], tmp_path: Path
) -> None:
    of = ["--org", str(auditor.org), *command]
    for words, sentence in (
        (["proof", "inclusion", "--sequence", "11", *of], "beyond that checkpoint"),
        (["proof", "consistency", "--from", "7", "--to", "6", *of], "not be more than"),
        (["checkpoint", "--org", "nobody", *command], "nothing of this org is sealed yet"),
        (
            ["checkpoint", "--org", str(auditor.org), "--data", str(tmp_path)],
            "no key that is known here signed",
        ),
    ):
        refused = cli.invoke(app, words)
        assert refused.exit_code == 2, refused.output
        assert sentence in refused.stderr
        assert "Traceback" not in refused.output


def test_seal_once_seals_and_says_so(service: Served, command: list[str]) -> None:
    auditor = service.issue(service.new_org(), "auditor")
    done_once = cli.invoke(app, ["seal", "--once", *command])
    assert (done_once.exit_code, done_once.stderr) == (0, "Everything is sealed.\n")
    assert done(auditor.get(CHECKPOINT))["size"] == 2


def test_seal_once_says_which_witness_failed(
    service: Served, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    monkeypatch.setenv("TALLY_WITNESSES", str(blocked))
    failed = cli.invoke(app, ["seal", "--once", *command])
    assert failed.exit_code == 2
    assert f"witness {blocked}: the folder does not take it" in failed.stderr
    monkeypatch.setenv("TALLY_WITNESSES", "ftp://x")
    refused = cli.invoke(app, ["seal", "--once", *command])
    assert (refused.exit_code, "TALLY_WITNESSES" in refused.stderr) == (2, True)
