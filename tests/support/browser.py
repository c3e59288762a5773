"""Finding a browser for the tests: the system's Chromium or Chrome, else one that gets installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import packages

FONTS = "fonts-noto-core"  # the tests compare pictures of Arabic letters, and other fonts smooth their seams otherwise
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No background traffic, and no sandbox where root cannot have one.
ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)  # fmt: skip


def find() -> str | None:
    """The path of a browser of the system, or of one that Playwright has installed."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def has_fonts() -> bool:
    """Whether the pages find the Arabic letters that the pictures are compared in; got where that can be done."""
    if not _noto_arabic() and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"No Noto font for Arabic found; installing the package {FONTS} …", flush=True)
        packages.install(FONTS)
    return _noto_arabic()


def _noto_arabic() -> bool:
    if shutil.which("fc-list") is None:
        return False
    told = subprocess.run(["fc-list", ":lang=ar", "family"], capture_output=True, text=True, check=False)
    return "Noto" in told.stdout


def install() -> str | None:
    """Get a browser: the distribution's package when root, else Playwright's own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No browser found; installing the package chromium …", flush=True)
        packages.install("chromium", FONTS)
    if find() is None:
        print("No browser found; installing Playwright's Chromium …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()
