"""The variant: what one SKU of a catalogue item means: a value of each of the item's options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ledger.catalogue.item_type import Kind
from ledger.catalogue.local_text import check_labels
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_name, check_sku, check_text
from ledger.kernel.limits import (
    AMOUNT_MAX,
    CATALOGUE_JSON_MAX,
    OPTIONS_PER_ITEM_MAX,
    VALUES_PER_OPTION_MAX,
    VARIANTS_PER_ITEM_MAX,
    WEIGHT_MAX,
)


class OptionValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of an option, `red` of `colour`, and what it is called by language."""

    id: str
    labels: dict[str, str] = {}


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer chooses, `colour`, and what it is called by language."""

    id: str
    values: list[OptionValue]
    labels: dict[str, str] = {}


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a SKU means. `values`: one of each option. `credits` (microcredits) or `plan`: what it
    sells where the kind of the item is that. `weight`: in grams. `oversell`: whether more may be
    sold than there are."""

    sku: str
    values: dict[str, str] = {}
    credits: int | None = None
    plan: str | None = None
    weight: int | None = None
    oversell: bool = False

    @property
    def meaning(self) -> tuple[dict[str, str], int | None, str | None]:
        """What its SKU means for ever."""
        return self.values, self.credits, self.plan


def check_variants(options: Sequence[Option], variants: Sequence[Variant], kind: Kind) -> None:
    """Raise Invalid for options and variants that no item of a kind can have."""
    check_options(options, "options")
    _check_length(variants, 1, VARIANTS_PER_ITEM_MAX, "variants")
    values = {each.id: {value.id for value in each.values} for each in options}
    for place, variant in enumerate(variants):
        _check_variant(variant, values, kind, f"variants.{place}")
    _check_unique([each.sku for each in variants], "variants", "sku")
    _check_unique([str(sorted(each.values.items())) for each in variants], "variants", "values")
    if len(msgspec.json.encode([options, variants])) > CATALOGUE_JSON_MAX:
        raise Invalid(
            f"options and variants must have at most {CATALOGUE_JSON_MAX} bytes.", field="variants"
        )


def check_options(options: Sequence[Option], field: str) -> None:
    """Raise Invalid for options that no item can have."""
    _check_length(options, 0, OPTIONS_PER_ITEM_MAX, field)
    for place, option in enumerate(options):
        _check_option(option, f"{field}.{place}")
    _check_unique([each.id for each in options], field, "id")


def _check_option(option: Option, field: str) -> None:
    check_name(option.id, f"{field}.id")
    check_labels(option.labels, f"{field}.labels")
    _check_length(option.values, 1, VALUES_PER_OPTION_MAX, f"{field}.values")
    for place, value in enumerate(option.values):
        check_name(value.id, f"{field}.values.{place}.id")
        check_labels(value.labels, f"{field}.values.{place}.labels")
    _check_unique([each.id for each in option.values], f"{field}.values", "id")


def _check_variant(
    variant: Variant, values: Mapping[str, set[str]], kind: Kind, field: str
) -> None:
    check_sku(variant.sku, f"{field}.sku")
    chosen = variant.values
    if chosen.keys() != values.keys():
        raise Invalid(f"{field}.values must name each option once.", field=f"{field}.values")
    for option, value in chosen.items():
        if value not in values[option]:
            name = f"{field}.values.{option}"
            raise Invalid(f"{name} must be one of the values of the option.", field=name)
    _check_number(variant.credits, AMOUNT_MAX, f"{field}.credits")
    _check_number(variant.weight, WEIGHT_MAX, f"{field}.weight")
    if (variant.credits is not None) != (kind == Kind.CREDITS):
        raise Invalid(_goes_with(f"{field}.credits", Kind.CREDITS), field=f"{field}.credits")
    if (variant.plan is not None) != (kind == Kind.PLAN):
        raise Invalid(_goes_with(f"{field}.plan", Kind.PLAN), field=f"{field}.plan")
    if variant.plan is not None:
        check_text(variant.plan, f"{field}.plan")


def _goes_with(field: str, kind: Kind) -> str:
    return f"{field} is required where the item's type sells {kind}, and goes with no other."


def _check_number(value: int | None, limit: int, field: str) -> None:
    if value is not None and not 1 <= value <= limit:
        raise Invalid(f"{field} must be an integer from 1 to {limit}.", field=field)


def _check_length(values: Sequence[object], least: int, limit: int, field: str) -> None:
    if not least <= len(values) <= limit:
        raise Invalid(f"{field} must be {least} to {limit}.", field=field)


def _check_unique(names: Sequence[str], field: str, what: str) -> None:
    """Raise Invalid where one is there before."""
    for place, name in enumerate(names):
        if name in names[:place]:
            at = f"{field}.{place}.{what}"
            raise Invalid(f"{at} must be another than those before it.", field=at)
