"""What the tests of the agreement pages share: the demo project, its lead, the tables of a page."""

from __future__ import annotations

import json
import random
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask

from annotator.actions import seeding
from annotator.actions.importing import ImportOptions, import_file
from annotator.models import Project
from annotator.permissions import OPERATOR, Actor
from tests import make

PAGE = "/projects/1/agreement"


class Tables(HTMLParser):
    """The tables of a page, cell by cell, as text; and where the links of cells lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[list[list[str]]] = []
        self.links: dict[str, str] = {}
        self._inside = self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table":
            self.found.append([])
        elif tag == "tr":
            self.found[-1].append([])
        elif tag in ("td", "th") and self.found:
            self.found[-1][-1].append("")
            self._inside = True
        elif tag == "a" and self._inside and told.get("aria-label"):
            self.links[str(told["aria-label"])] = str(told["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False
            self.found[-1][-1][-1] = " ".join(self.found[-1][-1][-1].split())

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1][-1][-1] += data


def seeded(folder: Path, **changes: str) -> Flask:
    app = make.app(folder, **changes)
    with make.database(app).write() as session:
        seeding.seed(session)
    make.person(app, "boss", project=1, role="lead")
    return app


def outvote(app: Flask, sentences: int = 60) -> None:
    """So many more sentences with answers by the demo's two annotators and a third, who differ now and then."""
    draw, claims = random.Random(3), ("fact", "assess", "deny")
    lines = []
    for _ in range(sentences):
        usual = draw.choice(claims)
        answers = [
            {"annotator": f"{name}@example.org", "labels": {"entities": [], "statements": [
                {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
                 "claim_type": usual if draw.random() < 0.8 else draw.choice(claims)}]}}
            for name in ("amal", "badr", "third")
        ]  # fmt: skip
        words = " ".join("".join(draw.choices("ابتجدرسعمن", k=6)) for _ in range(7))  # no two are near-copies
        lines.append(json.dumps({"text": f"{words}.", "annotations": answers}))
    with make.database(app).write() as session:
        options = ImportOptions("more.jsonl", "jsonl", new_annotators=True)
        import_file(session, OPERATOR, session.get_one(Project, 1), "\n".join(lines).encode(), options)


def lead(app: Flask) -> make.Web:
    return make.web(app, Actor(0, "boss@example.org", "boss", "en", False))
