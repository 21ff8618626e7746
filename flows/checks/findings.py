"""One look at one thing: what was found, how bad it is, and what to do; each look has its time, and none stops the others."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tasks.errors import PressError

OK, WARN, FAIL = "ok", "warn", "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """A line for a person: ``advice`` says what to do, ``area`` and ``subject`` where it was found."""

    verdict: str
    found: str
    advice: str = ""
    area: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A look at one subject. Where a gate fails, the rest of its area is left out, for it would only fail of the same."""

    area: str
    subject: str
    look: Callable[[], Iterable[Finding]]
    is_gate: bool = False
    seconds: float = 20.0


def ok(found: str) -> Finding:
    """As it should be."""
    return Finding(OK, found)


def warn(found: str, advice: str = "") -> Finding:
    """A run starts, and may suffer."""
    return Finding(WARN, found, advice)


def fail(found: str, advice: str = "") -> Finding:
    """No run starts, or none can be trusted."""
    return Finding(FAIL, found, advice)


def look_at_all(checks: Iterable[Check]) -> Iterator[Finding]:
    """Every check in its turn, findings as they come."""
    shut: set[str] = set()
    for check in checks:
        if check.area in shut:
            continue
        for finding in _in_time(check):
            yield replace(finding, area=check.area, subject=check.subject)
            if check.is_gate and finding.verdict == FAIL:
                shut.add(check.area)


def _in_time(check: Check) -> Iterator[Finding]:
    found: queue.Queue[Finding | None] = queue.Queue()
    # A daemon: a look that hangs must not keep the command from its end.
    threading.Thread(target=_look, args=(check, found), daemon=True).start()
    deadline = time.monotonic() + check.seconds
    while True:
        try:
            finding = found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            yield fail(f"no answer within {check.seconds:g} s", "see that it is up, and not overloaded")
            return
        if finding is None:
            return
        yield finding


def _look(check: Check, found: "queue.Queue[Finding | None]") -> None:
    try:
        for finding in check.look():
            found.put(finding)
    except PressError as error:
        found.put(fail(" ".join(str(error).split())))
    except Exception as error:  # noqa: BLE001  (the edge of a check: whatever breaks in it, the others are made)
        # Only its kind: the text of a foreign error may hold a secret.
        found.put(fail(f"this check broke ({type(error).__name__})", "look at it by hand"))
    finally:
        found.put(None)
