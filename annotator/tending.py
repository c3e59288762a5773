"""A thread of the server that folds tallies and draws intervals in between, so that no page waits for them.

Whoever reads figures folds first anyway: without the thread they are as right, only later. Each process may have
one; who comes second finds nothing to do.
"""

from __future__ import annotations

import logging
import random
import threading
import time

from annotator.db import Database
from annotator.outages import outage, traced
from annotator.queries import due

FIRST, EVERY = 30.0, 10.0  # seconds: a start has other things to do
SHARE = 20  # it rests this many times as long as it worked: at most a twentieth of a processor


def start(database: Database) -> None:
    threading.Thread(target=_tend_on, args=(database,), name="tending", daemon=True).start()


def _tend_on(database: Database) -> None:
    rest = FIRST
    while True:
        time.sleep(rest + random.uniform(0, EVERY))  # two processes shall not work at the same thing
        begun = time.thread_time()
        try_to_tend(database)
        rest = max(EVERY, SHARE * (time.thread_time() - begun))


def try_to_tend(database: Database) -> None:
    """Whatever goes wrong is told: the next time may go better, and the server goes on."""
    try:
        tend(database)
    except Exception as error:
        why = outage(error) or traced(error)
        logging.getLogger(__name__).error("The tallies of agreement could not be folded: %s", why)


def tend(database: Database) -> None:
    """Fold what is due in every project, and draw its intervals anew."""
    with database.read() as session:
        projects = due.projects(session)
    if not projects:
        return
    from annotator import folding  # numpy is loaded when there is something to compute
    from annotator.agreement.selection import Selection

    for project_id in projects:
        folding.fold(database, project_id)
        for copies in ("all", "once"):
            folding.draw(database, project_id, Selection(copies=copies))
