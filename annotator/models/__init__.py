"""Every table of the database."""

from annotator.models.adjudication import Decision
from annotator.models.agreement import DocumentTally, TallyDue, TallyInterval, TallyState, TallySum
from annotator.models.base import Base, moment, now, stamp, table_of
from annotator.models.corpus import (
    POSITION_STEP,
    Arriving,
    Document,
    Event,
    Outlet,
    Project,
    Sentence,
    SentenceLink,
)
from annotator.models.labelling import COUNTED, STATES, Annotation, Assignment, LogLine, Span, StatementRow
from annotator.models.people import (
    ROLES,
    Attempt,
    BrowserSession,
    Membership,
    Person,
    SignInLink,
    Token,
)
from annotator.models.registry import Alias, Entry
from annotator.models.releases import Release
from annotator.models.scheme import Guideline, SchemeVersion

__all__ = [
    "COUNTED",
    "POSITION_STEP",
    "ROLES",
    "STATES",
    "Alias",
    "Annotation",
    "Arriving",
    "Assignment",
    "Attempt",
    "Base",
    "BrowserSession",
    "Decision",
    "Document",
    "DocumentTally",
    "Entry",
    "Event",
    "Guideline",
    "LogLine",
    "Membership",
    "Outlet",
    "Person",
    "Project",
    "Release",
    "SchemeVersion",
    "Sentence",
    "SentenceLink",
    "SignInLink",
    "Span",
    "StatementRow",
    "TallyDue",
    "TallyInterval",
    "TallyState",
    "TallySum",
    "Token",
    "moment",
    "now",
    "stamp",
    "table_of",
]
