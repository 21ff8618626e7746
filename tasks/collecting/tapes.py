"""The WARC files of a visit: one for pages, which are pressed, and one for feeds, sitemaps and robots.txt, which are kept only."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from tasks.archive.writing import WarcTape
from tasks.collecting.orders import Archived
from tasks.sites import Agent
from tasks.storage import Store

# An object is written at once from memory; a kill costs so much that has to be fetched again.
MOST_TAPE_BYTES = 64_000_000
MOST_TAPE_SECONDS = 600.0
PAGES, SIGNS = "pages", "signs"


@dataclass(frozen=True, slots=True)
class Taken:
    """A tape that is full or over: which kind, where it is to lie, its bytes and how many captures are in it."""

    kind: str
    key: str
    written: bytes
    captures: int


class Tapes:
    """Both tapes of one worker. Names follow from the time, a token of the worker and a number, so that none is written over."""

    def __init__(self, source: str, token: str, agent: Agent, now: Callable[[], datetime]) -> None:
        """``source``: first folder below captures/."""
        self.source, self.token, self._agent, self._now, self._number = source, token, agent, now, 0
        self._start()

    def _start(self) -> None:
        self._number += 1
        self._begun = self._now()
        self.captures = {PAGES: 0, SIGNS: 0}
        self._names = {kind: self._new_name(kind) for kind in (PAGES, SIGNS)}
        self.tapes = {kind: WarcTape(name.rsplit("/", 1)[-1], self._info()) for kind, name in self._names.items()}

    def _new_name(self, kind: str) -> str:
        of_signs = "" if kind == PAGES else "-signs"
        return f"{self._begun:%Y-%m-%d}/{self.source}-{self._begun:%Y%m%d%H%M%S}-{self.token}-{self._number:04d}{of_signs}"

    def _info(self) -> dict[str, str]:
        return {
            "software": f"Pressrun/{version('pressrun')}",
            "format": "WARC File Format 1.1",
            "http-header-user-agent": self._agent.user_agent,
            "operator": self._agent.contact,
            "robots": "obey (RFC 9309)",
        }

    def key(self, kind: str) -> str:
        """Where a tape will lie, below the root."""
        return f"captures/{self.source}/{self._names[kind]}.warc.gz"

    @property
    def is_full(self) -> bool:
        """Whether it is time to write what there is."""
        size = sum(tape.size_bytes for tape in self.tapes.values())
        has_any = any(self.captures.values())
        return has_any and (size >= MOST_TAPE_BYTES or (self._now() - self._begun).total_seconds() >= MOST_TAPE_SECONDS)

    def take(self) -> list[Taken]:
        """Both tapes, where anything is on them; new ones are begun."""
        kinds = [kind for kind in self.tapes if self.captures[kind]]
        taken = [Taken(kind, self.key(kind), self.tapes[kind].close(), self.captures[kind]) for kind in kinds]
        self._start()
        return taken


def write_tapes(store: Store, source: str, taken: list[Taken]) -> list[Archived]:
    """Put them on the store, and note which are to be pressed."""
    archived = []
    for tape in taken:
        store.write(tape.key, tape.written)
        archived.append(Archived(tape.key, len(tape.written), hashlib.sha256(tape.written).hexdigest(), tape.captures))
        if tape.kind == PAGES:
            store.write(to_press_key(source, tape.key), tape.key.encode())
    return archived


def to_press_key(source: str, key: str) -> str:
    """The note that a WARC file waits to be pressed."""
    return f"state/to-press/{source}/{key.rsplit('/', 1)[-1]}.todo"
