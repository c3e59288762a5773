"""Every address, asked by everybody: who is no member finds nothing, whose role lacks the verb is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotator.permissions import VERBS
from tests import make

PUBLIC = "public"
ANYONE = "signed in"
ADMIN = "admin"

#: method and endpoint → the verb that it takes
NEEDED = {
    "GET health.healthz": PUBLIC,
    "GET static_file": PUBLIC,
    "GET favicon": PUBLIC,
    "GET worker": PUBLIC,
    "GET people.sign_in": PUBLIC,
    "POST people.sign_in_with_password": PUBLIC,
    "GET people.link": PUBLIC,
    "POST people.accept": PUBLIC,
    "POST people.change_language": PUBLIC,
    "POST people.sign_out": PUBLIC,
    "GET people.who": ANYONE,
    "GET people.account": ANYONE,
    "POST people.change_name": ANYONE,
    "POST people.change_password": ANYONE,
    "POST people.end_session": ANYONE,
    "POST people.end_others": ANYONE,
    "GET projects.home": ANYONE,
    "GET projects.new": ADMIN,
    "POST projects.add": ADMIN,
    "GET projects.page": "see",
    "POST projects.invite": "invite",
    "POST projects.new_link": "invite",
    "POST projects.change_role": "invite",
    "POST projects.remove": "invite",
    "POST projects.set_overlap": "change scheme",
    "GET corpus.documents": "see progress",
    "GET corpus.import_page": "import",
    "POST corpus.import_documents": "import",
    "GET corpus.document": "see progress",
    "POST corpus.change_kind": "edit units",
    "GET corpus.cut_page": "edit units",
    "POST corpus.cut": "edit units",
    "POST corpus.join": "edit units",
    "GET scheme.page": "see",
    "POST scheme.change": "change scheme",
    "GET scheme.guideline": "see",
    "POST scheme.change_guideline": "change scheme",
    "GET agreement.page": "see agreement",
    "POST agreement.set_targets": "change scheme",
    "GET agreement.layer": "see agreement",
    "GET agreement.documents": "see agreement",
    "GET agreement.sentences": "see agreement",
    "GET agreement.annotators": "see agreement",
    "GET agreement.annotator": "see agreement",
    "GET agreement_files.plot": "see agreement",
    "GET agreement_files.table": "see agreement",
    "GET releases.page": "export",
    "POST releases.add": "release",
    "GET releases.one": "export",
    "GET releases.begun": "export",
    "POST releases.dismiss": "release",
    "GET releases.download": "export",
    "GET releases.file": "export",
    "GET releases.plot": "export",
    "GET releases.changes": "export",
    "POST releases.retract": "release",
    "GET labelling.desk": "label",
    "POST api.lease": "label",
    "GET api.sentence": "see",
    "GET api.annotation": "see",
    "PUT api.save": "label",
    "GET api.mine": "see",
    "GET api.scheme": "see",
    "GET api.guideline": "see",
    "GET api_own.speaker_sentences": "see",
    "GET api_own.statistics": "see",
    "GET api_own.marked_before": "label",
    "GET api_projects.projects": ANYONE,
    "GET api_projects.progress": "see",
    "GET api_agreement.agreement": "see agreement",
    "POST api_projects.documents": "import",
    "GET api_projects.project": "see",
    "GET api_projects.document_list": "see progress",
    "GET api_projects.units": "see",
    "GET api_export.export": "export",
    "GET api_export.counts": "export",
    "GET projects.downloads": "export",
    "GET api_registry.speakers": "see",
    "POST api_registry.add": "label",
    "PATCH api_registry.change": "change scheme",
    "POST api_registry.add_alias": "change scheme",
    "POST api_registry.merge": "change scheme",
    "POST api_registry.split": "change scheme",
    "GET registry.page": "see progress",
    "POST registry.merge": "change scheme",
    "POST registry.split": "change scheme",
    "GET api_releases.releases": "export",
    "POST api_releases.add": "release",
    "GET api_releases.release": "export",
    "GET api_releases.begun": "export",
    "GET api_releases.download": "export",
    "GET api_people.members": "invite",
    "POST api_people.invite": "invite",
    "GET api_openapi.openapi": PUBLIC,
    "GET api_openapi.page": PUBLIC,
    "GET tokens.page": ANYONE,
    "POST tokens.add": ANYONE,
    "POST tokens.end": ANYONE,
}
#: these answer 404 to members too: nothing is there yet
EMPTY = {
    "GET api.annotation",
    "GET api.scheme",
    "POST people.end_session",
    "POST tokens.end",
    "PATCH api_registry.change",
    "POST api_registry.add_alias",
    "POST api_registry.merge",
    "POST api_registry.split",
    "POST registry.merge",
    "POST registry.split",
    "GET releases.begun",
    "GET releases.one",
    "GET releases.download",
    "GET releases.file",
    "GET releases.plot",
    "GET releases.changes",
    "POST releases.retract",
    "GET agreement.annotator",
    "GET api_releases.release",
    "GET api_releases.begun",
    "GET api_releases.download",
}
OWN_SENTENCE = {"corpus.cut": 1, "corpus.join": 3}
CONTENT: dict[str, dict[str, str]] = {
    "POST people.change_language": {"language": "en"},
    "POST projects.change_role": {"role": "viewer"},
    "POST projects.set_overlap": {"overlap": "3"},
    "POST projects.invite": {"name": "Zayd", "email": "zayd@example.org", "role": "annotator"},
    "POST corpus.change_kind": {"kind": "headline"},
    "POST corpus.cut": {"at": "5"},
    "POST releases.add": {"name": "v2"},
    "POST agreement.set_targets": {"claim_type": "0.8"},
    "POST releases.retract": {"reason": "wrong"},
    "POST scheme.change_guideline": {"language": "en", "text": "Mark what is said.", "based_on": "0"},
}
PEOPLE = ("lead", "adjudicator", "annotator", "viewer", "outsider", "admin", None)


def addresses(place: make.Place) -> list[tuple[str, str, str]]:
    """Every method, name and address of the app, filled in with what is there."""
    ids = {
        "project_id": place.project, "document_id": place.document,
        "person_id": place.people["viewer"].id, "session_id": 999_999, "token": "x", "sha256": "0" * 64,
        "digest": "x", "path": "x", "token_id": 999_999, "key": "nobody", "entry": "ARTICLE",
        "name": "v1", "file": "README.md", "layer": "claim_type", "plot": "layers", "table": "layers",
    }  # fmt: skip
    found = []
    with place.app.test_request_context():
        adapter = place.app.create_url_adapter(None) or place.app.url_map.bind("localhost")
        for rule in place.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                own = place.sentences[OWN_SENTENCE.get(rule.endpoint, 0)]  # some take their unit away
                given = {name: own if name == "sentence_id" else ids[name] for name in rule.arguments}
                path = adapter.build(rule.endpoint, given, method=method)
                found.append((method, f"{method} {rule.endpoint}", path))
    return found


def test_every_address_is_in_the_table(place: make.Place) -> None:
    assert {name for _, name, _ in addresses(place)} == set(NEEDED)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_gets_what(who: str | None, tmp_path: Path) -> None:
    place = make.place(tmp_path)
    web = make.web(place.app, place.people[who] if who else None)
    web.get("/sign-in")
    wrong = []
    for method, name, path in addresses(place):
        if NEEDED[name] == PUBLIC:
            continue
        if who == "lead" and name in ("POST projects.remove", "POST projects.new_link"):
            continue  # these depend on the member: see test_projects
        headers = {"X-CSRF-Token": web.token, "If-Match": "0"}
        body = {"json": {"labels": {}, "state": "draft"}} if name == "PUT api.save" else {"data": CONTENT.get(name)}
        answer = web.client.open(path, method=method, headers=headers, **body)  # type: ignore[arg-type]
        if not _as_expected(name, who, path, answer.status_code):
            wrong.append((name, answer.status_code))
        answer.close()
    assert wrong == []


def _as_expected(name: str, who: str | None, path: str, status: int) -> bool:
    verb = NEEDED[name]
    if who is None:
        return status == (401 if path.startswith("/api/") else 303)
    if verb == ADMIN:
        return (status == 403) == (who != "admin")
    if verb == ANYONE:
        return status not in (401, 403, 500) and (status != 404 or name in EMPTY)
    if who in ("outsider", "admin"):
        return status == 404
    if who not in VERBS[verb]:
        return status == 403
    return status not in (401, 403, 500) and (status != 404 or name in EMPTY)


def test_a_stranger_learns_nothing_from_the_answer(place: make.Place) -> None:
    """What is somebody else's and what never was look alike."""
    web = place.web("outsider")
    for path in ("/projects/{}", "/documents/{}", "/sentences/{}/cut", "/api/v1/projects/{}/progress"):
        there, never = (web.client.get(path.format(n), headers={"Accept-Language": "en"}) for n in (1, 4242))
        one, other = (re.sub(r'(csrf[-_]token" \w+)="[^"]*"', r"\1", answer.text)
                      for answer in (there, never))  # a token tells the second of its making
        assert (there.status_code, one.replace("/1", "/4242")) == (404, other.replace("/1", "/4242"))
