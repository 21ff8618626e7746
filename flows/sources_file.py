"""The file with the sources: TOML that a person writes, checked whole before any work starts."""

import re
import tomllib
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tasks.discovery.url_lists import read_url_list
from tasks.errors import FixTheRun
from tasks.fetching.guard import Guard
from tasks.sites import Agenda, Agent, Limits, Site
from tasks.storage import NotFound, open_object, shown
from tasks.urls import clean_url, why_refused

PRODUCT_NAME = r"^[A-Za-z][A-Za-z_-]{1,39}$"  # RFC 9309, 2.2.1: letters, underscores and hyphens
CONTACT = r"^(https?://\S+\.\S+|mailto:\S+@\S+|\S+@\S+\.\S+)$"
# What RFC 9110, 12.5.4, lets stand in Accept-Language: tags, ranges and weights.
LANGUAGE = r"^[A-Za-z0-9*,;=. _-]*$"
LEAST_DELAY_SECONDS = 1.0
EXAMPLE = """\
[agent]
name = "examplebot"                    # the name that robots.txt files know you by
contact = "https://example.org/bot"    # a page or mail address where a site reaches you

[[site]]
name = "Example Times"
feeds = ["https://example.org/rss"]
"""


def _address(text: str) -> str:
    cleaned = clean_url(text) if text.startswith(("http://", "https://")) else None
    if cleaned is None:
        raise ValueError(why_refused(text))
    return cleaned


def _contact(text: str) -> str:
    """As every visited site is told it: one line, and no secret."""
    if not text.isprintable():
        raise ValueError("a contact is one line without control characters")
    if "@" in text and (clean_url(text) is None if "://" in text else ":" in text.removeprefix("mailto:").rpartition("@")[0]):
        raise ValueError(why_refused(text))
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


Address = Annotated[str, AfterValidator(_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
STRICT = ConfigDict(extra="forbid", strict=True)


class AgentTable(BaseModel):
    """[agent]."""

    model_config = STRICT
    name: Annotated[str, Field(pattern=PRODUCT_NAME)]
    contact: Annotated[str, Field(pattern=CONTACT), AfterValidator(_contact)]


class LimitsTable(BaseModel):
    """[limits]."""

    model_config = STRICT
    delay_seconds: Annotated[float, Field(ge=0.05, le=3_600)] = 2.0
    minutes: Annotated[float, Field(gt=0, le=1_440)] = 30.0
    newest_days: Annotated[float, Field(gt=0, le=36_500)] = 30.0
    most_urls: Annotated[int, Field(ge=1)] = 1_000
    max_page_mb: Annotated[float, Field(gt=0, le=100)] = 10.0
    allow_networks: list[str] = []


class SiteTable(BaseModel):
    """[[site]]."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=200)]
    feeds: list[Address] = []
    sitemaps: list[Address] = []
    urls: list[Address] = []
    url_lists: list[str] = []
    home: Address | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=3_600)] = 0.0
    most_urls: Annotated[int, Field(ge=0)] = 0
    include: list[Pattern] = []
    exclude: list[Pattern] = []
    language: Annotated[str, Field(max_length=35, pattern=LANGUAGE)] = ""


class SourcesFile(BaseModel):
    """The whole file."""

    model_config = STRICT
    agent: AgentTable
    limits: LimitsTable = LimitsTable()
    site: Annotated[list[SiteTable], Field(min_length=1)]


def read_sources(address: str) -> Agenda:
    """The agenda in a file at a path or address; raises FixTheRun with one line that says what to change."""
    text, told = _text(address), shown(address)
    try:
        found = SourcesFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FixTheRun(f"{told} is no TOML: {error}") from error
    except ValidationError as error:
        raise FixTheRun(f"{told}: {_first(error)}") from None
    names = [site.name for site in found.site]
    if twice := {name for name in names if names.count(name) > 1}:
        raise FixTheRun(f"{told}: two sites are called {min(twice)!r}: give each a name of its own")
    if found.limits.delay_seconds < LEAST_DELAY_SECONDS and not found.limits.allow_networks:
        raise FixTheRun(f"{told}: limits.delay_seconds below {LEAST_DELAY_SECONDS:g} is for networks of one's own (allow_networks)")
    try:
        Guard(tuple(found.limits.allow_networks))
    except FixTheRun as error:
        raise FixTheRun(f"{told}: limits.{error}") from None
    limits = Limits(**{**found.limits.model_dump(), "allow_networks": tuple(found.limits.allow_networks)})
    sites = tuple(_site(address, site) for site in found.site)
    return Agenda(Agent(found.agent.name, found.agent.contact), limits, sites)


def agent_of(name: str, contact: str) -> Agent:
    """Who visits, by the rules of the file; raises FixTheRun."""
    try:
        found = SourcesFile.model_validate({"agent": {"name": name, "contact": contact}, "site": [{"name": "any"}]}).agent
    except ValidationError as error:
        raise FixTheRun(_first(error).removeprefix("agent.")) from None
    return Agent(found.name, found.contact)


def _text(address: str) -> str:
    try:
        store, key = open_object(address)
        return store.read(key).decode("utf-8-sig")
    except NotFound:
        raise FixTheRun(f"there is no {shown(address)}; it could begin like this:\n{EXAMPLE}") from None
    except UnicodeDecodeError:
        raise FixTheRun(f"{shown(address)} is no UTF-8") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(step + 1) if isinstance(step, int) else str(step) for step in first["loc"])
    hints = {
        "agent": "an [agent] table with name and contact has to be there: sites must be able to tell who visits them",
        "agent.name": "the name that robots.txt files know you by: letters, hyphens and underscores, e.g. examplebot",
        "agent.contact": "a page or mail address where a site reaches you, e.g. https://example.org/bot",
        "site": "at least one [[site]] has to be there",
    }
    if place.endswith(".language") and first["type"] == "string_pattern_mismatch":
        return f"{place}: a language is a tag such as de or pt-BR"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}" + (f" ({hints[place]})" if place in hints else "")


def _site(address: str, site: SiteTable) -> Site:
    if not (site.feeds or site.sitemaps or site.urls or site.url_lists or site.home):
        raise FixTheRun(f"{shown(address)}: site {site.name!r} has no feeds, sitemaps, urls, url_lists or home")
    listed = [url for path in site.url_lists for url in _listed(address, path)]
    return Site(
        name=site.name,
        feeds=tuple(site.feeds),
        sitemaps=tuple(site.sitemaps),
        urls=(*site.urls, *listed),
        home=site.home or "",
        delay_seconds=site.delay_seconds,
        most_urls=site.most_urls,
        include=tuple(site.include),
        exclude=tuple(site.exclude),
        language=site.language,
    )


def _listed(address: str, path: str) -> list[str]:
    """The addresses in a list; its path counts from the file that names it."""
    beside = path if "://" in path or path.startswith("/") else f"{address.rpartition('/')[0] or '.'}/{path}"
    try:
        store, key = open_object(beside)
        found = read_url_list(store.read(key))
    except NotFound:
        raise FixTheRun(f"{shown(address)}: there is no list of addresses at {shown(beside)}") from None
    except FixTheRun as error:
        raise FixTheRun(f"{shown(address)}: url_lists: {error}") from None
    if found.problems:
        raise FixTheRun(f"{shown(beside)}: {found.problems[0]}")
    return [item.url for item in found.items]
