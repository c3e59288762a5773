"""A real server on a fresh instance, and pages of signed-in people that report every error of the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from annotator.models import LogLine, Sentence
from annotator.permissions import Actor
from annotator.queries.labelling import own_answers
from tests import make
from tests.support.serving import serving

TEXT = (
    "أعلن المجلس خطته.\n"
    "وقال وزير المياه سالم الراوي إن الخطة جيدة، وإن العمل يبدأ الخميس المقبل.\n"
    "ورفضت نقابة الصيادين ذلك في بيان 🌊 أصدرته أمس.\n"
    "وأضاف سالم الراوي أن العمل مستمر.\n"
    "وانتهى الاجتماع مساء.\n"
    "وعاد سالم الراوي إلى العاصمة.\n"
)


@dataclass
class Desk:
    """A running server with one project, and who works in it."""

    app: Flask
    url: str
    project: int
    annotator: Actor
    sentences: tuple[int, ...]
    texts: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.url}/projects/{self.project}/label"

    def answers(self) -> dict[int, dict[str, Any]]:
        """What is stored, by sentence, as the API tells it."""
        with make.database(self.app).read() as session:
            return own_answers(session, self.annotator.id, self.sentences)

    def saves(self, sentence: int) -> int:
        """How many versions of the answer to a sentence the log has."""
        with make.database(self.app).read() as session:
            query = select(LogLine.id).where(LogLine.sentence_id == sentence, LogLine.verb == "save")
            return len(session.scalars(query).all())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with started(tmp_path, TEXT) as made:
        yield made


@contextmanager
def started(folder: Path, text: str, app: Flask | None = None) -> Iterator[Desk]:
    """A server with one project of this text; at its end no page may have had a fault."""
    own = app is None
    app = app or make.app(folder)
    project = make.project(app, text=text, overlap=2)
    annotator = make.person(app, "annotator", project=project, role="annotator")
    with make.database(app).read() as session:
        rows = session.execute(
            select(Sentence.id, Sentence.text).where(Sentence.project_id == project).order_by(Sentence.start)
        ).all()
    sentences, texts = tuple(row.id for row in rows), tuple(row.text for row in rows)
    with serving(app) as url:
        made = Desk(app, url, project, annotator, sentences, texts)
        yield made
    if own:
        make.close_all()
    assert made.faults == []


@pytest.fixture
def open_desk(desk: Desk, browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens the labelling screen as the annotator; `state` of an earlier page keeps its browser storage."""
    with opening(desk, browser) as opened:
        yield opened


@contextmanager
def opening(desk: Desk, browser: Any) -> Iterator[Callable[..., Any]]:
    contexts: list[Any] = []

    def signed_in(**options: Any) -> Any:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        watch(desk, page)
        page.goto(f"{desk.url}/sign-in")
        page.fill("input[name=email]", desk.annotator.email)
        page.fill("input[name=password]", make.PASSWORD)
        page.click("button.first")
        page.wait_for_url(f"{desk.url}/")
        return page

    def opened(page: Any = None, **options: Any) -> Any:
        page = page or signed_in(**options)
        page.goto(desk.address)
        ready(page)
        return page

    yield opened
    for context in contexts:
        context.close()


def watch(desk: Desk, page: Any) -> None:
    """Any error of a script and any breach of the content security policy fails the test."""
    page.on("pageerror", lambda error: desk.faults.append(str(error)))

    def told(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text and "ERR_" not in message.text:
            desk.faults.append(message.text)

    page.on("console", told)


def until(page: Any, expression: str, wanted: object = None) -> None:
    """Wait for a function of the page to be true. Asked from outside: the pages forbid themselves `eval`."""
    end = time.monotonic() + 8
    while not page.evaluate(expression, wanted):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(0.02)


def ready(page: Any) -> None:
    until(page, "() => document.querySelector('.sentence-text')?.textContent.length > 0")


def shown(page: Any) -> str:
    text = page.text_content(".sentence-text")
    assert isinstance(text, str)
    return text


def light(page: Any, state: str) -> None:
    until(page, "state => document.querySelector('.light').dataset.state === state", state)


def saved(page: Any) -> None:
    """Wait until nothing is unsent."""
    light(page, "saved")


def sent(page: Any) -> None:
    """Wait until every answer that was left is sent; what is on the screen may have changed since."""
    until(page, "() => ['saved', 'changed'].includes(document.querySelector('.light').dataset.state)")


def press(page: Any, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def next_one(page: Any, before: str) -> None:
    until(page, "text => document.querySelector('.sentence-text').textContent !== text", before)
