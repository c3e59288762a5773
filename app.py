"""Isnad, put together: settings, database, pages, commands.

`python app.py` serves; `python app.py run` upgrades and seeds the database before.
"""

from __future__ import annotations

import gc
import logging
import sys
from functools import partial
from socket import socket

gc.disable()  # what imports make stays anyway: looking for garbage among it costs a fifth of the start

from flask import Flask

from annotator import assets, cli, i18n, security, sessions
from annotator.db import Database
from annotator.errors import Refused
from annotator.settings import Settings, read_settings
from annotator.views import api_gate, errors, form_pages, layout
from annotator.views.agreement import agreement
from annotator.views.agreement_files import agreement_files
from annotator.views.api import api
from annotator.views.api_agreement import api_agreement
from annotator.views.api_export import api_export
from annotator.views.api_openapi import api_openapi
from annotator.views.api_own import api_own
from annotator.views.api_people import api_people
from annotator.views.api_projects import api_projects
from annotator.views.api_registry import api_registry
from annotator.views.api_releases import api_releases
from annotator.views.corpus import corpus
from annotator.views.labelling import labelling
from annotator.views.loading import RowId, refuse_nul
from annotator.views.people import people
from annotator.views.projects import projects
from annotator.views.registry import registry
from annotator.views.releases import releases
from annotator.views.scheme import scheme
from annotator.views.tokens import tokens

gc.enable()
gc.set_threshold(20_000, 20, 50)  # sentences and answers come by the thousand and form no cycles

BLUEPRINTS = (
    layout.health, people, projects, corpus, scheme, agreement, agreement_files, registry, releases, labelling, api,
    api_own, api_projects, api_registry, api_people, api_releases, api_export, api_openapi, api_agreement, tokens,
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """The application. It opens the database with the first request that needs it."""
    with cli.starting():
        return _made(settings or read_settings())


def _made(settings: Settings) -> Flask:
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance))
    app.extensions["isnad.settings"] = settings
    app.url_map.converters["int"] = RowId
    app.extensions["isnad.database"] = Database(settings.database_url)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    sessions.configure(app, settings)
    security.configure(app, settings)
    i18n.register(app)
    assets.register(app)
    layout.register(app)
    form_pages.register(app)
    errors.register(app)
    app.before_request(refuse_nul)
    api_gate.register(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.register(app)
    return app


def serve(*, prepare: bool) -> None:
    """Serve on 127.0.0.1 until stopped; `prepare` upgrades, seeds an empty database and prints a sign-in link."""
    from annotator import serving, starting

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no news
    sys.setswitchinterval(0.001)  # a writer that holds the lock must not wait long for its turn to run
    settings = read_settings()
    app = create_app(settings)
    with app.app_context():
        link = starting.prepare(app) if prepare else starting.open_database(app)
    listening = serving.listen("127.0.0.1", settings.port)
    app.extensions["isnad.database"].close()  # no process may share a connection with another
    gc.freeze()  # nor look through it at every later collection
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    print(f"Isnad serves on {address}", flush=True)
    if link:
        print(f"Sign in once with {address}/sign-in/{link}", flush=True)
    serving.serve_in(settings.processes, listening, partial(_answer, app, settings))


def _answer(app: Flask, settings: Settings, listening: socket) -> None:
    from waitress import create_server

    from annotator import tending

    app.extensions["isnad.database"].hold()
    tending.start(app.extensions["isnad.database"])
    server = create_server(
        app,
        sockets=[listening],
        threads=settings.threads,
        ident="Isnad",
        max_request_body_size=settings.max_import_bytes + 1_000_000,
        clear_untrusted_proxy_headers=False,  # counted by ProxyFix, ignored without it
    )
    server.run()


if __name__ == "__main__":
    try:
        serve(prepare=sys.argv[1:] == ["run"])
    except Refused as refusal:
        sys.exit(str(refusal))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        pass
