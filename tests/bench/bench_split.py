"""How fast articles are cut into units, beside the shortest thing that could be called a splitter."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from annotator.text.sentences import split
from tests.bench import Figure

CORPUS = Path(__file__).resolve().parents[2] / "seeds" / "corpus"
MEGABYTES = 4
ROUNDS = 3
NAIVE = re.compile(r"[^.؟!\n]+[.؟!]*")


def run() -> Iterator[Figure]:
    articles = _articles()
    size = sum(len(text.encode()) for text in articles) / 1e6
    ours = size / _best(lambda: [split(text) for text in articles])
    naive = size / _best(lambda: [NAIVE.findall(text) for text in articles])
    yield Figure("split into units", ours, "MB/s", f"wanted 10; one regular expression {naive:,.0f} MB/s")
    one = "\n".join(articles)
    yield Figure("    as one article", size / _best(lambda: split(one)), "MB/s", f"of {size:.1f} MB")


def _articles() -> list[str]:
    """The sample articles, again and again, each time with other numbers in them."""
    seeds = [path.read_text("utf-8") for path in sorted(CORPUS.glob("*.txt"))]
    articles: list[str] = []
    size = 0
    while size < MEGABYTES * 1_000_000:
        articles.append(f"تقرير رقم {len(articles)}\n{seeds[len(articles) % len(seeds)]}")
        size += len(articles[-1].encode())
    return articles


def _best(work: Callable[[], object]) -> float:
    """Seconds of this process in the fastest round: the rest measures what else the machine did."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)
