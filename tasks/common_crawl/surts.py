"""Where hosts lie in an index that is sorted by SURT: ``org,example,news)/path`` for ``news.example.org/path``."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Common Crawl leaves these off the key: www.example.org and example.org lie together.
WWW = re.compile(r"www[0-9]*\.(?=.)")
NUMBERS = re.compile(r"[0-9.]+")


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys from ``start`` up to, but not with, ``end``."""

    start: bytes
    end: bytes


class KeyRanges:
    """Ranges in order, none of which touches another."""

    def __init__(self, ranges: Iterable[KeyRange]) -> None:
        """In any order, overlapping or not."""
        self.all: list[KeyRange] = []
        for each in sorted(ranges, key=lambda found: found.start):
            if self.all and each.start <= self.all[-1].end:
                self.all[-1] = KeyRange(self.all[-1].start, max(self.all[-1].end, each.end))
            else:
                self.all.append(each)
        self._ends = [each.end for each in self.all]

    def between(self, first: bytes, last: bytes) -> Iterator[KeyRange]:
        """Those with keys from ``first`` to ``last``; either may be a bound that was cut short."""
        for at in range(bisect_right(self._ends, first), len(self.all)):
            # A bound that a writer cut stands for all that begins with it.
            if self.all[at].start[: len(last)] > last:
                return
            yield self.all[at]


def ranges_of(hosts: Iterable[str]) -> KeyRanges:
    """Every key that a capture of these hosts, or of hosts below them, can have; other hosts' keys may lie between."""
    return KeyRanges(found for host in hosts for found in _ranges_of(host))


def _ranges_of(host: str) -> Iterator[KeyRange]:
    yield from _with_port(_reversed(host), below=True)
    bare = WWW.sub("", host, count=1) if WWW.match(host) else ""
    if bare:
        yield from _with_port(_reversed(bare), below=False)
    if NUMBERS.fullmatch(host):
        yield from _with_port(host, below=False)


def _reversed(host: str) -> str:
    return ",".join(reversed(host.split(".")))


def _with_port(key: str, *, below: bool) -> Iterator[KeyRange]:
    # In bytes: ")" ends a host, "," begins what is below it, ":" its port; "-" and "." between these are other hosts.
    yield KeyRange(f"{key})".encode(), f"{key}{'-' if below else '*'}".encode())
    yield KeyRange(f"{key}:".encode(), f"{key};".encode())
