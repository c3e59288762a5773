"""The columns of `exports.flat` as types of Arrow and as features of Hugging Face `datasets`."""

from __future__ import annotations

from typing import Any

from exports.flat import COLUMNS, STATEMENT

#: A type of `exports.flat` that holds a list of structs → its fields.
STRUCTS: dict[str, dict[str, str]] = {
    "statements": STATEMENT,
    "entities": {"start": "number", "end": "number", "text": "text", "label": "text"},
    "entity_shares": {"start": "number", "end": "number", "text": "text", "label": "text", "share": "share"},
    "shares": {"label": "text", "share": "share"},
}
PLAIN = {"text": "string", "number": "int64", "truth": "bool", "share": "float64"}


def arrow(what: str) -> Any:
    """The schema of a view."""
    import pyarrow as pa

    def of(kind: str) -> Any:
        if kind == "texts":
            return pa.list_(pa.string())
        if kind in STRUCTS:
            return pa.list_(pa.struct([pa.field(name, of(part)) for name, part in STRUCTS[kind].items()]))
        return {"string": pa.string(), "int64": pa.int64(), "bool": pa.bool_(), "float64": pa.float64()}[PLAIN[kind]]

    return pa.schema([pa.field(name, of(kind)) for name, kind in COLUMNS[what].items()])


def features(what: str) -> list[dict[str, Any]]:
    """The same for the front matter of a data card (`dataset_info.features`)."""
    return [_feature(name, kind) for name, kind in COLUMNS[what].items()]


def _feature(name: str, kind: str) -> dict[str, Any]:
    if kind == "texts":
        return {"name": name, "list": "string"}
    if kind in STRUCTS:
        return {"name": name, "list": [_feature(part, of) for part, of in STRUCTS[kind].items()]}
    return {"name": name, "dtype": PLAIN[kind]}


def arrow_value(kind: str, value: Any) -> Any:
    """Shares by label become a list, as no schema knows the labels."""
    if kind == "shares" and value is not None:
        return [{"label": label, "share": share} for label, share in value.items()]
    return value
