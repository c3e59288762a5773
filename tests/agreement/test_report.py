"""The report as a whole: its form, its intervals, the demo project and real articles against independent libraries."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import krippendorff  # an oracle: never imported by what runs
import numpy as np
import pytest
from flask import Flask
from nervaluate import Evaluator
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from annotator import folding
from annotator.actions import seeding
from annotator.actions.importing import ImportOptions, import_file
from annotator.agreement.bootstrap import resample
from annotator.agreement.report import LAYERS, report
from annotator.agreement.sums import add
from annotator.agreement.tallies import SEP, Answer, Row
from annotator.models import Project
from annotator.permissions import OPERATOR
from annotator.progress import heard_by
from annotator.queries import snapshots
from exports import format_named
from tests import make
from tests.agreement.test_tallies import PEOPLE, TEXT, Sentences, parts_of, rows_of_articles, sentences

CONTRACT = ("speaker", "attribution", "stance_target", "stance", "stance_pair", "claim_type")
COEFFICIENTS = ("percent", "alpha", "kappa", "scott", "fleiss", "ac1")
SPANS = ("exact_f1", "boundary_f1", "overlap_f1", "overlap_untyped_f1", "token_alpha")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    make.close_all()


def exported(app: Flask, project: int) -> list[dict[str, Any]]:
    """What the export says: independent libraries read nothing else."""
    with make.database(app).snapshot() as session:
        raw = b"".join(format_named("jsonl").write(snapshots.take(session, session.get_one(Project, project))))
    return [json.loads(line) for line in raw.splitlines()]


def label(statement: dict[str, Any], layer: str) -> str:
    target = statement["stance"]["target"] or "none"
    return str({
        "speaker": statement["speaker"]["id"], "attribution": statement["attribution"], "stance_target": target,
        "stance": statement["stance"]["value"], "stance_pair": f"{target} {statement['stance']['value']}",
        "claim_type": statement["claim_type"],
    }[layer])  # fmt: skip


def compared(lines: list[dict[str, Any]], layers: dict[str, Any]) -> None:
    """The figures of two annotators' exported answers, counted here once more, by other libraries."""
    both = []
    for line in lines:
        told = {one["annotator"]: one for one in line["annotations"] if one["state"] == "submitted"}
        if len(told) == 2:
            both.append((line["text"], *(told[name] for name in sorted(told))))
    for layer in CONTRACT:
        own = layers[layer]
        rows = [[label(one["labels"]["statements"][0], layer) for one in pair] for _, *pair in both]
        names = sorted({name for row in rows for name in row})
        coded = np.array([[names.index(name) for name in row] for row in rows])
        assert (own["n_sentences"], own["n_annotators"], len(own["pairs"])) == (len(both), 2, 1)
        assert own["alpha"]["value"] == pytest.approx(
            krippendorff.alpha(coded.T, level_of_measurement="nominal"), abs=1e-9
        )
        assert own["kappa"]["value"] == pytest.approx(cohen_kappa_score(*coded.T), abs=1e-9)
        assert own["pairs"][0]["kappa"]["value"] == own["kappa"]["value"]
        assert own["fleiss"]["value"] == pytest.approx(fleiss_kappa(aggregate_raters(coded)[0]), abs=1e-9)
        assert own["percent"]["value"] == pytest.approx(float((coded[:, 0] == coded[:, 1]).mean()))
        assert own["prevalence"] == pytest.approx({n: sum(r.count(n) for r in rows) / 2 / len(rows) for n in names})
    _entities_compared(both, layers["entities"])


def _entities_compared(both: list[tuple[str, Any, Any]], own: dict[str, Any]) -> None:
    marked = [[{(e["start"], e["end"], e["label"]) for e in one["labels"]["entities"]} for one in pair]
              for _, *pair in both]  # fmt: skip
    total = sum(len(a) + len(b) for a, b in marked)
    assert own["exact_f1"]["value"] == pytest.approx(2 * sum(len(a & b) for a, b in marked) / total)
    flat = [[[{"label": kind, "start": s, "end": e} for s, e, kind in sorted(_flat(one))] for one in pair]
            for pair in marked]  # fmt: skip
    kinds = sorted({kind for pair in marked for one in pair for *_, kind in one})
    told = Evaluator([a for a, _ in flat], [b for _, b in flat], tags=kinds, loader="dict").evaluate()
    if all(_flat(one) == one for pair in marked for one in pair):
        assert own["exact_f1"]["value"] == pytest.approx(told["overall"]["strict"].f1)
        assert own["boundary_f1"]["value"] == pytest.approx(told["overall"]["exact"].f1)
    _tokens_compared(both, marked, kinds, own)


def _flat(spans: set[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Those that lie in no other."""
    return {one for one in spans if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spans)}


def _tokens_compared(both: list[Any], marked: list[Any], kinds: list[str], own: dict[str, Any]) -> None:
    observed = expected = 0.0
    for kind in kinds:
        columns: list[tuple[bool, bool]] = []
        for (text, *_), pair in zip(both, marked, strict=True):
            at = 0
            for token in text.split():
                start = text.index(token, at)
                at = start + len(token)
                columns.append(tuple(any(k == kind and s < at and start < e for s, e, k in one) for one in pair))  # type: ignore[arg-type]
        coded = np.array(columns).T.astype(int)
        alpha = krippendorff.alpha(coded, value_domain=[0, 1], level_of_measurement="nominal")
        assert own["types"][kind]["token_alpha"]["value"] == pytest.approx(alpha, abs=1e-9)
        ones, n = coded.sum(), coded.size
        observed += (coded[0] != coded[1]).mean()
        expected += 2 * ones * (n - ones) / (n * (n - 1))
    assert own["token_alpha"]["value"] == pytest.approx(1 - observed / expected, abs=1e-9)


def test_the_demo_project_gives_what_other_libraries_give(tmp_path: Path) -> None:
    app = make.app(tmp_path)
    with make.database(app).write() as session:
        seeding.seed(session)
    compared(exported(app, 1), folding.figures(make.database(app), 1)["layers"])


def _answers(line: dict[str, Any], draw: random.Random, marks: list[dict[str, Any]]) -> dict[str, Any]:
    quoted = draw.random() < 0.5
    speaker = {"id": draw.choice(["UNCLEAR", "pentagon"]) if quoted else "ARTICLE"}
    if speaker["id"] == "pentagon":
        speaker |= {"canonical": "البنتاغون", "kind": "organisation"}
    target = draw.choice([None, "other", "strike"])
    statement = {
        "speaker": speaker, "attribution": draw.choice(["direct", "indirect"]) if quoted else "none",
        "stance": {"target": target, "value": draw.choice(["favor", "against"]) if target else "none"},
        "claim_type": draw.choice(["fact", "assess", "predict"]),
    }  # fmt: skip
    return {"statements": [statement], "entities": marks}


def _marks(text: str, draw: random.Random) -> list[dict[str, Any]]:
    words = text.split(" ")
    found, at = [], 0
    for word in words:
        if word.strip() and draw.random() < 0.25:
            kind = draw.choice(["PERS", "ORG", "GPE"])
            found.append({"start": at, "end": at + len(word), "text": word, "label": kind})
        at += len(word) + 1
    return found


def labelled(lines: list[dict[str, Any]], seed: int) -> bytes:
    """The lines with answers of two annotators, of whom the second mostly follows the first."""
    draw = random.Random(seed)
    made = []
    for line in lines:
        if line["kind"] not in ("sentence", "headline"):
            continue
        first = _answers(line, draw, _marks(line["text"], draw))
        second = first if draw.random() < 0.6 else _answers(line, draw, _marks(line["text"], draw))
        people = [("amal@example.org", first), ("badr@example.org", second)]
        if draw.random() < 0.15:
            people = people[:1]
        told = [{"annotator": who, "state": "submitted", "labels": labels} for who, labels in people]
        made.append(json.dumps({**line, "annotations": told}, ensure_ascii=False))
    return "\n".join(made).encode()


def test_two_peoples_labels_of_the_founding_articles(tmp_path: Path, founding_articles: Path) -> None:
    app = make.app(tmp_path)
    project = make.project(app, "التأسيس", text=None)
    database = make.database(app)
    with database.write() as session:
        row = session.get_one(Project, project)
        for path in sorted(founding_articles.glob("*.txt")):
            options = ImportOptions(name=path.name, event="المحادثات")
            import_file(session, OPERATOR, row, path.read_bytes(), options)
    raw = labelled(exported(app, project), 11)
    with database.write() as session:
        options = ImportOptions(name="answers.jsonl", format="jsonl", new_speakers=True, new_annotators=True)
        told = import_file(session, OPERATOR, session.get_one(Project, project), raw, options)
    assert told.annotations > 150
    figures = folding.figures(database, project)
    assert (figures["interval"]["method"], figures["interval"]["units"]) == ("articles", 5)
    compared(exported(app, project), figures["layers"])
    well_formed(figures["layers"])


def well_formed(layers: dict[str, Any]) -> None:
    """Every figure is a value within its interval, or without one where few articles move it, or null with a reason."""
    assert tuple(layers) == LAYERS
    for layer in CONTRACT:
        assert set(COEFFICIENTS) <= set(layers[layer])
    assert set(SPANS) <= set(layers["entities"])
    for figure in _figures(layers):
        if figure["value"] is None:
            assert figure["reason"] in ("no overlap", "no variation")
        elif figure["low"] is None:
            assert figure["high"] is None
        else:
            assert -1 <= figure["low"] <= figure["value"] <= figure["high"] <= 1


def _figures(told: Any) -> Iterator[dict[str, Any]]:
    if isinstance(told, dict) and "value" in told:
        yield told
    elif isinstance(told, dict):
        for one in told.values():
            yield from _figures(one)
    elif isinstance(told, list):
        for one in told:
            yield from _figures(one)


def test_intervals_resample_whole_articles() -> None:
    """With answers that are alike within an article, the interval by articles is the wider one."""
    articles = [[(text, copy, answers) for text, copy, answers in sentences(seed, 12)] for seed in range(30)]
    alike = [[one[0]] * 12 for one in articles if len(one[0][2]) > 1]
    for some, wider in ((articles, False), (alike, True)):
        rows, size = rows_of_articles(some)
        assert size == len(some)
        bounds = resample(rows, size)
        told = report(rows.whole(), PEOPLE, bounds)
        low, high = bounds["claim_type"]["alpha"]
        assert told["claim_type"]["alpha"] == {"value": told["claim_type"]["alpha"]["value"], "low": low, "high": high}
        assert (high - low > 0.3) is wider


def test_the_interval_by_articles_is_that_of_a_plain_bootstrap() -> None:
    """Drawn once more here, article by article, with another generator."""
    articles = [sentences(seed, 10) for seed in range(120)]
    some = [parts_of(one) for one in articles]
    heard: list[tuple[str, int, int | None]] = []
    with heard_by(lambda *one: heard.append(one)):
        bounds = resample(*rows_of_articles(articles))
    assert heard == [("draws of intervals", done, 1000) for done in range(50, 1001, 50)]
    draw = random.Random(1)
    drawn = []
    for _ in range(200):
        sample: dict[str, Any] = {}
        for _ in some:
            add(sample, draw.choice(some))
        told = report(sample, PEOPLE)
        drawn.append([told["stance"]["alpha"]["value"], told["speaker"]["kappa"]["value"],
                      told["entities"]["exact_f1"]["value"], told["entities"]["token_alpha"]["value"]])  # fmt: skip
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    for i, (layer, name) in enumerate(
        (("stance", "alpha"), ("speaker", "kappa"), ("entities", "exact_f1"), ("entities", "token_alpha"))
    ):
        assert bounds[layer][name] == pytest.approx((low[i], high[i]), abs=0.25 * (high[i] - low[i]))


def _claimed(pairs: list[tuple[str, str]]) -> Sentences:
    """An article whose sentences two annotators gave these claim types."""
    return [
        (TEXT, False, [Answer(person, [Row("ARTICLE", None, "none", None, "none", claim)], [], "2026-03-01")
                       for person, claim in zip(PEOPLE, pair, strict=False)])
        for pair in pairs
    ]  # fmt: skip


def test_a_label_of_few_articles_rests_on_these_however_many_there_are() -> None:
    """Six articles hold predictions and three denials; hundreds more make neither figure any surer."""
    few = [[("predict", "predict")] * 4 + [("predict", "fact")] * apart for apart in (1, 3, 6, 0, 2, 9)]
    few += [[("deny", "deny")] * 4 + [("deny", "fact")] * apart for apart in (1, 3, 6)]
    other = [("fact", "fact"), ("quote", "quote"), ("quote", "fact")] * 3
    found = []
    for number in (150, 450):
        articles = [_claimed(pairs) for pairs in few + [other] * number]
        bounds = resample(*rows_of_articles(articles))["claim_type"]
        assert f"labels{SEP}deny{SEP}alpha" not in bounds
        found.append((bounds[f"labels{SEP}predict{SEP}alpha"], bounds[f"labels{SEP}quote{SEP}alpha"]))
    (few_first, many_first), (few_second, many_second) = ([high - low for low, high in one] for one in found)
    assert few_second == pytest.approx(few_first, rel=0.1) and few_first > 0.3
    assert many_second < 0.75 * many_first


def test_pairs_come_by_address_whatever_their_ids() -> None:
    told = report(parts_of(sentences(1)), PEOPLE)["stance"]["pairs"]
    assert [(one["a"], one["b"]) for one in told] == list(combinations(sorted(PEOPLE.values()), 2))


def test_labels_of_intervals_are_kept_apart_by_a_separator_no_label_holds() -> None:
    bounds = resample(*rows_of_articles([sentences(seed, 10) for seed in range(5)]))
    assert f"labels{SEP}fact{SEP}alpha" in bounds["claim_type"]
