"""What a site remembers of each request: who asked for what, from when to when, and what it was told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and its answer, as the server saw them.

    ``site``: ip:port. ``path``: with its query. ``status``: 0 where no head was sent. ``begun``, ``ended``: seconds of time.monotonic,
    which processes of one Linux machine can compare; from the first byte of the request to the last one of the answer, or until
    either side hung up. ``connection``: its number, counted from 1. ``is_whole``: whether the answer was sent to its end.
    ``robots``: the first 500 KiB of a robots.txt that was sent.
    """

    site: str
    domain: str
    path: str
    status: int
    begun: float
    ended: float
    user_agent: str
    connection: int
    method: str = "GET"
    is_whole: bool = True
    sent_bytes: int = 0
    retry_after_seconds: float | None = None
    location: str = ""
    robots: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Scheme, address and port."""
        return f"http://{self.site}"

    @property
    def url(self) -> str:
        """The absolute URL that was asked for."""
        return self.origin + self.path

    @property
    def is_failure(self) -> bool:
        """Whether the site could not answer, or asked for a rest."""
        return self.status in {0, 429} or self.status >= 500


NAMES = tuple(each.name for each in fields(Visit))


def to_line(visit: Visit) -> str:
    """The visit as one line of JSON."""
    return json.dumps({name: getattr(visit, name) for name in NAMES}) + "\n"


def read_visits(*logs: Path) -> list[Visit]:
    """The visits of all logs, of one run or of several, by the time they began."""
    lines: Iterable[str] = (line for log in logs for line in log.read_text().splitlines())
    return sorted((Visit(**json.loads(line)) for line in lines), key=lambda visit: visit.begun)
