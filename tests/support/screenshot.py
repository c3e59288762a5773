"""make screenshot: the README's picture, taken of the program itself with its sample corpus."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.server import ROOT, serving
from tests.support import browser


def main() -> None:
    target = ROOT / "docs" / "labelling.png"
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "run") as server, sync_playwright() as play:
        environment = {**os.environ, "ANNOTATOR_INSTANCE": folder, "PORT": str(server.port)}
        command = [sys.executable, "-m", "flask", "person", "link", "amal@example.org"]
        link = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        running = play.chromium.launch(executable_path=browser.find(), args=list(browser.ARGUMENTS))
        page = running.new_page(viewport={"width": 1440, "height": 1000}, locale="ar")
        page.goto(link.stdout.strip())
        page.fill("input[type=password]", "a long enough password")
        page.click("main form button")
        page.goto(f"http://127.0.0.1:{server.port}/projects/1/label")
        page.wait_for_selector(".sentence-text")
        page.wait_for_timeout(800)
        page.screenshot(path=target)
        running.close()
    print(target)


if __name__ == "__main__":
    main()
