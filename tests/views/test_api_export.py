"""Exports over the API: one moment, the same bytes for the same state, resumed, and nothing left behind."""

from __future__ import annotations

import gc
import gzip
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from annotator.actions.importing import ImportOptions, import_file
from annotator.models import Project
from annotator.permissions import OPERATOR
from tests import make
from tests.support.serving import serving
from tests.views.api import authorised

PATH = "/api/v1/projects/1/export"


@pytest.fixture
def headers(place: make.Place) -> dict[str, str]:
    return authorised(place, "viewer", "read")


def add(place: make.Place, name: str, sentences: int = 1) -> None:
    lines = "".join(f"وقال المتحدث رقم {n} في {name} إن الأمر {n * 7919 % 1000} انتهى.\n" for n in range(sentences))
    with make.database(place.app).write() as session:
        import_file(session, OPERATOR, session.get_one(Project, 1), lines.encode(), ImportOptions(name=name))


def test_the_tag_names_the_content(place: make.Place, headers: dict[str, str]) -> None:
    client = place.app.test_client()
    first = client.get(PATH, headers=headers, buffered=True)
    assert first.status_code == 200 and first.headers["Accept-Ranges"] == "bytes"
    again = client.get(PATH, headers=headers, buffered=True)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    known = client.get(PATH, headers={**headers, "If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", first.headers["ETag"])
    tags = {client.get(f"{PATH}?{query}", headers=headers, buffered=True).headers["ETag"]
            for query in ("", "what=gold", "format=label-studio")}  # fmt: skip
    packed = client.get(PATH, headers={**headers, "Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(packed.data) == first.data and packed.headers["Content-Encoding"] == "gzip"
    assert len({*tags, packed.headers["ETag"]}) == 4
    add(place, "new.txt")
    changed = client.get(PATH, headers={**headers, "If-None-Match": first.headers["ETag"]}, buffered=True)
    assert changed.status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_parts_of_it_make_the_whole(place: make.Place, headers: dict[str, str], encoding: str) -> None:
    add(place, "long.txt", 400)
    client = place.app.test_client()
    headers = {**headers, "Accept-Encoding": encoding}
    whole = client.get(PATH, headers=headers, buffered=True)
    tag, content = whole.headers["ETag"], whole.data
    for start, stop in ((0, 10), (700, 9000), (9000, len(content)), (len(content) - 5, len(content))):
        asked = {**headers, "Range": f"bytes={start}-{stop - 1}", "If-Range": tag}
        part = client.get(PATH, headers=asked, buffered=True)
        assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes {start}-{stop - 1}/{len(content)}")
        assert part.data == content[start:stop] and part.headers["ETag"] == tag
    assert client.get(PATH, headers={**headers, "Range": "bytes=-7"}, buffered=True).data == content[-7:]
    beyond = client.get(PATH, headers={**headers, "Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert beyond.mimetype == "application/problem+json"
    other = client.get(PATH, headers={**headers, "Range": "bytes=5-", "If-Range": '"another"'}, buffered=True)
    assert (other.status_code, other.data) == (200, content)
    assert client.get(PATH, headers={**headers, "Range": "bytes=0-1,5-6"}, buffered=True).data == content


def test_it_is_one_moment(place: make.Place, headers: dict[str, str]) -> None:
    """What is saved while it is being sent is not in it."""
    add(place, "long.txt", 3000)
    client = place.app.test_client()
    before = client.get(PATH, headers=headers, buffered=True).data
    slow = client.get(PATH, headers=headers, buffered=False)
    parts = iter(slow.response)
    first = next(parts)
    add(place, "a0.txt")  # sorts early among the documents
    assert first + b"".join(parts) == before
    slow.close()


def test_a_cancelled_download_leaves_nothing_behind(ready_url: str, tmp_path: Path) -> None:
    place = make.place(tmp_path, ANNOTATOR_DATABASE_URL=ready_url)
    add(place, "long.txt", 20_000)
    headers = authorised(place, "viewer", "read")
    pool = make.database(place.app).readers.pool
    files = {path.name for path in tmp_path.iterdir()}
    with serving(place.app) as url:
        for _ in range(6):  # more than may run at once
            break_off(url, headers)
        deadline = time.monotonic() + 20
        while pool.checkedout() and time.monotonic() < deadline:  # type: ignore[attr-defined]
            time.sleep(0.05)
        assert pool.checkedout() == 0  # type: ignore[attr-defined]
        with make.database(place.app).write() as session:
            session.execute(text("SELECT 1"))
    turns = place.app.extensions["isnad.downloads"]
    assert all(turns.acquire(blocking=False) for _ in range(4))
    assert {path.name for path in tmp_path.iterdir()} == files
    make.close_all()


def break_off(url: str, headers: dict[str, str]) -> None:
    """Ask, read a little, hang up."""
    place = urlsplit(url)
    with socket.create_connection((str(place.hostname), place.port or 80)) as line:
        sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {place.netloc}\r\n{sent}\r\n".encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 200")


def test_only_so_many_at_once(tmp_path: Path) -> None:
    """Slow readers leave threads for everybody else."""
    place = make.place(tmp_path, ANNOTATOR_THREADS="4")
    headers = authorised(place, "viewer", "read")
    client = place.app.test_client()
    open_ones = [client.get(PATH, headers=headers, buffered=False) for _ in range(2)]
    refused = client.get(PATH, headers=headers, buffered=True)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert client.get("/api/v1/projects", headers=headers).status_code == 200
    for one in open_ones:
        one.close()
    assert client.get(PATH, headers=headers, buffered=True).status_code == 200
    assert client.head(PATH, headers=headers, buffered=True).status_code == 200
    gc.collect()
    assert client.get(PATH, headers=headers, buffered=True).status_code == 200


def test_its_memory_does_not_grow_with_it(place: make.Place, headers: dict[str, str]) -> None:
    import tracemalloc

    client = place.app.test_client()
    peaks = []
    for name in ("one.txt", "two.txt"):
        add(place, name, 4000)
        tracemalloc.start()
        answer = client.get(PATH, headers=headers, buffered=False)
        size = sum(len(part) for part in answer.response)
        answer.close()
        peaks.append((tracemalloc.get_traced_memory()[1], size))
        tracemalloc.stop()
    assert peaks[1][1] > 1.8 * peaks[0][1] > 3_000_000
    assert peaks[1][0] < 1.3 * peaks[0][0] + 500_000
