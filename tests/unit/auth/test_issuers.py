"""What an operator may write of issuers, and what is refused at start, in one sentence."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from api.issuers import Issuer, IssuersRefused, Subjects, read_issuers
from api.settings import SettingRefused, Settings
from ledger.kernel.roles import Role

WHOLE = """
[[issuers]]
name = "login"
issuer = "https://login.example.com/"
audience = ["billing", "ledger"]
algorithms = ["RS256", "Ed25519"]
jwks_url = "https://login.example.com/keys"
org_claim = ["tenant", "id"]
orgs = ["acme"]
subject_claim = "email"
subjects = "hashed"
roles_claim = ["realm_access", "roles"]
clock_skew_s = 5

[issuers.roles]
"billing admins" = "billing"
everybody = "member"

[[issuers]]
name = "operators"
issuer = "https://ops.example.com"
audience = "tallystick"
org = "platform"
roles = { operators = "operator" }
"""

LEAST: dict[str, object] = {
    "name": "a",
    "issuer": "https://a",
    "audience": "b",
    "roles": {"r": "gateway"},
}


def written(folder: Path, text: str, name: str = "issuers.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_a_file_says_whose_tokens_are_taken_and_what_they_mean(tmp_path: Path) -> None:
    found = read_issuers(written(tmp_path, WHOLE))
    login, operators = found["https://login.example.com/"], found["https://ops.example.com"]
    assert login.credential == "oidc:login"
    assert login.subjects is Subjects.HASHED
    assert [*login.roles.items()] == [("billing admins", Role.BILLING), ("everybody", Role.MEMBER)]
    assert operators.org == "platform"
    assert operators.algorithms == ("RS256", "ES256")


def test_a_file_may_be_json(tmp_path: Path) -> None:
    text = msgspec.json.encode({"issuers": [LEAST]}).decode()
    assert [*read_issuers(written(tmp_path, text, "issuers.json"))] == ["https://a"]


WRONG: dict[str, dict[str, object]] = {
    "an unknown field": {"audiance": "x"},
    "a name with a space": {"name": "a b"},
    "an issuer that is no URL": {"issuer": "login"},
    "keys in a file": {"jwks_url": "file:///etc/passwd"},
    "no algorithm": {"algorithms": []},
    "the algorithm none": {"algorithms": ["none"]},
    "a secret that both have": {"algorithms": ["RS256", "HS256"]},
    "no audience": {"audience": ""},
    "no audiences": {"audience": []},
    "no roles": {"roles": {}},
    "a role that is none": {"roles": {"r": "Root!"}},
    "operators of a tenant": {"roles": {"r": "operator"}},
    "operators of a tenant by name": {"roles": {"r": "operator"}, "org": "acme"},
    "tenants of the platform": {"org": "platform"},
    "the platform among orgs": {"orgs": ["acme", "platform"]},
    "an org that cannot be": {"org": "A B"},
    "an org and orgs": {"org": "acme", "orgs": ["acme"]},
    "a skew of an hour": {"clock_skew_s": 3600},
    "a negative skew": {"clock_skew_s": -1},
    "subjects as they please": {"subjects": "encrypted"},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused_in_one_sentence(tmp_path: Path, what: str) -> None:
    text = msgspec.json.encode({"issuers": [LEAST | WRONG[what]]}).decode()
    with pytest.raises(IssuersRefused) as refused:
        read_issuers(written(tmp_path, text, "issuers.json"))
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", ["a", "another"])
def test_two_issuers_of_one_name_or_iss_are_refused(tmp_path: Path, name: str) -> None:
    other = LEAST | ({"name": name} if name != "a" else {"issuer": "https://b"})
    text = msgspec.json.encode({"issuers": [LEAST, other]}).decode()
    with pytest.raises(IssuersRefused, match="same"):
        read_issuers(written(tmp_path, text, "issuers.json"))


@pytest.mark.parametrize("text", ["[[issuers", "\xff", "x = 1", ""])
def test_a_file_that_cannot_be_read_names_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "issuers.toml"
    path.write_bytes(text.encode("latin-1"))
    for named in (path, tmp_path / "absent.toml"):
        monkeypatch.setenv("TALLY_ISSUERS_FILE", str(named))
        with pytest.raises(SettingRefused, match="TALLY_ISSUERS_FILE"):
            Settings.from_environment(tmp_path)


def test_an_issuer_that_is_right_has_no_fault() -> None:
    assert Issuer("a", "https://a", "b", {"r": Role.GATEWAY}).fault() is None
