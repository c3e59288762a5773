"""Modules joined into one: they do together what they did apart."""

from __future__ import annotations

import json
import subprocess

import pytest
from babel.messages.extract import extract_from_file

from annotator import assets
from annotator.joining import joined
from tests.test_javascript import node
from tests.test_translations import KEYWORDS, ROOT

MODULES = {
    "js/page.js": (
        "import { Counter } from './lib/counter.js';\n"
        "import { twice as double, STEP } from './lib/sums.js';\n"
        "import * as sums from './lib/sums.js';\n\n"
        "const counter = new Counter();\n"
        "counter.up();\n"
        "console.log(double(counter.count), STEP, sums.twice(4));\n"
    ),
    "js/lib/counter.js": (
        "import { STEP } from './sums.js';\n\n"
        "let made = 0; // its own, though another module has one too\n"
        "export class Counter {\n  count = 0;\n  up() {\n    made += 1;\n    this.count += STEP;\n  }\n}\n"
    ),
    "js/lib/sums.js": (
        "let made = 5;\nexport const STEP = 3;\nexport function twice(n) {\n  return 2 * n + made - 5;\n}\n"
    ),
    "js/lib/unused.js": "throw new Error('nobody imports this');\n",
}


def test_joined_modules_do_what_they_did_apart() -> None:
    told = subprocess.run(
        [node()[0], "--input-type=module"],
        input=joined("js/page.js", MODULES),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (told.stdout, told.stderr) == ("6 3 8\n", "")


def test_each_module_stands_once_and_after_what_it_needs() -> None:
    text = joined("js/page.js", MODULES)
    places = [text.index(f"// {path}\n") for path in ("js/lib/sums.js", "js/lib/counter.js", "js/page.js")]
    assert places == sorted(places)
    assert text.count("// js/lib/sums.js\n") == 1
    assert "js/lib/unused.js" not in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import { a } from './gone.js';\n", "js/a.js imports js/gone.js, which is not there"),
        ("import { a } from './b.js';\n", "modules import each other in a circle: js/a.js -> js/b.js -> js/a.js"),
        (
            "export default function f() {}\n",
            "js/a.js has a form that cannot be joined: export default function f() {}",
        ),
        ("const { a } = await import('./c.js');\n", "js/a.js has a form that cannot be joined: import('./c.js');"),
        ("import './c.js';\n", "js/a.js has a form that cannot be joined: import './c.js';"),
        ("export let a = 1;\n", "js/a.js has a form that cannot be joined: export let a = 1;"),
        ("await ready();\n", "js/a.js has a form that cannot be joined: await ready();"),
    ],
)
def test_what_cannot_be_joined_is_refused_at_the_start(source: str, said: str) -> None:
    with pytest.raises(ValueError, match="js/") as refused:
        joined("js/a.js", {"js/a.js": source, "js/b.js": "import { x } from './a.js';\n", "js/c.js": ""})
    assert str(refused.value) == said


def test_the_labelling_screen_is_one_file_that_a_browser_can_read() -> None:
    script = assets.read_tree().files["js/desk.js"].decode()
    assert script.count("customElements.define('label-desk'") == 1
    parsed = subprocess.run(
        [node()[0], "--input-type=module", "--check"], input=script, capture_output=True, text=True, timeout=60
    )
    assert parsed.stderr == ""


def test_every_message_of_a_script_goes_to_the_browser() -> None:
    """The catalogue for the browser is cut to what the scripts say."""
    arabic = json.loads(assets.read_tree().files["messages/ar.json"])
    said = set()
    for path in (ROOT / "annotator" / "static" / "js").rglob("*.js"):
        for _, ids, _, _ in extract_from_file("javascript", str(path), keywords=KEYWORDS):
            said.add(ids[0] if isinstance(ids, tuple) else ids)
    assert len(said) > 150
    assert said - arabic.keys() == set()
