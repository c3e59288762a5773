"""Gold by rule: unanimous, else two thirds, else none; layer by layer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.gold import decide, gold
from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.snapshot import Annotation, Gold

TEXT = "قال زيد"
LAYERS = ("speaker", "attribution", "stance_target", "stance", "claim_type", "surface", "extra", "entities")


def row(speaker: str = "zayd", claim_type: str | None = "fact", words: tuple[int, int] | None = None) -> Statement:
    start, end = words or (None, None)
    quote = None if start is None else TEXT[start:end]
    return Statement(Speaker(speaker, speaker, "person", start, end, quote), "direct", Stance(None, "none"), claim_type)


def answer(
    *rows: Statement, entities: tuple[Entity, ...] = (), state: str = "submitted", name: str = "a"
) -> Annotation:
    labels = Labels(rows, entities)
    return Annotation(name, state, 1, None, None, labels, None, None, "", "", "s@1", None)


def found(*answers: Annotation) -> Gold:
    result = gold(answers, TEXT)
    assert result is not None
    return result


def test_one_answer_is_single() -> None:
    entity = Entity(4, 7, "زيد", "PERS")
    assert found(answer(row(words=(4, 7)), entities=(entity,))) == Gold(
        Labels((row(words=(4, 7)),), (entity,)), dict.fromkeys(LAYERS, "single"), 1
    )


def test_equal_answers_are_unanimous() -> None:
    result = found(answer(row()), answer(row(), name="b"))
    assert (result.labels, result.votes) == (Labels((row(),)), 2)
    assert {result.basis[layer] for layer in LAYERS} == {"unanimous"}


def test_two_of_three_are_a_majority_and_one_of_two_is_none() -> None:
    three = found(answer(row()), answer(row()), answer(row(claim_type="deny")))
    assert (three.labels.statements[0].claim_type, three.basis["claim_type"]) == ("fact", "majority")
    two = found(answer(row()), answer(row(claim_type="deny")))
    assert (two.labels.statements[0].claim_type, two.basis["claim_type"]) == (None, "none")
    assert (two.labels.statements[0].speaker, two.basis["speaker"]) == (row().speaker, "unanimous")


def test_the_words_count_among_those_who_chose_the_speaker() -> None:
    result = found(answer(row(words=(4, 7))), answer(row(words=(4, 7))), answer(row("amr", words=(0, 3))))
    assert result.labels.statements[0].speaker == Speaker("zayd", "zayd", "person", 4, 7, "زيد")
    assert (result.basis["speaker"], result.basis["surface"]) == ("majority", "unanimous")


def test_spans_and_extra_statements_need_two_thirds_exactly() -> None:
    kept, lost = Entity(4, 7, "زيد", "PERS"), Entity(4, 7, "زيد", "ORG")
    result = found(
        answer(row(), row("amr"), entities=(kept,)), answer(row(), row("amr"), entities=(kept,)),
        answer(row(), row("umar"), entities=(lost,)),
    )  # fmt: skip
    assert result.labels == Labels((row(), row("amr")), (kept,))
    assert (result.basis["entities"], result.basis["extra"]) == ("majority", "majority")


@pytest.mark.parametrize("state", ["draft", "skipped"])
def test_only_submitted_answers_vote(state: str) -> None:
    assert gold([answer(row(), state=state)], TEXT) is None
    assert found(answer(row()), answer(row("amr"), state=state)).basis["speaker"] == "single"


def test_nobody_has_answered() -> None:
    assert gold([], TEXT) is None


@pytest.mark.parametrize(
    ("votes", "result"),
    [
        ("", (None, "none")), ("a", ("a", "single")), ("aa", ("a", "unanimous")), ("ab", (None, "none")),
        ("aab", ("a", "majority")), ("aabb", (None, "none")), ("aaab", ("a", "majority")), ("aaabb", (None, "none")),
        ("aaaabb", ("a", "majority")), ("abc", (None, "none")),
    ],
)  # fmt: skip
def test_decide(votes: str, result: tuple[str | None, str]) -> None:
    assert decide(votes) == result


@given(st.lists(st.sampled_from("abc"), max_size=9), st.randoms())
def test_the_order_of_the_votes_does_not_matter(votes: list[str], random: object) -> None:
    shuffled = sorted(votes, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert decide(votes) == decide(shuffled)


_votes = st.tuples(st.sampled_from(["ARTICLE", "zayd"]), st.sampled_from([None, "talks", "attacks"]))


@given(st.lists(_votes, min_size=1, max_size=6))
def test_gold_keeps_the_rules_between_layers(votes: list[tuple[str, str | None]]) -> None:
    answers = [
        answer(Statement(Speaker(who, who, "x"), "none" if who == "ARTICLE" else "direct",
                         Stance(target, "none" if target is None else "favor"), "fact"))
        for who, target in votes
    ]  # fmt: skip
    primary = found(*answers).labels.statements[0]
    assert primary.speaker is None or (primary.speaker.id == "ARTICLE") == (primary.attribution == "none")
    assert primary.stance.value is None or (primary.stance.value == "none") == (primary.stance.target is None)
