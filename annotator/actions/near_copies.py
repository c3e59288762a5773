"""Grouping near-copies at import: the same sentence in several outlets is one piece of evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from annotator.actions.due import groups_due, sentences_due
from annotator.beside import Grouping
from annotator.models import Document, Project, Sentence, table_of
from annotator.prepared import Prepared, driver
from annotator.text.similarity import near_groups

_SENTENCE = table_of(Sentence)
_NAME = Prepared(
    update(_SENTENCE)
    .where(_SENTENCE.c.id.between(bindparam("first"), bindparam("last")))
    .values(near_group=bindparam("group"))
)


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Sentences that change their group, with the new one: of documents made now, and others. `touched`: all groups."""

    made: list[dict[str, Any]]
    others: list[dict[str, Any]]
    touched: set[str | None]


def group_near_copies(session: Session, project: Project, documents: Collection[int]) -> None:
    """Group anew the sentences of each event that the imported documents belong to.

    A document without an event is compared within itself only: without a common event, likeness
    of words is no sign of a common source.
    """
    for regrouped in regroup(session, project, documents):
        name_groups(session, regrouped.made + regrouped.others)
        groups_changed(session, project, regrouped)


def regroup(session: Session, project: Project, documents: Collection[int]) -> Iterator[Regrouped]:
    """What `group_near_copies` changes, event after event; nothing is written."""
    if not documents:
        return
    events = set(session.scalars(select(Document.event_id).where(Document.id.in_(documents)).distinct()))
    for event in events - {None}:
        yield _group(session, project, Document.event_id == event, documents)
    for document in session.scalars(
        select(Document.id).where(Document.id.in_(documents), Document.event_id.is_(None))
    ):
        yield _group(session, project, Document.id == document, documents)


def name_groups(session: Session, changes: Sequence[dict[str, Any]]) -> None:
    """Write such changes."""
    if changes:
        _NAME.change_all(driver(session), _runs(changes))


def _runs(changes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sentences with keys one after the other that get the same name: templates are named by the thousand."""
    run: dict[str, Any] | None = None
    for change in changes:
        key, group = change["sentence"], change["group"]
        if run is not None and run["last"] + 1 == key and run["group"] == group:
            run["last"] = key
            continue
        if run is not None:
            yield run
        run = {"first": key, "last": key, "group": group}
    if run is not None:
        yield run


def groups_changed(session: Session, project: Project, regrouped: Regrouped) -> None:
    """Tell the tallies of changes that are written."""
    changes = regrouped.made + regrouped.others
    if changes:
        sentences_due(session, project.id, [change["sentence"] for change in changes])
        groups_due(session, project.id, regrouped.touched)


class GroupNames:
    """The group of each unit of a new document, in its order, as `_group` would name it after it was stored.

    Groups may become known only while units are being stored. Those that came before have none at first; see `late`.
    """

    def __init__(self, uids: Sequence[str], served: Sequence[int], grouping: Grouping) -> None:
        self._uids, self._served, self._grouping = uids, served, grouping
        self._unnamed = 0  # so many units were told before their groups were known

    def __iter__(self) -> Iterator[str | None]:
        for n in range(len(self._uids)):
            if self._grouping.ready():
                break
            self._unnamed = n + 1
            yield None
        else:
            return
        yield from self._names()[self._unnamed :]

    def late(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """What must be written of units that were stored before their groups were known. `keys`: of all units."""
        if not self._unnamed:
            return []
        some = zip(islice(keys, self._unnamed), self._names(), strict=False)
        return [{"sentence": key, "group": name} for key, name in some if name is not None]

    def _names(self) -> list[str | None]:
        groups = self._grouping.groups()
        sizes = Counter(groups)
        names: dict[int, str] = {}
        for uid, group in zip(compress(self._uids, self._served), groups, strict=True):
            if sizes[group] > 1:
                names[group] = min(uid, names.get(group, uid))
        named = iter(map(names.get, groups))
        return [next(named) if offered else None for offered in self._served]


def _group(
    session: Session, project: Project, which: ColumnElement[bool], documents: Collection[int]
) -> Regrouped:
    rows = session.execute(
        select(Sentence.id, Sentence.uid, Sentence.text, Sentence.near_group, Sentence.document_id)
        .join(Document, Document.id == Sentence.document_id)
        .where(Sentence.project_id == project.id, which, Sentence.served)
        .order_by(Document.file, Sentence.start)
    ).all()
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, group in zip(rows, near_groups([row.text for row in rows]), strict=True):
        members[group].append((row.id, row.uid))
    # named after its first id, so that the same sentences get the same name wherever they are imported
    names: dict[int, str | None] = {}
    for copies in members.values():
        name = min(uid for _, uid in copies) if len(copies) > 1 else None
        names.update((sentence_id, name) for sentence_id, _ in copies)
    made: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    touched: set[str | None] = set()
    new = set(documents)
    for row in rows:
        if row.near_group != names[row.id]:
            touched |= {row.near_group, names[row.id]}
            (made if row.document_id in new else others).append({"sentence": row.id, "group": names[row.id]})
    return Regrouped(made, others, touched)
