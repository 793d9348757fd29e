"""What these tests share: blobs of each kind, and servers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs, ObjectBlobs
from ledger.invoices.ports import Blobs
from tests.contracts.invoices.object_store import object_store


@pytest.fixture(scope="package")
def object_store_url() -> Iterator[str]:
    """A bucket of an object store of these tests."""
    with object_store() as url:
        yield url


@pytest.fixture(params=["folder", "object store"])
def doors(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Blobs]:
    """Opens the same blobs, once more each time, as several processes do."""
    if request.param == "folder":
        return lambda: FolderBlobs(tmp_path / "blobs")
    url = f"{request.getfixturevalue('object_store_url')}/{tmp_path.name}"
    return lambda: ObjectBlobs(url)


@pytest.fixture
def blobs(doors: Callable[[], Blobs]) -> Blobs:
    """Blobs of each kind."""
    return doors()
