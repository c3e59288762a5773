"""Static files under the hash of their tree."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from annotator import assets
from tests import make


def test_a_page_names_files_that_are_there_and_kept_for_ever(place: make.Place) -> None:
    web = place.web("annotator")
    for path in ("/", "/account", f"/projects/{place.project}/label"):
        names = re.findall(r'(?:href|src|url)="(/static/[^"]+)"', web.get(path).text)
        assert len(names) >= 3
        for name in names:
            answer = web.client.get(name)
            assert answer.status_code == 200, name
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "Set-Cookie" not in answer.headers


def test_another_version_and_foreign_paths_are_not_there(place: make.Place) -> None:
    client = place.app.test_client()
    digest = assets.read_tree().digest
    assert client.get(f"/static/{digest}/css/base.css").status_code == 200
    for path in ("0000000000000000/css/base.css", f"{digest}/../app.py", f"{digest}/%2e%2e/settings.py", f"{digest}/"):
        assert client.get(f"/static/{path}").status_code == 404


def test_any_change_changes_the_hash(tmp_path: Path) -> None:
    seen = set()
    for name, content in (("a.css", "x"), ("a.css", "y"), ("b.css", "y")):
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        (folder / name).write_text(content)
        seen.add(assets.read_tree(folder).digest)
    assert len(seen) == 3


def test_the_catalogue_goes_to_the_browser(place: make.Place) -> None:
    digest = assets.read_tree().digest
    arabic = place.app.test_client().get(f"/static/{digest}/messages/ar.json").get_json()
    assert arabic["Save and next"] == "احفظ وتابع"
    assert len(arabic["{count} second"]) == 6
    assert "Projects" not in arabic  # no script says it
    assert place.app.test_client().get(f"/static/{digest}/messages/en.json").get_json() == {}


def test_texts_are_packed_for_who_can_unpack_them(place: make.Place) -> None:
    tree = assets.read_tree()
    client = place.app.test_client()
    path = f"/static/{tree.digest}/js/desk.js"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert (plain.data, plain.headers.get("Content-Encoding")) == (tree.files["js/desk.js"], None)
    assert (gzip.decompress(packed.data), packed.headers["Content-Encoding"]) == (plain.data, "gzip")
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(plain.data) / 2
