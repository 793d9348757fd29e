"""Bundles of a told story, the stranger who checks them, and a hand that forges them."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cryptography

from api.container import Endpoints, signing_keys
from api.export.archive import Folder
from api.export.bundle import Bundle
from api.export.selection import Selection, parse_bound, select
from api.queries.reader import Reader, query_pool
from api.settings import Settings
from ledger.proof.note import SignerKey, sign_note
from schemas import verify

Json = dict[str, Any]
SCRIPT = Path(verify.__file__)


@dataclasses.dataclass(frozen=True)
class Sealed:
    """A sealed ledger: where it is, and its keys."""

    ends: Endpoints
    settings: Settings

    @property
    def keys(self) -> list[str]:
        """Its verifier keys."""
        return [str(key) for key in signing_keys(self.settings).ring().verifiers]

    @property
    def signer(self) -> SignerKey:
        """Who signs its checkpoints."""
        return signing_keys(self.settings).ring().signers[0]

    def export(
        self,
        out: Path,
        org: str = "acme",
        from_: str | None = None,
        to: str | None = None,
        **dishonest: Any,
    ) -> Path:
        """The folder of a bundle; `dishonest`: fields of the selection that are not as they
        should be."""

        async def write() -> None:
            async with query_pool(self.ends.database.query, size=2) as pool:
                reader = Reader(pool)
                chosen = await self._selected(reader, org, from_, to)
                chosen = dataclasses.replace(chosen, **dishonest)
                keys = signing_keys(self.settings).ring().verifiers
                folder = Folder(out)
                name, signers = self.settings.name, signing_keys(self.settings).ring().signers
                async for file in Bundle(reader, chosen, name, keys, signers=signers).files():
                    folder.add(file)

        asyncio.run(write())
        return out

    async def _selected(
        self, reader: Reader, org: str, from_: str | None, to: str | None
    ) -> Selection:
        bounds = parse_bound(from_, "from"), parse_bound(to, "to")
        return await select(reader, org, *bounds, patience_s=0)


def check(
    bundle: Path, *keys: str, seen: Sequence[verify.Note] = (), documents: Path | None = None
) -> verify.Report:
    """What the verifier finds."""
    return verify.verify(bundle, verify.keys_of(keys), seen, documents)


def found(report: verify.Report) -> set[str]:
    """The kinds of what is wrong."""
    return {kind for kind, each in report.checks.items() if each.wrong}


def strangers_python(folder: Path) -> Path:
    """A folder that holds cryptography and what it needs, and nothing else that is installed."""
    site = Path(cryptography.__file__).parents[1]
    place = folder / "site"
    place.mkdir()
    for name in ("cryptography", "cffi", "pycparser"):
        if (site / name).exists():
            (place / name).symlink_to(site / name)
    for binding in site.glob("_cffi_backend*"):
        (place / binding.name).symlink_to(binding)
    return place


def stranger(place: Path, script: Path, *arguments: str) -> tuple[int, str]:
    """The verifier as a stranger runs it: without our code or our packages."""
    program = (
        "import runpy, sys; place, *sys.argv = sys.argv[1:]; sys.path.append(place); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(place), str(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


class Forger:
    """Changes a bundle and makes everything fit again that needs no key. With a signer he has even
    the list of files signed: then the rest must not let it pass."""

    def __init__(self, folder: Path, signer: SignerKey | None = None) -> None:
        self.folder = folder
        self.signer = signer

    def lines(self, name: str) -> list[Json]:
        """The objects of a file."""
        return [json.loads(line) for line in (self.folder / name).read_text("utf-8").splitlines()]

    def put(self, name: str, values: Sequence[Json]) -> None:
        """Write objects into a file."""
        lines = (json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in values)
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    @property
    def manifest(self) -> Json:
        """The manifest."""
        value: Json = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return value

    def put_manifest(self, **changes: Any) -> None:
        """Write the manifest anew: totals and digests as the files are now."""
        manifest = self.manifest
        unit = verify.Books(verify.Report(), whole=True)
        for name in sorted(self.folder.glob("events-*.jsonl")):
            for event in self.lines(name.name):
                unit.see(event, json.loads(base64.b64decode(event["body"])))
        texts = [text for n in self.folder.glob("texts-*.jsonl") for text in self.lines(n.name)]
        erased = sum(text["salt"] is None for text in texts)
        manifest |= {
            "types": unit.types,
            "sums": unit.sums,
            "texts": {"kept": len(texts) - erased, "erased": erased},
            "files": {
                path.name: verify.described(path)
                for path in self.folder.iterdir()
                if path.name not in ("manifest.json", "manifest.note")
            },
        }
        self.write_manifest(manifest | changes)

    def write_manifest(self, manifest: Json) -> None:
        """Write a manifest, in its own spelling."""
        text = json.dumps(manifest, sort_keys=True, indent=1) + "\n"
        (self.folder / "manifest.json").write_text(text, "utf-8")
        if self.signer is not None:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            origin = f"{manifest['ledger']}/{manifest['org']}"
            note = sign_note(f"{verify.FORMAT} manifest\n{origin}\n{digest}\n", [self.signer])
            (self.folder / "manifest.note").write_text(note, "utf-8")

    def put_events(self, events: list[Json]) -> None:
        """Write the only page of events with a chain that is computed anew, and its texts."""
        previous = bytes.fromhex(json.loads((self.folder / "proofs.json").read_text())["previous"])
        held: set[str] = set()
        for event in events:
            previous = verify.event_hash(event, previous)
            event["hash"] = previous.hex()
            held |= verify.digests_of(event, json.loads(base64.b64decode(event["body"])))
        self.put("events-000001.jsonl", events)
        texts = self.lines("texts-000001.jsonl")
        self.put("texts-000001.jsonl", [text for text in texts if text["digest"] in held])
