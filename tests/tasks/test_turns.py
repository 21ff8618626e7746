"""Whose turn it is: of runs that tell each other by a scheduler's metadata."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tasks.turns import SILENT_SECONDS, Turns


@dataclass
class Scheduler:
    """Its metadata, and a clock."""

    told: dict[str, dict[str, Any]] = field(default_factory=lambda: {"pressrun": {}})
    now: float = 0.0

    def set_metadata(self, key: list[str], value: Any) -> None:
        self.told[key[0]][key[1]] = value

    def get_metadata(self, keys: list[str], default: Any) -> Any:
        return self.told.get(keys[0], default)

    def run(self, name: str, priority: int) -> Turns:
        return Turns(self, name, priority, clock=lambda: self.now)


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


def test_the_higher_goes_first_while_it_waits_and_equals_share(scheduler):
    low, high, other = scheduler.run("low", 0), scheduler.run("high", 10), scheduler.run("other", 10)
    assert low.is_ours(is_waiting=True)
    assert high.is_ours(is_waiting=True)
    assert other.is_ours(is_waiting=True)
    assert not low.is_ours(is_waiting=True)
    high.is_ours(is_waiting=False)
    assert not low.is_ours(is_waiting=True)
    other.leave()
    assert low.is_ours(is_waiting=True)


def test_a_run_that_was_killed_is_not_waited_for(scheduler):
    low, high = scheduler.run("low", -5), scheduler.run("high", 0)
    high.is_ours(is_waiting=True)
    assert not low.is_ours(is_waiting=True)
    scheduler.now = SILENT_SECONDS - 1
    high.is_ours(is_waiting=True)
    scheduler.now = SILENT_SECONDS + 1
    assert not low.is_ours(is_waiting=True)
    scheduler.now = 3 * SILENT_SECONDS
    assert low.is_ours(is_waiting=True)
