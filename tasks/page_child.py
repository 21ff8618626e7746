"""The page process: takes batches of pages on its standard input, answers each page on its standard output."""

import ctypes
import os
import pickle
import resource
import signal
import struct
import sys
import time
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

from tasks.reasons import Reason, Stage
from tasks.recipe import Recipe
from tasks.records import Outcome, Page, reject

FRAME = struct.Struct("<Q")
EXIT_OUT_OF_MEMORY = 70
READY = "ready"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a page; the child's CPU seconds and peak memory (bytes) since its start."""

    outcome: Outcome
    cpu_seconds: float
    peak_memory_bytes: int


def pack(value: Any) -> bytes:
    """One frame for the pipe: length and pickle. Both ends are ours, nothing else ever writes to it."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return FRAME.pack(len(data)) + data


def main() -> None:
    """Serve until the pipe is closed or the parent dies."""
    # Without this a killed worker leaves its child working on a page that nobody will ask for.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    recipe: Recipe = _receive(questions)
    resource.setrlimit(resource.RLIMIT_AS, (recipe.max_memory_bytes, recipe.max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(recipe, questions, answers)


def serve(recipe: Recipe, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer every page of every batch, one by one."""
    from tasks.pressing import Press  # noqa: PLC0415  (counts against the memory limit, and the parent never needs it)

    # Libraries warn about single pages, a line each: what is wrong with a page stands in its rejection.
    warnings.simplefilter("ignore")
    press = Press(recipe)
    answers.write(pack(READY))
    answers.flush()
    while (pages := _receive(questions)) is not None:
        for page in pages:
            outcome = press_guarded(press.press, page, recipe.max_cpu_seconds)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            answers.write(pack(Answer(outcome, time.process_time(), peak)))
            answers.flush()


def press_guarded(press: Any, page: Page, max_cpu_seconds: float) -> Outcome:
    """Press one page; an error comes back as a value. The kernel ends this process when the CPU time is used up."""
    signal.setitimer(signal.ITIMER_PROF, max_cpu_seconds)  # SIGPROF kills: it stops native code, which no exception can
    try:
        return press(page)  # type: ignore[no-any-return]
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)  # what is left of this process is not to be trusted
    except Exception as error:  # noqa: BLE001  (the one edge where any error of a page becomes its rejection)
        detail = f"{type(error).__name__}: {error}"
        return reject(page.capture, Stage.EXTRACT, Reason.EXTRACTOR_FAILED, detail, page.payload_digest)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _receive(stream: BinaryIO) -> Any:
    head = stream.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    return pickle.loads(stream.read(FRAME.unpack(head)[0]))  # noqa: S301
