"""The pages of the label scheme and of the guideline."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from tests import make


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the scheme's form, unchanged."""
    form = page[page.index("scheme-form") :]
    found = {name: unescape(value) for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', form)}
    found |= {n: unescape(v) for n, v in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form)}
    based_on = re.search(r'name="based_on" value="(\w+)"', form)
    assert based_on
    return {**found, "based_on": based_on[1]}


def stored(web: make.Web, project: int) -> Any:
    """The scheme in force as the screen fetches it."""
    page = web.get(f"/projects/{project}/scheme").text
    address = re.search(r'href="(/api/v1/projects/\d+/scheme/\w+\.json)"', page)
    assert address
    return json.loads(web.client.get(address[1]).data)


def change(web: make.Web, project: int, **changes: str) -> Any:
    sent = fields(web.get(f"/projects/{project}/scheme").text)
    return web.post(f"/projects/{project}/scheme", {**sent, **changes})


def test_an_unchanged_page_makes_no_version(place: make.Place) -> None:
    web = place.web("lead")
    before = stored(web, place.project)
    assert change(web, place.project).status_code == 303
    assert stored(web, place.project) == before


def test_a_change_makes_a_version_that_the_screen_uses(place: make.Place) -> None:
    web = place.web("lead")
    before = stored(web, place.project)
    answer = change(web, place.project, **{
        "claim_type.fact.key": "`", "claim_type.fact.ar": "واقعة ثابتة", "commands.flag": "Shift+ض",
        "claim_type.+.ar": "سخرية", "claim_type.+.en": "irony", "claim_type.praise.retired": "1",
    })  # fmt: skip
    assert answer.status_code == 303
    now = stored(web, place.project)
    labels = {label["id"]: label for label in now["layers"]["claim_type"]["labels"]}
    assert (labels["fact"]["key"], labels["fact"]["ar"]) == ("Backquote", "واقعة ثابتة")
    assert labels["irony"]["en"] == "irony" and labels["praise"]["retired"] is True
    assert now["global_keys"]["Shift+KeyQ"] == "flag"
    assert now["version"] == f"{before['version']}-2"
    assert change(web, place.project, **{"claim_type.irony.key": "1"}).status_code == 303
    assert stored(web, place.project)["version"] == f"{before['version']}-3"
    assert now["version"] in web.get(f"/projects/{place.project}/scheme").text


def test_a_clash_is_refused_beside_its_field_and_keeps_what_was_typed(place: make.Place) -> None:
    web = place.web("lead")
    before = stored(web, place.project)
    answer = change(web, place.project, **{"claim_type.fact.key": "z", "claim_type.fact.en": "certain fact"})
    assert answer.status_code == 422
    assert "would mean both “مباشر” (direct) and “واقعة” (certain fact)" in unescape(answer.text)
    assert 'value="certain fact"' in answer.text and 'name="claim_type.fact.key" value="z"' in answer.text
    assert stored(web, place.project) == before


def test_two_leads_do_not_overwrite_each_other(place: make.Place) -> None:
    first, second = place.web("lead"), place.web("lead")
    page = fields(second.get(f"/projects/{place.project}/scheme").text)
    assert change(first, place.project, **{"claim_type.fact.en": "certain fact"}).status_code == 303
    answer = second.post(f"/projects/{place.project}/scheme", {**page, "claim_type.announce.en": "news"})
    assert answer.status_code == 409 and "meanwhile" in answer.text and 'value="news"' in answer.text
    labels = stored(first, place.project)["layers"]["claim_type"]["labels"]
    assert [label["en"] for label in labels[:2]] == ["certain fact", "announce"]


def test_members_read_and_only_a_lead_changes(place: make.Place) -> None:
    web = place.web("annotator")
    page = web.get(f"/projects/{place.project}/scheme").text
    assert "scheme-form" not in page and "what happened or is the case" in page
    assert web.post(f"/projects/{place.project}/scheme", {"based_on": "x"}).status_code == 403
    assert web.post(f"/projects/{place.project}/guideline", {"language": "en", "text": "x"}).status_code == 403


def test_hostile_fields_are_refused_or_left_alone(place: make.Place) -> None:
    web = place.web("lead")
    before = stored(web, place.project)
    assert web.post(f"/projects/{place.project}/scheme", {}).status_code == 409
    assert change(web, place.project, **{"claim_type.nobody.ar": "x", "layers": "x", "..": "x"}).status_code == 303
    assert stored(web, place.project) == before
    answer = change(web, place.project, **{"claim_type.fact.en": "<script>x</script>"})
    assert answer.status_code == 303
    assert "<script>x" not in web.get(f"/projects/{place.project}/scheme").text


def test_the_guideline_is_written_in_the_browser(place: make.Place) -> None:
    web = place.web("lead")
    address = f"/projects/{place.project}/guideline"
    assert web.post(address, {"language": "ar", "text": "# الدليل\r\nسطر"}).status_code == 303
    assert web.client.get(f"/api/v1{address}").json == {"version": 1, "ar": "# الدليل\nسطر"}
    assert web.post(address, {"language": "en", "text": "# Guide"}).status_code == 303
    assert web.client.get(f"/api/v1{address}").json["version"] == 2
    answer = web.post(address, {"language": "en", "text": "  "})
    assert answer.status_code == 422 and "The guideline is empty." in answer.text
    assert web.post(address, {"language": "fr", "text": "x"}).status_code == 422
    assert "الدليل" in place.web("annotator").get(address).text
