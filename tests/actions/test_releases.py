"""Releases: the same state gives the same bytes on both databases, and a refusal leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from annotator import upgrading
from annotator.actions import corpus
from annotator.actions import releases as acting
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.log import write_log
from annotator.actions.releases import Wanted
from annotator.actions.seeding import seed
from annotator.db import Database
from annotator.errors import NotFound, Refused
from annotator.freezing import freeze
from annotator.layers import labels_json
from annotator.models import Decision, Person, Project, Release, Sentence
from annotator.permissions import OPERATOR
from annotator.queries.corpus import projects
from annotator.releases import files
from annotator.releases.counts import count
from annotator.releases.diff import differences
from annotator.releases.manifest import seal
from annotator.releases.splits import Plan
from annotator.snapshot import CHOICES
from tests import make

SPLIT = Plan(50, 0, 50, seed=3)


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    made = Database(ready_url)
    with made.write() as session:
        seed(session)
    yield made
    made.close()


def frozen(database: Database, folder: Path, name: str = "v1", plan: Plan | None = SPLIT) -> Path:
    freeze(database, OPERATOR, _project(database), Wanted(name, "ملاحظة", plan), folder)
    return folder / str(_project(database)) / name


def _project(database: Database) -> int:
    with database.read() as session:
        return projects(session)[0].id


def test_an_older_release_is_checked_by_the_rule_it_was_counted_by(database: Database, tmp_path: Path) -> None:
    """Gold whose entities alone were decided counted as none in the first format."""
    folder = frozen(database, tmp_path)
    assert files.verify(folder).manifest["format"] == "isnad-release/2"
    told = count(files.lines(folder), CHOICES)
    assert (told["gold"], told["excluded"]["no majority"]) == (26, 1)
    (folder / "counts.json").write_bytes(orjson.dumps(told))
    (folder / "manifest.json").unlink()
    manifest = orjson.dumps(seal(folder, name="v1")).replace(b"isnad-release/2", b"isnad-release/1")
    (folder / "manifest.json").write_bytes(manifest)
    assert files.verify(folder).faults == ()
    (folder / "manifest.json").write_bytes(manifest.replace(b"isnad-release/1", b"isnad-release/2"))
    assert {fault.file for fault in files.verify(folder).faults} == {"counts.json"}


def test_a_release_is_sound_and_told(database: Database, tmp_path: Path) -> None:
    folder = frozen(database, tmp_path)
    checked = files.verify(folder)
    assert checked.faults == ()
    assert {line.split for line in files.lines(folder)} == {"train", "test"}
    by_event: dict[str | None, set[str | None]] = {}
    for line in files.lines(folder):
        by_event.setdefault(line.document.event, set()).add(line.split)
    assert [len(parts) for parts in by_event.values()] == [1, 1]
    counts = orjson.loads((folder / "counts.json").read_bytes())
    assert counts["gold"] + sum(counts["excluded"].values()) == counts["units"] == 143
    with database.read() as session:
        row = session.query(Release).one()
        assert (row.name, row.sha256, row.note) == ("v1", checked.manifest["sha256"], "ملاحظة")


def test_the_same_state_gives_the_same_bytes(ready_url: str, tmp_path: Path) -> None:
    """On another day, in another folder, and after a move to the other database."""
    app = make.app(tmp_path)
    origin = make.database(app)
    with origin.write() as session:
        seed(session)
    upgrading.backup(origin, tmp_path / "backup")
    first = frozen(origin, tmp_path / "first")
    make.close_all()  # whoever has it open holds it
    moved = Database(ready_url)
    upgrading.restore(moved, tmp_path / "backup", make.settings(tmp_path / "moved"))
    second = frozen(moved, tmp_path / "second")
    moved.close()
    names = sorted(path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(second).as_posix() for path in second.rglob("*") if path.is_file())
    assert [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()] == []


def test_refusals_leave_nothing_behind(database: Database, tmp_path: Path) -> None:
    frozen(database, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for name, plan, told in (
        ("v1", None, "There is a release named “v1” already"),
        ("../v2", None, "is no name of a release"),
        (".v2", None, "is no name of a release"),
        ("v" * 81, None, "is no name of a release"),
        ("v2", Plan(50, 25, 25), "fall into two groups by event and near-copy, too few for three parts"),
        ("v2", Plan(50, 25, 20), "are no split"),
    ):
        with pytest.raises(Refused, match=told):
            frozen(database, tmp_path, name, plan)
    assert sorted(tmp_path.rglob("*")) == before


def test_imported_parts_that_part_copies_are_refused(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        copies = session.query(Sentence).filter(Sentence.near_group.is_not(None)).order_by(Sentence.near_group).all()
        one, other = next((a, b) for a, b in zip(copies, copies[1:], strict=False) if a.near_group == b.near_group)
        one.split, other.split = "train", "test"
    with pytest.raises(Refused, match="The split parts copies: “"):
        frozen(database, tmp_path, plan=None)
    assert frozen(database, tmp_path, plan=SPLIT).is_dir()  # shares deal everything out anew


def test_datasets_loads_every_view_from_the_folder_of_a_release(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In lines of record `datasets` guesses types from the first ten megabytes, and ends at the first other one."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    datasets = pytest.importorskip("datasets")
    folder = frozen(database, tmp_path, plan=SPLIT)
    for what in (None, "gold", "annotations", "soft"):
        loaded = datasets.load_dataset(str(folder), what, cache_dir=str(tmp_path / "cache"))
        tables = (folder / "huggingface" / (what or "gold") / "data").glob("*.parquet")
        assert {name: len(rows) for name, rows in loaded.items()} == {
            path.stem: pq.read_metadata(path).num_rows for path in tables
        }


@pytest.mark.parametrize(("key", "lie"), [("units", 7), ("gold", 0), ("splits", {"train": 1})])
def test_what_a_manifest_tells_of_the_sentences_is_counted_again(
    database: Database, tmp_path: Path, key: str, lie: object
) -> None:
    copy = tmp_path / "changed"
    shutil.copytree(frozen(database, tmp_path), copy)
    manifest = orjson.loads((copy / "manifest.json").read_bytes())
    (copy / "manifest.json").write_bytes(orjson.dumps({**manifest, key: lie}))
    [fault] = files.verify(copy).faults
    assert (fault.file, fault.path) == ("manifest.json", key)


def test_an_empty_project_is_refused(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        made = corpus.add_project(session, OPERATOR, "فارغ", None, 2).id
    with pytest.raises(Refused, match="holds no text yet"):
        freeze(database, OPERATOR, made, Wanted("v1"), tmp_path)


def test_a_difference_names_what_who_and_why(database: Database, tmp_path: Path) -> None:
    old = frozen(database, tmp_path, "v1")
    with database.write() as session:
        project = session.get_one(Project, _project(database))
        import_file(session, OPERATOR, project, "وصل الوفد إلى المدينة مساء أمس.\n".encode(), ImportOptions("z.txt"))
    raw = (old / "sentences.jsonl").read_bytes().splitlines()
    copy = tmp_path / "changed"
    shutil.copytree(old, copy)
    at = next(n for n, line in enumerate(raw) if orjson.loads(line)["annotations"])
    content = orjson.loads(raw[at])
    answer = content["annotations"][0]
    earlier = answer["labels"]["statements"][0]["claim_type"]
    answer["labels"]["statements"][0]["claim_type"] = "threaten"
    answer["comment"], answer["version"] = "قرأت الدليل مرة أخرى", answer["version"] + 1
    raw[at] = orjson.dumps(content)
    (copy / "sentences.jsonl").write_bytes(b"\n".join(raw) + b"\n")
    told = differences(files.lines(old), files.lines(copy))
    assert [(c.kind, c.layer, c.before, c.after, c.who, c.why) for c in told] == [
        ("answer", "claim_type", earlier, "threaten", (answer["annotator"],), ("قرأت الدليل مرة أخرى",))
    ]  # fmt: skip
    added = list(differences(files.lines(old), files.lines(frozen(database, tmp_path, "v2"))))
    assert [(c.kind, c.file) for c in added if c.kind != "split"] == [("added", "z.txt")]
    assert files.verify(copy).faults[0].file == "sentences.jsonl"


def test_a_decision_is_told_with_who_decided(database: Database, tmp_path: Path) -> None:
    old = frozen(database, tmp_path, "v1")
    with database.write() as session:
        first = next(line for line in files.lines(old) if line.gold and line.gold.labels.statements)
        sentence = session.query(Sentence).filter_by(uid=first.id).one()
        lead = session.query(Person).filter_by(email="lead@example.org").one()
        assert first.gold is not None
        decided = labels_json(first.gold.labels, first.text)
        decided["statements"][0]["claim_type"] = "threaten"
        session.add(Decision(sentence_id=sentence.id, person_id=lead.id, labels=decided))
        write_log(session, OPERATOR, "decide", project_id=sentence.project_id)
    told = [change for change in differences(files.lines(old), files.lines(frozen(database, tmp_path, "v2")))
            if change.kind == "gold"]  # fmt: skip
    [claim] = [change for change in told if change.layer == "claim_type"]
    assert (claim.after, claim.basis[1], claim.who) == ("threaten", "adjudicated", ("lead@example.org",))
    assert {change.id for change in told} == {first.id}


def test_a_retracted_release_stays_with_its_reason(database: Database, tmp_path: Path) -> None:
    folder = frozen(database, tmp_path)
    with database.write() as session:
        project = session.get_one(Project, _project(database))
        with pytest.raises(Refused, match="needs its reason"):
            acting.retract(session, OPERATOR, project, "v1", "  ")
        with pytest.raises(NotFound, match="There is no release named “v9”; there are: “v1”."):
            acting.retract(session, OPERATOR, project, "v9", "x")
        assert acting.retract(session, OPERATOR, project, "v1", "أخطاء في الإسناد").retracted_at is not None
        with pytest.raises(Refused, match="retracted already: أخطاء في الإسناد"):
            acting.retract(session, OPERATOR, project, "v1", "again")
    assert files.verify(folder).faults == ()
