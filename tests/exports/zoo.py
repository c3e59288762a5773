"""Snapshots for tests: one small and fixed, and arbitrary ones full of nasty strings."""

import hashlib
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from annotator.agreement.gold import gold
from annotator.agreement.soft import Posterior, shares, soft
from annotator.layers.answer import ARTICLE, UNCLEAR, Entity, Labels, Speaker, Stance, Statement
from annotator.layers.scheme import Scheme, parse_scheme
from annotator.snapshot import Annotation, DocumentRef, Gold, Line, Snapshot, provenance, viewed
from tests.layers.source import SOURCE

SCHEME: Scheme = parse_scheme(SOURCE)
AT = "2026-01-31T12:00:00Z"

#: What breaks offsets and formats: astral characters, joined emoji, marks, tatweel, joiners, bidi
#: controls, presentation forms, blanks that are no space, markup, quotes, formulas.
PIECES = (
    "😀", "👨‍👩‍👧", "🇮🇶", "قَالَ", "التحالـف", "می‌خواهد", "\u202bقال\u202c", "\u200f", "\u2067x\u2069", "ﷺ", "ﻻ",
    "a\u00a0b", "\u2003", "\t", "\u2028", "\u0085", "<b>", "</script>", "&amp;", '"', "\\", "'", "{", "[",
    "=1+1", "é", "e\u0301", "العراق", " ", ".", "،", "\ufeff", "\ufffd", "𐎠",
)  # fmt: skip


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entity(text: str, start: int, end: int, label: str) -> Entity:
    return Entity(start, end, text[start:end], label)


def small(split: str | None = None) -> Snapshot:
    """Two units of one document: a full answer with an extra statement and a skip; and one nobody answered."""
    text = "قالت 😀 الوزارة إن بغداد ترحب."
    ministry = Speaker("mofa_iq", "وزارة الخارجية العراقية", "organisation", 7, 14, text[7:14])
    iraq = Speaker("gov_iq", "الحكومة العراقية", "organisation")
    answer = Annotation(
        annotator="amal@example.org", state="submitted", version=2, skip_reason=None, flag=None,
        labels=Labels(
            (Statement(ministry, "indirect", Stance("talks", "favor"), "announce"),
             Statement(iraq, "indirect", Stance(None, "none"), "praise")),
            (entity(text, 7, 14, "ORG"), entity(text, 18, 23, "GPE")),
        ),
        comment="<b>", active_ms=5400, created_at=AT, updated_at=AT, scheme="arabic-news-claims@1.0",
        guideline="guideline@1", provenance={"suggested": 1},
    )  # fmt: skip
    skip = Annotation("badr@example.org", "skipped", 1, "not a sentence", None, Labels(), None, None, AT, AT,
                      "arabic-news-claims@1.0", None)  # fmt: skip
    document = DocumentRef("a.txt", sha256("whole"), "Sadd", None, "ar")
    other = "خبر."
    lines = (
        Line("u1", "تجربة", document, 0, len(text), "sentence", text, sha256(text), (answer, skip), split=split,
             group="g1"),
        Line("u2", "تجربة", document, 40, 44, "headline", other, sha256(other)),
    )  # fmt: skip
    return Snapshot("تجربة", SCHEME, lines)


def small_gold() -> Snapshot:
    before = small()
    lines = list(before.lines)
    basis = {"speaker": "single", "attribution": "single", "stance": "single"}
    decided = Gold(lines[0].annotations[0].labels, basis, 1, provenance(lines[0].annotations[:1]))
    fields = {name: getattr(lines[0], name) for name in Line.__slots__}
    return Snapshot(before.project, before.scheme, (Line(**{**fields, "annotations": (), "gold": decided}), lines[1]),
                    "gold")


strings = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=5)), max_size=12
).map("".join)
texts = strings.filter(lambda text: bool(text.strip()))
#: JSON as it may stand in provenance.
bags = st.dictionaries(strings, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | strings, max_size=3)


def ids(labels: Any) -> Any:
    return st.sampled_from([label.id for label in labels])


@st.composite
def speakers(draw: Any, text: str) -> Speaker:
    key = draw(st.sampled_from([ARTICLE, UNCLEAR]) | st.from_regex(r"[A-Za-z0-9_.:-]{1,20}", fullmatch=True))
    start, end = draw(st.none() | spans(text)) or (None, None)
    words = None if start is None else text[start:end]
    return Speaker(key, draw(texts), draw(ids(SCHEME.speaker_kinds)), start, end, words)


@st.composite
def spans(draw: Any, text: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(text) - 1))
    return start, draw(st.integers(start + 1, len(text)))


@st.composite
def statements(draw: Any, text: str, complete: bool) -> Statement:
    """Sound answers; without `complete` any may be missing."""

    def maybe(strategy: Any) -> Any:
        return draw(strategy if complete else st.none() | strategy)

    speaker = maybe(speakers(text))
    if speaker is not None and speaker.id == ARTICLE:
        attribution = maybe(st.just("none"))
    else:
        attribution = maybe(ids([label for label in SCHEME.attributions if label.id != "none"]))
    target = draw(st.none() | ids(SCHEME.targets))
    values = [label for label in SCHEME.stance_values if (label.id == "none") == (target is None)]
    return Statement(speaker, attribution, Stance(target, maybe(ids(values))), maybe(ids(SCHEME.claim_types)))


@st.composite
def labellings(draw: Any, text: str, complete: bool) -> Labels:
    rows = draw(st.lists(statements(text, complete), min_size=1 if complete else 0, max_size=3))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    kinds = ids(SCHEME.entity_labels)
    marks = tuple(entity(text, a, b, draw(kinds)) for a, b in zip(edges[::2], edges[1::2], strict=False))
    return Labels(tuple(rows), marks)


@st.composite
def answers_of(draw: Any, text: str, annotator: str) -> Annotation:
    state = draw(st.sampled_from(["draft", "submitted", "skipped"]))
    return Annotation(
        annotator=annotator, state=state, version=draw(st.integers(1, 2**31)),
        skip_reason=draw(texts) if state == "skipped" else None, flag=draw(st.none() | strings),
        labels=draw(labellings(text, state == "submitted")), comment=draw(st.none() | strings),
        active_ms=draw(st.none() | st.integers(0, 2**52)), created_at=AT, updated_at=AT,
        scheme=SCHEME.id, guideline=draw(st.none() | texts), provenance=draw(bags),
    )  # fmt: skip


@st.composite
def snapshots(draw: Any) -> Snapshot:
    """A project of one document with up to three units, in order."""
    document = DocumentRef("خبر 1.txt", sha256("x"), draw(st.none() | strings), draw(st.none() | strings), "ar")
    lines, at = [], 0
    for n in range(draw(st.integers(0, 3))):
        text = draw(texts)
        start, at = at, at + len(text)
        answers = tuple(
            draw(answers_of(text, name)) for name in draw(st.sampled_from([(), ("a@x",), ("a@x", "b@x")]))
        )
        lines.append(
            Line(f"u{n}", "p", document, start, at, "sentence", text, sha256(text), answers,
                 split=draw(st.none() | strings), group=draw(st.none() | strings))
        )  # fmt: skip
        at += 1
    return Snapshot("p", SCHEME, tuple(lines))


def _alike(votes: list[tuple[str, str, str]]) -> dict[str, Posterior]:
    """Probabilities for each unit in the form of a posterior: so few answers have none."""
    units = dict.fromkeys(unit for unit, _, label in votes if label is not None)
    return {unit: shares(label for of, _, label in votes if of == unit) for unit in units}


def views(snapshot: Snapshot) -> dict[str, Snapshot]:
    """The three views of a snapshot of answers, gold and soft labels computed as an export does."""
    lines = list(snapshot.lines)
    votes = {
        layer: [(line.id, answer.annotator, label(answer.labels)) for line in lines for answer in line.annotations
                if answer.state == "submitted"]
        for layer, label in {
            "attribution": lambda labels: labels.statements[0].attribution,
            "stance_target": lambda labels: labels.statements[0].stance.target or "none",
            "stance": lambda labels: labels.statements[0].stance.value,
            "claim_type": lambda labels: labels.statements[0].claim_type,
        }.items()
    }  # fmt: skip
    found = {layer: _alike(given) for layer, given in votes.items()}
    whole = []
    for line in lines:
        submitted = [answer for answer in line.annotations if answer.state == "submitted"]
        decided = gold(line.annotations, line.text)
        own = {layer: by_unit[line.id] for layer, by_unit in found.items() if line.id in by_unit}
        whole.append(replace(line, gold=decided and replace(decided, provenance=provenance(submitted)),
                             soft=soft(line.annotations, own)))  # fmt: skip
    made = {}
    for what in ("annotations", "gold", "soft"):
        left_out: dict[str, int] = {}
        shown = tuple(viewed(whole, what, left_out))
        made[what] = Snapshot(snapshot.project, snapshot.scheme, shown, what, left_out)
    return made
