"""What `make test` needs beside Python packages; says loudly what it could not get."""

from __future__ import annotations

import os
import shutil
import sys

from tests.support import browser, firefox, packages, postgresql


def main() -> int:
    missing = []
    if browser.find() is None and browser.install() is None:
        missing.append("a browser (install Chromium or Google Chrome)")
    if not browser.has_fonts():
        print("!!! No Noto font for Arabic (fonts-noto-core): pictures of highlights may differ.", file=sys.stderr)
    if firefox.find() is None and firefox.install() is None:
        missing.append("Firefox (install firefox or firefox-esr)")
    given = os.environ.get("ANNOTATOR_TEST_POSTGRES_URL")
    if not given and postgresql.binaries() is None and postgresql.install() is None:
        missing.append("a PostgreSQL server (install postgresql, or set ANNOTATOR_TEST_POSTGRES_URL)")
    if shutil.which("node") is None and not node_installed():
        missing.append("Node.js, which runs the tests of the JavaScript modules")
    for what in missing:
        print(f"!!! WITHOUT {what}: its tests are SKIPPED", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


def node_installed() -> bool:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Node.js found; installing the package nodejs …", flush=True)
        packages.install("nodejs")
    return shutil.which("node") is not None


if __name__ == "__main__":
    raise SystemExit(main())
