"""Static files under /static/<hash of the tree>/: read once, served from memory, kept by browsers for ever.

One hash for the whole tree, so that a page never mixes two versions.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

from annotator.i18n import LANGUAGES, messages_json
from annotator.joining import joined

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
#: What a page needs together goes over the wire as one: sheets one after another, modules with all that they import.
_PAGE = ("css/tokens.css", "css/base.css", "css/forms.css", "css/tables.css")
JOINED = {"css/page.css": (*_PAGE, "css/cards.css"), "css/desk-page.css": (*_PAGE, "css/desk.css")}
ENTRIES = ("js/desk.js",)
#: what packs well; the rest is packed by its format
TEXTS = frozenset({".css", ".js", ".json", ".svg"})


@dataclass(frozen=True, slots=True)
class Tree:
    """Every static file by its path, the hash of them all, and the texts as they go over the wire."""

    files: dict[str, bytes]
    digest: str
    packed: dict[str, bytes]  # gzip, of the texts only


@cache
def read_tree(folder: Path = STATIC) -> Tree:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }
    files.update({name: b"".join(files.get(part, b"") for part in parts) for name, parts in JOINED.items()})
    scripts = {name: content.decode() for name, content in files.items() if name.endswith(".js")}
    files.update({name: joined(name, scripts).encode() for name in ENTRIES if name in files})
    said = "".join(scripts.values())
    files.update({f"messages/{language}.json": messages_json(language, said) for language in LANGUAGES})
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    packed = {name: gzip.compress(content, 6, mtime=0) for name, content in files.items() if Path(name).suffix in TEXTS}
    return Tree(files, digest.hexdigest()[:16], packed)


def register(app: Flask) -> None:
    """Serve the tree, and give templates `asset('css/base.css')`."""
    tree = read_tree()

    def asset(path: str) -> str:
        if path not in tree.files:
            raise LookupError(f"there is no static file {path}")
        return f"/static/{tree.digest}/{path}"

    @app.get("/static/<digest>/<path:path>")
    def static_file(digest: str, path: str) -> Response:
        content = tree.files.get(path)
        if content is None or digest != tree.digest:
            abort(404)
        response = Response(content, content_type=TYPES[Path(path).suffix])
        if path in tree.packed:
            response.headers["Vary"] = "Accept-Encoding"
            if request.accept_encodings["gzip"] > 0:
                response.data = tree.packed[path]
                response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(tree.files["favicon.svg"], content_type=TYPES[".svg"])

    @app.get("/worker.js")
    def worker() -> Response:
        """The service worker: at the root, since it may answer only for addresses under its own."""
        headers = {"Cache-Control": "no-cache"}
        return Response(tree.files["js/worker.js"], content_type=TYPES[".js"], headers=headers)

    app.jinja_env.globals["asset"] = asset
