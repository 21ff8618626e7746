"""The auditor: it names each thing that rude guests do, and finds nothing to say about a good one."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from protego import Protego

from tests.servers.guests import Rules, violations
from tests.servers.news_web import NewsWeb

AGENT = "pressrun/0 (+https://press.example/bot)"
RULES = Rules(delay_seconds=0.05, pause_seconds=1.0)


class Guest:
    """A client without manners: what it is told it does at once."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def get(self, url: str, seconds: float = 5.0, **headers: str) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self.session.get(url, timeout=timeout, headers=headers, allow_redirects=False) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""

    async def in_turn(self, *urls: str, gap_seconds: float = 0.06, seconds: float = 5.0) -> None:
        for url in urls:
            await self.get(url, seconds)
            await asyncio.sleep(gap_seconds)


def kinds(web: NewsWeb, doings, agent: str = AGENT, rules: Rules = RULES) -> list[str]:
    """The kinds of breaches of what a guest does."""

    async def go() -> None:
        async with aiohttp.ClientSession(headers={"User-Agent": agent}, cookie_jar=aiohttp.DummyCookieJar()) as session:
            await doings(Guest(session))

    asyncio.run(go())
    return [each.partition(":")[0] for each in violations(web.log, rules)]


@pytest.fixture
def web():
    with NewsWeb(sites=4, domains={2: "twins.example", 3: "twins.example"}) as web:
        yield web


@pytest.fixture
def site(web):
    return web.sites[0]


def test_two_at_a_time_at_one_site_or_at_two_of_one_domain(web, site):
    robots = [each.robots_url for each in (site, *web.sites[2:])]
    for each in web.sites:
        each.behave("latency", seconds=0.5)

    async def doings(guest):
        await guest.in_turn(*robots)
        await asyncio.gather(guest.get(site.home_url), guest.get(site.feed_url))
        await asyncio.gather(guest.get(web.sites[2].home_url), guest.get(web.sites[3].home_url))

    assert kinds(web, doings) == ["two at a time"] * 2


def test_a_site_and_another_may_be_asked_at_the_same_time(web):
    async def doings(guest):
        await asyncio.gather(*(guest.in_turn(each.robots_url, each.home_url) for each in web.sites[:3]))

    assert kinds(web, doings) == []


def test_too_soon_for_our_delay_and_for_theirs(web, site):
    ours, other = replace(RULES, delay_seconds=3.0), web.sites[1]
    assert kinds(web, lambda guest: guest.in_turn(site.robots_url, site.home_url), rules=ours) == ["too soon"]
    assert violations(web.log, RULES) == []
    other.robots = "User-agent: pressrun\nCrawl-delay: 3\n"
    assert kinds(web, lambda guest: guest.in_turn(other.robots_url, other.home_url)) == ["too soon"]
    assert violations(web.log, replace(RULES, longest_crawl_delay_seconds=0.05)) == []


def test_what_is_disallowed_for_our_token_alone(web, site):
    site.robots = "User-agent: pressrun\nDisallow: /private/\n\nUser-agent: *\nDisallow: /\n"
    urls = [site.robots_url, site.home_url, site.url + "/private/drafts.html"]
    assert kinds(web, lambda guest: guest.in_turn(*urls)) == ["disallowed"]
    assert len(violations(web.log, replace(RULES, agent="other"))) == 2


def test_robots_first(web, site):
    async def at_once(guest):
        asked = asyncio.ensure_future(guest.get(web.sites[1].robots_url))
        await asyncio.sleep(0.2)
        await guest.get(web.sites[1].home_url)
        await asked

    assert kinds(web, lambda guest: guest.in_turn(site.home_url, site.robots_url, site.home_url)) == ["robots.txt not asked"]
    web.sites[1].behave("latency", path=web.sites[1].robots_url, seconds=0.6)
    assert kinds(web, at_once)[1:] == ["two at a time", "robots.txt not answered"]


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ("status", {"code": 404}, []),
        ("status", {"code": 403}, []),
        ("status", {"code": 500}, ["robots.txt out of reach"]),
        ("retry_after", {"seconds": None}, ["robots.txt out of reach"]),
        ("hang", {}, ["robots.txt out of reach"]),
        ("reset", {}, ["too soon", "robots.txt out of reach"]),  # this client asks again at once, by itself
        ("cut", {}, ["robots.txt out of reach"]),
        ("html", {}, []),
        ("long_robots", {}, []),
        ("bom", {}, ["disallowed"]),
        ("gzip", {}, ["disallowed"]),
        ("chunked", {}, ["disallowed"]),
        ("redirect", {"hops": 1}, ["robots.txt not answered"]),
    ],
)
def test_robots_that_cannot_be_had_and_those_that_say_nothing(web, site, fault, options, expected):
    site.robots = "User-agent: *\nDisallow: /about.html\n" if "disallowed" in expected else ""
    site.behave(fault, path=site.robots_url, **options)
    seconds = 0.3 if fault == "hang" else 5.0
    assert kinds(web, lambda guest: guest.in_turn(site.robots_url, site.url + "/about.html", seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("fault", "options", "read_bytes", "expected"),
    [("long_robots", {"size_bytes": 50_000_000}, 512_000, "disallowed"), ("stall", {}, 10, "robots.txt out of reach")],
)
def test_robots_of_which_the_guest_read_a_part(web, site, fault, options, read_bytes, expected):
    site.robots = "User-agent: *\nDisallow: /about.html\n"
    site.behave(fault, path=site.robots_url, **options)

    async def doings(guest):
        async with guest.session.get(site.robots_url) as answer:
            await answer.content.readexactly(read_bytes)
            answer.close()
        await asyncio.sleep(0.1)
        await guest.in_turn(site.url + "/about.html")

    # When a busy server learns that its guest has hung up is not for the guest to say.
    assert [kind for kind in kinds(web, doings) if kind != "too soon"] == [expected]


@pytest.mark.parametrize(
    ("hops", "steps", "expected"), [(3, 3, "disallowed"), (5, 5, "disallowed"), (5, 4, "not answered"), (6, 5, "")]
)
def test_robots_that_have_moved_count_for_the_site_that_moved_them(web, site, hops, steps, expected):
    other = web.sites[1]
    other.robots = "User-agent: *\nDisallow: /about.html\n"
    site.behave("redirect", hops=hops, to=other.robots_url, path=site.robots_url)
    way = [site.robots_url, *(f"{site.url}/hops/{left}/robots.txt" for left in range(hops - 1, 0, -1)), other.robots_url]
    found = kinds(web, lambda guest: guest.in_turn(*way[: steps + 1], site.url + "/about.html"))
    assert len(found) == bool(expected)
    assert not found or expected in found[0]


def test_a_rest_that_was_asked_for_holds_for_the_whole_domain(web):
    one, two = web.sites[2:]
    one.behave("retry_after", seconds=1, count=1)
    urls = [one.robots_url, two.robots_url, one.home_url, two.home_url]

    async def doings(guest):
        await guest.in_turn(*urls)
        await asyncio.sleep(1.0)
        await guest.get(one.home_url)

    assert kinds(web, doings) == ["before Retry-After"]


def test_failures_in_a_row(web, site):
    site.behave("status", code=500)

    async def doings(guest):
        await guest.in_turn(site.robots_url, *[site.home_url] * 6)
        await asyncio.sleep(1.0)
        await guest.get(site.home_url)

    assert kinds(web, doings) == ["too many failures"]


def test_cookies_and_nameless_guests(web, site):
    async def doings(guest):
        await guest.get(site.robots_url, Cookie="visitor=7")

    assert kinds(web, doings, agent="Mozilla/5.0") == ["cookie", "no contact"]


def test_a_good_guest_among_bad_hosts_leaves_nothing_to_say(web):
    for each, fault in zip(web.sites, ("retry_after", "hang", "cut", "status"), strict=True):
        each.robots = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.08\n"
        each.behave(
            fault, count=6 if fault == "status" else 2, **{"retry_after": {"seconds": 0.2}, "status": {"code": 500}}.get(fault, {})
        )

    async def visit(guest, sites):
        for site in sites:
            rules, failures = Protego.parse((await guest.get(site.robots_url))[1]), 0
            urls = [site.home_url, site.feed_url, *site.articles, site.url + "/private/drafts.html"]
            for url in [each for each in urls if rules.can_fetch(each, "pressrun")]:
                await asyncio.sleep((1.0 if failures >= 5 else 0.2 if failures else 0.08) + 0.01)
                status, _ = await guest.get(url, seconds=0.3)
                failures = failures + 1 if status in {0, 429, 500} else 0
            await asyncio.sleep(0.1)

    async def doings(guest):
        await asyncio.gather(visit(guest, web.sites[:1]), visit(guest, web.sites[1:2]), visit(guest, web.sites[2:]))

    assert kinds(web, doings) == []
    assert len(web.log) == 4 * 8
    assert {each.status for each in web.log} == {0, 200, 429, 500}
