"""A project with a person of each role, in a fresh app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make


@pytest.fixture(autouse=True)
def closed_databases() -> Iterator[None]:
    yield
    make.close_all()


@pytest.fixture
def place(tmp_path: Path) -> make.Place:
    return make.place(tmp_path)


@pytest.fixture
def place_anywhere(tmp_path: Path, database_url: str) -> Iterator[make.Place]:
    """The same on both databases."""
    yield make.place(tmp_path, ANNOTATOR_DATABASE_URL=database_url)
    make.close_all()  # before the database itself is dropped
