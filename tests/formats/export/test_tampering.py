"""Whatever is changed in a bundle is found, also when all that needs no key is made to fit."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.note import SignerKey
from ledger.registry import FACTS
from schemas import verify
from tests.formats.export.bundles import Forger, Json, Sealed, check, found, stranger

MIDDLE = 30


def test_the_verifier_knows_every_kind_of_event() -> None:
    assert set(verify.MOVEMENTS) | verify.MOVE_NOTHING == set(FACTS)


def test_what_a_forger_does_not_change_verifies(told: Sealed, forger: Forger) -> None:
    forger.put_events(forger.lines("events-000001.jsonl"))
    forger.put_manifest()
    assert check(forger.folder, *told.keys).exit_code == 0


def test_a_changed_byte_of_any_file_is_found(told: Sealed, honest: Path, forger: Forger) -> None:
    draw = random.Random(4)
    for path in sorted(honest.iterdir()):
        content = path.read_bytes()
        for place in draw.sample(range(len(content)), min(12, len(content))):
            changed = bytearray(content)
            changed[place] ^= 1 << draw.randrange(8)
            (forger.folder / path.name).write_bytes(changed)
            report = check(forger.folder, *told.keys)
            assert report.exit_code == 1, (path.name, place)
        (forger.folder / path.name).write_bytes(content)
    assert check(forger.folder, *told.keys).exit_code == 0


def test_a_file_added_or_taken_away_is_found(told: Sealed, honest: Path, forger: Forger) -> None:
    (forger.folder / "more.txt").write_text("more")
    assert found(check(forger.folder, *told.keys)) == {"files"}
    (forger.folder / "more.txt").unlink()
    for path in sorted(honest.iterdir()):
        (forger.folder / path.name).unlink()
        if path.name not in ("manifest.json", "manifest.note"):
            assert check(forger.folder, *told.keys).exit_code == 1, path.name
        shutil.copy(path, forger.folder)


def _drop(place: int) -> Callable[[list[Json]], None]:
    def tamper(events: list[Json]) -> None:
        del events[place]

    return tamper


def _swap(events: list[Json]) -> None:
    events[MIDDLE], events[MIDDLE + 1] = events[MIDDLE + 1], events[MIDDLE]


def _double(events: list[Json]) -> None:
    events.insert(MIDDLE, dict(events[MIDDLE]))


def _set(name: str, value: Any) -> Callable[[list[Json]], None]:
    return lambda events: events[MIDDLE].update({name: value})


def _dearer(events: list[Json]) -> None:
    """A charge is raised, with every number beside it that should follow."""
    event = next(each for each in events if each["type"] == "credits.UsageRecorded")
    body = json.loads(base64.b64decode(event["body"]))
    line = body["lines"][0]
    line["amount"] += 1
    line["balance_after"] -= 1
    event["body"] = _encoded(body)


def _encoded(body: Json) -> str:
    return base64.b64encode(json.dumps(body, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize(
    "tamper",
    [
        _drop(0),
        _drop(MIDDLE),
        _drop(-1),
        _swap,
        _double,
        _dearer,
        _set("actor", '{"subject":"x","key":"x","request":"x"}'),
        _set("stream", "wallet/credit/mallory"),
        _set("recorded_us", 1769947200000001),
        _set("idempotency_key", "another"),
        _set("version", 99),
        _set("org", "pooled"),
    ],
)
@pytest.mark.parametrize("shift", ["same range", "range moved along"])
def test_a_history_written_anew_is_found(
    told: Sealed, forger: Forger, tamper: Callable[[list[Json]], None], shift: str
) -> None:
    """The chain is rehashed and the manifest rewritten: only the signature cannot be made."""
    events = forger.lines("events-000001.jsonl")
    tamper(events)
    if shift != "same range":
        for sequence, event in enumerate(events, 10):
            event["sequence"] = sequence
    forger.put_events(events)
    forger.put_manifest(**({} if shift == "same range" else {"last": 9 + len(events)}))
    assert "range" in found(check(forger.folder, *told.keys))


def test_a_shorter_range_with_its_own_numbers_is_found(told: Sealed, forger: Forger) -> None:
    events = forger.lines("events-000001.jsonl")
    forger.put_events(events[1:])
    forger.put_manifest(first=11)
    assert check(forger.folder, *told.keys).exit_code == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"first": 11},
        {"last": 109},
        {"org": "pooled"},
        {"ledger": "another"},
        {"size": 1},
        {"types": {}},
        {"sums": {}},
        {"texts": {"kept": 0, "erased": 0}},
        {"cards": 0},
        {"from_us": 0},
        {"to_us": 1769947200000000},
        {"format": "tallystick bundle v2"},
        {"keys": ["x"]},
        {"note": "paid in full"},
    ],
)
def test_a_manifest_that_claims_something_else_is_found(
    told: Sealed, forger: Forger, changes: Json
) -> None:
    forger.put_manifest(**changes)
    assert check(forger.folder, *told.keys).exit_code == 1


def test_the_checkpoint_of_another_org_is_found(
    told: Sealed, forger: Forger, tmp_path: Path
) -> None:
    other = told.export(tmp_path / "other", "pooled")
    shutil.copy(other / "checkpoint.txt", forger.folder)
    forger.put_manifest()
    assert found(check(forger.folder, *told.keys)) == {"signatures"}


def test_a_checkpoint_signed_by_another_key_is_not_trusted(
    told: Sealed, forger: Forger, site: Path
) -> None:
    """Whoever has no key of the ledger can make a bundle that fits itself, and no more."""
    thief = SignerKey.generate("tallystick")
    note = (forger.folder / "checkpoint.txt").read_text("utf-8")
    forged = parse_checkpoint(note.partition("\n\n")[0] + "\n").sign([thief])
    (forger.folder / "checkpoint.txt").write_text(forged, "utf-8")
    forger.signer = thief
    forger.put_manifest(keys=[str(thief.verifier)])
    assert found(check(forger.folder, *told.keys)) == {"manifest", "trusted key"}
    code, said = stranger(site, forger.folder / "verify.py", str(forger.folder))
    assert code == 2
    assert "you have not said which key you trust" in said


def test_a_signature_that_does_not_fit_is_found(told: Sealed, forger: Forger) -> None:
    note = (forger.folder / "checkpoint.txt").read_text("utf-8")
    signed = parse_checkpoint(note.partition("\n\n")[0] + "\n")
    other = dataclasses.replace(signed, size=signed.size + 1).sign([told.signer])
    swapped = note.partition("\n\n")[0] + "\n\n" + other.partition("\n\n")[2]
    (forger.folder / "checkpoint.txt").write_text(swapped, "utf-8")
    forger.put_manifest()
    assert "signatures" in found(check(forger.folder, *told.keys))


@pytest.mark.parametrize("member", ["content", "salt", "digest"])
def test_a_changed_text_is_found(told: Sealed, forger: Forger, member: str) -> None:
    texts = forger.lines("texts-000001.jsonl")
    texts[0][member] = texts[0][member][::-1]
    forger.put("texts-000001.jsonl", texts)
    forger.put_manifest()
    assert found(check(forger.folder, *told.keys)) == {"texts"}


def test_a_text_left_out_or_added_is_found(told: Sealed, forger: Forger) -> None:
    texts = forger.lines("texts-000001.jsonl")
    for changed in (texts[1:], [*texts, {"digest": "x", "salt": None, "content": None}]):
        forger.put("texts-000001.jsonl", changed)
        forger.put_manifest()
        assert found(check(forger.folder, *told.keys)) == {"texts"}


def test_another_price_on_a_card_is_found(told: Sealed, forger: Forger) -> None:
    cards = forger.lines("cards.jsonl")
    body = json.loads(base64.b64decode(cards[0]["body"]))
    body["prices"][0]["unit_price"] *= 2
    cards[0]["body"] = base64.b64encode(json.dumps(body).encode()).decode()
    cards[0]["hash"] = verify.event_hash(cards[0], bytes.fromhex(cards[0]["previous"])).hex()
    forger.put("cards.jsonl", cards)
    forger.put_manifest()
    assert "cards" in found(check(forger.folder, *told.keys))


@pytest.mark.parametrize(
    ("since", "meter", "said", "kinds"),
    [
        (None, "seconds", 0, {"prices", "months"}),
        (None, "images", 0, {"months"}),
        ("2026-02-06", "seconds", 1_000, {"prices"}),
        ("2026-02-06", "images", 9, set()),
    ],
    ids=["and changes what it costs", "and changes nothing", "where it is the first", "and both"],
)
def test_a_lie_about_what_was_used_before_is_found(
    told: Sealed, tmp_path: Path, since: str | None, meter: str, said: int, kinds: set[str]
) -> None:
    """A thousand of each are free in a month. What the first line of a range says was used before
    the range is believed where nothing there can tell; the signed root tells."""
    forger = Forger(told.export(tmp_path / "b", "pooled", since), told.signer)
    events = forger.lines("events-000001.jsonl")
    for event in events:
        body = json.loads(base64.b64decode(event["body"]))
        said_there = [line["rate"]["used_before"] for line in _by_month(body)]
        if said_there:
            said_there[-1][meter] = said
            event["body"] = _encoded(body)
            break
    forger.put_events(events)
    forger.put_manifest()
    report = check(forger.folder, *told.keys)
    assert found(report) == {"range", *kinds}


def _by_month(body: Json) -> list[Json]:
    """The lines whose price counts over a month."""
    return [line for line in body.get("lines", []) if "used_before" in line.get("rate", {})]


def test_the_log_of_a_default_card_must_be_signed_too(
    told: Sealed, forger: Forger, tmp_path: Path
) -> None:
    other = Forger(told.export(tmp_path / "pooled", "pooled"), told.signer)
    place = other.folder / "platform-checkpoint.txt"
    note = parse_checkpoint(place.read_text("utf-8").partition("\n\n")[0] + "\n")
    thief = SignerKey.generate("tallystick")
    place.write_text(note.sign([thief]), "utf-8")
    other.put_manifest()
    assert found(check(other.folder, *told.keys)) == {"trusted key"}
    shutil.copy(forger.folder / "checkpoint.txt", place)
    other.put_manifest()
    assert "signatures" in found(check(other.folder, *told.keys))


def test_lines_whose_card_is_not_there_are_found(told: Sealed, forger: Forger) -> None:
    forger.put("cards.jsonl", [])
    forger.put_manifest(cards=0)
    assert {"cards", "prices"} <= found(check(forger.folder, *told.keys))


@pytest.fixture
def erased(told: Sealed) -> Iterator[None]:
    """The metadata of usage lines is erased, until the test ends."""
    with psycopg.connect(told.ends.database.owner) as owner:
        kept = owner.execute(
            "SELECT salt, content, org, digest FROM tally.texts WHERE kind = 'metadata'"
        ).fetchall()
        owner.execute("UPDATE tally.texts SET salt = NULL, content = NULL WHERE kind = 'metadata'")
    yield
    with psycopg.connect(told.ends.database.owner) as owner, owner.cursor() as cursor:
        cursor.executemany(
            "UPDATE tally.texts SET salt = %s, content = %s WHERE org = %s AND digest = %s", kept
        )


@pytest.mark.usefixtures("erased")
def test_erased_texts_verify_and_are_said_to_be_erased(
    told: Sealed, forger: Forger, tmp_path: Path
) -> None:
    before = forger.manifest["texts"]
    bundle = told.export(tmp_path / "after", "acme", "10", "110")
    texts = Forger(bundle).manifest["texts"]
    assert before["erased"] < texts["erased"]
    assert texts["kept"] + texts["erased"] == before["kept"] + before["erased"]
    report = check(bundle, *told.keys)
    assert report.exit_code == 0
    assert f"  {texts['erased']} texts were erased since" in report.facts


def test_a_checkpoint_seen_elsewhere_is_compared(told: Sealed, forger: Forger) -> None:
    """A witness who saw another history at any size that the range reaches shows it."""
    honest = verify.Note.parse((forger.folder / "checkpoint.txt").read_bytes())
    assert check(forger.folder, *told.keys, seen=[honest])["seen"].checked == 1
    other = dataclasses.replace(honest, size=40)
    assert found(check(forger.folder, *told.keys, seen=[other])) == {"seen"}
    witness = forger.folder.parent / "checkpoints-00001769947200000000.jsonl"
    lines = [{"org": org, "note": (forger.folder / "checkpoint.txt").read_text()} for org in "ab"]
    witness.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert verify.notes_of([forger.folder / "checkpoint.txt", witness]) == [honest] * 3
    for beyond in (dataclasses.replace(honest, size=5), dataclasses.replace(honest, origin="x")):
        report = check(forger.folder, *told.keys, seen=[beyond])
        assert report.exit_code == 2
        assert report["seen"].unchecked
