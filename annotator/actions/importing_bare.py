"""Files of nothing but bare sentences, kept in columns: an object for each line would take as long as storing it.

Whatever is out of the common goes the way of all other lines, which also tells what is wrong with it.
"""

from __future__ import annotations

from itertools import accumulate, islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from annotator.actions import corpus
from annotator.actions.importing import ImportOptions
from annotator.actions.importing_reading import ReadAhead
from annotator.actions.importing_texts import NewText, Units, described, digest
from annotator.actions.near_copies import GroupNames
from annotator.models import POSITION_STEP, Document, Project


def bare_text(session: Session, project: Project, options: ImportOptions, ahead: ReadAhead) -> NewText | None:
    """The document that the sentences of a bare file make; null where lines must be placed one by one."""
    texts = ahead.bare
    if not texts or len(set(texts)) < len(texts) or _is_known(session, project, options.name):
        return None
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    ends = [start - 1 for start in islice(starts, 1, None)]
    if starts.pop() >= POSITION_STEP:
        return None
    text = "\n".join(texts)
    count, served = len(texts), int("sentence" in project.served_kinds)
    uids = [corpus.unit_id(options.name, start, end) for start, end in zip(starts, ends, strict=True)]
    about = described(options, options.name, options.outlet, options.event)
    flags = [served] * count
    units = Units(texts, ahead.bare_folded, starts, ends, ["sentence"] * count, uids, flags, [0] * count, flags,
                  [None] * count)  # fmt: skip
    groups = GroupNames(uids, flags, ahead.grouping(None, ahead.bare_folded)) if served and not about.event else None
    sha256 = digest(text)
    return NewText(options.name, about, text, sha256, sha256, None, {"bare": options.name}, units,
                   groups or [None] * count)  # fmt: skip


def _is_known(session: Session, project: Project, name: str) -> bool:
    """Whether the project has the document, or others that bare sentences of a file of this name have made."""
    bare = (Document.origin == "lines") & (Document.meta["bare"].as_string() == name)
    found = select(Document.id).where(Document.project_id == project.id, or_(Document.file == name, bare)).limit(1)
    return session.scalar(found) is not None
