"""The labelling page in Isnad, Label Studio and Potato, opened in turn in one browser: when it is usable, that is its
sentence painted and its scripts run. And bare sentences into Isnad and Label Studio, imported in turn.

`make bench-peers` sets the two up, each in an environment of its own, and runs this. Seconds depend on the machine and
its hour; how many times faster one is than another does so far less. Wanted of a cold page: 0.3 s where Label Studio
took 1.8 and Potato 0.44; of an import 30,000 sentences a second where Label Studio took in 4,900. Potato's sentence
comes with its page, and nothing can be done with it before its scripts have run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from annotator.db import Database
from annotator.settings import read_settings
from exports import label_studio
from tests.bench import Figure
from tests.bench.bench_cycles import TEXT
from tests.bench.bench_files import SENTENCES, answered_lines, import_rate
from tests.bench.bench_screen import EMAIL, prepare
from tests.bench.plain_browser import WINDOW_STANDS
from tests.bench.screen_page import flask, signed_in
from tests.bench.server import free_port, serving
from tests.support import browser as browsers

PROGRAMS = {name: os.environ.get(f"ANNOTATOR_BENCH_{name}", "") for name in ("LABEL_STUDIO", "POTATO")}
VISITS = 11
PEER_TASKS = 10_000
LOADING_MS = {"Isnad": 1700, "Potato": 3000, "Label Studio": 7000}  # every one is painted before
WANTED = {"Potato": 0.44 / 0.3, "Label Studio": 1.8 / 0.3}
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PASSWORD = "four unrelated words"
WORDS = "أعمال السد تبدأ"  # of every sentence of these projects
LAYERS = {"stance": ("favor", "against"), "claim": ("fact", "opinion")}
TYPES = ("PERS", "ORG", "GPE")

#: Before the page's own scripts: when the end of the frame came that had the sentence first, in ms.
PAINTED = (
    f"const words = '{WORDS}';"
    + """
  const has = (node) => node.textContent.includes(words);
  const shown = ({ type, addedNodes, target }) => (type === 'characterData' ? [target] : [...addedNodes]).some(has);
  new MutationObserver((changes, watching) => {
    if (!changes.some(shown)) return;
    watching.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { globalThis.paintedAfter = performance.now(); };
      port2.postMessage(0);
    });
  }).observe(document, { childList: true, characterData: true, subtree: true });
"""
)

USABLE = """() => {
  const [navigation] = performance.getEntriesByType('navigation');
  return globalThis.paintedAfter && Math.max(globalThis.paintedAfter, navigation.domContentLoadedEventEnd);
}"""


@dataclass(frozen=True, slots=True)
class Page:
    """The labelling page of a tool, and the cookies of somebody who may open it."""

    address: str
    state: Any


def run() -> Iterator[Figure]:
    if not all(PROGRAMS.values()):
        print("peers: not installed; “make bench-peers” installs and runs them", file=sys.stderr)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        play = stack.enter_context(sync_playwright())
        chromium = play.chromium.launch(executable_path=browsers.find(), args=list(browsers.ARGUMENTS))
        pages = {
            "Isnad": _isnad(stack, folder / "isnad", chromium),
            "Potato": _potato(stack, folder / "potato", chromium),
            "Label Studio": _label_studio(stack, folder / "label-studio", chromium),
        }
        visits: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(VISITS):
            for name, page in pages.items():
                visits[name].append(_visit(chromium, page, LOADING_MS[name]))
        chromium.close()
        yield from _compared(visits)
        yield from _imports(pages["Label Studio"].address.partition("/projects/")[0], folder)


def _imports(label_studio_address: str, folder: Path) -> Iterator[Figure]:
    """Bare sentences a second: 100,000 of one file as the command imports it, 10,000 in one request of the client."""
    settings = read_settings({"ANNOTATOR_INSTANCE": str(folder / "isnad")})
    database = Database(settings.database_url)
    tasks = [{"text": TEXT.format(n=n)} for n in range(PEER_TASKS)]
    lines = answered_lines("", SENTENCES)
    rates: dict[str, list[float]] = {"Isnad": [], "Label Studio": []}
    with label_studio.server(label_studio_address, TOKEN) as client:
        for n in range(3):
            rates["Isnad"].append(import_rate(database, f"import {n}", lines, SENTENCES))
            project = client.projects.create(title=f"import {n}", label_config=_interface()).id
            begun = time.perf_counter()
            client.projects.import_tasks(id=project, request=tasks)
            rates["Label Studio"].append(PEER_TASKS / (time.perf_counter() - begun))
    database.close()
    for name, own in rates.items():
        yield Figure(f"bare sentences imported, {name}", statistics.median(own), "/s")
    ratio = statistics.median(rates["Isnad"]) / statistics.median(rates["Label Studio"])
    yield Figure("    Isnad / Label Studio", ratio, "times", f"wanted {30_000 / 4_900:.2f}")


def _compared(visits: Mapping[str, list[tuple[float, float]]]) -> Iterator[Figure]:
    """Seconds until a page is usable, and how many times longer the others take."""
    for n, kind in enumerate(("cold", "warm")):
        median = {name: statistics.median(visit[n] for visit in own) for name, own in visits.items()}
        for name, seconds in median.items():
            yield Figure(f"{kind} page usable after, {name}", seconds, "s")
        for name in WANTED:
            against = f"wanted {WANTED[name]:.2f}" if kind == "cold" else ""
            yield Figure(f"    {name} / Isnad", median[name] / median["Isnad"], "times", against)


def _visit(chromium: Any, page: Page, loading_ms: int) -> tuple[float, float]:
    """Of a first visit with an empty cache, and of one after it."""
    context = chromium.new_context(storage_state=page.state, viewport={"width": 1440, "height": 900})
    context.add_init_script(PAINTED)
    opened = context.new_page()
    opened.wait_for_timeout(1000 * WINDOW_STANDS)
    found = []
    for _ in range(2):
        opened.goto(page.address, wait_until="commit")
        opened.wait_for_timeout(loading_ms)
        usable = opened.evaluate(USABLE)
        assert usable, f"{page.address} has not shown its sentence after {loading_ms} ms"
        found.append(usable / 1000)
    context.close()
    return found[0], found[1]


def _sentences() -> list[str]:
    return [f"قال المتحدث باسم الهيئة رقم {n} إن {WORDS} الاثنين بعد المراجعة." for n in range(50)]


def _isnad(stack: ExitStack, folder: Path, chromium: Any) -> Page:
    folder.mkdir()
    server = stack.enter_context(serving(folder, "run"))
    project = prepare(folder)["switch"]
    path = flask(folder, "person", "link", EMAIL).partition("/sign-in/")[2]
    address = f"http://127.0.0.1:{server.port}"
    return Page(f"{address}/projects/{project}/label", signed_in(chromium, f"{address}/sign-in/{path}"))


def _potato(stack: ExitStack, folder: Path, chromium: Any) -> Page:
    folder.mkdir()
    lines = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(_sentences()))
    (folder / "items.jsonl").write_text("\n".join(lines), "utf-8")
    choices = [{"annotation_type": "radio", "name": name, "description": name, "labels": [*labels]}
               for name, labels in LAYERS.items()]  # fmt: skip
    task = {
        "annotation_task_name": "peer", "task_dir": ".", "output_annotation_dir": "out", "require_password": False,
        "output_annotation_format": "json", "data_files": ["items.jsonl"],
        "item_properties": {"id_key": "id", "text_key": "text"}, "user_config": {"allow_all_users": True, "users": []},
        "annotation_schemes": [
            {"annotation_type": "span", "name": "entities", "description": "entities", "labels": [*TYPES]}, *choices,
            {"annotation_type": "text", "name": "speaker", "description": "speaker"},
        ],
    }  # fmt: skip
    (folder / "config.yaml").write_text(json.dumps(task), "utf-8")  # JSON is YAML
    port = free_port()
    command = [PROGRAMS["POTATO"], "start", "config.yaml", "-p", str(port), "--host", "127.0.0.1"]
    address = f"http://127.0.0.1:{port}"
    stack.enter_context(_started(command, address, folder, {}))

    def sign_in(page: Any) -> None:
        page.fill("input:visible", "amal")
        page.keyboard.press("Enter")

    return Page(f"{address}/annotate", _entered(chromium, address, sign_in))


def _label_studio(stack: ExitStack, folder: Path, chromium: Any) -> Page:
    folder.mkdir()
    port = free_port()
    command = [PROGRAMS["LABEL_STUDIO"], "start", "--username", EMAIL, "--password", PASSWORD, "--user-token", TOKEN,
               "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]  # fmt: skip
    more = {"LABEL_STUDIO_BASE_DATA_DIR": str(folder), "LATEST_VERSION_CHECK": "false", "COLLECT_ANALYTICS": "false",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true"}  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    stack.enter_context(_started(command, f"{address}/health", folder, more))
    with label_studio.server(address, TOKEN) as client:
        project = client.projects.create(title="peer", label_config=_interface()).id
        client.projects.import_tasks(id=project, request=[{"text": text} for text in _sentences()])

    def sign_in(page: Any) -> None:
        page.fill("input[name=email]", EMAIL)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")

    state = _entered(chromium, f"{address}/user/login/", sign_in)
    return Page(f"{address}/projects/{project}/data?labeling=1", state)


def _interface() -> str:
    types = "".join(f'<Label value="{one}"/>' for one in TYPES)
    choices = "".join(
        f'<Choices name="{name}" toName="text">{"".join(f"""<Choice value="{one}"/>""" for one in labels)}</Choices>'
        for name, labels in LAYERS.items()
    )
    return (f'<View><Labels name="entities" toName="text">{types}</Labels><Text name="text" value="$text"/>{choices}'
            '<TextArea name="speaker" toName="text"/></View>')  # fmt: skip


def _entered(chromium: Any, address: str, sign_in: Callable[[Any], None]) -> Any:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    sign_in(page)
    page.wait_for_timeout(4000)
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def _started(command: list[str], address: str, folder: Path, more: Mapping[str, str]) -> Iterator[None]:
    """A server that has answered at the address; it is ended with the context."""
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **more}, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 240
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / "log").read_text("utf-8", "replace")[-2000:])
            time.sleep(0.3)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False
