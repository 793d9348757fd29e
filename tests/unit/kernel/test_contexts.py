"""Contexts: what they declare is complete, and no two of them declare the same."""

from __future__ import annotations

import dataclasses

import pytest
from eventsourcing.domain import ProgrammingError

from ledger.checks import CHECKED, CHECKS, checks_of
from ledger.contexts import CONTEXTS
from ledger.kernel.context import Context, Table
from ledger.registry import FACTS, types_of
from ledger.tables import tables_of
from ledger.tenancy.org import Org

TOY = Context(name="toys", aggregates=())


def test_two_contexts_with_the_same_stored_type_are_refused() -> None:
    toys = dataclasses.replace(TOY, aggregates=(Org,))
    with pytest.raises(ValueError, match=r"toys declares .* tenancy\.Org, as tenancy does"):
        types_of((*CONTEXTS, toys))


def test_a_class_with_the_stored_type_of_another_is_refused_when_it_is_imported() -> None:
    with pytest.raises(ProgrammingError, match=r"'tenancy\.Org' .* already registered"):

        class _Impostor(Org):
            TOPIC = Org.TOPIC


def test_two_contexts_with_the_same_table_are_refused() -> None:
    toys = dataclasses.replace(TOY, tables=(Table("orgs"),))
    with pytest.raises(ValueError, match="toys declares the table orgs, as another does"):
        tables_of((*CONTEXTS, toys))


def test_a_check_that_is_no_inspection_is_refused() -> None:
    toys = dataclasses.replace(TOY, checks=(Table,))
    with pytest.raises(TypeError, match=r"toys lists .*Table.*, which is no Inspection"):
        checks_of((*CONTEXTS, toys))


def test_the_checks_of_contexts_are_asked_in_their_order_and_say_what_they_write_of() -> None:
    assert checks_of(CONTEXTS) == tuple(each for context in CONTEXTS for each in context.checks)
    assert all(check.KINDS and set(check.WHOLE) <= set(check.KINDS) for check in CHECKS)
    assert len(set(CHECKED)) == len(CHECKED)


def test_every_stored_type_is_of_the_context_whose_package_defines_it() -> None:
    for context in CONTEXTS:
        for each in types_of([context]).values():
            assert each.__module__.split(".")[:2] == ["ledger", context.name]
    assert FACTS.keys() < types_of(CONTEXTS).keys()


def test_contexts_have_names_of_their_own_and_use_only_contexts_that_are() -> None:
    names = [context.name for context in CONTEXTS]
    assert len(set(names)) == len(names)
    assert {used for context in CONTEXTS for used in context.uses} < set(names)
