"""Our Label Studio file through the converter of Label Studio's SDK: counts and spans stay, value by value.

JSON_MIN holds everything that a task's data and regions hold. CoNLL-2003 holds the tokens of NLTK and of each
annotation the outermost entities, widened to whole tokens; it knows neither authors nor further layers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from label_studio_sdk.converter import Converter
from sqlalchemy import select

from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.actions.seeding import seed
from annotator.layers.answer import ARTICLE, UNCLEAR, Entity, Statement
from annotator.models import Project, Sentence
from annotator.permissions import OPERATOR
from annotator.queries import exporting
from annotator.snapshot import Annotation, Line, Snapshot
from exports import label_studio
from tests import make
from tests.exports.zoo import small, small_gold
from tests.test_string_zoo import WORD, ZOO

ANSWERS = ("speaker", "attribution", "stance_target", "stance", "claim_type")
Span = tuple[int, int, str]


@pytest.fixture(params=["demo", "demo gold", "string zoo", "small", "small gold"])
def snapshot(request: pytest.FixtureRequest, tmp_path: Path) -> Snapshot:
    if request.param == "small":
        return small()
    if request.param == "small gold":
        return small_gold()
    what = "gold" if "gold" in request.param else "annotations"
    place = _demo(tmp_path) if "demo" in request.param else _zoo(tmp_path)
    with place.snapshot() as session:
        taken = exporting.take(session, session.query(Project).order_by(Project.id).first(), what)
        return Snapshot(taken.project, taken.scheme, tuple(taken.lines), what)


def _demo(folder: Path) -> Any:
    database = make.database(make.app(folder))
    with database.write() as session:
        seed(session)
    return database


def _zoo(folder: Path) -> Any:
    """Every nasty string before three nested entities and one behind them, on lines that end in CRLF."""
    app = make.app(folder)
    text = "\r\n".join(f"{strange} زار وفد {WORD} أمس سالم." for strange in ZOO.values())
    project = make.project(app, text=None)
    actor = make.person(app, "amal", project=project, role="annotator")
    database = make.database(app)
    with database.write() as session:
        import_file(session, OPERATOR, session.get_one(Project, project), text.encode(), ImportOptions(name="zoo.txt"))
    with database.snapshot() as session:
        lines = list(exporting.take(session, session.get_one(Project, project)).lines)
    assert len(lines) == len(ZOO)
    for place, line in zip(_sentences(database, project), lines, strict=True):
        at = line.text.index(f"وفد {WORD}")
        marks = [(at, at + 9, "ORG"), (at + 4, at + 9, "GPE"), (at + 4, at + 6, "ORG")]
        other = line.text.index("سالم")
        marks.append((other, other + 4, "PERS"))
        row = {"speaker": {"id": "UNCLEAR", "start": other, "end": other + 4}, "attribution": "direct",
               "stance": {"target": None, "value": "none"}, "claim_type": "fact"}  # fmt: skip
        entities = [{"start": start, "end": end, "label": label} for start, end, label in marks]
        with database.write() as session:
            save(session, actor, place, {"labels": {"statements": [row], "entities": entities}},
                 base_version=0, key=None)  # fmt: skip
    return database


def _sentences(database: Any, project: int) -> list[int]:
    with database.read() as session:
        return list(session.scalars(
            select(Sentence.id).where(Sentence.project_id == project).order_by(Sentence.start)
        ))  # fmt: skip


def converted(snapshot: Snapshot, folder: Path, form: str, *, without: str = "") -> str:
    file = folder / "tasks.json"
    file.write_bytes(b"".join(label_studio.write(snapshot)))
    config = label_studio.config(snapshot.scheme)
    if without:
        before, _, rest = config.partition(f'    <Labels name="{without}"')
        config = before + rest.partition("</Labels>\n")[2]
    converter = Converter(config, str(folder), download_resources=False)
    assert form in converter.supported_formats
    converter.convert(str(file), str(folder / form), form, is_dir=False)
    [made] = (folder / form).iterdir()
    return made.read_bytes().decode()


def answers(line: Line) -> list[Any]:
    """What the converter makes one result each of: what was not skipped, the newest first; or nothing at all."""
    if line.gold is not None:
        return [line.gold]
    kept = [answer for answer in line.annotations if answer.state != "skipped"]
    return sorted(kept, key=lambda answer: answer.created_at, reverse=True)


def test_json_min_keeps_every_count_and_value(snapshot: Snapshot, tmp_path: Path) -> None:
    found = json.loads(converted(snapshot, tmp_path, "JSON_MIN"))
    expected = []
    for line in snapshot.lines:
        said = answers(line)
        if not said and not line.annotations:
            expected.append(_record(line, None))
        expected += [_record(line, answer) for answer in said]
    assert found == expected


def _record(line: Line, answer: Any) -> dict[str, Any]:
    """What JSON_MIN holds of an answer, from our own values."""
    named = {ARTICLE: "صوت المقال", UNCLEAR: "غير واضح"}
    for labels in [one.labels for one in (*line.annotations, *([line.gold] if line.gold else []))]:
        named |= {row.speaker.id: row.speaker.canonical for row in labels.statements if row.speaker}
    of_answer = answer if isinstance(answer, Annotation) else None
    return {
        "text": line.text, "id": line.id, "file": line.document.file, "start": line.start, "end": line.end,
        "kind": line.kind, "outlet": line.document.outlet, "event": line.document.event,
        "speakers": [{"value": key, "html": name} for key, name in named.items()],
        **(_controls(line, answer, of_answer.comment if of_answer else None) if answer else {}),
        "annotator": None, "annotation_id": None, "created_at": of_answer and of_answer.created_at,
        "updated_at": of_answer and of_answer.updated_at,
        "lead_time": None if of_answer is None or of_answer.active_ms is None else of_answer.active_ms / 1000,
    }  # fmt: skip


def _controls(line: Line, answer: Any, comment: str | None) -> dict[str, Any]:
    rows = answer.labels.statements
    found: dict[str, Any] = {"comment": {"text": []} if comment is None else comment}
    if answer.labels.entities:
        found["entities"] = [_place(e.start, e.end, e.text, e.label) for e in answer.labels.entities]
    regions = []
    for n, row in enumerate(rows):
        if n:
            regions.append(_place(0, len(line.text), line.text, "statement"))
        if row.speaker and row.speaker.start is not None:
            regions.append(_place(row.speaker.start, row.speaker.end, row.speaker.text, "speaker_words"))
    for prefix, some in (("", rows[:1]), ("row_", rows[1:])):
        for name in ANSWERS:
            values = [value for row in some for value in [_answer(row, name)] if value is not None]
            if values:
                found[prefix + name] = values[0] if len(values) == 1 else values
    return {**found, **({"regions": regions} if regions else {})}


def _place(start: int, end: int, text: str, label: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text, "labels": [label]}


def _answer(row: Statement, name: str) -> str | None:
    if name == "speaker":
        return row.speaker.id if row.speaker else None
    if name in ("stance_target", "stance"):
        return row.stance.target if name == "stance_target" else row.stance.value
    return row.attribution if name == "attribution" else row.claim_type


def test_conll_keeps_every_count_and_the_outermost_spans(snapshot: Snapshot, tmp_path: Path) -> None:
    blocks = list(_blocks(converted(snapshot, tmp_path, "CONLL2003", without="regions")))
    expected: list[tuple[str, list[Entity]]] = []
    for line in snapshot.lines:
        said = answers(line)
        if not said and not line.annotations:
            expected.append((line.text, []))
        expected += [(line.text, outermost(answer.labels.entities)) for answer in said]
    assert len(blocks) == len(expected)
    for (tokens, tags), (text, entities) in zip(blocks, expected, strict=True):
        places = _located(tokens, text)
        assert _spans(tags, places) == [_widened(entity, places) for entity in entities]


def test_conll_of_the_whole_config_holds_the_entities_of_whoever_marked_some(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    """It writes the first control with labels that an annotation has; ours puts the entities first."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = _blocks(converted(snapshot, tmp_path / "a", "CONLL2003"))
    entities_alone = _blocks(converted(snapshot, tmp_path / "b", "CONLL2003", without="regions"))
    for (_, tags), (_, expected) in zip(whole, entities_alone, strict=True):
        if any(tag != "O" for tag in expected):
            assert tags == expected
        else:
            assert {tag.partition("-")[2] for tag in tags} <= {"", "statement", "speaker_words"}


def outermost(entities: tuple[Entity, ...]) -> list[Entity]:
    found: list[Entity] = []
    for entity in entities:
        if not found or entity.start >= found[-1].end:
            found.append(entity)
    return found


def _blocks(content: str) -> Iterator[tuple[list[str], list[str]]]:
    first, *rest = content.removesuffix("\n\n").split("\n", 1)
    assert first == "-DOCSTART- -X- O"
    for block in rest[0].split("\n\n") if rest else ():
        rows = [line.split(" -X- _ ") for line in block.split("\n") if line]
        yield [token for token, _ in rows], [tag for _, tag in rows]


def _located(tokens: list[str], text: str) -> list[tuple[int, int]]:
    """Where the tokens stand; together they are the text but for its blanks."""
    places, at = [], 0
    for token in tokens:
        start = text.index(token, at)
        assert text[at:start].strip() == ""
        at = start + len(token)
        places.append((start, at))
    assert text[at:].strip() == ""
    return places


def _spans(tags: list[str], places: list[tuple[int, int]]) -> list[Span]:
    found: list[Span] = []
    for tag, (start, end) in zip(tags, places, strict=True):
        prefix, _, label = tag.partition("-")
        if prefix == "B":
            found.append((start, end, label))
        elif prefix == "I":
            assert found[-1][2] == label
            found[-1] = (found[-1][0], end, label)
    return found


def _widened(entity: Entity, places: list[tuple[int, int]]) -> Span:
    inside = [(start, end) for start, end in places if end > entity.start and start < entity.end]
    return inside[0][0], inside[-1][1], entity.label
