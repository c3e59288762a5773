"""What was changed and not sent yet when something came between: a reload, another tab or device, a quick key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotator.actions import corpus, people
from annotator.actions.scheme import set_guideline
from annotator.models import Project
from annotator.permissions import OPERATOR
from tests import make
from tests.browser.conftest import (
    Desk,
    light,
    next_one,
    opening,
    press,
    ready,
    saved,
    sent,
    shown,
    started,
    until,
    watch,
)
from tests.browser.test_no_loss import chosen, claim, state, until_state

Opening = Callable[..., Any]
DRAFTS = """async () => {
  const db = document.querySelector('label-desk').db;
  const asked = db.transaction('drafts').objectStore('drafts').getAll();
  await new Promise((done) => { asked.onsuccess = done; });
  return asked.result.map((draft) => draft.answer.statements[0].claim_type);
}"""


def unsent(page: Any) -> None:  # from now on
    page.route("**/annotation", lambda route: route.abort())


def test_a_change_after_an_answer_that_is_not_sent_yet_is_sent_after_it(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    unsent(page)
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    light(page, "offline")
    press(page, "Comma Digit3")
    page.wait_for_timeout(200)
    page.unroute("**/annotation")
    page.goto(desk.address)  # which opens at the next sentence
    ready(page)
    assert shown(page) == desk.texts[1]
    until_state(desk, 0, ("submitted", None))
    page.wait_for_timeout(500)
    assert (claim(desk, 0), desk.answers()[desk.sentences[0]]["version"]) == ("assess", 2)
    assert page.evaluate(DRAFTS) == []


def test_a_key_pressed_while_an_answer_is_being_kept_is_kept_too(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1")
    page.evaluate("""() => {
      const desk = document.querySelector('label-desk');
      desk.keepUnfinished();
      desk.setClaimType('deny');
    }""")
    sent(page)
    page.wait_for_timeout(300)
    assert page.evaluate(DRAFTS) == ["deny"]
    page.reload()
    ready(page)
    assert chosen(page) == ["ARTICLE", "none", "deny"]


def test_a_key_on_the_way_to_another_sentence_changes_the_one_that_is_shown(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    kinds = page.evaluate("""async () => {
      const desk = document.querySelector('label-desk');
      const [first, second] = desk.order.map((id) => desk.sentences.get(id));
      second.prepared = false;
      const shown = desk.show(1);
      desk.setClaimType('deny');
      await shown;
      return [first, second].map((one) => desk.answerTo(one).statements[0].claim_type);
    }""")
    assert kinds == ["deny", None]


def test_what_another_tab_left_unsent_is_not_overwritten_unseen(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    other = page.context.new_page()
    watch(desk, other)
    open_desk(other)
    unsent(page)
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    light(page, "offline")
    page.close()
    other.evaluate("() => document.querySelector('label-desk').outbox.flush()")
    until_state(desk, 0, ("submitted", None))
    press(other, "KeyV Digit2 Enter")
    other.wait_for_selector(".dialog .versions")
    assert claim(desk, 0) == "fact"


def changed_on_two_devices(desk: Desk, open_desk: Opening) -> Any:
    """A page at whose opening both a change of its browser and one of another device wait for a decision."""
    page, device = open_desk(), open_desk()
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(page, "Comma Digit3")
    light(page, "changed")
    device.goto(f"{desk.address}?sentence={desk.sentences[0]}")
    ready(device)
    press(device, "Digit2 Enter")
    saved(device)
    page.goto("about:blank")
    page.goto(f"{desk.address}?sentence={desk.sentences[0]}")
    page.wait_for_selector(".dialog .versions")
    versions = page.locator(".version").all_text_contents()
    assert "assess" in versions[0] and "announce" in versions[1]
    return page


def test_of_two_devices_the_stored_answer_is_taken_once(desk: Desk, open_desk: Opening) -> None:
    page = changed_on_two_devices(desk, open_desk)
    page.click("[data-version=theirs]")
    until(page, "() => document.querySelector('[data-label=announce]').ariaPressed === 'true'")
    page.evaluate("() => document.querySelector('label-desk').next()")
    next_one(page, desk.texts[0])
    press(page, "Comma")
    until(page, "text => document.querySelector('.sentence-text').textContent === text", desk.texts[0])
    page.wait_for_timeout(300)
    assert page.locator("dialog[open]").count() == 0
    assert (claim(desk, 0), state(desk, 0)[0]) == ("announce", "submitted")


def test_who_decides_later_loses_nothing_and_is_asked_again(desk: Desk, open_desk: Opening) -> None:
    page = changed_on_two_devices(desk, open_desk)
    page.get_by_role("button", name="Decide later").click()
    light(page, "conflict")
    assert chosen(page) == ["ARTICLE", "none", "assess"]
    press(page, "Digit8 Enter")
    page.wait_for_selector(".dialog .versions")
    versions = page.locator(".version").all_text_contents()
    assert "deny" in versions[0] and "announce" in versions[1]
    light(page, "conflict")
    page.click("[data-version=yours]")
    saved(page)
    until_state(desk, 0, ("submitted", None))
    assert claim(desk, 0) == "deny"


def test_what_was_sent_already_is_no_question(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 KeyQ")  # a stance toward nothing yet, which is not sent
    page.wait_for_timeout(200)
    page.evaluate('''async () => {
      const desk = document.querySelector('label-desk');
      const { draft } = desk.sentence;
      await desk.keepUnfinished();
      desk.db.transaction('drafts', 'readwrite').objectStore('drafts').put(draft); // as if the page had ended before
    }''')
    until_state(desk, 0, ("draft", None))
    page.goto(f"{desk.address}?sentence={desk.sentences[0]}")
    ready(page)
    page.wait_for_timeout(500)
    assert (page.locator("dialog[open]").count(), page.evaluate(DRAFTS)) == (0, [])


def test_ones_own_work_opens_where_nothing_is_left(tmp_path: Any, browser: Any) -> None:
    with started(tmp_path, "أعلن المجلس خطته.\n") as desk, opening(desk, browser) as opened:
        page = opened()
        press(page, "KeyM Enter")
        page.wait_for_selector(".empty h2")
        saved(page)
        page.reload()
        page.wait_for_selector(".empty h2")
        press(page, "KeyI")
        page.wait_for_selector(".drawer:not([hidden])")
        press(page, "F2")
        page.locator(".drawer .units button").click()
        page.locator(".desk-main").wait_for()
        assert shown(page) == desk.texts[0]


def sign_in(desk: Desk, page: Any, email: str) -> None:
    page.goto(desk.url)
    page.locator('form[action$="/sign-out"] button').click()
    page.wait_for_url("**/sign-in*")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("button.first")
    page.wait_for_url(f"{desk.url}/")


def test_work_waits_for_its_person_while_somebody_else_is_signed_in(desk: Desk, open_desk: Opening) -> None:
    other = make.person(desk.app, "other", project=desk.project, role="annotator")
    page = open_desk()
    page.wait_for_timeout(500)
    tab = page.context.new_page()
    sign_in(desk, tab, other.email)
    press(page, "KeyV Digit1 Enter")
    page.wait_for_selector(".dialog form.sign-in")
    light(page, "signed-out")
    sign_in(desk, tab, desk.annotator.email)
    tab.goto(desk.address)
    ready(tab)
    until_state(desk, 0, ("submitted", None))
    assert claim(desk, 0) == "fact"


def test_an_answer_that_nobody_wants_any_more_can_be_given_up(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    page.wait_for_timeout(500)
    with make.database(desk.app).write() as session:
        corpus.change_kind(session, OPERATOR, desk.sentences[0], "boilerplate")
    press(page, "KeyM Enter")
    page.get_by_role("button", name="Back to that sentence").wait_for()
    page.goto(desk.address)  # it is told again, until it is given up
    ready(page)
    page.get_by_role("button", name="Give this answer up").click()
    saved(page)
    page.goto(desk.address)
    ready(page)
    page.wait_for_timeout(500)
    assert (page.locator("dialog[open]").count(), shown(page)) == (0, desk.texts[1])


def test_what_another_open_tab_is_changing_is_left_to_it(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    saved(page)
    press(page, "Comma Digit3")
    page.wait_for_timeout(200)
    other = page.context.new_page()
    watch(desk, other)
    open_desk(other)
    other.wait_for_timeout(800)
    press(page, "Digit8 Enter")
    saved(page)
    page.wait_for_timeout(200)
    assert (claim(desk, 0), desk.answers()[desk.sentences[0]]["version"]) == ("deny", 2)


def test_the_guideline_is_the_one_in_force(desk: Desk, open_desk: Opening) -> None:
    page = open_desk()
    for words in ("The first text", "The second text"):
        with make.database(desk.app).write() as session:
            set_guideline(session, OPERATOR, session.get_one(Project, desk.project), "en", words)
        press(page, "KeyI")
        page.get_by_text(words).wait_for()
        press(page, "KeyI")


def second_project(desk: Desk) -> str:
    second = make.project(desk.app, "ثان", text="جملة وحيدة.\n")
    with make.database(desk.app).write() as session:
        project = session.get_one(Project, second)
        people.add_person(session, OPERATOR, "annotator", desk.annotator.email, project=project, role="annotator")
    return f"{desk.url}/projects/{second}/label"


def test_two_projects_are_kept_apart(desk: Desk, open_desk: Opening) -> None:
    address = second_project(desk)
    page = open_desk()
    unsent(page)
    press(page, "KeyV Digit1 Enter")
    next_one(page, desk.texts[0])
    page.wait_for_timeout(300)
    page.unroute("**/annotation")
    page.goto(f"{address}?sentence={desk.sentences[1]}")  # which is none of this project
    ready(page)
    until_state(desk, 0, ("submitted", None))
    page.wait_for_timeout(300)
    assert (shown(page), page.text_content(".count")) == ("جملة وحيدة.", "0 / 1")


def test_a_question_of_another_project_is_asked_there(desk: Desk, open_desk: Opening) -> None:
    address = second_project(desk)
    page, device = open_desk(), open_desk()
    press(device, "KeyV Digit2 Enter")
    saved(device)
    press(page, "KeyV Digit1 Enter")
    page.wait_for_selector(".dialog .versions")
    page.goto(address)
    ready(page)
    light(page, "conflict")
    page.wait_for_timeout(300)
    assert page.locator("dialog[open]").count() == 0
    page.click(".light")
    page.click("[data-version=yours]")
    saved(page)
    assert page.url.startswith(desk.address)
    assert claim(desk, 0) == "fact"
