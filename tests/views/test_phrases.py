"""What was marked before: one's own words, and those on which two agreed, never ahead of one's own answer."""

from __future__ import annotations

from typing import Any

from tests import make

NO_CLAIM = {"speaker": {"id": "ARTICLE"}, "attribution": "none", "stance": {"target": None, "value": "none"},
            "claim_type": "no_claim"}  # fmt: skip


def save(web: make.Web, place: make.Place, sentence: int, words: str, label: str, state: str = "submitted") -> None:
    text = web.client.get(f"/api/v1/sentences/{sentence}").json["text"]
    start = text.index(words)
    span = {"start": start, "end": start + len(words), "text": words, "label": label}
    stands = web.client.get(f"/api/v1/sentences/{sentence}").json["version"]
    headers = {"If-Match": f'"{stands}"', "X-CSRF-Token": web.token}
    body = {"labels": {"statements": [NO_CLAIM], "entities": [span]}, "state": state}
    answer = web.client.put(f"/api/v1/sentences/{sentence}/annotation", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


def phrases(web: make.Web, place: make.Place) -> Any:
    answer = web.client.get(f"/api/v1/projects/{place.project}/phrases")
    assert answer.status_code == 200, answer.text
    return answer.json["phrases"]


def first_words(place: make.Place, sentence: int, count: int = 1) -> str:
    text = place.web("lead").client.get(f"/api/v1/sentences/{sentence}").json["text"]
    return " ".join(text.split()[:count])


def test_own_marks_come_back_on_any_device_the_newest_label_first(place_anywhere: make.Place) -> None:
    place = place_anywhere
    web = place.web("annotator")
    one, two, three = place.sentences[:3]
    assert phrases(web, place) == []
    save(web, place, one, first_words(place, one), "PERS")
    save(web, place, two, first_words(place, two), "ORG")
    save(web, place, three, first_words(place, three), "GPE", state="draft")
    own = [{"text": first_words(place, two), "label": "ORG", "basis": "own"},
           {"text": first_words(place, one), "label": "PERS", "basis": "own"}]  # fmt: skip
    assert phrases(web, place) == own
    save(web, place, one, first_words(place, one), "GPE")
    assert phrases(web, place) == [{**own[1], "label": "GPE"}, own[0]]
    assert phrases(place.web("lead"), place) == []


def test_others_marks_come_only_where_two_agree_and_one_has_answered(place_anywhere: make.Place) -> None:
    """The overlap is two: both annotators are done, and the third will not be asked."""
    place = place_anywhere
    first, second, third = place.web("annotator"), place.web("lead"), place.web("adjudicator")
    one, two = place.sentences[:2]
    both = first_words(place, one)
    save(first, place, one, both, "PERS")
    save(first, place, two, first_words(place, two), "PERS")
    assert phrases(third, place) == []
    save(second, place, one, both, "PERS")
    save(second, place, two, first_words(place, two), "ORG")
    assert phrases(third, place) == [{"text": both, "label": "PERS", "basis": "agreed"}]
    assert {"text": both, "label": "PERS", "basis": "own"} in phrases(first, place)


def test_who_may_not_label_sees_none(place: make.Place) -> None:
    address = f"/api/v1/projects/{place.project}/phrases"
    assert place.web("outsider").client.get(address).status_code == 404
    assert place.web("viewer").client.get(address).status_code in (403, 404)
