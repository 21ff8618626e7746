"""Leases: who works on a shard, so that two runs do not press it side by side. They save work; the truth needs none of them.

A lease is an object of a generation, made by a conditional create. Its holder writes it anew while it works. Whoever sees it
unchanged for long enough, by its own clock, takes the shard over by creating the next generation: of many one wins, and a
holder that comes back finds that it was followed.
"""

import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.storage import NotFound, Store

# Longer than a slow batch of pages: a lease that is taken too early costs double work, and nothing else.
STALE_SECONDS = 120.0
BEAT_SECONDS = 10.0
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only grow, and sleeping."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Lease:
    """A lease as one worker sees it. ``folder`` is a key prefix of its own, ``run_id`` the run that it works for.

    ``is_strict``: not even a worker of the same run follows one that may be at work. ``was_left``: its last holder did not give
    it back.
    """

    store: Store
    folder: str
    run_id: str
    clock: Clock = field(default_factory=Clock)
    is_strict: bool = False
    beat_seconds: float = BEAT_SECONDS
    was_left: bool = False
    _generation: int = 0
    _token: str = field(default_factory=lambda: os.urandom(12).hex())
    _beats: int = 0
    _beaten: float = 0.0
    _seen: tuple[bytes, float] = (b"", 0.0)

    def take(self) -> bool:
        """Try to get it; False when somebody else holds it and is, for all one knows, at work."""
        latest, holder = self._latest()
        if latest and not self._is_free(holder):
            return False
        self._generation, self.was_left = latest + 1, latest > 0
        taken = self.store.create(self._key(self._generation), self._content())
        self._beaten = self.clock.now()
        return taken

    @property
    def beaten_seconds_ago(self) -> float:
        """How long nobody else can have taken it: less than ``STALE_SECONDS``, and it is ours."""
        return self.clock.now() - self._beaten

    def wait(self, is_wanted: Callable[[], bool]) -> bool:
        """Wait until it is ours; False when ``is_wanted`` says to stop waiting."""
        while not self.take():
            if not is_wanted():
                return False
            self.clock.sleep(LOOK_SECONDS)
        return True

    def beat(self) -> bool:
        """Say that the work goes on, when it is time to; False when somebody followed and the work is theirs now."""
        if self.clock.now() - self._beaten < self.beat_seconds:
            return True
        latest, holder = self._latest()
        if latest != self._generation or json.loads(holder)["token"] != self._token:
            return False
        self._beats += 1
        self.store.write(self._key(self._generation), self._content())
        self._beaten = self.clock.now()
        return True

    def release(self) -> None:
        """Give it back, with what earlier holders left lying; nothing where somebody followed."""
        latest, holder = self._latest()
        if latest == self._generation and json.loads(holder)["token"] == self._token:
            for found in list(self.store.list(self.folder)):
                self.store.delete(found.key)

    def _is_free(self, content: bytes) -> bool:
        """A dead holder's: on this very machine its process is gone, or it has not beaten for long enough."""
        holder = json.loads(content)
        if holder["run_id"] == self.run_id and not self.is_strict:
            return True  # Dask runs a shard again only when it has lost the worker that had it
        if holder["host"] == socket.gethostname() and not is_alive(holder["pid"]):
            return True
        now = self.clock.now()
        if content != self._seen[0]:
            self._seen = (content, now)
        return now - self._seen[1] >= STALE_SECONDS

    def _latest(self) -> tuple[int, bytes]:
        numbers = sorted((self._number(found.key) for found in self.store.list(self.folder)), reverse=True)
        for number in numbers:
            try:
                return number, self.store.read(self._key(number))
            except NotFound:
                continue  # given back between the two requests
        return 0, b""

    def _key(self, generation: int) -> str:
        return f"{self.folder}{generation:08d}.json"

    @staticmethod
    def _number(key: str) -> int:
        return int(key.rsplit("/", 1)[-1].removesuffix(".json"))

    def _content(self) -> bytes:
        holder = {
            "token": self._token,
            "run_id": self.run_id,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "beats": self._beats,
        }
        return json.dumps(holder, sort_keys=True).encode()


def is_alive(pid: int) -> bool:
    """Whether a process of this machine is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
