"""A browser that nobody watches but for one question at the end of each visit.

A driver for tests is told of every request and of much else while a page loads, which takes a page of 0.3 s a third
longer where browser and driver share two cores. Here a pipe carries the few commands of the DevTools protocol
(https://chromedevtools.github.io/devtools-protocol/) that open a page and ask it something.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.support import browser as browsers

#: Seconds until a new window stands: it loads pages of the browser's own (that of its address bar alone takes a quarter
#: of a second of processor time), which somebody who opens a page in a window that is there does not wait for.
WINDOW_STANDS = 3
_HIGH = 20  # file numbers from here on: 3 and 4 are the browser's


class Pipe:
    """Commands to a browser, one after another; what it tells of itself is passed over."""

    def __init__(self, to: int, fro: int) -> None:
        self._to, self._from = to, fro
        self._numbers = itertools.count(1)
        self._rest = b""

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            told = self._told()
            if told.get("id") == number:
                assert "error" not in told, (method, told)
                result: dict[str, Any] = told["result"]
                return result

    def _told(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            read = os.read(self._from, 1 << 16)
            assert read, "the browser has ended"
            self._rest += read
        one, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(one)
        return told


@contextmanager
def started() -> Iterator[Pipe]:
    (browser_reads, to), (fro, browser_writes) = os.pipe(), os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, _HIGH) for end in (browser_reads, browser_writes)]

    def hand_over() -> None:
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(browsers.find()), "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}",
                   *browsers.ARGUMENTS, "about:blank"]  # fmt: skip
        process = subprocess.Popen(
            command, preexec_fn=hand_over, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (browser_reads, browser_writes, *ends):
            os.close(end)
        try:
            yield Pipe(to, fro)
        finally:
            process.terminate()
            process.wait(20)
            os.close(to)
            os.close(fro)


def visits(
    pipe: Pipe, address: str, state: Mapping[str, Any], *, script: str, asked: str, wait: float, count: int = 2
) -> list[Any]:
    """What `asked` (an expression) gives so many seconds after each of so many visits of someone new to the site.

    `state`: whose cookies the visitor has. `script` runs before the page's own.
    """
    context = pipe.send("Target.createBrowserContext")["browserContextId"]
    cookies = [
        {"name": one["name"], "value": one["value"], "url": address, "httpOnly": one["httpOnly"]}
        for one in state["cookies"]
    ]
    pipe.send("Storage.setCookies", browserContextId=context, cookies=cookies)
    opened = {"url": "about:blank", "browserContextId": context, "width": 1440, "height": 900}
    target = pipe.send("Target.createTarget", **opened)["targetId"]
    session = pipe.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    pipe.send("Page.enable", session)
    pipe.send("Page.addScriptToEvaluateOnNewDocument", session, source=script)
    time.sleep(WINDOW_STANDS)
    found = []
    for _ in range(count):
        pipe.send("Page.navigate", session, url=address)
        time.sleep(wait)
        told = pipe.send("Runtime.evaluate", session, expression=asked, returnByValue=True, awaitPromise=True)
        found.append(told["result"].get("value"))
    pipe.send("Target.disposeBrowserContext", browserContextId=context)
    return found
