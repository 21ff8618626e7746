"""The recipe: everything that decides what a shard becomes, and its id."""

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from tasks.components import load_component
from tasks.errors import FixTheRun

# Raised with every change of our own code that changes an article or a rejection: finished shards are then pressed anew.
# tests/golden holds the digest of the golden output of this revision.
REVISION = 6

# A record's head stands before its payload: the reader may take that much more than the recipe's limit.
RECORD_HEAD_BYTES = 1_000_000

DECIDING_LIBRARIES = ("trafilatura", "htmldate", "lxml", "courlan", "resiliparse", "pycld2", "fastwarc", "tld", "numpy", "rensa")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a person may choose; the versions of what decides the output are added to its id."""

    extractor: str = "balanced"
    filters: tuple[tuple[str, str], ...] = (("min_chars", "100"),)
    max_payload_bytes: int = 10_000_000
    max_cpu_seconds: float = 30.0
    max_memory_bytes: int = 2_000_000_000
    part_articles: int = 1_000
    wants_markdown: bool = False
    # Digest of the hosts whose pages are pressed (tasks/hosts.py); empty: all.
    only_hosts: str = ""

    def check(self) -> None:
        """Raise FixTheRun, with one line, for a choice that cannot work."""
        load_component("extractors", self.extractor)
        for name, option in self.filters:
            load_component("filters", name).make(option)
        if self.max_payload_bytes < 1_000:
            raise FixTheRun(f"max_payload_bytes is {self.max_payload_bytes}: it must be 1,000 at least")
        if not 0.01 <= self.max_cpu_seconds <= 3_600:
            raise FixTheRun(f"max_cpu_seconds is {self.max_cpu_seconds}: it must be between 0.01 and 3,600")
        if self.max_memory_bytes < 500_000_000:
            raise FixTheRun(f"max_memory_bytes is {self.max_memory_bytes}: the extractor needs 500,000,000 at least")
        if not 1 <= self.part_articles <= 100_000:
            raise FixTheRun(f"part_articles is {self.part_articles}: it must be between 1 and 100,000")

    def described(self) -> dict[str, Any]:
        """All that decides the output, as it stands in the receipt."""
        versions = {name: version(name) for name in DECIDING_LIBRARIES}
        versions["extractor"] = load_component("extractors", self.extractor).VERSION
        return {**asdict(self), "revision": REVISION, "versions": versions}

    @property
    def max_record_bytes(self) -> int:
        """What the archive reader may hold in memory for one record."""
        return self.max_payload_bytes + RECORD_HEAD_BYTES

    @property
    def id(self) -> str:
        """16 hex digits of SHA-256 over the description."""
        return digest_of(self.described())


def digest_of(value: object) -> str:
    """16 hex digits of SHA-256 over a value's canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
