"""What the endpoints of the API share: the cursor and the limit of a list, and the fields of a body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import request

from annotator.context import database
from annotator.errors import Refused
from annotator.queries.listing import Page
from annotator.views.api import body
from annotator.views.loading import project_for

LIMIT, MOST = 100, 1_000
_CURSOR = re.compile(r"\d{1,18}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)

Row = TypeVar("Row")


def page_asked(*, usual: int = LIMIT, most: int = MOST, first: int = 0) -> Page:
    """The page that the address asks for, one row longer: that one tells whether there is a next.

    `first` is the key before the first row. Raises Refused naming the parameter.
    """
    cursor, limit = request.args.get("cursor"), request.args.get("limit")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise Refused("“{value}” is no cursor of this list.", path="cursor", value=cursor[:100])
    if limit is not None and not (_WHOLE.fullmatch(limit) and 1 <= int(limit) <= most):
        raise Refused("“{value}” is not a whole number from 1 to {most}.", path="limit", value=limit[:100], most=most)
    return Page(first if cursor is None else int(cursor), (usual if limit is None else int(limit)) + 1)


def cut(rows: Sequence[Row], page: Page) -> tuple[Sequence[Row], bool]:
    """The rows to show, and whether there are more."""
    return rows[: page.limit - 1], len(rows) == page.limit


def fields_for(project_id: int, verb: str) -> dict[str, Any]:
    """The JSON object of the body, for who may do this: read before any lock is taken, looked at by nobody else."""
    with database().read() as session:
        project_for(session, project_id, verb)
    given = body()
    if not isinstance(given, dict):
        raise Refused("The body is not a JSON object.")
    return given
