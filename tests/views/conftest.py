"""A project with a person of each role, in a fresh app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from annotator import folding
from annotator.views import agreement_reading, agreement_team
from tests import make
from tests.views.agreement import seeded


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


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo project whose intervals are drawn; copy it."""
    folder = tmp_path_factory.mktemp("counted")
    app = seeded(folder)
    folding.figures(make.database(app), 1)
    make.database(app).close()
    return folder


@pytest.fixture
def demo(counted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)
    shutil.copytree(counted, tmp_path, dirs_exist_ok=True)
    yield make.app(tmp_path)
    make.close_all()
