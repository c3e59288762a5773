"""make bench: every timing, or those named: `python -m tests.bench cycles split`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).parent
    names = sys.argv[1:] or sorted(path.stem.removeprefix("bench_") for path in here.glob("bench_*.py"))
    for name in names:
        module = importlib.import_module(f"tests.bench.bench_{name}")
        for figure in module.run():
            print(f"{figure.name:<52} {figure.value:>12,.2f} {figure.unit:<8} {figure.against}", flush=True)


if __name__ == "__main__":
    main()
