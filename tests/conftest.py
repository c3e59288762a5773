"""Real parts for every test: a database of each kind, a browser, the founding articles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.support import browser as browsers
from tests.support import databases, postgresql

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / os.environ.get("ANNOTATOR_TEST_ARTICLES", "../shared/seeds")
WITHOUT_ARTICLES = "THE FOUNDING ARTICLES ARE MISSING"


def lacking(what: str) -> NoReturn:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true allows no skip")
    pytest.skip(f"{what} is missing")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was skipped: a skip that nobody reads is a test that nobody has."""
    reasons = _reasons(terminalreporter)
    if reasons:
        terminalreporter.section(f"{len(reasons)} TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        for reason, count in sorted(_counts(reasons).items()):
            terminalreporter.line(f"{count} × {reason}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skip is a failure, but for those that need the founding articles."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return
    if any(not reason.startswith(WITHOUT_ARTICLES) for reason in _reasons(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reasons(reporter: Any) -> list[str]:
    skipped = reporter.stats.get("skipped", [])
    return [str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped]


def _counts(reasons: list[str]) -> dict[str, int]:
    return {reason: reasons.count(reason) for reason in reasons}


@pytest.fixture(scope="session")
def founding_articles() -> Path:
    """The folder of the five articles that the project was founded on; they are not in the repository."""
    if not ARTICLES.is_dir():
        pytest.skip(f"{WITHOUT_ARTICLES} ({ARTICLES}); set ANNOTATOR_TEST_ARTICLES")
    return ARTICLES


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.PostgresqlServer]:
    """One server for all tests of a session."""
    with postgresql.server() as url:
        if url is None:
            lacking("A PostgreSQL server")
        with databases.prepared(url, tmp_path_factory.mktemp("template")) as server:
            yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database of this version with nothing in it; copy it, never open it."""
    return databases.migrated_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, without even a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'isnad.sqlite3'}"
        return
    server: databases.PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind, with nothing in it. SQLite's lies in `tmp_path`, as in an instance."""
    if request.param == "sqlite":
        yield databases.copied(request.getfixturevalue("migrated_file"), tmp_path)
        return
    server: databases.PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.database(server.template) as url:
        yield url


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
