"""Leases: one holder at a time, taken over when stale, never by two, given back without a trace."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tasks import leases
from tasks.leases import BEAT_SECONDS, STALE_SECONDS, Clock, Lease
from tasks.storage import open_store

FOLDER = "state/leases/test/shard/"


@dataclass
class Hands:
    """A clock that is moved by hand."""

    seconds: float = 0.0

    def clock(self) -> Clock:
        return Clock(now=lambda: self.seconds, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(autouse=True)
def everybody_lives(monkeypatch):
    monkeypatch.setattr(leases, "is_alive", lambda _: True)


def test_one_at_a_time_and_given_back_without_a_trace(store, hands):
    first, second = Lease(store, FOLDER, "one", hands.clock()), Lease(store, FOLDER, "two", hands.clock())
    assert first.take()
    assert not second.take()
    first.release()
    assert list(store.list(FOLDER)) == []
    assert second.take()


def test_a_holder_that_beats_keeps_it_and_one_that_does_not_is_followed(store, hands):
    first, second = Lease(store, FOLDER, "one", hands.clock()), Lease(store, FOLDER, "two", hands.clock())
    first.take()
    for _ in range(50):
        hands.seconds += BEAT_SECONDS
        assert first.beat()
        assert not second.take()
    hands.seconds += STALE_SECONDS
    assert second.take()
    hands.seconds += BEAT_SECONDS
    assert not first.beat()
    first.release()
    assert second.beat()


def test_waiting_ends_with_the_lease_or_when_nobody_wants_it_any_more(store, hands):
    first, second = Lease(store, FOLDER, "one", hands.clock()), Lease(store, FOLDER, "two", hands.clock())
    first.take()
    assert not second.wait(lambda: hands.seconds < 10)
    assert second.wait(lambda: True)
    assert hands.seconds >= STALE_SECONDS


def test_a_dead_process_of_this_machine_and_a_lost_worker_of_this_run_are_followed_at_once(store, hands, monkeypatch):
    Lease(store, FOLDER, "one", hands.clock()).take()
    assert Lease(store, FOLDER, "one", hands.clock()).take()
    assert not Lease(store, FOLDER, "two", hands.clock()).take()
    monkeypatch.setattr(leases, "is_alive", lambda _: False)
    assert Lease(store, FOLDER, "two", hands.clock()).take()


def test_a_holder_that_slept_through_a_whole_other_run_finds_that_it_was_followed(store, hands):
    sleeper, other, third = (Lease(store, FOLDER, name, hands.clock()) for name in ("one", "two", "three"))
    sleeper.take()
    other.take()
    hands.seconds += STALE_SECONDS
    assert other.take()
    other.release()
    assert third.take()
    hands.seconds += BEAT_SECONDS
    assert not sleeper.beat()
    sleeper.release()
    assert third.beat()
    assert json.loads(store.read(f"{FOLDER}00000001.json"))["run_id"] == "three"


def test_a_strict_one_is_not_even_a_worker_of_the_same_run_s(store, hands):
    """Who shares a run may be at work all the same: only a dead process or a stale lease is followed."""
    first = Lease(store, FOLDER, "one", hands.clock(), is_strict=True)
    second = Lease(store, FOLDER, "one", hands.clock(), is_strict=True)
    assert first.take()
    assert not second.take()
    hands.seconds += STALE_SECONDS
    assert second.take()
    assert second.was_left


def test_whether_it_was_left_or_given_back_is_known(store, hands, monkeypatch):
    first, second = (Lease(store, FOLDER, name, hands.clock(), is_strict=True) for name in ("one", "two"))
    assert first.take()
    assert not first.was_left
    first.release()
    assert second.take()
    assert not second.was_left
    monkeypatch.setattr(leases, "is_alive", lambda _: False)
    third = Lease(store, FOLDER, "three", hands.clock(), is_strict=True)
    assert third.take()
    assert third.was_left
    third.release()
    assert first.take()
    assert not first.was_left


def test_how_long_it_was_not_beaten(store, hands):
    lease = Lease(store, FOLDER, "one", hands.clock(), beat_seconds=20.0)
    lease.take()
    hands.seconds += 19
    assert lease.beat()
    assert lease.beaten_seconds_ago == 19
    hands.seconds += 1
    assert lease.beat()
    assert lease.beaten_seconds_ago == 0


class ManyRuns(RuleBasedStateMachine):
    """Runs that take, work, sleep and die in any order: at any time at most one believes, after a beat, that it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(str(self.folder))  # type: ignore[attr-defined]
        for found in list(self.store.list("")):
            self.store.delete(found.key)
        self.hands = Hands()
        self.runs = [Lease(self.store, FOLDER, f"run-{number}", self.hands.clock()) for number in range(3)]
        self.holding: set[int] = set()

    @rule(number=st.integers(0, 2))
    def take(self, number: int) -> None:
        if number not in self.holding and self.runs[number].take():
            self.holding.add(number)

    @rule(number=st.integers(0, 2))
    def give_back_or_die(self, number: int) -> None:
        if number in self.holding:
            self.runs[number].release()
            self.holding.discard(number)
        else:
            self.runs[number] = Lease(self.store, FOLDER, f"run-{number}", self.hands.clock())

    @rule(seconds=st.sampled_from([1.0, BEAT_SECONDS, STALE_SECONDS / 2, STALE_SECONDS]))
    def time_goes_by(self, seconds: float) -> None:
        self.hands.seconds += seconds

    @precondition(lambda self: self.holding)
    @rule()
    def all_look(self) -> None:
        self.hands.seconds += BEAT_SECONDS
        self.holding = {number for number in self.holding if self.runs[number].beat()}
        assert len(self.holding) <= 1


def test_any_order_of_events_leaves_one_holder(tmp_path):
    ManyRuns.folder = tmp_path  # type: ignore[attr-defined]
    run_state_machine_as_test(ManyRuns, settings=settings(max_examples=60, stateful_step_count=25))
