"""Who collects, how, and from which sites: what a run of collect is told, as values that travel as JSON."""

import json
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import version
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who visits: the product token that robots.txt files name, and where its people can be reached."""

    name: str
    contact: str

    @property
    def user_agent(self) -> str:
        """The User-Agent header."""
        return f"{self.name}/{version('pressrun')} (+{self.contact})"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take. ``minutes``: its time; what does not fit is deferred. ``newest_days``: items older than that are left
    out. ``most_urls``: of one domain in one run. ``allow_networks``: private networks (CIDR) that may be fetched all the same.
    """

    delay_seconds: float = 2.0
    minutes: float = 30.0
    newest_days: float = 30.0
    most_urls: int = 1_000
    max_page_mb: float = 10.0
    allow_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One news site: where it announces its articles, and what of them is wanted.

    ``include``, ``exclude``: regular expressions that are searched in addresses. ``delay_seconds``: 0 that of the limits.
    """

    name: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    home: str = ""
    delay_seconds: float = 0.0
    most_urls: int = 0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that a run is about. ``honours_opt_outs``: bodies of pages that opt out are not stored. ``all_before``: sources that were
    not asked since this time (ISO 8601) are asked whether they are due or not; empty: only those that are due.
    """

    agent: Agent
    limits: Limits = field(default_factory=Limits)
    sites: tuple[Site, ...] = ()
    honours_opt_outs: bool = True
    all_before: str = ""

    def to_json(self) -> bytes:
        """As it lies on the store."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, stored: bytes) -> "Agenda":
        """Read what ``to_json`` wrote."""
        raw = json.loads(stored)
        sites = tuple(_value(Site, site) for site in raw["sites"])
        return cls(_value(Agent, raw["agent"]), _value(Limits, raw["limits"]), sites, raw["honours_opt_outs"], raw["all_before"])


def _value(kind: type[Value], raw: dict[str, Any]) -> Value:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in raw.items() if name in known})
