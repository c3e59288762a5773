"""What the API answers, as typed dictionaries: the OpenAPI document is made from these, the client returns them.

Times are ISO 8601 in UTC ending in Z; offsets are code points, half-open; `*_ms` are milliseconds.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads it on every Python that we run on

Role = Literal["lead", "adjudicator", "annotator", "viewer"]
State = Literal["draft", "submitted", "skipped"]


class Fault(TypedDict):
    """One thing that is wrong: `path` is the field, `file` and `line` (from 1) stand for imports."""

    path: str
    message: str
    file: str | None
    line: int | None


class MappedLabel(TypedDict):
    """A speaker or label of a file and what it becomes here; `ours` null: it cannot be mapped, and `why` says so.

    `line` is where it stands first: a line, or the task of a Label Studio file. `new`: a speaker who would be added. A
    label that is mapped but stands nowhere has count and line 0.
    """

    layer: str
    theirs: str
    ours: str | None
    count: int
    line: int
    why: str | None
    new: bool


class Problem(TypedDict):
    """A refusal (RFC 9457). `current` and `yours` come with 412 only, `labels` with the dry run of an import."""

    type: str
    title: str
    status: int
    detail: str
    faults: NotRequired[list[Fault]]
    current: NotRequired[dict[str, Any] | None]
    yours: NotRequired[Any]
    labels: NotRequired[list[MappedLabel]]


class Project(TypedDict):
    """A project that you belong to. `overlap`: how many annotators label each sentence."""

    id: int
    name: str
    role: Role
    overlap: int


class ProjectPage(TypedDict):
    """Projects in the order of their making; `next` is the cursor of the next page, null on the last."""

    projects: list[Project]
    next: str | None


class OwnProgress(TypedDict):
    """Your own counts of sentences: `left` of `total` you have not answered."""

    submitted: int
    drafts: int
    skipped: int
    flagged: int
    total: int
    left: int


class MemberProgress(TypedDict):
    """A member's counts; `last_at` is the time of the last save."""

    annotator: str
    name: str
    role: Role
    submitted: int
    drafts: int
    skipped: int
    flagged: int
    active_ms: int
    last_at: str | None


class Progress(OwnProgress):
    """Your own counts; `annotators` holds everyone's for leads, adjudicators and viewers, and is empty for others."""

    annotators: list[MemberProgress]
    next: str | None


class Document(TypedDict):
    """A document of a project; `characters` are code points."""

    id: int
    file: str
    sha256: str
    language: str
    outlet: str | None
    event: str | None
    published: str | None
    url: str | None
    characters: int


class DocumentPage(TypedDict):
    """Documents in the order of their import."""

    documents: list[Document]
    next: str | None


class ImportReport(TypedDict):
    """What an import did; `notes` are worth reading but were no reason to refuse. A dry run tells of labels too."""

    file: str
    documents: int
    sentences: int
    annotations: int
    already_there: int
    notes: list[str]
    labels: NotRequired[list[MappedLabel]]


class Entry(TypedDict):
    """A speaker of the registry. `document` is the one it belongs to when its scope is `document`."""

    id: str
    canonical: str
    en: str | None
    kind: str
    scope: Literal["project", "document"]
    document: int | None
    aliases: list[str]


class Registry(TypedDict):
    """Speakers in the order of their making."""

    entries: list[Entry]
    next: str | None


class GuidelineTexts(TypedDict):
    """The guideline in force, Markdown per language; version null while there is none."""

    version: int | None
    ar: NotRequired[str | None]
    en: NotRequired[str | None]


class Person(TypedDict):
    """A member of a project; `came`: has chosen a password."""

    id: int
    name: str
    email: str
    role: Role
    came: bool


class People(TypedDict):
    """Members in the order of their ids."""

    people: list[Person]
    next: str | None


class Invited(TypedDict):
    """An invited person and the one-time sign-in link, shown this once; null where you may not let them in."""

    person: Person
    link: str | None


class ProjectDetail(Project):
    """A project with what is in force there: the scheme's content hash and the guideline as `guideline@version`."""

    scheme: str
    guideline: str | None


class Split(TypedDict):
    """Percent of each part, the seed, and what stays in one part beside near-copies."""

    train: int
    dev: int
    test: int
    seed: int
    by: Literal["event", "document"]


class Release(TypedDict):
    """A frozen dataset; `sha256` is the one hash over its files. `retracted_reason`: why not to use it."""

    name: str
    note: str | None
    sha256: str
    units: int
    gold: int
    split: Split | None
    scheme: str
    guideline: str | None
    made_by: str | None
    created_at: str
    retracted_at: str | None
    retracted_reason: str | None


class ReleaseMaking(TypedDict):
    """How far a release is. `share`: 0 to 1 of the whole; `faults`: why it was refused.

    `broken off`: the server stopped meanwhile, and nothing was kept; freeze it again.
    """

    name: str
    state: Literal["making", "made", "refused", "broken off"]
    step: str
    share: float
    by: str | None
    begun_at: str
    faults: list[Fault]


class ExportCounts(TypedDict):
    """What an export holds: all units are those labelled and those left out, counted by reason."""

    what: Literal["annotations", "gold", "soft"]
    units: int
    labelled: int
    left_out: dict[str, int]


class ReleasePage(TypedDict):
    """Releases in the order of their making."""

    releases: list[Release]
    next: str | None


class ReleaseFile(TypedDict):
    """A file of a release, below its folder."""

    path: str
    bytes: int
    sha256: str


class ReleaseDetail(Release):
    """A release with its files; `derived` are made from them and stay outside the one hash."""

    files: list[ReleaseFile]
    derived: list[ReleaseFile]


class Agreement(TypedDict):
    """Agreement per layer. Every figure is `{"value", "low", "high"}`, or `{"value": null, "reason"}`.

    `interval` tells how the intervals were made, null before they were; its `reason` is `too few articles` where there
    are none, `held` how often intervals from so many articles held the true value in simulations.
    """

    project: str
    as_of: str
    filters: dict[str, Any]
    interval: dict[str, Any] | None
    layers: dict[str, Any]
