"""What each origin has told a guest in its robots.txt, as a log of visits shows it (RFC 9309)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from protego import Protego

from tests.servers.visits import Visit

PATH = "/robots.txt"
MOST_REDIRECTS = 5
WHOLE_BYTES = 512_000  # whoever read so much may hang up


@dataclass
class Told:
    """The state of one origin. ``text``: the rules in force, None for none yet. ``way``: where its robots.txt was asked for, redirected."""

    is_asked: bool = False
    is_out_of_reach: bool = False
    text: str | None = None
    told_at: float = 0.0
    way: list[str] = field(default_factory=list)


class RobotsTold:
    """Reads begins and ends of visits in the order of time. ``valid_seconds``: how long rules may be used."""

    def __init__(self, agent: str, valid_seconds: float) -> None:
        self.agent, self.valid_seconds = agent, valid_seconds
        self.origins = defaultdict[str, Told](Told)
        self.moved: dict[str, set[str]] = defaultdict(set)

    def crawl_delay_seconds(self, visit: Visit) -> float:
        """What the origin of this visit has asked for; 0 for nothing."""
        text = self.origins[visit.origin].text
        return float(_rules(text).crawl_delay(self.agent) or 0.0) if text else 0.0

    def begin(self, visit: Visit) -> Iterator[str]:
        """The kinds of breaches that begin with this request."""
        told = self.origins[visit.origin]
        if _path(visit) == PATH:
            told.is_asked = True
        elif visit.url not in self.moved:
            yield from self._judge(visit, told)

    def _judge(self, visit: Visit, told: Told) -> Iterator[str]:
        is_fresh = told.text is not None and visit.begun - told.told_at <= self.valid_seconds
        if not told.is_asked:
            yield "robots.txt not asked"
        elif told.is_out_of_reach and not is_fresh:
            yield "robots.txt out of reach"
        elif told.text is None:
            yield "robots.txt not answered"
        elif not is_fresh:
            yield "robots.txt too old"
        if told.text and not _rules(told.text).can_fetch(visit.url, self.agent):
            yield "disallowed"

    def end(self, visit: Visit) -> None:
        """Learn from an answer to a request for robots.txt, of this origin or of those whose robots.txt has moved here."""
        meant = self.moved.pop(visit.url, set())
        if _path(visit) == PATH and visit.origin not in meant:
            self._begin_anew(visit.origin)
            meant.add(visit.origin)
        for origin in meant:
            self._learn(self.origins[origin], origin, visit)

    def _begin_anew(self, origin: str) -> None:
        told = self.origins[origin]
        for url in [url for url, origins in self.moved.items() if origin in origins]:
            self.moved[url].discard(origin)
            if not self.moved[url]:
                del self.moved[url]
        told.way = []

    def _learn(self, told: Told, origin: str, visit: Visit) -> None:
        told.way.append(visit.url)
        is_cut = not visit.is_whole and visit.sent_bytes < WHOLE_BYTES
        if visit.is_failure or (visit.status == 200 and is_cut):
            told.is_out_of_reach = True
        elif visit.location and len(told.way) <= MOST_REDIRECTS and visit.location not in told.way:
            self.moved[visit.location].add(origin)
        elif visit.status == 304 and told.text is not None:
            self._tell(told, told.text, visit.ended)
        else:  # a client error, a loop, or too many redirects: everything is allowed
            self._tell(told, visit.robots or "", visit.ended)

    def _tell(self, told: Told, text: str, at: float) -> None:
        told.text, told.told_at, told.is_out_of_reach = text, at, False


def _path(visit: Visit) -> str:
    return visit.path.partition("?")[0]


@lru_cache(maxsize=4096)
def _rules(text: str) -> Protego:
    return Protego.parse(text)
