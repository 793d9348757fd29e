"""Meters: which are parts of which, and what of a line each priced one is charged for.

A part is counted in its wholes, too: a token written to a cache for an hour is one of
`cache_write_1h_tokens`, of `cache_write_tokens` and of `input_tokens`. Other meters stand alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, OUTPUT_TOKENS
from ledger.kernel.errors import Invalid

Traits = frozenset[str]
"""What is true of everything that a meter counts: those of a whole are among those of its parts."""


def _tokens() -> Iterable[tuple[str, tuple[str, ...]]]:
    yield INPUT_TOKENS, ()
    yield OUTPUT_TOKENS, ()
    yield CACHED_TOKENS, ("read",)
    yield CACHE_WRITE_TOKENS, ("write",)
    yield "cache_write_5m_tokens", ("write", "5m")
    yield "cache_write_1h_tokens", ("write", "1h")
    yield "input_tool_tokens", ("tool",)
    yield "output_reasoning_tokens", ("reasoning",)
    yield "output_citation_tokens", ("citation",)
    for medium in ("text", "audio", "image", "video"):
        yield f"input_{medium}_tokens", (medium,)
        yield f"output_{medium}_tokens", (medium,)
        yield f"cache_{medium}_read_tokens", (medium, "read")
        yield f"cache_{medium}_write_tokens", (medium, "write")
        yield f"cache_{medium}_write_5m_tokens", (medium, "write", "5m")
        yield f"cache_{medium}_write_1h_tokens", (medium, "write", "1h")
        yield f"input_{medium}_tool_tokens", (medium, "tool")
        yield f"output_{medium}_reasoning_tokens", (medium, "reasoning")
        yield f"output_{medium}_citation_tokens", (medium, "citation")


TRAITS: dict[str, Traits] = {
    meter: frozenset({"tokens", "output" if meter.startswith("output") else "input", *traits})
    for meter, traits in _tokens()
} | {
    "audio_seconds": frozenset({"seconds"}),
    "input_audio_seconds": frozenset({"seconds", "input"}),
    "output_audio_seconds": frozenset({"seconds", "output"}),
    "input_document_pages": frozenset({"pages"}),
    "input_annotated_document_pages": frozenset({"pages", "annotated"}),
}
_METERS = {traits: meter for meter, traits in TRAITS.items()}

PARTS = frozenset(
    meter for meter, traits in TRAITS.items() if any(each < traits for each in TRAITS.values())
)
"""The meters that are part of another. A line without one is charged for just what it says."""


def counted_once(quantities: Mapping[str, int]) -> Mapping[str, int]:
    """What each meter of a line counts beside its parts. A whole that is less than they are is
    refused; one that a line does not name is their sum, but input and output tokens are none."""
    if PARTS.isdisjoint(quantities):
        return quantities
    beside: dict[str, int] = {}
    told = {INPUT_TOKENS: 0, OUTPUT_TOKENS: 0, **quantities}
    for meter in sorted(told, key=lambda meter: -len(TRAITS.get(meter, ()))):
        parts = [part for part in beside if is_part(part, meter)]
        beside[meter] = told[meter] - sum(beside[part] for part in parts)
        if beside[meter] < 0:
            parts = sorted(part for part in parts if told[part])
            raise Invalid(
                f"{' and '.join(parts)} are parts of {meter} and must not exceed them.",
                field=parts[0],
            )
    return {meter: beside[meter] for meter in quantities}


def billed(quantities: Mapping[str, int], priced: Collection[str]) -> Mapping[str, int]:
    """What each meter of a line is charged for: a part without a price of its own is charged as the
    smallest whole that has one."""
    if PARTS.isdisjoint(quantities):
        return quantities
    charged: dict[str, int] = {}
    for meter, units in counted_once(quantities).items():
        if units:
            place = meter if meter in priced else _priced_whole(meter, priced)
            charged[place] = charged.get(place, 0) + units
    _check_told(quantities, priced)
    return charged


def is_part(meter: str, whole: str) -> bool:
    """Whether all that a meter counts is counted by another, too."""
    return TRAITS.get(whole, _NOTHING) < TRAITS.get(meter, _NONE)


_NONE: Traits = frozenset()
_NOTHING: Traits = frozenset({"of no meter"})


def _priced_whole(meter: str, priced: Collection[str]) -> str:
    """The smallest whole with a price, of several the first by name; the meter itself if none."""
    wholes = [whole for whole in priced if is_part(meter, whole)]
    return min(wholes, key=lambda whole: (-len(TRAITS[whole]), whole), default=meter)


def _check_told(quantities: Mapping[str, int], priced: Collection[str]) -> None:
    """Where what is in both of two meters has its own price, a line must say how much it is."""
    told = [meter for meter in quantities if meter in PARTS and quantities[meter]]
    for place, one in enumerate(told):
        for other in told[:place]:
            both = _METERS.get(TRAITS[one] | TRAITS[other])
            if both in priced and both not in quantities:
                raise Invalid(
                    f"{both} is required beside {other} and {one}: it has a price of its own, so "
                    "say how many of them are both, or 0.",
                    field=both,
                )
