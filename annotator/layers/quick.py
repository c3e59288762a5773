"""Making frozen values by the hundred thousand."""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


def quick(frozen: type[T]) -> type[T]:
    """A constructor of the frozen dataclass with slots that takes a third of the time; every field must be given.

    A frozen dataclass sets each field through `object.__setattr__`. Here a mutable twin with the same slots is
    filled and then turned into the frozen class: what comes out is `frozen` itself, as closed as any.
    """

    def turn(self: Any) -> None:
        self.__class__ = frozen

    named = [(field.name, field.type) for field in fields(cast(Any, frozen))]
    twin = make_dataclass(frozen.__name__, named, slots=True, eq=False, repr=False, namespace={"__post_init__": turn})
    return cast(type[T], twin)
