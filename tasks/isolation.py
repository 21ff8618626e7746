"""Extraction in a process of its own: a page that hangs, eats memory or crashes native code costs one page."""

import contextlib
import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from tasks.errors import FixTheRun
from tasks.page_child import EXIT_OUT_OF_MEMORY, FRAME, Answer, pack
from tasks.reasons import Reason, Stage
from tasks.recipe import Recipe
from tasks.records import Outcome, Page, reject

BATCH_PAGES = 16
BATCH_BYTES = 4_000_000
# CPU time decides, so that a busy machine does not change the corpus; this only ends a page that sleeps.
WALL_SECONDS_PER_CPU_SECOND = 20
LEAST_WALL_SECONDS = 60.0
# trafilatura and lxml fragment memory over time (trafilatura #216): a new child costs a second of CPU.
RECYCLE_PAGES = 5_000
STARTS = 5
# The net is small: threads of its library would cost more than they save, and count against the memory limit.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Pending:
    """A record on its way through: a page still to be pressed, an outcome, or None where it is no capture."""

    record_type: str
    found: Page | Outcome | None
    next_offset: int


@dataclass(frozen=True, slots=True)
class Step:
    """A record with its outcome; None where it is no capture."""

    record_type: str
    outcome: Outcome | None
    next_offset: int


class PageProcessDied(Exception):
    """The child ended while it worked on a page."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """``reason`` and ``detail``: what the page is rejected with when it happens again."""
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Child:
    """One running child; its standard error is the worker's."""

    module = "tasks.page_child"

    def __init__(self, recipe: Recipe) -> None:
        """Start it and wait until it is ready; raises PageProcessDied."""
        self.pages, self.cpu_seconds, self.peak_memory_bytes = 0, 0.0, 0
        self.killed_for_time = False
        self.max_cpu_seconds, self.max_memory_bytes = recipe.max_cpu_seconds, recipe.max_memory_bytes
        self.wall_seconds = max(LEAST_WALL_SECONDS, recipe.max_cpu_seconds * WALL_SECONDS_PER_CPU_SECOND)
        # A fresh interpreter: fork would copy s3fs' and lxml's threads and locks in whatever state they are.
        command = [sys.executable, "-c", f"from {self.module} import main; main()"]
        self.process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **ONE_THREAD}
        )
        self.questions, self.answers = cast(BinaryIO, self.process.stdin), cast(BinaryIO, self.process.stdout)
        self.send(recipe)
        self._frame()

    def send(self, value: object) -> None:
        """Write one frame; raises PageProcessDied when nobody reads any more."""
        try:
            self.questions.write(pack(value))
            self.questions.flush()
        except BrokenPipeError:
            raise self.death() from None

    def receive(self) -> Answer:
        """Wait for one answer; raises PageProcessDied."""
        answer: Answer = self._frame()
        self.pages += 1
        self.cpu_seconds, self.peak_memory_bytes = answer.cpu_seconds, answer.peak_memory_bytes
        return answer

    def _frame(self) -> Any:
        (length,) = FRAME.unpack(self._read(FRAME.size))
        return pickle.loads(self._read(length))  # noqa: S301  (from our own child)

    def _read(self, size: int) -> bytes:
        descriptor, data = self.answers.fileno(), bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(descriptor, selectors.EVENT_READ)
            while len(data) < size:
                if not ready.select(self.wall_seconds):
                    self.killed_for_time = True
                    self.process.kill()
                chunk = os.read(descriptor, size - len(data))
                if not chunk:
                    raise self.death()
                data += chunk
        return bytes(data)

    @property
    def has_ended(self) -> bool:
        """Whether it ended while it had nothing to do."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def is_worn(self, recipe: Recipe) -> bool:
        """Whether it has done enough, or has grown to half of what it may take."""
        return self.pages >= RECYCLE_PAGES or self.peak_memory_bytes > recipe.max_memory_bytes // 2

    def death(self) -> PageProcessDied:
        """Reap the child and say what ended it."""
        self.end()
        code = self.process.returncode
        if self.killed_for_time:
            return PageProcessDied(Reason.TIMED_OUT, f"no answer within {self.wall_seconds:.0f} s")
        if code == -signal.SIGPROF:
            return PageProcessDied(Reason.TIMED_OUT, f"more than {self.max_cpu_seconds:g} CPU seconds")
        if code == EXIT_OUT_OF_MEMORY:
            return PageProcessDied(Reason.OUT_OF_MEMORY, f"more than {self.max_memory_bytes} bytes")
        return PageProcessDied(Reason.CRASHED, signal.Signals(-code).name if code < 0 else f"exit code {code}")

    def end(self) -> None:
        """Kill it where it still runs, and reap it; its CPU time then counts the last page as well."""
        if self.process.returncode is not None:
            return
        os.kill(self.process.pid, signal.SIGKILL)  # one that has ended already keeps its own status
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        for pipe in (self.questions, self.answers):
            with contextlib.suppress(BrokenPipeError):  # what was not yet written is lost with the child
                pipe.close()


class PageProcess:
    """One warm child that presses pages in batches; replaced when it dies, when it has grown, and after many pages."""

    def __init__(self, recipe: Recipe) -> None:
        """The child is started with the first page."""
        self.recipe = recipe
        self.replaced = 0
        self._child: Child | None = None
        self._busy = False
        self._spent_cpu_seconds = 0.0

    @property
    def peak_memory_bytes(self) -> int:
        """The most that the child that is there has taken."""
        return self._child.peak_memory_bytes if self._child else 0

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all children so far, start-up included."""
        return self._spent_cpu_seconds + (self._child.cpu_seconds if self._child else 0.0)

    def press_in_order(self, stream: Iterable[Pending]) -> Iterator[Step]:
        """Press the pages in the stream in small batches, and give every record back in its place."""
        held: list[Pending] = []
        pages = size = 0
        for pending in stream:
            held.append(pending)
            if isinstance(pending.found, Page):
                pages, size = pages + 1, size + len(pending.found.body)
            if pages == 0 or pages >= BATCH_PAGES or size >= BATCH_BYTES:
                yield from self._settle(held)
                held, pages, size = [], 0, 0
        yield from self._settle(held)

    def _settle(self, held: list[Pending]) -> Iterator[Step]:
        outcomes = iter(self.press([pending.found for pending in held if isinstance(pending.found, Page)]))
        for pending in held:
            outcome = next(outcomes) if isinstance(pending.found, Page) else pending.found
            yield Step(pending.record_type, outcome, pending.next_offset)

    def press(self, pages: list[Page]) -> list[Outcome]:
        """Press a batch; a page on which the child ends is tried again alone in a new one, and rejected if that ends too."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(pages):
            try:
                for outcome in self._ask(pages[len(outcomes) :]):
                    outcomes.append(outcome)
            except PageProcessDied:
                outcomes.append(self._press_alone(pages[len(outcomes)]))
        return outcomes

    def _press_alone(self, page: Page) -> Outcome:
        try:
            return next(iter(list(self._ask([page]))))
        except PageProcessDied as death:
            return reject(page.capture, Stage.EXTRACT, death.reason, death.detail, page.payload_digest)

    def _ask(self, pages: list[Page]) -> Iterator[Outcome]:
        child = self._ready_child()
        self._busy = True
        try:
            child.send(pages)
            for _ in pages:
                yield child.receive().outcome
        except PageProcessDied:
            self.close()
            raise
        self._busy = False

    def _ready_child(self) -> Child:
        child = self._child
        if child and (self._busy or child.has_ended or child.is_worn(self.recipe)):
            self.close()
        if self._child is None:
            self._child = self._start()
        return self._child

    def _start(self) -> Child:
        """A death before the first page is no page's fault: it is tried again, and then it is a person's to mend."""
        for _ in range(STARTS):
            try:
                return Child(self.recipe)
            except PageProcessDied as death:
                last = death
        raise FixTheRun(f"the page process does not start ({last.detail}): is max_memory_bytes too small?")

    def close(self) -> None:
        """End the child, if there is one; the next page gets a new one."""
        if self._child:
            self._child.end()
            self._spent_cpu_seconds += self._child.cpu_seconds
            self._child, self._busy = None, False
            self.replaced += 1


_warm: list[PageProcess] = []


def warm_page_process(recipe: Recipe) -> PageProcess:
    """The page process of this worker: it stays warm from shard to shard of the same recipe, and dies with the worker."""
    if _warm and _warm[0].recipe != recipe:
        _warm.pop().close()
    if not _warm:
        _warm.append(PageProcess(recipe))
    return _warm[0]
