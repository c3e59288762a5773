"""Values made quickly are the frozen values themselves."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from annotator.layers.answer import Entity
from annotator.layers.quick import quick
from annotator.snapshot import Annotation, Line


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    number: int = 3
    marks: list[str] = field(default_factory=list)


def test_they_are_equal_hashed_alike_and_of_the_class() -> None:
    made = quick(Entity)(1, 4, "سلا", "ORG")
    slow = Entity(1, 4, "سلا", "ORG")
    assert type(made) is Entity and made == slow and hash(made) == hash(slow)
    assert pickle.loads(pickle.dumps(made)) == made
    assert repr(made) == repr(Entity(1, 4, "سلا", "ORG"))


def test_they_are_closed() -> None:
    made = quick(Entity)(1, 4, "سلا", "ORG")
    with pytest.raises(FrozenInstanceError):
        made.start = 2  # type: ignore[misc]


def test_fields_may_be_named_or_left_to_their_defaults() -> None:
    new = quick(Sample)
    assert new(name="a") == Sample("a") and new("a", marks=["x"]) == Sample("a", 3, ["x"])
    assert new("a").marks is not new("b").marks
    with pytest.raises(TypeError):
        new()  # type: ignore[call-arg]


@pytest.mark.parametrize("frozen", [Line, Annotation])
def test_every_value_of_a_snapshot_can_be_made_so(frozen: type) -> None:
    quick(frozen)
