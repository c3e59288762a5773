"""ES modules that a page needs together, joined into one file as it is read from the disk.

The files stay as they are written; nothing is transpiled, shortened or written out. Each module keeps its own scope:

    import { a, b as c } from './x.js';        const { a, b: c } = $x;
    export function f() {}                     function f() {}
                                               return { f };

This is the whole of what our modules use; any other form of import or export is refused at the start.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

_IMPORT = re.compile(r"^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from '(?P<path>[^']+)';$", re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (?P<name>\w+))", re.M)
_OTHER = re.compile(r"^\s*(?:import|export)\b.*|^await\b.*|\bimport\(.*", re.M)


def joined(entry: str, sources: Mapping[str, str]) -> str:
    """One module that does what `entry` does with all that it imports, each once and after what it needs.

    `sources`: path → text. Raises ValueError for a circle, a file that is missing, a form that is not known.
    """
    order: list[str] = []
    _visit(entry, sources, order, ())
    return "".join(_wrapped(path, sources[path]) for path in order)


def _visit(path: str, sources: Mapping[str, str], order: list[str], above: tuple[str, ...]) -> None:
    if path in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, path))}")
    if path not in sources:
        raise ValueError(f"{above[-1] if above else 'a page'} imports {path}, which is not there")
    if path in order:
        return
    for match in _IMPORT.finditer(sources[path]):
        _visit(_resolved(path, match["path"]), sources, order, (*above, path))
    order.append(path)


def _resolved(importer: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))


def _wrapped(path: str, source: str) -> str:
    def bound(match: re.Match[str]) -> str:
        names = match["whole"] or "{" + match["names"].replace(" as ", ": ") + "}"
        return f"const {names} = {_name(_resolved(path, match['path']))};"

    exported = ", ".join(match["name"] for match in _EXPORT.finditer(source))
    body = _EXPORT.sub("", _IMPORT.sub(bound, source))
    if other := _OTHER.search(body):
        raise ValueError(f"{path} has a form that cannot be joined: {other[0].strip()}")
    return f"// {path}\nconst {_name(path)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
