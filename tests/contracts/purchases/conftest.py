"""A world of each kind of provider, and the sandbox that they share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded.stripe_sandbox.server import served

from .worlds import BankWorld, SandboxWorld, World, real_world


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxWorld]:
    """A sandbox of these tests."""
    with served(tmp_path_factory.mktemp("sandbox")) as access:
        yield SandboxWorld(access)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[SandboxWorld]:
    """A sandbox of one test, which moves its clock."""
    with served(tmp_path) as access:
        yield SandboxWorld(access)


@pytest.fixture(params=["sandbox", "bank_transfers", "stripe"])
def world(request: pytest.FixtureRequest) -> World:
    """A world of each kind."""
    if request.param == "sandbox":
        found: SandboxWorld = request.getfixturevalue("sandbox")
        return found
    return BankWorld() if request.param == "bank_transfers" else real_world()


@pytest.fixture
def charging(world: World) -> World:
    """One whose payment methods can be charged."""
    if not world.is_paid_by_methods:
        pytest.skip("bank transfers are not charged by us")
    return world
