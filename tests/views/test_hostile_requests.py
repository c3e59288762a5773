"""Whatever an address or a form carries, the program answers in its own words: never an error of its own."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from annotator.views import agreement_reading, agreement_team
from tests import make
from tests.views.agreement import lead, seeded

VALUES = (
    "", "  ", "0", "-1", "9" * 9, "9" * 18, "9" * 20, "1.5", "²", "٣", "x" * 5000, "<script>alert(1)</script>",
    "\u202eabc", "\x00", "a\x00b", "ا" * 300, "%00", "../../etc/passwd", '{"a":', "NaN", "1e400", "2026-13-45", "=1+1",
    "🌊", "\ud7ff", "null", "a,b\r\nc", "a@b", "lead@example.org",
)  # fmt: skip
FILES = (b"", b"\xff\xfe", b"{}\n", "نص.".encode(), b'[{"a": 1}]', b"\x00" * 10, b'{"text": 3}\n')
NAMES = ("a.txt", "b.jsonl", "c.json", "", "../d.txt")
#: What an address may carry where it carries nothing.
QUERY = ("after", "page", "layer", "document", "outlet", "week", "seen", "without", "pair", "person", "width")
NOT_HERE = re.compile(r"/sign-out|/language|/static/|/files/|/archive")
OF_A_KIND = 1  # of addresses that differ in numbers only


class Forms(HTMLParser):
    """The links and forms of a page: of a form address, method and (name, kind, value, choices) of its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[tuple[str, str, str, list[str]]]]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.append(told["href"].partition("#")[0])
        elif tag == "form":
            self.forms.append((told.get("action", ""), told.get("method", "get").lower(), []))
            self._open = True
        elif self._open and tag in ("input", "textarea", "select", "button") and told.get("name"):
            self.forms[-1][2].append((told["name"], told.get("type", tag), told.get("value", ""), []))
        elif self._open and tag == "option" and self.forms[-1][2]:
            self.forms[-1][2][-1][3].append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


class Stranger:
    """Goes wherever a link leads, and sends what nobody would."""

    def __init__(self, web: make.Web, seed: int) -> None:
        self.web, self.draw = web, random.Random(seed)
        self.kinds: Counter[str] = Counter()
        self.sent = 0
        self.wrong: list[tuple[Any, ...]] = []

    def walk(self, *begin: str) -> None:
        """First every page is seen, as what is sent may shut the door behind: a lead can leave a project."""
        to_see, seen = list(begin), list(begin)
        while to_see:
            page = self._look(to_see.pop(0))
            for link in page.links if page else ():
                kind = re.sub(r"\d+", "N", link.partition("?")[0])
                if link not in seen and not NOT_HERE.search(link) and self.kinds[kind] < OF_A_KIND:
                    self.kinds[kind] += 1
                    seen.append(link)
                    to_see.append(link)
        for address in reversed(seen):
            for form in Forms(self.web.get(address).get_data(as_text=True)).forms:
                if not NOT_HERE.search(form[0]):
                    self._send(address, *form)

    def _look(self, address: str) -> Forms | None:
        answer = self.web.get(address)
        self._judge(answer, "GET", address)
        for name, query in self._queries(address):
            self._judge(self.web.get(address.partition("?")[0], query_string=query), "GET", address, name, query[name])
        return Forms(answer.text) if answer.mimetype == "text/html" else None

    def _queries(self, address: str) -> Iterator[tuple[str, dict[str, str]]]:
        own = dict(parse_qsl(urlsplit(address).query))
        for name in own or self.draw.sample(QUERY, 3):
            for value in self.draw.sample(VALUES, 1):
                yield name, {**own, name: value}

    def _send(self, page: str, action: str, method: str, fields: list[tuple[str, str, str, list[str]]]) -> None:
        content: dict[str, Any] = {}
        for name, kind, value, choices in fields:
            if kind == "file":
                content[name] = (io.BytesIO(self.draw.choice(FILES)), self.draw.choice(NAMES))
            elif name == "csrf_token" or self.draw.random() < 0.3:
                content[name] = self.draw.choice(choices) if choices else value
            elif self.draw.random() < 0.9:
                content[name] = self.draw.choice(VALUES)
        to = action or page
        if method == "post":
            self._judge(self.web.client.post(to, data=content), "POST", to, content)
        else:
            self._judge(self.web.get(to.partition("?")[0], query_string=content), "GET", to, content)

    def _judge(self, answer: TestResponse, *told: object) -> None:
        self.sent += 1
        if answer.status_code >= 500:
            self.wrong.append((answer.status_code, *told))


def test_nothing_that_is_sent_breaks_a_page(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (agreement_reading, agreement_team):
        monkeypatch.setattr(module, "WAIT", 60.0)
    app = seeded(tmp_path, ANNOTATOR_DATABASE_URL=database_url)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as where it is served
    stranger = Stranger(lead(app), 2)
    stranger.walk("/", "/account", "/account/tokens", "/projects/1", "/projects/new", "/docs")
    assert stranger.wrong == []
    assert len(stranger.kinds) > 25 and stranger.sent > 300
    make.close_all()  # before the database itself is dropped
