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


def test_who_labels_finds_labels_and_guideline_from_the_page_of_the_project(place: make.Place) -> None:
    web = place.web("annotator")
    page = web.get(f"/projects/{place.project}").text
    for part in ("scheme", "guideline"):
        assert f'href="/projects/{place.project}/{part}"' in page
        assert web.get(f"/projects/{place.project}/{part}").status_code == 200


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
    assert web.post(address, {"language": "ar", "text": "# الدليل\r\nسطر", "based_on": "0"}).status_code == 303
    assert web.client.get(f"/api/v1{address}").json == {"version": 1, "ar": "# الدليل\nسطر"}
    assert web.post(address, {"language": "en", "text": "# Guide", "based_on": "0"}).status_code == 303
    assert web.client.get(f"/api/v1{address}").json["version"] == 2
    answer = web.post(address, {"language": "en", "text": "  "})
    assert answer.status_code == 422 and "The guideline is empty." in answer.text
    assert web.post(address, {"language": "fr", "text": "x"}).status_code == 422
    assert "الدليل" in place.web("annotator").get(address).text


def written(web: make.Web, project: int, text: str, based_on: str, **more: str) -> Any:
    return web.post(f"/projects/{project}/guideline", {"language": "ar", "text": text, "based_on": based_on, **more})


def test_two_leads_do_not_overwrite_each_others_guideline(place: make.Place) -> None:
    first, second = place.web("lead"), place.web("lead")
    address = f"/projects/{place.project}/guideline"
    assert written(first, place.project, "# الدليل", "0").status_code == 303
    page = second.get(address).text
    assert 'name="based_on" value="1"' in page and 'name="based_on" value="0"' in page  # Arabic, English
    assert written(first, place.project, "# الدليل\nقول الأول <b>", "1").status_code == 303
    answer = written(second, place.project, "# الدليل\nقول الثاني", "1")
    shown = unescape(answer.text)
    assert answer.status_code == 409
    assert "Somebody else changed the guideline meanwhile: version 2 is in force now." in shown
    assert ">\n# الدليل\nقول الثاني</textarea>" in shown or "># الدليل\nقول الثاني</textarea>" in shown
    assert 'dir="rtl"># الدليل\nقول الأول &lt;b&gt;</div>' in answer.text
    assert 'name="based_on" value="2"' in shown  # who saves again has seen it
    assert first.client.get(f"/api/v1{address}").json == {"version": 2, "ar": "# الدليل\nقول الأول <b>"}
    assert written(second, place.project, "# الدليل\nقول الاثنين", "2").status_code == 303
    assert second.post(address, {"language": "en", "text": "# Guide", "based_on": "0"}).status_code == 303
    assert written(second, place.project, "# بلا أصل", "").status_code == 409


def test_an_old_guideline_is_read_with_its_changes_and_brought_back(place: make.Place) -> None:
    web, address = place.web("lead"), f"/projects/{place.project}/guideline"
    long = "\n".join(f"سطر {n}" for n in range(20))
    written(web, place.project, long, "0")
    written(web, place.project, long.replace("سطر 10", "سطر آخر"), "1")
    web.post(address, {"language": "en", "text": "# Guide", "based_on": "0"})
    assert f'href="{address}?version=1"' in web.get(address).text
    assert f'href="{address}?version=3"' in web.get(f"/projects/{place.project}").text
    shown = place.web("annotator").get(f"{address}?version=2").text
    lines = re.findall(r"<li>(?:<(ins|del)>)?(?:<span[^>]*>[^<]*</span>)?([^<]+)", shown)
    assert lines == [
        ("", "سطر 8"), ("", "سطر 9"), ("del", "سطر 10"), ("ins", "سطر آخر"), ("", "سطر 11"), ("", "سطر 12"),
    ]  # fmt: skip
    assert "What changed since version 1" in shown and "Bring it back" not in shown
    assert "This is the first version in this language." in web.get(f"{address}?version=3").text
    for missing in ("4", "0", "x", "-1", "9" * 30):
        assert web.get(f"{address}?version={missing}").status_code == 404
    old = web.get(f"{address}?version=1").text
    assert "Bring it back as a new version" in old and 'name="based_on" value="2"' in old
    assert written(web, place.project, "", "1", version="1").status_code == 409  # another is in force meanwhile
    assert written(web, place.project, "", "2", version="1").status_code == 303
    assert web.client.get(f"/api/v1{address}").json == {"version": 4, "ar": long, "en": "# Guide"}
    assert written(web, place.project, "", "4", version="9").status_code == 404
