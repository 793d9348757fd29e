"""Checks the chains of a dump as schemas/chain.md says: stranger.py dump.jsonl [org:sequence:hash].

Given heads must be the ends of their chains. Exits 1 naming the first wrong event.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Ends = dict[str, tuple[int, bytes]]
TAG = b"tallystick event v1\n"
FIELDS = ("org", "sequence", "stream", "version", "type", "recorded_us", "actor", "idempotency_key")


def hash_of(event: dict[str, Any], previous: bytes) -> bytes:
    values = [str(event[name]).encode() for name in FIELDS]
    values.append(base64.b64decode(event["body"], validate=True))
    fields = b"".join(len(value).to_bytes(4, "big") + value for value in values)
    return hashlib.sha256(TAG + fields + previous).digest()


def check(lines: Iterable[str]) -> tuple[Ends | None, str]:
    """The ends of all chains, or the sentence that says what is wrong first."""
    ends: Ends = {}
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            sequence, previous = ends.get(event["org"], (0, bytes(32)))
            name = f"line {number}: event {event['sequence']} of {event['org']}"
            if event["sequence"] != sequence + 1:
                return None, f"{name} stands where {sequence + 1} should"
            digest = hash_of(event, previous)
            if digest.hex() != event["hash"]:
                return None, f"{name} has not the hash of its content"
        except (ValueError, KeyError, TypeError) as error:
            return None, f"line {number} is not an event: {error!r}"
        ends[event["org"]] = (event["sequence"], digest)
    return ends, f"{number} events of {len(ends)} orgs are linked"


def main(path: str, *heads: str) -> int:
    with Path(path).open(encoding="utf-8") as lines:
        ends, sentence = check(lines)
    for head in heads if ends is not None else ():
        org, sequence, digest = head.split(":")
        if ends is not None and ends.get(org) != (int(sequence), bytes.fromhex(digest)):
            ends, sentence = None, f"the chain of {org} does not end at the head given"
    print(sentence)
    return 1 if ends is None else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
