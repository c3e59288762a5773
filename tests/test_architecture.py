"""Who may import whom, how long a file may be, and what stands at the top."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Part → the parts that it may import besides itself. A part is a package or module of `annotator`, or `exports`.
#: Everything may import BY_ALL; these import nothing of ours but each other.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "settings": set(),
    "progress": set(),
    "text": set(),
    "layers": {"text"},
    "snapshot": {"text", "layers"},
    "agreement": {"snapshot", "layers"},
    "exports": {"snapshot", "layers", "text"},
    "releases": {"snapshot", "layers", "text", "exports"},
    "charts": set(),
    "client": set(),
    "rates": set(),
    "models": {"text"},
    "migrations": {"models"},
    "permissions": {"models"},
    "prepared": set(),
    "serving": set(),
    "holding": {"outages"},
    "arriving": set(),
    "outages": set(),
    "db": {"prepared", "holding", "arriving"},
    "upgrading": {"db", "migrations", "moving", "arriving", "dumping", "outages"},
    "dumping": {"db", "models"},
    "moving": {"db", "migrations", "models"},
    "queries": {"models", "snapshot", "layers", "text", "permissions", "agreement", "prepared"},
    "actions": {"queries", "models", "prepared", "layers", "text", "snapshot", "permissions", "agreement", "exports",
                "releases", "charts", "arriving", "beside"},
    "beside": {"text"},
    "forms": {"layers", "text"},
    "context": {"db"},
    "i18n": {"context"},
    "joining": set(),
    "assets": {"i18n", "joining"},
    "sessions": {"actions", "queries", "models", "context"},
    "security": {"context", "views"},
    "folding": {"actions", "queries", "agreement", "db"},
    "importing": {"actions", "permissions", "db", "arriving", "prepared", "sweeping"},
    "sweeping": {"db", "arriving", "prepared"},
    "making": set(),
    "freezing": {"actions", "queries", "permissions", "folding", "making", "snapshot", "db", "outages"},
    "tending": {"folding", "queries", "agreement", "db", "outages"},
    "starting": {"actions", "queries", "permissions", "db", "making", "sweeping", "upgrading"},
    "views": {
        "forms", "actions", "queries", "permissions", "agreement", "layers", "snapshot", "db", "exports",
        "text", "context", "i18n", "sessions", "releases", "charts", "client", "rates",
        "folding", "freezing", "making", "importing", "outages",
    },
    "cli": {
        "forms", "actions", "queries", "permissions", "agreement", "layers", "snapshot", "db", "exports",
        "text", "context", "upgrading", "releases", "folding", "freezing", "importing", "outages",
    },
}  # fmt: skip
BY_ALL = {"errors", "settings", "progress"}
KNOW_FLASK = {"views", "cli", "context", "i18n", "assets", "sessions", "security", "starting"}
KNOW_SQLALCHEMY = {"models", "migrations", "queries", "actions", "db", "prepared", "upgrading", "moving", "arriving",
                   "dumping", "outages"}  # fmt: skip
#: May name models and sessions in type hints, under `if TYPE_CHECKING`.
TYPES_ONLY = {"views", "cli", "permissions", "folding", "freezing", "importing"}
#: What a pure part may use beyond the standard library.
LIBRARIES = {"text": {"rapidfuzz", "numpy"}, "layers": set(), "snapshot": set(), "agreement": {"numpy"},
             "releases": {"orjson", "numpy"}, "client": {"httpx", "typing_extensions"}, "rates": set(),
             "charts": {"orjson", "vl_convert"},
             "exports": {"orjson", "label_studio_sdk", "httpx", "pydantic", "pyarrow", "spacy"},
             "forms": {"wtforms", "babel"}}  # fmt: skip
STANDARD = {
    "__future__", "abc", "array", "base64", "bisect", "codecs", "collections", "concurrent", "contextlib",
    "contextvars", "csv", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "heapq", "html",
    "importlib", "io", "itertools", "json", "math", "operator", "pathlib", "random", "re", "secrets", "statistics",
    "string", "tempfile", "threading", "time", "types", "typing", "unicodedata", "urllib", "xml", "zipfile", "zlib",
}  # fmt: skip

TOP = {
    ".ci", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "annotator", "app.py",
    "docs", "exports", "pyproject.toml", "requirements-dev.txt", "requirements.txt", "seeds", "templates", "tests",
}  # fmt: skip
LONGEST = 300
#: Longer than that, with the reason.
LONGER = {"annotator/migrations/versions/0001_first_tables.py": "one function, a table after the other"}


def part_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "annotator" else parts[1]


def modules() -> list[Path]:
    return [p for folder in ("annotator", "exports") for p in sorted((ROOT / folder).rglob("*.py"))
            if p != ROOT / "annotator/__init__.py"]  # fmt: skip


def imports(path: Path) -> Iterator[tuple[str, bool, int]]:
    """What a file imports: (dotted name, for types only, line). `from a import b` gives `a.b`."""
    tree = ast.parse(path.read_text("utf-8"))
    typed = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node in typed, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for name in node.names:
                yield f"{node.module}.{name.name}", node in typed, node.lineno


def ours(name: str) -> str | None:
    """The part of ours that a dotted name belongs to, if any."""
    first, _, rest = name.partition(".")
    if first == "annotator":
        return rest.partition(".")[0]
    return first if first in ("exports", "app", "tests") else None


def faults(path: Path) -> Iterator[str]:
    part = part_of(path)
    for name, typed, line in imports(path):
        library, wanted = name.partition(".")[0], ours(name)
        where = f"{path.relative_to(ROOT)}:{line}: {part} imports {name}"
        excused = typed and part in TYPES_ONLY
        if wanted is not None:
            if wanted != part and wanted not in BY_ALL | MAY_IMPORT[part] and not (excused and wanted == "models"):
                yield where
        elif library in ("flask", "flask_wtf", "werkzeug"):
            if part not in KNOW_FLASK:
                yield where
        elif library in ("sqlalchemy", "alembic", "psycopg", "sqlite3"):
            if part not in KNOW_SQLALCHEMY and not excused:
                yield where
        elif part in LIBRARIES and library not in STANDARD | LIBRARIES[part]:
            yield where


def test_every_part_has_its_line_in_the_rule() -> None:
    assert {part_of(path) for path in modules()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_follow_the_rule(part: str) -> None:
    found = [fault for path in modules() if part_of(path) == part for fault in faults(path)]
    assert not found, "\n".join(found)


def test_the_rule_sees_a_planted_import(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    planted = tmp_path / "annotator" / "layers" / "choice.py"
    planted.parent.mkdir(parents=True)
    source = "def f():\n    from flask import g\nfrom annotator.models import Person\nimport annotator.text\n"
    planted.write_text(source)
    assert sorted(faults(planted)) == [
        "annotator/layers/choice.py:2: layers imports flask.g",
        "annotator/layers/choice.py:3: layers imports annotator.models.Person",
    ]


def test_the_sdk_is_loaded_by_one_module_inside_a_function() -> None:
    users = {path for path in modules() for name, _, _ in imports(path) if name.startswith("label_studio_sdk")}
    assert users <= {ROOT / "exports/label_studio.py"}
    for path in users:
        body = ast.parse(path.read_text("utf-8")).body
        top = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert "label_studio_sdk" not in "".join(ast.unparse(node) for node in top)


def test_only_write_commits() -> None:
    commits = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert commits == []


def kept_files() -> list[Path]:
    """The files of the repository: what git tracks or would, or everything outside what it ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_is_longer_than_a_few_screens() -> None:
    long: dict[str, int] = {}
    for path in kept_files():
        if path.suffix in (".py", ".js", ".mjs", ".css", ".html"):
            lines = len(path.read_text("utf-8").splitlines())
            if lines > LONGEST and path.relative_to(ROOT).as_posix() not in LONGER:
                long[path.relative_to(ROOT).as_posix()] = lines
    assert not long, f"longer than {LONGEST} lines: {long}"


def test_nothing_else_stands_at_the_top() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in kept_files()} <= TOP
