"""The rate of requests: a minute's worth at once, then evenly, each caller alone."""

from __future__ import annotations

from annotator import rates
from annotator.rates import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_at_once_then_evenly() -> None:
    clock = Clock()
    rate = Rate(60, clock=clock)
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") == rate.wait("a") == 1.0  # what is refused does not count
    clock.now += 1
    assert (rate.wait("a"), rate.wait("a")) == (0.0, 1.0)
    clock.now += 3600
    assert [rate.wait("a") for _ in range(61)] == [0.0] * 60 + [1.0]  # rest is not saved up beyond a minute


def test_each_caller_alone() -> None:
    rate = Rate(1, clock=Clock())
    assert (rate.wait("a"), rate.wait("b")) == (0.0, 0.0)
    assert rate.wait("a") > 0


def test_zero_is_no_limit() -> None:
    rate = Rate(0, clock=Clock())
    assert not any(rate.wait("a") for _ in range(10_000))


def test_it_forgets_those_who_are_even() -> None:
    clock = Clock()
    rate = Rate(60, clock=clock)
    for caller in range(rates.MOST_CALLERS):
        rate.wait(caller)
    for _ in range(59):
        rate.wait(0)
    clock.now += 2
    rate.wait("new")
    assert rate.wait(0) == 0.0  # who asked often is remembered, with what has come back since
    assert [rate.wait(0), rate.wait(0) > 0] == [0.0, True]


def test_it_holds_only_so_many_callers() -> None:
    rate = Rate(60, clock=Clock())
    for caller in range(3 * rates.MOST_CALLERS):
        rate.wait(caller)
    assert len(rate._due) <= rates.MOST_CALLERS
