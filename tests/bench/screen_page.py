"""What the timings of the labelling screen ask of the page and of the commands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.server import ROOT

#: Before the page's own scripts: when the first sentence was painted, in ms after the navigation began.
PAINTED = """
  new MutationObserver((_, watching) => {
    if (!document.querySelector('.sentence-text')?.textContent) return;
    watching.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { globalThis.usableAfter = performance.now(); };
      port2.postMessage(0);
    });
  }).observe(document, { childList: true, subtree: true });
"""

#: When the page was usable, and how many requests were made till then: the page itself and all that was not at hand.
FETCHED = """() => {
  const { usableAfter } = globalThis;
  const early = performance.getEntriesByType('resource').filter((one) => one.startTime <= usableAfter);
  return [usableAfter, 1 + early.filter((one) => one.transferSize > 0).length];
}"""

#: Counts keys and pointers; times each key to the end of the next frame, and Enter to that of the new sentence.
KEYS = """() => {
  Object.assign(globalThis, { pressed: 0, pointed: 0, paints: [], switches: [] });
  const painted = (act) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => act(performance.now());
    port2.postMessage(0);
  });
  let entered = null;
  addEventListener('keydown', (event) => {
    globalThis.pressed += 1;
    const begun = event.timeStamp;
    if (event.code === 'Enter') entered = begun;
    painted((end) => globalThis.paints.push(end - begun));
  }, true);
  addEventListener('pointerdown', () => { globalThis.pointed += 1; }, true);
  new MutationObserver(() => {
    if (entered === null) return;
    const begun = entered;
    entered = null;
    painted((end) => globalThis.switches.push(end - begun));
  }).observe(document.querySelector('.sentence-text'), { childList: true, characterData: true, subtree: true });
}"""

#: The letters over the words, as codes, in the order of the words.
HINTS = """() => document.querySelector('label-desk').parts.text.hints.codes"""


def flask(instance: Path, *arguments: str) -> str:
    environment = {**os.environ, "ANNOTATOR_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "flask", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def signed_in(chromium: Any, link: str) -> Any:
    """Take a link that signs in once; the cookies that it gives."""
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(link)
    page.fill("input[type=password]", "a long enough password")
    page.click("main form button")
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


def until_shown(page: Any, before: str | None = None) -> None:
    """Wait for a sentence, another than `before`. Asked from outside: the pages forbid themselves `eval`."""
    shown = "before => (document.querySelector('.sentence-text')?.textContent || before) !== before"
    end = time.monotonic() + 20
    while not page.evaluate(shown, before or ""):
        assert time.monotonic() < end, "no further sentence was shown"
        time.sleep(0.01)


def hint(first: int, last: int) -> tuple[str | int, ...]:
    """Presses that take the words from one place to another."""
    return ("KeyL", first, last)
