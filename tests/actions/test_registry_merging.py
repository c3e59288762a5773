"""Merging speakers and undoing it: labels go over and come back, exports and agreement follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator import folding
from annotator.actions import corpus
from annotator.actions import registry_merging as merging
from annotator.actions.checking import check
from annotator.actions.importing import ImportOptions, import_file
from annotator.actions.labelling import save
from annotator.actions.seeding import seed
from annotator.db import Database
from annotator.errors import NotFound, Refused, Taken
from annotator.layers import labels_json
from annotator.models import Annotation, Decision, Entry, Person, Project, Sentence, StatementRow
from annotator.permissions import OPERATOR, Actor
from annotator.queries import exporting, registry
from annotator.queries.corpus import projects


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    made = Database(ready_url)
    with made.write() as session:
        seed(session)
    yield made
    made.close()


def named(database: Database) -> Counter[str]:
    """How often the submitted answers name each speaker."""
    with database.snapshot() as session:
        project = projects(session)[0]
        lines = exporting.take(session, session.get_one(Project, project.id)).lines
        return Counter(
            row.speaker.id
            for line in lines for answer in line.annotations if answer.state == "submitted"
            for row in answer.labels.statements if row.speaker
        )  # fmt: skip


def test_a_merge_moves_the_labels_and_its_undo_brings_them_back(database: Database) -> None:
    before = named(database)
    (one, _), (other, _) = [pair for pair in before.most_common() if pair[0] not in ("ARTICLE", "UNCLEAR")][:2]
    with database.read() as session:
        project_id = projects(session)[0].id
    agreement = folding.figures(database, project_id)["layers"]["speaker"]
    with database.write() as session:
        merging.merge(session, OPERATOR, session.get_one(Project, project_id), one, other)
    merged = named(database)
    assert merged[other] == before[one] + before[other] and one not in merged
    assert not folding.recount(database, project_id).wrong
    with database.read() as session:
        assert registry.known(session, project_id, [one])[one].id == other
        listed = {entry.key: entry for entry in registry.listed(session, project_id)}
        assert one not in listed and [key for key, _ in listed[other].merged] == [one]
    with database.write() as session:
        merging.split(session, OPERATOR, session.get_one(Project, project_id), one)
    assert named(database) == before
    assert not folding.recount(database, project_id).wrong
    assert folding.figures(database, project_id)["layers"]["speaker"] == agreement


def test_an_answer_that_names_a_merged_speaker_names_the_other(database: Database) -> None:
    with database.write() as session:
        project = corpus.add_project(session, OPERATOR, "دمج", None, 2)
        keys = [entry.key for entry in registry.entries(session, project.id) if entry.kind == "organisation"][:2]
        merging.merge(session, OPERATOR, project, keys[0], keys[1])
        line = (
            '{"text":"رحّب المجلس بالقرار.","annotations":[{"annotator":"amal@example.org","labels":{"statements":['
            f'{{"speaker":{{"id":"{keys[0]}"}},"attribution":"indirect","stance":{{"target":null,"value":"none"}},'
            '"claim_type":"praise"}],"entities":[]}}]}'
        )
        options = ImportOptions("a.jsonl", "jsonl", new_annotators=True)
        assert import_file(session, OPERATOR, project, line.encode(), options).annotations == 1
        [found] = [line for line in exporting.take(session, project).lines if line.annotations]
        speaker = found.annotations[0].labels.statements[0].speaker
        assert speaker is not None and speaker.id == keys[1]
        assert check(session)[1] == []
        merging.split(session, OPERATOR, project, keys[0])
        assert check(session)[1] == []


def test_what_cannot_be_merged(database: Database) -> None:
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        keys = [entry.key for entry in registry.entries(session, project.id) if entry.kind == "organisation"][:3]
        merging.merge(session, OPERATOR, project, keys[0], keys[1])
        for one, other, error, told in (
            (keys[1], keys[1], Refused, "cannot be merged into itself"),
            (keys[1], "ARTICLE", Refused, "stands for no speaker"),
            (keys[0], keys[2], Taken, "is merged into another speaker already"),
            (keys[2], "nobody", NotFound, "no speaker “nobody”, neither by name nor by id"),
        ):
            with pytest.raises(error, match=told):
                merging.merge(session, OPERATOR, project, one, other)
        with pytest.raises(Refused, match="is merged into no other speaker"):
            merging.split(session, OPERATOR, project, keys[2])


def test_a_chain_of_merges_is_undone_link_by_link(database: Database) -> None:
    before = named(database)
    one, two, three = [key for key, _ in before.most_common() if key not in ("ARTICLE", "UNCLEAR")][:3]
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        merging.merge(session, OPERATOR, project, one, two)
        merging.merge(session, OPERATOR, project, two, three)
        assert merged_of(session, project) == {three: sorted([one, two])}
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        merging.split(session, OPERATOR, project, two)
        assert merged_of(session, project) == {two: [one]}
        assert check(session)[1] == []
    halfway = named(database)
    assert (halfway[one], halfway[two], halfway[three]) == (0, before[one] + before[two], before[three])
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        merging.split(session, OPERATOR, project, one)
        assert merged_of(session, project) == {}
        assert check(session)[1] == []
        project_id = project.id
    assert named(database) == before
    assert not folding.recount(database, project_id).wrong


def merged_of(session: Session, project: Project) -> dict[str, list[str]]:
    """Each speaker that others were merged into, and these."""
    return {
        entry.key: sorted(key for key, _ in entry.merged)
        for entry in registry.listed(session, project.id) if entry.merged
    }  # fmt: skip


def test_an_answer_saved_after_a_merge_keeps_its_choice_when_the_merge_is_undone(database: Database) -> None:
    """Its new statement may have the number of the one that was moved: the last row's number is given again."""
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        last = session.scalars(select(StatementRow).order_by(StatementRow.id.desc()).limit(1)).one()
        answer = session.get_one(Annotation, last.annotation_id)
        sentence = session.get_one(Sentence, answer.sentence_id)
        person = session.get_one(Person, answer.person_id)
        actor = Actor(person.id, person.email, person.name, person.language, person.admin)
        keys = [entry.key for entry in registry.entries(session, project.id) if entry.kind == "organisation"][:2]
        body = {"labels": {"statements": [{"speaker": {"id": keys[0]}, "attribution": "indirect", "claim_type": "fact",
                                           "stance": {"target": None, "value": "none"}}], "entities": []}}
        version = save(session, actor, sentence.id, body, base_version=answer.version, key=None).version
        merging.merge(session, OPERATOR, project, keys[0], keys[1])
        save(session, actor, sentence.id, body, base_version=version, key=None)
        assert speaker_of(session, answer.id) == keys[1]
        merging.split(session, OPERATOR, project, keys[0])
        assert speaker_of(session, answer.id) == keys[1]
        assert check(session)[1] == []


def speaker_of(session: Session, annotation_id: int) -> str | None:
    """The speaker of the primary statement."""
    return session.scalar(
        select(Entry.key)
        .join(StatementRow, StatementRow.entry_id == Entry.id)
        .where(StatementRow.annotation_id == annotation_id, StatementRow.n == 1)
    )


def test_decisions_name_whom_their_speakers_went_into(database: Database) -> None:
    """Gold that an adjudicator decided went on naming the speaker who was merged, beside votes for the other."""
    with database.write() as session:
        project = session.get_one(Project, projects(session)[0].id)
        line = next(one for one in exporting.take(session, project, "gold").lines
                    if one.gold and (row := one.gold.labels.statements[0]).speaker
                    and row.speaker.id not in ("ARTICLE", "UNCLEAR"))  # fmt: skip
        assert line.gold is not None
        decided = labels_json(line.gold.labels, line.text)
        sentence, lead = session.query(Sentence).filter_by(uid=line.id).one(), session.query(Person).first()
        assert lead is not None
        session.add(Decision(sentence_id=sentence.id, person_id=lead.id, labels=decided))
    one = decided["statements"][0]["speaker"]["id"]
    other = next(key for key in named(database) if key not in (one, "ARTICLE", "UNCLEAR"))

    def told() -> tuple[str, str]:
        with database.snapshot() as session:
            lines = exporting.take(session, session.get_one(Project, project.id), "gold").lines
            found = next(one.gold.labels.statements[0].speaker for one in lines if one.id == line.id and one.gold)
            assert found is not None
            return found.id, found.canonical

    before = told()
    with database.write() as session:
        target = merging.merge(session, OPERATOR, session.get_one(Project, project.id), one, other)
        name = target.canonical
    assert told() == (other, name)
    with database.write() as session:
        merging.split(session, OPERATOR, session.get_one(Project, project.id), one)
    assert told() == before
    with database.write() as session:
        session.query(Entry).filter_by(key=one, project_id=project.id).one().canonical = "اسم آخر"
    assert told() == (one, "اسم آخر")
