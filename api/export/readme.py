"""The readme of a bundle: what it is and how to check it, for its receiver."""

from __future__ import annotations

from api.export.selection import Selection
from ledger.kernel.times import format_time
from ledger.proof.checkpoint import origin_of

_PAGE = """\
# Evidence of {origin}

{what}

Everything here can be checked offline, without trust in whoever gave it to you. You need Python
3.11 or newer, the package `cryptography`, and the ledger's **verifier key**, a line such as
`name+0123abcd+AbCd...`. Get that key by another road than this bundle, from its owner's website
for example: a key that came along proves only that the bundle fits itself.

**A verifier must not come from what it verifies.** Take `verify.py` from the Tallystick project, or
from a bundle that you have verified before; the one in here is a copy for comparing. Whoever could
change this bundle could change it too, and this page with it.

```
python -m venv check && check/bin/python -m pip install cryptography
check/bin/python verify.py --key 'name+0123abcd+AbCd...' BUNDLE
```

It prints what was checked, with counts, and exits 0 if all is right, 1 if something is wrong, and
2 if something could not be checked (without `--key` it says so). If you have other checkpoints of
this log, from a witness or an earlier bundle, give them with `--seen FILE`: those of a size that
the range reaches must be of the same history.

| file | what it holds |
|---|---|
| `events-*.jsonl` | the events, one a line; `body` is base64 of the stored bytes |
| `texts-*.jsonl` | texts that may name a person, with their salts; null where erased |
| `cards.jsonl` | the versions of rate cards by which usage was priced, proven in the log |
| `neighbours.jsonl` | for a period: the events just outside, which show that it misses none |
| `checkpoint.txt`, `platform-checkpoint.txt` | the signed size and root of the log |
| `proofs.json` | what the tree has beside the range: with the events it makes the signed root |
| `manifest.json` | range, counts by type, sums by asset and category, SHA-256 of every file |
| `manifest.note` | the signed digest of the manifest |
| `verify.py` | a copy of the verifier, for comparing |

Amounts are integers of the smallest unit: microcredits (1,000,000 are a credit, 0.001 USD), cents.
The format is described in `schemas/bundle.md` of the Tallystick project, the hash of an event in
`schemas/chain.md`.
"""


def readme(ledger: str, chosen: Selection) -> bytes:
    """Return the page, for one bundle."""
    return _PAGE.format(origin=origin_of(ledger, chosen.org), what=_what(chosen)).encode()


def _what(chosen: Selection) -> str:
    run = f"The events {chosen.first} to {chosen.last}" if chosen.last >= chosen.first else "None"
    times = [
        f"{word} {format_time(us)}"
        for word, us in (("from", chosen.from_us), ("before", chosen.to_us))
        if us is not None
    ]
    period = f", which are all that were recorded {' and '.join(times)}," if times else ""
    return (
        f"{run} of the {chosen.checkpoint.size} events of the org `{chosen.org}`{period} as the\n\
ledger signed them."
    )
