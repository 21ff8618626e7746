"""Law 5: a bad page costs one page; its neighbours are pressed, and the worker lives."""

import os
import signal
import time
from datetime import UTC, datetime

import pytest

from tasks.errors import FixTheRun
from tasks.isolation import Child, PageProcess, Pending
from tasks.reasons import Reason
from tasks.recipe import Recipe
from tasks.records import Article, Capture, Coordinates, Page, Rejection

PARAGRAPH = "The ferry leaves at nine and comes back at noon, as it has done on every working day since the pier was built. "


def page(number: int, order: str = "") -> Page:
    html = f"<html><head><title>Page {number}</title></head><body><article>"
    html += "".join(f"<p>{PARAGRAPH} {number}.{line}</p>" for line in range(5)) + f"</article></body></html><!--do:{order}-->"
    at = Coordinates("x.warc.gz", number, 1, None)
    head = (("Content-Type", "text/html"),)
    moment = datetime(2024, 12, 3, tzinfo=UTC)
    capture = Capture(f"https://example.org/{number}", moment, "response", 200, head, b"", None, at)
    return Page(capture, html.encode(), f"sha1:{number}", None, "test")


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.setattr(Child, "module", "tests.hostile_child")
    process = PageProcess(Recipe(max_cpu_seconds=2.0, max_memory_bytes=1_000_000_000))
    yield process
    process.close()


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("hang", Reason.TIMED_OUT),
        ("exit", Reason.CRASHED),
        ("segv", Reason.CRASHED),
        ("kill", Reason.CRASHED),
        ("eat", Reason.OUT_OF_MEMORY),
        ("raise", Reason.EXTRACTOR_FAILED),
    ],
)
def test_a_bad_page_is_rejected_by_name_and_its_neighbours_are_pressed(pages, order, reason):
    outcomes = pages.press([page(0), page(1), page(2, order), page(3)])
    assert [type(outcome) for outcome in outcomes] == [Article, Article, Rejection, Article]
    assert outcomes[2].url == "https://example.org/2"
    assert outcomes[2].reason is reason
    assert outcomes[2].payload_digest == "sha1:2"


def test_an_exception_costs_no_restart(pages):
    pages.press([page(0), page(1, "raise"), page(2)])
    assert pages.replaced == 0


def test_two_bad_pages_side_by_side(pages):
    outcomes = pages.press([page(0, "exit"), page(1, "segv"), page(2)])
    assert [outcome.reason for outcome in outcomes[:2]] == [Reason.CRASHED, Reason.CRASHED]
    assert isinstance(outcomes[2], Article)


def test_a_page_that_sleeps_is_ended_by_the_wall_clock(pages, monkeypatch):
    pages.press([page(1)])  # the start has the same wall clock, and it is no part of this
    pages._child.wall_seconds = 1.0
    monkeypatch.setattr("tasks.isolation.LEAST_WALL_SECONDS", 10.0)
    monkeypatch.setattr("tasks.isolation.WALL_SECONDS_PER_CPU_SECOND", 1)
    (outcome,) = pages.press([page(0, "sleep")])
    assert outcome.reason is Reason.TIMED_OUT


def test_what_a_library_prints_does_not_get_between_the_answers(pages):
    assert all(isinstance(outcome, Article) for outcome in pages.press([page(0, "print"), page(1)]))


def test_a_child_that_dies_while_idle_costs_nothing(pages):
    pages.press([page(0)])
    os.kill(pages._child.process.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert all(isinstance(outcome, Article) for outcome in pages.press([page(1), page(2)]))


def test_an_abandoned_batch_does_not_answer_for_the_next(pages):
    stream = pages._ask([page(0), page(1)])
    next(stream)
    stream.close()
    assert [outcome.url for outcome in pages.press([page(2), page(3)])] == ["https://example.org/2", "https://example.org/3"]


def test_records_keep_their_order_and_their_count(pages):
    at = Coordinates("x.warc.gz", 0, None, None)
    rejection = Rejection(None, None, "read", Reason.DAMAGED_RECORD, None, at)
    stream = [Pending("response", found, n) for n, found in enumerate([None, page(1), rejection, page(2), None, page(3)])]
    steps = list(pages.press_in_order(stream))
    assert [step.next_offset for step in steps] == list(range(6))
    kinds = [type(step.outcome).__name__ for step in steps]
    assert kinds == ["NoneType", "Article", "Rejection", "Article", "NoneType", "Article"]


def test_the_child_is_replaced_after_its_share_of_pages_and_the_outcomes_are_the_same(pages, monkeypatch):
    whole = pages.press([page(n) for n in range(6)])
    monkeypatch.setattr("tasks.isolation.RECYCLE_PAGES", 2)
    pieces = [outcome for n in range(0, 6, 2) for outcome in pages.press([page(n), page(n + 1)])]
    assert pieces == whole
    assert pages.replaced >= 2


def test_cpu_seconds_count_all_children(pages):
    pages.press([page(0, "hang")])
    assert pages.cpu_seconds >= 3.5  # twice the limit of two seconds: in the batch, and alone


def test_a_page_process_that_does_not_start_is_a_persons_to_mend_and_no_pages_fault(monkeypatch):
    monkeypatch.setattr(Child, "module", "tests.no_such_module")
    with pytest.raises(FixTheRun, match="does not start"):
        PageProcess(Recipe()).press([page(0)])
