"""The system's Firefox, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) with no driver in between."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.support import packages

NAMES = ("firefox", "firefox-esr")
PATIENCE = 30.0  # seconds that an answer may take
#: Keys that print nothing, by the code points that WebDriver gives them.
NAMED = {
    "Enter": "\ue007", "Shift": "\ue008", "Control": "\ue009", "Escape": "\ue00c", "Space": " ",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015", "F2": "\ue032",
    "Semicolon": ";", "Slash": "/",
}  # fmt: skip
#: No traffic of the browser's own, and no first-run pages.
PREFERENCES = """user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.region.network.url", "");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"""
#: Breaches of the content security policy are no log entries; the page tells them itself.
BREACHES = """() => {
  globalThis.breaches = [];
  addEventListener('securitypolicyviolation', (told) => {
    globalThis.breaches.push(`${told.violatedDirective} ${told.blockedURI}`);
  });
}"""
BOX = """(selector) => {
  const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
  return { x, y, width, height };
}"""


def find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> str | None:
    """Get the distribution's package, when root."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Firefox found; installing the package firefox-esr …", flush=True)
        packages.install("firefox-esr")
    return find()


class Refusal(Exception):
    """The browser would not do what a command asked."""


class Firefox:
    """One tab at a time. What its pages complain of stands in `faults`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.faults: list[str] = []
        self.tab = self._storage = ""
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.send("script.addPreloadScript", functionDeclaration=BREACHES)

    def begin(self) -> None:
        """A tab of somebody who was never here: no cookies, nothing stored, no complaints."""
        if self._storage:
            self.send("browser.removeUserContext", userContext=self._storage)
        self._storage = self.send("browser.createUserContext")["userContext"]
        self.tab = self._new_tab(background=False)
        self.faults = []

    def _new_tab(self, *, background: bool) -> str:
        made = self.send("browsingContext.create", type="tab", userContext=self._storage, background=background)
        return str(made["context"])

    def send(self, method: str, **params: Any) -> Any:
        """The result of a command; raises Refusal where the browser gives none."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=PATIENCE))
            if told.get("method") == "log.entryAdded":
                self._log(told["params"])
            elif told.get("id") == number:
                if told["type"] != "success":
                    raise Refusal(method, params, told)
                return told["result"]

    def _log(self, entry: dict[str, Any]) -> None:
        if entry["level"] == "error":
            self.faults.append(str(entry["text"]))

    def call_apart(self, function: str, *arguments: object) -> Any:
        """What a function gives in an empty page, which has no policy."""
        page, self.tab = self.tab, self._new_tab(background=True)
        try:
            return self.call(function, *arguments)
        finally:
            self.send("browsingContext.close", context=self.tab)
            self.tab = page

    def call(self, function: str, *arguments: object) -> Any:
        """What a function of the page gives: awaited, and as JSON can tell it."""
        source = f"async (given) => JSON.stringify((await ({function})(...JSON.parse(given))) ?? null)"
        found = self.send(
            "script.callFunction", functionDeclaration=source, awaitPromise=True, target={"context": self.tab},
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
        )  # fmt: skip
        assert found["type"] == "success", (function, found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def open(self, address: str) -> None:
        self.breaches()
        self.send("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def reload(self) -> None:
        self.breaches()
        self.send("browsingContext.reload", context=self.tab, wait="complete")

    def breaches(self) -> list[str]:
        """Everything that went wrong until now, of this page and those before."""
        self.faults += self.call("() => globalThis.breaches?.splice(0) ?? []")
        return self.faults

    def size(self, width: int, height: int) -> None:
        """Of the page, in CSS pixels."""
        self.send("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})

    def until(self, function: str, *arguments: object) -> None:
        end = time.monotonic() + PATIENCE
        while not self._true(function, *arguments):
            assert time.monotonic() < end, f"never true: {function} {arguments}"
            time.sleep(0.02)

    def _true(self, function: str, *arguments: object) -> bool:
        there = f"(...given) => document.documentElement && ({function})(...given)"
        try:
            return bool(self.call(there, *arguments))
        except Refusal:  # asked while one page gave way to another, as is a document without a root
            return False

    def press(self, keys: str) -> None:
        """Real key events, by place: `KeyB`, `Digit1`, `Shift+ArrowLeft`."""
        for chord in keys.split():
            *held, key = (NAMED.get(name) or name[-1].lower() for name in chord.split("+"))
            steps = [{"type": "keyDown", "value": one} for one in (*held, key)]
            steps += [{"type": "keyUp", "value": one} for one in (key, *reversed(held))]
            self._act({"type": "key", "id": "keyboard", "actions": steps})

    def write(self, text: str) -> None:
        steps = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": steps})

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the left button at one place of the viewport and release it at another."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30} for x, y in (start, end)]
        steps = [moves[0], {"type": "pointerDown", "button": 0}, moves[1], {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def click(self, selector: str) -> None:
        into_view = """(selector) => {
          const found = document.querySelector(selector);
          found.scrollIntoView({ block: 'nearest', behavior: 'instant' });
        }"""
        self.until("(selector) => document.querySelector(selector) !== null", selector)
        self.call(into_view, selector)
        box = self.call(BOX, selector)
        place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.drag(place, place)

    def _act(self, source: dict[str, Any]) -> None:
        self.send("input.performActions", context=self.tab, actions=[source])

    def picture(self, selector: str = "") -> bytes:
        """The viewport, or the part of it that an element fills, as PNG."""
        clip: dict[str, Any] = {}
        if selector:
            clip = {"clip": {"type": "box", **self.call(BOX, selector)}}
        shot = self.send("browsingContext.captureScreenshot", context=self.tab, **clip)
        return base64.b64decode(shot["data"])


@contextmanager
def running(path: str, profile: Path) -> Iterator[Firefox]:
    """A headless Firefox with a profile of its own, ended with the block."""
    profile.mkdir()
    (profile / "user.js").write_text(PREFERENCES)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", str(port)]
    with (profile / "log").open("wb") as log:
        # a session of its own: what Firefox starts must end with it
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        with _connected(port, process) as told:
            yield Firefox(told)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def _connected(port: int, process: subprocess.Popen[bytes]) -> ClientConnection:
    end = time.monotonic() + 60
    while True:
        try:
            return connect(f"ws://127.0.0.1:{port}/session", max_size=None, open_timeout=PATIENCE, proxy=None)
        except (OSError, WebSocketException):
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
