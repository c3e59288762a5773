"""The scheme and the guideline in force."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator.layers.scheme import Scheme, parse_stored
from annotator.models import Annotation, Entry, Guideline, Person, Project, SchemeVersion, Span, StatementRow
from annotator.prepared import Prepared, driver


@dataclass(frozen=True, slots=True)
class InForce:
    id: int
    sha256: str
    scheme: Scheme


_IN_FORCE = Prepared(
    select(SchemeVersion.id, SchemeVersion.sha256)
    .where(SchemeVersion.project_id == bindparam("project"))
    .order_by(SchemeVersion.id.desc())
    .limit(1)
)


def in_force(session: Session, project_id: int) -> InForce:
    """The project's newest scheme: one small query, parsed once per content and process."""
    row = _IN_FORCE.one(driver(session), {"project": project_id})
    return InForce(row.id, row.sha256, _parsed_once(session, row.id, row.sha256))


def version_named(session: Session, project_id: int, name: str) -> Scheme | None:
    """The version of the project's scheme that is called so (`name@version`)."""
    row = session.execute(
        select(SchemeVersion.id, SchemeVersion.sha256).where(
            SchemeVersion.project_id == project_id, SchemeVersion.name + "@" + SchemeVersion.version == name
        )
    ).one_or_none()
    return None if row is None else _parsed_once(session, row.id, row.sha256)


def version_names(session: Session, project_id: int) -> list[str]:
    """What the project's schemes are called, in order."""
    names = select(SchemeVersion.name + "@" + SchemeVersion.version).where(SchemeVersion.project_id == project_id)
    return sorted(session.scalars(names))


def _parsed_once(session: Session, row_id: int, sha256: str) -> Scheme:
    scheme = _parsed.get(sha256)
    if scheme is None:
        content = session.scalar(select(SchemeVersion.content).where(SchemeVersion.id == row_id))
        assert content is not None
        scheme = _parsed[sha256] = parse_stored(content)
    return scheme


_parsed: dict[str, Scheme] = {}  # by content, so that every process and database may share it


def scheme_content(session: Session, project_id: int, sha256: str) -> str | None:
    """The scheme file of that content, where the project has or had it in force."""
    return session.scalar(
        select(SchemeVersion.content).where(
            SchemeVersion.project_id == project_id, SchemeVersion.sha256 == sha256
        )
    )


def guideline_name(project: Project) -> str | None:
    return None if project.guideline is None else f"guideline@{project.guideline}"


@dataclass(frozen=True, slots=True)
class Written:
    """The guideline of one language, from this version on; `by` null: the operator on the command line."""

    version: int
    language: str
    text: str
    created_at: str
    by: str | None


_WRITTEN = select(
    Guideline.version, Guideline.language, Guideline.text, Guideline.created_at, Person.name
).outerjoin(Person, Person.id == Guideline.person_id)


def guideline_texts(session: Session, project_id: int) -> dict[str, str]:
    """The newest guideline text per language."""
    return {language: newest.text for language, newest in newest_guidelines(session, project_id).items()}


def newest_guidelines(session: Session, project_id: int) -> dict[str, Written]:
    """The guideline in force per language."""
    rows = session.execute(_WRITTEN.where(Guideline.project_id == project_id).order_by(Guideline.version))
    return {row.language: Written(*row) for row in rows}


def guideline_version(session: Session, project_id: int, version: int) -> Written | None:
    """What a version of the guideline changed: the text of one language."""
    row = session.execute(
        _WRITTEN.where(Guideline.project_id == project_id, Guideline.version == version).limit(1)
    ).one_or_none()
    return None if row is None else Written(*row)


def guideline_before(session: Session, project_id: int, of: Written) -> Written | None:
    """The version of the same language before this one."""
    row = session.execute(
        _WRITTEN.where(
            Guideline.project_id == project_id, Guideline.version < of.version, Guideline.language == of.language
        )
        .order_by(Guideline.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Written(*row)


def labels_in_use(session: Session, project_id: int) -> dict[str, set[str]]:
    """Every label that some stored answer of the project holds, per layer."""
    own = select(Annotation.id).where(Annotation.project_id == project_id).scalar_subquery()

    def distinct(column: object, table: type[StatementRow] | type[Span]) -> set[str]:
        rows = session.scalars(select(column).where(table.annotation_id.in_(own)).distinct())  # type: ignore[call-overload]
        return {value for value in rows if value is not None}

    return {
        "claim_type": distinct(StatementRow.claim_type, StatementRow),
        "attribution": distinct(StatementRow.attribution, StatementRow),
        "stance": distinct(StatementRow.stance, StatementRow),
        "stance_target": distinct(StatementRow.target, StatementRow),
        "entities": distinct(Span.label, Span),
        "speaker_kinds": set(session.scalars(select(Entry.kind).where(Entry.project_id == project_id).distinct())),
    }


