"""The founding articles, the whole way: imported, labelled by two people in a browser, out, and in again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from annotator.actions.importing import ImportOptions, import_file
from annotator.models import Annotation, Project
from annotator.permissions import OPERATOR, Actor
from annotator.queries import snapshots
from annotator.queries.scheme import in_force
from exports import format_named, label_studio
from exports.verify import verify
from tests import make
from tests.browser.conftest import ready, shown, until
from tests.support.serving import serving

EACH = 10  # sentences labelled by each annotator


def test_the_whole_way_and_back(tmp_path: Path, founding_articles: Path, browser: Any) -> None:
    app = make.app(tmp_path / "one")
    project = make.project(app, "التأسيس", text=None)
    for path in sorted(founding_articles.glob("*.txt")):
        bring(app, project, path.read_bytes(), ImportOptions(name=path.name, event="المحادثات"))
    mouse = make.person(app, "mouse", project=project, role="annotator")
    keys = make.person(app, "keys", project=project, role="annotator")
    faults: list[str] = []
    with serving(app) as url:
        by_mouse(signed_in(browser, url, mouse, faults, "ar"), f"{url}/projects/{project}/label")
        by_keyboard(signed_in(browser, url, keys, faults, "en"), f"{url}/projects/{project}/label")
        all_stored(app, project)
    assert faults == []

    for name, lines in (("jsonl", 115), ("label-studio", 115)):
        file = tmp_path / f"out.{name}"
        file.write_bytes(written(app, project, name))
        with make.database(app).read() as session:
            report = verify(file, scheme=in_force(session, project).scheme)
        assert (report.lines, report.annotations, report.faults) == (lines, 2 * EACH, ())
    assert sdk_faults(app, project) == []

    first = (tmp_path / "out.jsonl").read_bytes()
    for name in ("jsonl", "label-studio"):
        again = make.project(app, f"ثانية {name}", text=None)
        raw = (tmp_path / f"out.{name}").read_bytes()
        options = ImportOptions(name=f"out.{name}", format=name, new_annotators=True)
        assert bring(app, again, raw, options) == 2 * EACH
        second = written(app, again, "jsonl").decode().replace(f'"project":"ثانية {name}"', '"project":"التأسيس"')
        assert second.encode() == first
    make.close_all()


def all_stored(app: Flask, project: int) -> None:
    """Wait for the last saves, which run behind the screen."""
    end = time.monotonic() + 10
    stored = 0
    while stored < 2 * EACH:
        assert time.monotonic() < end, f"{stored} of {2 * EACH} answers were stored"
        time.sleep(0.05)
        with make.database(app).read() as session:
            stored = session.scalar(select(func.count()).where(Annotation.project_id == project)) or 0


def bring(app: Flask, project: int, raw: bytes, options: ImportOptions) -> int:
    with make.database(app).write() as session:
        report = import_file(session, OPERATOR, session.get_one(Project, project), raw, options)
        return report.annotations


def written(app: Flask, project: int, name: str) -> bytes:
    with make.database(app).snapshot() as session:
        return b"".join(format_named(name).write(snapshots.take(session, session.get_one(Project, project))))


def sdk_faults(app: Flask, project: int) -> list[str]:
    with make.database(app).snapshot() as session:
        snapshot = snapshots.take(session, session.scalars(select(Project).where(Project.id == project)).one())
        return label_studio.invalid(map(label_studio.task, snapshot.lines), label_studio.config(snapshot.scheme))


def signed_in(browser: Any, url: str, actor: Actor, faults: list[str], language: str) -> Any:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{url}/sign-in")
    page.fill("input[name=email]", actor.email)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("button.first")
    page.wait_for_url(f"{url}/")
    return page


def each_sentence(page: Any, address: str) -> Iterator[str]:
    """The sentences one after another; the next one must come when the work on one is done."""
    page.goto(address)
    ready(page)
    for _ in range(EACH):
        text = shown(page)
        yield text
        until(page, "text => document.querySelector('.sentence-text').textContent !== text", text)


def by_mouse(page: Any, address: str) -> None:
    for n, text in enumerate(each_sentence(page, address)):
        page.click("[data-label=ARTICLE]" if n % 2 else "[data-label=UNCLEAR]")
        if n % 2 == 0:
            page.click(".panel[data-layer=speaker] [data-label=indirect]")
            page.click(".panel[data-layer=stance] [data-label=other]")
            page.click(".panel[data-layer=stance] [data-label=neutral]")
        page.click(".panel[data-layer=claim_type] [data-label=fact]")
        page.mouse.click(*middle_of_word(page, text, 1))
        page.click(".palette [data-label=ORG]")
        page.click(".actions .primary")


def middle_of_word(page: Any, text: str, index: int) -> list[float]:
    start = len(" ".join(text.split()[:index])) + (1 if index else 0)
    place: list[float] = page.evaluate(
        """([start, end]) => {
          const range = document.createRange();
          const node = document.querySelector('.sentence-text').firstChild;
          range.setStart(node, start);
          range.setEnd(node, end);
          const box = range.getClientRects()[0];
          return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        [start, start + len(text.split()[index])],
    )
    return place


def by_keyboard(page: Any, address: str) -> None:
    for n, _ in enumerate(each_sentence(page, address)):
        speaker = "KeyV" if n % 2 else "KeyK KeyZ KeyH KeyW"
        for key in f"{speaker} Digit2 Space ArrowLeft Shift+ArrowLeft KeyG Enter".split():
            page.keyboard.press(key)
