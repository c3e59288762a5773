"""What `make test` needs beside Python packages; says loudly what it could not get."""

from __future__ import annotations

import os
import shutil
import sys

from tests.support import browser, postgresql


def main() -> int:
    missing = []
    if browser.find() is None and browser.install() is None:
        missing.append("a browser (install Chromium or Google Chrome)")
    if not os.environ.get("ANNOTATOR_TEST_POSTGRES_URL") and postgresql.binaries() is None:
        missing.append("a PostgreSQL server (install postgresql, or set ANNOTATOR_TEST_POSTGRES_URL)")
    if shutil.which("node") is None:
        missing.append("Node.js, which runs the tests of the JavaScript modules")
    for what in missing:
        print(f"!!! WITHOUT {what}: its tests are SKIPPED", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    raise SystemExit(main())
