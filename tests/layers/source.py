"""The scheme of these tests: the default labels, with targets and speakers of its own."""

from __future__ import annotations

import json
from pathlib import Path


def _target(key: str, ar: str, en: str) -> dict[str, str]:
    return {"id": key, "ar": ar, "en": en, "def_ar": ar, "def_en": en}


def _speaker(key: str, canonical: str, en: str, kind: str, *aliases: str) -> dict[str, object]:
    return {"id": key, "canonical": canonical, "en": en, "kind": kind, "scope": "project", "aliases": aliases}


_content = json.loads((Path(__file__).parents[2] / "seeds" / "scheme.json").read_bytes())
_content |= {"name": "arabic-news-claims", "version": "1.0"}
_content["layers"]["stance"]["targets"] = [
    _target("talks", "المحادثات", "the talks"),
    _target("attacks", "الهجمات", "the attacks"),
    _target("other", "هدف آخر", "another target"),
]
_content["speakers"] = [
    _speaker("ARTICLE", "صوت المقال", "article's own voice", "article"),
    _speaker("UNCLEAR", "غير واضح", "unclear speaker", "unclear"),
    _speaker("gov_iq", "الحكومة العراقية", "Government of Iraq", "organisation", "العراق", "بغداد"),
    _speaker("mofa_iq", "وزارة الخارجية العراقية", "Iraqi Ministry of Foreign Affairs", "organisation"),
]
SOURCE = json.dumps(_content, ensure_ascii=False).encode()
