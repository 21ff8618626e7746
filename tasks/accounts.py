"""What a shard cost, for its receipt: times, place, CPU seconds, memory."""

import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tasks.isolation import PageProcess

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Told = TypeVar("Told")


class Account:
    """The account of one shard, from now on: its process and the page process below it."""

    def __init__(self, run_id: str, pages: PageProcess) -> None:
        """Starts to count."""
        self.run_id, self.pages, self.resumed_parts, self._peak_bytes = run_id, pages, 0, 0
        self._started, self._own, self._extraction = datetime.now(UTC), time.process_time(), pages.cpu_seconds

    def hear(self, tell: Callable[[Told], None]) -> Callable[[Told], None]:
        """``tell`` that looks at the memory as well."""

        def tell_and_look(told: Told) -> None:
            self._look()
            tell(told)

        return tell_and_look

    def closed(self) -> dict[str, Any]:
        """The sums, as they stand in the receipt."""
        self._look()
        return {
            "run_id": self.run_id,
            "started_at": self._started.isoformat(timespec="seconds"),
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": f"{socket.gethostname()}:{os.getpid()}",
            "resumed_parts": self.resumed_parts,
            "extraction_cpu_seconds": round(self.pages.cpu_seconds - self._extraction, 3),
            "other_cpu_seconds": round(time.process_time() - self._own, 3),
            "peak_memory_bytes": self._peak_bytes,
        }

    def _look(self) -> None:
        self._peak_bytes = max(self._peak_bytes, _resident_bytes() + self.pages.peak_memory_bytes)


def _resident_bytes() -> int:
    """Memory of this process (proc(5): the second number of statm is its resident pages)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
