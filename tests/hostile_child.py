"""A page process whose pages can ask it to misbehave: run in place of ``tasks.page_child``."""

import ctypes
import os
import signal
import time

from tasks import page_child, pressing
from tasks.records import Outcome, Page

_press = pressing.Press.press


def _misbehave(self: pressing.Press, page: Page) -> Outcome:
    order = page.body.rpartition(b"<!--do:")[2].partition(b"-->")[0]
    if order == b"hang":
        while True:
            pass
    if order == b"sleep":
        time.sleep(3600)
    if order == b"exit":
        os._exit(3)
    if order == b"segv":
        ctypes.string_at(0)
    if order == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == b"eat":
        hoard = [bytearray(50_000_000) for _ in range(1_000)]
        raise AssertionError(len(hoard))
    if order == b"raise":
        raise RuntimeError("a page said so")
    if order == b"print":
        print("noise on standard output")
    return _press(self, page)


def main() -> None:
    pressing.Press.press = _misbehave  # type: ignore[method-assign]
    page_child.main()
