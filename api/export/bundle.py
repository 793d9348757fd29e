"""The files of an evidence bundle, one after the other: memory stays constant, whatever the range.

`schemas/bundle.md` is the format. Everything is checked on its way: what does not make the root
that was signed is never given out as a whole bundle, which ends with its manifest.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from api.export.archive import File
from api.export.readme import readme
from api.export.selection import PATIENCE_S, Selection, sealed
from api.queries.export.evidence import card_events, events_page, texts
from api.queries.proof.checkpoints import SealedCheckpoint, subtree_for
from api.queries.rating.rate_cards import RateCards
from api.queries.reader import Reader
from ledger.credits.facts import lines_of
from ledger.credits.transactions import transactions_of
from ledger.kernel.aggregate import Fact
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.kernel.ids import PLATFORM
from ledger.ports import RecordedEvent
from ledger.privacy.inspection import texts_of
from ledger.proof.checkpoint import origin_of
from ledger.proof.merkle import Frontier, inclusion_proof, leaf_hash
from ledger.proof.note import BadNote, SignerKey, VerifierKey, open_note, sign_note
from ledger.proof.range_proofs import RangeProof, range_proof, root_over
from ledger.proof.sealing import NotAnExtension
from ledger.rating.rate_card_prices import DEFAULT_CARD
from ledger.registry import fact_of

FORMAT = "tallystick bundle v1"
OnProgress = Callable[[int], None]
"""Told how many events are done."""

Pin = tuple[str, int]
"""The org of a rate card, and the version of it."""


class Bundle:
    """One export. `keys` are the ledger's verifier keys: those that signed are listed in it.
    `signers` sign the list of its files."""

    def __init__(
        self,
        reader: Reader,
        selection: Selection,
        ledger: str,
        keys: Sequence[VerifierKey],
        on_progress: OnProgress = lambda _: None,
        *,
        signers: Sequence[SignerKey] = (),
    ) -> None:
        self._signers = signers
        self._reader = reader
        self._selection = selection
        self._ledger = ledger
        self._keys = keys
        self._on_progress = on_progress
        self._totals = Totals()
        self._notes = {"checkpoint.txt": selection.checkpoint.note}
        self._written: dict[str, dict[str, Any]] = {}

    @property
    def name(self) -> str:
        """What the bundle is called."""
        return f"{self._selection.org}-{self._selection.first}-{self._selection.last}"

    async def files(self) -> AsyncIterator[File]:
        """Yield every file; the manifest, without which it is no bundle, is the last.

        Raises NotAnExtension when what is stored is not what was signed.
        """
        async for file in self._content():
            digest = hashlib.sha256(file.content).hexdigest()
            self._written[file.name] = {"bytes": len(file.content), "sha256": digest}
            yield file
        manifest = self._manifest()
        if self._signers:
            yield File("manifest.note", self._manifest_note(manifest))
        yield File("manifest.json", manifest)

    async def _content(self) -> AsyncIterator[File]:
        chosen = self._selection
        yield File("README.md", readme(self._ledger, chosen))
        yield File("verify.py", (files("schemas") / "verify.py").read_bytes())
        yield File("checkpoint.txt", chosen.checkpoint.note.encode())
        proof = await self._range_proof()
        previous, path = await self._previous()
        yield File("proofs.json", _proofs(proof, previous, path))
        beside = [await self._event(sequence) for sequence in chosen.neighbours]
        yield File(
            "neighbours.jsonl", await self._with_paths(chosen.org, beside, chosen.checkpoint)
        )
        async for file in self._pages(proof, previous):
            yield file
        async for file in self._rate_cards():
            yield file

    # -- the range ---------------------------------------------------------------------------

    async def _range_proof(self) -> RangeProof:
        chosen = self._selection
        place = chosen.first - 1, chosen.last, chosen.checkpoint.size
        tree = await subtree_for(self._reader, chosen.org, lambda each: range_proof(*place, each))
        return range_proof(*place, tree)

    async def _previous(self) -> tuple[bytes, list[bytes]]:
        """Return the hash before the range, and that it is a leaf of the tree."""
        chosen = self._selection
        if chosen.first == 1:
            return GENESIS, []
        event = await self._event(chosen.first - 1)
        return event.hash, await self._path(chosen.org, event, chosen.checkpoint)

    async def _pages(self, proof: RangeProof, previous: bytes) -> AsyncIterator[File]:
        """Yield events and their texts, in pages."""
        chosen = self._selection
        tree = Frontier(chosen.first - 1, proof.left)
        page = 0
        while tree.size < chosen.last:
            page += 1
            events = await self._page(tree.size + 1)
            previous = await asyncio.to_thread(_extend, tree, events, previous)
            read = await asyncio.to_thread(self._totals.see, events)
            found = await texts(self._reader, chosen.org, sorted(read))
            content = await asyncio.to_thread(_lines, map(dumped, events))
            yield File(f"events-{page:06}.jsonl", content)
            yield File(f"texts-{page:06}.jsonl", _lines(map(self._totals.text, found)))
            self._on_progress(tree.size - chosen.first + 1)
        if root_over(tree, chosen.checkpoint.size, proof.right) != chosen.checkpoint.root:
            raise NotAnExtension("what is stored is not what was signed: run tally verify.")

    async def _page(self, first: int) -> list[RecordedEvent]:
        chosen = self._selection
        events = await events_page(self._reader, chosen.org, first, chosen.last)
        if [event.sequence for event in events] != [*range(first, first + max(1, len(events)))]:
            raise NotAnExtension(
                f"events from {first} on are missing in the database: they were archived, or "
                "taken out. tally verify says which."
            )
        return events

    async def _event(self, sequence: int) -> RecordedEvent:
        org = self._selection.org
        events = await events_page(self._reader, org, sequence, sequence, 1)
        if not events:
            raise NotAnExtension(f"event {sequence} is missing in the database.")
        return events[0]

    # -- what stands outside of it -----------------------------------------------------------

    async def _rate_cards(self) -> AsyncIterator[File]:
        """Yield the versions of rate cards that lines pin, each proven in the log it stands in."""
        chosen, content = self._selection, b""
        for org in sorted({org for org, _ in self._totals.pins}):
            pinned = {version for each, version in self._totals.pins if each == org}
            published = (await RateCards(self._reader).history(org)).published()
            versions = [each.place for each in published if each.card_version in pinned]
            events = await card_events(self._reader, org, versions)
            if len(events) != len(pinned):
                raise NotAnExtension(f"versions of the rate card of {org} are missing.")
            checkpoint = chosen.checkpoint
            if org != chosen.org:
                checkpoint = await sealed(self._reader, org, events[-1].sequence, PATIENCE_S)
                self._notes["platform-checkpoint.txt"] = checkpoint.note
                yield File("platform-checkpoint.txt", checkpoint.note.encode())
            content += await self._with_paths(org, events, checkpoint)
        yield File("cards.jsonl", content)

    async def _with_paths(
        self, org: str, events: Sequence[RecordedEvent], checkpoint: SealedCheckpoint
    ) -> bytes:
        """Return events with the hash before each, and its inclusion in the tree of a
        checkpoint."""
        found = []
        for event in events:
            previous = await self._hash_before(org, event.sequence)
            path = [node.hex() for node in await self._path(org, event, checkpoint)]
            found.append(dumped(event) | {"previous": previous.hex(), "path": path})
        return _lines(found)

    async def _hash_before(self, org: str, sequence: int) -> bytes:
        if sequence == 1:
            return GENESIS
        row = await self._reader.row(
            org, "proof/event_hash", {"org": org, "sequence": sequence - 1}
        )
        if row is None:
            raise NotAnExtension(f"event {sequence - 1} of {org} is missing in the database.")
        return bytes(row["hash"])

    async def _path(
        self, org: str, event: RecordedEvent, checkpoint: SealedCheckpoint
    ) -> list[bytes]:
        place = event.sequence - 1, checkpoint.size
        tree = await subtree_for(self._reader, org, lambda each: inclusion_proof(*place, each))
        return inclusion_proof(*place, tree)

    # -- the manifest ------------------------------------------------------------------------

    def _manifest(self) -> bytes:
        chosen, totals = self._selection, self._totals
        manifest = {
            "format": FORMAT,
            "ledger": self._ledger,
            "org": chosen.org,
            "first": chosen.first,
            "last": chosen.last,
            "from_us": chosen.from_us,
            "to_us": chosen.to_us,
            "size": chosen.checkpoint.size,
            "types": totals.types,
            "sums": totals.sums,
            "texts": totals.texts,
            "cards": len(totals.pins),
            "files": self._written,
            "keys": [str(key) for key in self._keys if self._has_signed(key)],
        }
        return (json.dumps(manifest, sort_keys=True, indent=1) + "\n").encode()

    def _manifest_note(self, manifest: bytes) -> bytes:
        """Return the signed digest of the manifest, and so of every file."""
        digest = base64.b64encode(hashlib.sha256(manifest).digest()).decode()
        origin = origin_of(self._ledger, self._selection.org)
        return sign_note(f"{FORMAT} manifest\n{origin}\n{digest}\n", self._signers).encode()

    def _has_signed(self, key: VerifierKey) -> bool:
        for note in self._notes.values():
            try:
                open_note(note, [key])
            except BadNote:
                continue
            return True
        return False


class Totals:
    """What the events of a range add up to, and what they point at."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.sums: dict[str, dict[str, dict[str, int]]] = {}
        self.texts = {"kept": 0, "erased": 0}
        self.pins: set[Pin] = set()

    def see(self, events: Iterable[RecordedEvent]) -> set[str]:
        """Add up events; the digests of texts that they hold."""
        digests: set[str] = set()
        for event in events:
            self.types[event.type] += 1
            fact = fact_of(event)
            self._add(event, fact)
            digests |= texts_of(event, fact).keys()
        return digests

    def text(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a text as it is written down, erased or not."""
        salt, content = row["salt"], row["content"]
        self.texts["erased" if salt is None and content is None else "kept"] += 1
        digest = {"digest": row["digest"]}
        return digest | {"salt": None if salt is None else salt.hex(), "content": content}

    def _add(self, event: RecordedEvent, fact: Fact) -> None:
        for each in transactions_of(fact):
            sums = self.sums.setdefault(each.asset, {})
            row = sums.setdefault(each.category, {"transactions": 0, "amount": 0})
            row["transactions"] += 1
            row["amount"] += each.amount
        for rate in (line.rate for line in lines_of(fact)):
            if rate is not None:
                owner = PLATFORM if rate.card == DEFAULT_CARD else event.org
                self.pins.add((owner, rate.version))


def dumped(event: RecordedEvent) -> dict[str, Any]:
    """Return an event as in a dump of `schemas/chain.md`: every field that its hash covers, and
    that."""
    return {
        "org": event.org,
        "sequence": event.sequence,
        "stream": event.stream,
        "version": event.version,
        "type": event.type,
        "recorded_us": event.recorded_us,
        "actor": event.actor,
        "idempotency_key": event.idempotency_key,
        "body": base64.b64encode(event.body).decode(),
        "hash": event.hash.hex(),
    }


def _extend(tree: Frontier, events: Sequence[RecordedEvent], previous: bytes) -> bytes:
    """Put events into a tree by the hashes that their bytes give; the last of these."""
    for event in events:
        previous = link_hash(Entry(event.org, *event[3:10]), event.sequence, previous)
        if previous != event.hash:
            raise NotAnExtension(
                f"event {event.sequence} of {event.org} is not what was recorded: run tally verify."
            )
        tree.add(leaf_hash(previous))
    return previous


def _proofs(proof: RangeProof, previous: bytes, path: Sequence[bytes]) -> bytes:
    value = {
        "left": [node.hex() for node in proof.left],
        "right": [node.hex() for node in proof.right],
        "previous": previous.hex(),
        "path": [node.hex() for node in path],
    }
    return (json.dumps(value, indent=1) + "\n").encode()


def _lines(values: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in values)
    return "".join(f"{line}\n" for line in lines).encode()
