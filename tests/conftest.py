"""Real parts for every test: a database of each kind, a browser, the founding articles."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import browser as browsers
from tests.support import postgresql

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = Path(os.environ.get("ANNOTATOR_TEST_ARTICLES", ROOT.parent / "shared" / "seeds"))


def lacking(what: str) -> None:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true allows no skip")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def founding_articles() -> Path:
    """The folder of the five articles that the project was founded on; they are not in the repository."""
    if not ARTICLES.is_dir():
        pytest.skip(f"THE FOUNDING ARTICLES ARE MISSING ({ARTICLES}); set ANNOTATOR_TEST_ARTICLES")
    return ARTICLES


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str | None]:
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'isnad.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql_server")
    if server is None:
        lacking("A PostgreSQL server")
    name = f"isnad_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = browsers.find()
    if path is None:
        lacking("A browser")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(browsers.ARGUMENTS))
        yield running
        running.close()
