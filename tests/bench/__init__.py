"""Timings, run by `make bench`; never part of the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value with what it is to be compared with."""

    name: str
    value: float
    unit: str
    against: str = ""
