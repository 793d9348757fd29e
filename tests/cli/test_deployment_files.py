"""The compose file, the Dockerfile and the units: nobody is root, nothing is writable that need not
be, and a credential is only where it is used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from api import environment
from api.settings import SettingRefused, Settings
from tests.command_line import app
from tests.tidy.tree import ROOT

OPS = ROOT / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))
SETTINGS_READ = {
    name.removesuffix("_FILE")
    for name in re.findall(r'"(TALLY_[A-Z_]+)"', (ROOT / "api" / "settings.py").read_text("utf-8"))
}
OURS = ("migrate", "service", "projector", "sealer", "jobs")
TAKES = {
    "service": (*environment.SERVICE, *environment.BUS, *environment.WRITERS),
    "projector": (*environment.BUS, *environment.ANALYSTS),
    "sealer": environment.WITNESSES,
    "jobs": environment.CALLS,
}
"""What each takes, as where it is a child of `tally serve`."""

OF_ALL = ("TALLY_LOG", "TALLY_TRACES_")
GIVEN = {f"TALLY_{what}_URL" for what in ("DATABASE", "WRITER", "QUERY", "CLICKHOUSE", "NATS")}
"""What a child is given by name: its own login, and where the engines are."""

NOT_WANTED = {
    "TALLY_NATS_CREDENTIALS": "the server beside them knows passwords",
    "TALLY_NATS_CA": "the server beside them is reached without TLS",
    "TALLY_WRITERS_HOST": "there is one service",
    "TALLY_STRIPE_URL": "payments go to Stripe itself",
    "TALLY_SIGNING_KEYS": "only the sealer signs",
    "TALLY_RETENTION_YEARS": "it is of `tally partitions`, which an operator runs",
}
MAY_BE_PLAIN = {"TALLY_ALERTS_URL", "TALLY_BLOBS_URL", "TALLY_BILLING_URL", "TALLY_TRACES_URL"}
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((OPS / "compose.yaml").read_text("utf-8"))
    return read


SERVICES: dict[str, dict[str, Any]] = compose()["services"]


def begins(*processes: str) -> tuple[str, ...]:
    """What the names of the settings begin with that processes take."""
    taken = OF_ALL + tuple(each for process in processes for each in TAKES[process])
    return tuple(each.removesuffix("_FILE") for each in taken)


def test_there_is_a_container_for_each_process() -> None:
    assert set(SERVICES) == {"postgres", "clickhouse", "nats", *OURS}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_little(name: str) -> None:
    service = SERVICES[name]
    assert not str(service["user"]).startswith(("0", "root"))
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "test" in service["healthcheck"] or service["healthcheck"] == {"disable": True}


def test_the_long_running_are_started_again_and_wait_for_the_migrations() -> None:
    for name in OURS[1:]:
        assert SERVICES[name]["restart"] == "unless-stopped"
        depends = SERVICES[name]["depends_on"]
        assert depends == {"migrate": {"condition": "service_completed_successfully"}}
    for name in ("postgres", "clickhouse", "nats", "service"):
        assert "test" in SERVICES[name]["healthcheck"]


def test_everything_that_is_named_is_defined() -> None:
    whole = compose()
    for service in SERVICES.values():
        assert set(service["networks"]) <= whole["networks"].keys()
        assert set(service.get("secrets", ())) <= whole["secrets"].keys()
        for mount in service.get("volumes", ()):
            source = re.split(r":(?=/)", mount)[0]
            assert source in whole["volumes"] or source[0] in "./$", mount
            assert not source.startswith("./") or (OPS / source).is_file()
    for secret in whole["secrets"].values():
        name = re.sub(r"^secrets/|^\$\{|:-/dev/null\}$", "", secret["file"])
        assert f"`{name}`" in (OPS / "README.md").read_text("utf-8")


def test_secrets_are_files_and_each_process_has_its_own() -> None:
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        for variable, value in environment.items():
            if "/run/secrets/" in str(value):
                assert variable.endswith("_FILE")
                assert re.split(r"[/}]", str(value))[3] in service["secrets"], (name, variable)
            assert not re.search(r"(?i)passw|secret|key|url", variable) or (
                variable.endswith("_FILE") or variable in MAY_BE_PLAIN
            ), (name, variable)
    assert [name for name, each in SERVICES.items() if "owner_url" in each.get("secrets", ())] == [
        "migrate"
    ]
    assert "/keys:ro" in str(SERVICES["service"]["volumes"])


def test_what_is_set_is_read_by_the_service_and_what_is_run_is_a_command() -> None:
    for name in OURS:
        for variable in SERVICES[name].get("environment", {}):
            assert variable.removesuffix("_FILE") in SETTINGS_READ
        command = SERVICES[name].get("command", ["serve"])
        assert command[0] in COMMANDS


@pytest.mark.parametrize("name", TAKES)
def test_a_container_has_each_setting_that_its_process_takes_or_does_not_want_it(name: str) -> None:
    taken = {each for each in SETTINGS_READ if each.startswith(begins(name))}
    assert taken
    has = {each.removesuffix("_FILE") for each in SERVICES[name]["environment"]}
    assert taken - has <= NOT_WANTED.keys()


def test_each_setting_is_one_of_a_container_or_is_not_wanted() -> None:
    names = {name for each in OURS for name in SERVICES[each].get("environment", {})}
    has = {each.removesuffix("_FILE") for each in names}
    assert not SETTINGS_READ - has - NOT_WANTED.keys()


def test_each_setting_is_taken_by_a_child_or_given_to_it() -> None:
    taken = {each for each in SETTINGS_READ if each.startswith(begins(*TAKES))}
    assert SETTINGS_READ - taken == GIVEN


@pytest.mark.parametrize("given", [{}, {"TALLY_ISSUERS_FILE": "/somewhere/issuers.toml"}])
def test_a_file_that_need_not_be_is_named_inside_only_where_one_is_named_outside(
    given: dict[str, str],
) -> None:
    """As `docker compose` fills in: `${A:-b}` is b without A, `${A:+b}` is b with it."""
    service = SERVICES["service"]
    filled = _filled(service["environment"]["TALLY_ISSUERS_FILE"], given)
    (mount,) = [each for each in service["volumes"] if "issuers" in each]
    source, target, mode = _filled(mount, given).split(":")
    assert mode == "ro"
    assert source == given.get("TALLY_ISSUERS_FILE", "/dev/null")
    assert filled == (target if given else "")


def _filled(text: str, given: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, sign, other = found.groups()
        return other if bool(given.get(name)) == (sign == "+") else given.get(name, "")

    return re.sub(r"\$\{(\w+):([-+])([^}]*)\}", value, text)


COMPOSE = ["docker", "compose", "--file", str(OPS / "compose.yaml"), "config"]


def _has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=300)
    return asked.returncode == 0


@pytest.mark.skipif(not _has_compose(), reason="docker compose is not installed")
@pytest.mark.parametrize("issuers", ["", "/somewhere/issuers.toml"])
def test_docker_compose_takes_the_file_and_names_what_is_missing(issuers: str) -> None:
    given = {"PATH": os.environ["PATH"], "TALLY_ISSUERS_FILE": issuers, "TALLY_NAME": "ledger"}
    lacking = subprocess.run(COMPOSE, env=given, capture_output=True, text=True, timeout=300)
    assert lacking.returncode != 0
    assert re.search(r"TALLY_(WAL_ARCHIVE|WITNESSES)", lacking.stderr)
    given |= {"TALLY_WAL_ARCHIVE": "/archive", "TALLY_WITNESSES": "s3://elsewhere"}
    done = subprocess.run(COMPOSE, env=given, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


def test_the_image_runs_as_nobody_who_can_change_it() -> None:
    lines = (OPS / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert lines.index("USER 10001:10001") < lines.index('ENTRYPOINT ["tally"]')
    words = next(line for line in lines if line.startswith("CMD"))
    options = set(re.findall(r'"(--[a-z-]+)"', words))
    known = {
        option for each in COMMANDS["serve"].params for option in each.opts + each.secondary_opts
    }
    assert options <= known
    copied = {line.split()[1] for line in lines if re.match(r"COPY \w", line)}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_without_rights(path: Path) -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are written
    unit.read_string(path.read_text("utf-8"))
    service = dict(unit["Service"])
    assert service["User"].startswith("tally")
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    found = re.search(r"/bin/tally ([a-z-]+)", service["ExecStart"])
    assert found is not None
    assert found[1] in COMMANDS
    text = path.read_text("utf-8")
    for variable, place in re.findall(r"^Environment=(TALLY_\w+)_FILE=%d/(\S+)$", text, re.M):
        assert variable in SETTINGS_READ
        assert f"LoadCredential={place}:" in text
    assert not re.search(r"^Environment=TALLY_\w+(URL|KEY|SECRET)=", text, re.M)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_knows_every_directive(path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=300
    )
    said = [line for line in done.stderr.splitlines() if path.name in line]
    assert all("is not executable" in line for line in said), done.stderr


# -- secrets in files ---------------------------------------------------------------------------


def test_a_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "writer"
    file.write_text("postgresql://w:p@h/tally\n")
    monkeypatch.setenv("TALLY_WRITER_URL_FILE", str(file))
    assert Settings.from_environment(tmp_path).writer_url == "postgresql://w:p@h/tally"
    monkeypatch.setenv("TALLY_WRITER_URL", "postgresql://other")
    with pytest.raises(SettingRefused, match="are both set"):
        Settings.from_environment(tmp_path)


@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), (b"\xff", "no text")])
def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("TALLY_OPERATOR_KEY_FILE", str(file))
    with pytest.raises(SettingRefused, match=f"TALLY_OPERATOR_KEY_FILE: .*{said}"):
        Settings.from_environment(tmp_path)
