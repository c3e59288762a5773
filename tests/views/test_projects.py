"""The list of projects, the project page, members."""

from __future__ import annotations

import re
from pathlib import Path

from tests import make
from tests.views.agreement import PAGE, Tables, lead, seeded


def invite(web: make.Web, project: int, **changes: str) -> tuple[int, str]:
    content = {"name": "Zayd", "email": "zayd@example.org", "role": "annotator", **changes}
    answer = web.post(f"/projects/{project}/members", content)
    return answer.status_code, answer.text


def test_home_leads_to_work(place: make.Place) -> None:
    assert f'href="/projects/{place.project}/label"' in place.web("annotator").get("/").text
    assert "/label" not in place.web("viewer").get("/").text
    assert "Your progress" in place.web("annotator").get("/").text
    own = place.web("lead").get("/").text  # who labels nothing is not told that nothing was answered
    assert "Your progress" not in own and '<p class="muted">5 sentences</p>' in own
    assert "Import articles" in place.web("outsider").get("/").text
    assert "Make the first project" in place.web("admin").get("/").text


def test_who_belongs_nowhere_is_told_what_to_do(place: make.Place) -> None:
    make.person(place.app, "nobody")
    page = make.web(place.app, make.find(place.app, "nobody@example.org")).get("/").text  # type: ignore[arg-type]
    assert "You belong to no project yet" in page and "nobody@example.org" in page


def test_an_invitation_is_shown_once_and_works(place: make.Place) -> None:
    web = place.web("lead")
    status, page = invite(web, place.project)
    shown = re.search(r"http://localhost(/sign-in/[\w-]+)", page)
    assert status == 201 and shown
    assert shown.group(1) not in web.get(f"/projects/{place.project}").text
    guest = make.web(place.app)
    answer = guest.post(shown.group(1), {"name": "Zayd", "language": "ar", "password": "four other words here"})
    assert answer.status_code == 303
    assert f'href="/projects/{place.project}/label"' in guest.get("/").text


def test_who_has_an_account_needs_no_link(place: make.Place) -> None:
    """A lead must not be able to sign in as somebody of another project."""
    status, page = invite(place.web("lead"), place.project, email="outsider@example.org")
    assert status == 201 and "no link is needed" in page and "/sign-in/" not in page
    assert place.web("outsider").get(f"/projects/{place.project}").status_code == 200


def test_who_never_came_to_another_project_gets_no_link_here(place: make.Place) -> None:
    other = place.web("outsider")
    project = re.search(r"/projects/(\d+)/import", other.get("/").text)
    assert project
    assert invite(other, int(project.group(1)))[0] == 201  # Zayd, who has not come yet
    _, page = invite(place.web("lead"), place.project)
    assert "/sign-in/" not in page


def test_bad_invitations_are_refused_in_place(place: make.Place) -> None:
    web = place.web("lead")
    for changes, words in (
        ({"email": "no address"}, "is no e-mail address"),
        ({"name": " "}, "A name has 1 to"),
        ({"role": "king"}, "is none of"),
        ({"email": "annotator@example.org", "role": "lead"}, "is in this project already"),
    ):
        status, page = invite(web, place.project, **changes)
        assert status in (409, 422) and words in page
    assert web.get(f"/projects/{place.project}").text.count("zayd@example.org") == 0


def test_a_new_link_for_who_has_not_come(place: make.Place) -> None:
    web = place.web("lead")
    invite(web, place.project)
    zayd = make.find(place.app, "zayd@example.org")
    assert zayd is not None
    answer = web.post(f"/projects/{place.project}/members/{zayd.id}/link")
    assert answer.status_code == 201 and "/sign-in/" in answer.text
    annotator = place.people["annotator"].id
    assert web.post(f"/projects/{place.project}/members/{annotator}/link").status_code == 403


def test_roles_change_and_members_leave(place: make.Place) -> None:
    web, members = place.web("lead"), f"/projects/{place.project}/members"
    annotator, lead = place.people["annotator"].id, place.people["lead"].id
    assert web.post(f"{members}/{annotator}/role", {"role": "lead"}).status_code == 303
    assert place.web("annotator").get(f"/projects/{place.project}/import").status_code == 200
    assert web.post(f"{members}/{lead}/removal").status_code == 303
    assert web.get(f"/projects/{place.project}").status_code == 404
    left = place.web("annotator")
    refused = left.post(f"{members}/{annotator}/removal")
    assert refused.status_code == 409 and "only lead" in refused.text
    assert left.post(f"{members}/{annotator}/role", {"role": "viewer"}).status_code == 409
    assert left.post(f"{members}/{annotator}/role", {"role": "king"}).status_code == 422
    assert left.post(f"{members}/{place.people['outsider'].id}/role", {"role": "viewer"}).status_code == 404


def test_the_answers_of_who_left_still_count(tmp_path: Path) -> None:
    """Before, they fell out of the total: a project could no more reach what it wanted."""
    web = lead(app := seeded(tmp_path))

    def stands() -> list[tuple[str, ...]]:
        return re.findall(r"<dd>(\d+)</dd>|<p><span>(\d+%)</span><span>([^<]+)</span>", web.get("/projects/1").text)

    before, badr = stands(), make.find(app, "badr@example.org")
    assert badr is not None and "members no more" not in web.get("/projects/1").text
    assert web.post(f"/projects/1/members/{badr.id}/removal").status_code == 303
    assert stands() == before
    team = Tables(web.get(f"{PAGE}/annotators").text).found[0][1:]
    assert [row[0] for row in team] == ["أمل too few for a verdict", "بدر member no more too few for a verdict"]
    assert re.search(r"\d+ answers are by people who are members no more: they stay", web.get("/projects/1").text)


def test_an_administrator_makes_a_project(place: make.Place) -> None:
    web = place.web("admin")
    answer = web.post("/projects", {"name": "مشروع", "overlap": "٣"})
    assert answer.status_code == 303
    assert "مشروع" in web.get(answer.location).text
    again = web.post("/projects", {"name": "مشروع", "overlap": "2"})
    assert again.status_code == 409 and "There is a project named" in again.text
    assert web.post("/projects", {"name": "x", "overlap": "many"}).status_code == 422


def test_the_overlap_changes(place: make.Place) -> None:
    web = place.web("lead")
    assert web.post(f"/projects/{place.project}/overlap", {"overlap": "3"}).status_code == 303
    for wrong in ("0", "101", "-1", "x", ""):
        assert web.post(f"/projects/{place.project}/overlap", {"overlap": wrong}).status_code == 422


def test_names_are_isolated_from_the_direction_of_the_page(place: make.Place) -> None:
    page = place.web("lead").get(f"/projects/{place.project}").text
    assert "<h1><bdi>تجربة</bdi></h1>" in page


def test_the_project_page_offers_every_format(place: make.Place) -> None:
    web = place.web("viewer")
    page = web.get(f"/projects/{place.project}").text
    links = [path.replace("&amp;", "&") for path in re.findall(r'href="(/api/v1/projects/\d+/export[^"]+)"', page)]
    assert len(links) >= 5
    for path in links:
        answer = web.client.get(path)
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
        answer.close()
