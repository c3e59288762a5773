"""Croissant 1.0 metadata of a dataset in Parquet (http://mlcommons.org/croissant/1.0). A pure function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.flat import COLUMNS
from exports.parquet_types import PLAIN, STRUCTS

_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "bool": "sc:Boolean", "float64": "sc:Float"}
CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate", "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip


def metadata(
    name: str, what: str, files: Mapping[str, str], *, license: str | None = None, version: str | None = None,
    published: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """JSON-LD of a dataset named `name` in the view `what`; `files`: path of each Parquet file → its SHA-256.

    `published` is an ISO 8601 date. A record set per file, since the columns are the same in each.
    """
    more = {"license": license, "version": version, "datePublished": published}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": f"Sentences with labels, view: {what}.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **{key: value for key, value in more.items() if value is not None},
        "distribution": [
            {"@type": "cr:FileObject", "@id": path, "name": path, "contentUrl": path,
             "encodingFormat": "application/x-parquet", "sha256": digest}
            for path, digest in files.items()
        ],
        "recordSet": [_records(path, what) for path in files],
    }  # fmt: skip


def _records(path: str, what: str) -> dict[str, Any]:
    split = path.rpartition("/")[2].removesuffix(".parquet")
    return {
        "@type": "cr:RecordSet", "@id": split, "name": split,
        "field": [_field(split, path, name, kind) for name, kind in COLUMNS[what].items()],
    }  # fmt: skip


def _field(split: str, path: str, name: str, kind: str) -> dict[str, Any]:
    source = {"fileObject": {"@id": path}, "extract": {"column": name}}
    found: dict[str, Any] = {"@type": "cr:Field", "@id": f"{split}/{name}", "name": f"{split}/{name}"}
    if kind == "texts":
        return {**found, "dataType": "sc:Text", "repeated": True, "source": source}
    if kind not in STRUCTS:
        return {**found, "dataType": _TYPES[PLAIN[kind]], "source": source}
    parts = [
        {"@type": "cr:Field", "@id": f"{split}/{name}/{part}", "name": f"{split}/{name}/{part}",
         "dataType": _TYPES[PLAIN[of]],
         "source": {**source, "transform": {"jsonPath": part}}}
        for part, of in STRUCTS[kind].items()
    ]  # fmt: skip
    return {**found, "repeated": True, "subField": parts}
