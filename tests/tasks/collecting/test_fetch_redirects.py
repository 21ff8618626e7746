"""Where redirects lead: on at the same domain, to another lane, nowhere."""

from datetime import timedelta

import pytest

from tasks.collecting import stages
from tasks.collecting.ledger import Fate
from tasks.fetching.answers import Answer, Failure
from tasks.sites import Agenda, Limits
from tasks.sites import Site as Listed
from tests.tasks.collecting.runs import (
    AGENT,
    Runs,
    agenda_of,
    check,
    feed_runs,
    lines_in,
    listed,
    pages_in,
    waiting_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("hops", [1, 3])
def test_redirects_at_the_same_domain_are_followed(web, site, folder, hops):
    page = site.articles[0]
    site.behave("redirect", path=page, hops=hops)
    runs = feed_runs(folder, site)
    assert runs.run()[Fate.FETCHED] == 4
    assert f"{site.url}/hops/0{page.removeprefix(site.url)}" in pages_in(folder)
    check(web, runs)


@pytest.mark.parametrize(("fault", "options"), [("loop", {}), ("redirect", {"hops": 7})])
def test_redirects_without_end_are_given_up(web, site, folder, fault, options):
    page = site.articles[0]
    site.behave(fault, path=page, **options)
    runs = feed_runs(folder, site)
    outcome = runs.run()
    assert (outcome[Fate.FETCHED], outcome[Fate.FAILED]) == (3, 1)
    assert not waiting_in(folder)
    assert len([each for each in web.visits(site) if page.removeprefix(site.url) in each.path]) <= 6
    check(web, runs)


def test_what_moved_to_another_domain_is_fetched_there_in_the_next_round(web, site, folder):
    there = web.sites[1].articles[2]
    site.behave("redirect", path=site.articles[0], to=there)
    runs = feed_runs(folder, site)
    outcome = runs.run()
    assert outcome[Fate.FETCHED] == 5
    assert pages_in(folder)[there] == 1
    (line,) = [line for line in lines_in(folder) if line.url == there]
    assert (line.found_in, line.site) == (site.articles[0], "site 0")
    assert web.visits(web.sites[1])[0].path == "/robots.txt"
    check(web, runs)


def test_two_domains_that_redirect_to_each_other_end(web, site, folder):
    there = web.sites[1].articles[2]
    site.behave("redirect", path=site.articles[0], to=there)
    web.sites[1].behave("redirect", path=there, to=site.articles[0])
    runs = feed_runs(folder, site)
    runs.run()
    assert not waiting_in(folder)
    assert len([each for each in web.log if each.url in {there, site.articles[0]}]) == 2


def test_a_redirect_to_a_private_address_fails_for_good(web, site, folder):
    site.behave("redirect", path=site.articles[0], to="http://10.0.0.1/secret")
    runs = feed_runs(folder, site)
    runs.run()
    (line,) = [line for line in lines_in(folder) if line.url == "http://10.0.0.1/secret"]
    assert (line.fate, line.until) == (Fate.FAILED, None)
    assert "10.0.0.1 is private" in line.why
    assert not waiting_in(folder)
    check(web, runs)


def test_a_redirect_to_what_is_known_is_not_followed(web, site, folder):
    known, moved = site.articles[3], site.articles[0]
    site.behave("redirect", path=moved, to=known)
    runs = feed_runs(folder, site)
    runs.run()
    assert pages_in(folder)[known] == 1
    check(web, runs)


class Scripted:
    """A client that answers out of a table, for addresses that no local server can have."""

    table: dict[str, tuple[int, tuple[tuple[str, str], ...], bytes]]

    def __init__(self, *_: object, now, **__: object) -> None:
        self.now = now

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def get(self, url, **_: object) -> Answer | Failure:
        status, head, body = self.table.get(url, (404, (), b""))
        return Answer(url, status, "", head, body, None, "192.0.2.1", self.now(), 0.0, ())


@pytest.mark.parametrize("there", ["http://a.example/plain", "http://b.example/plain"])
def test_no_redirect_leads_from_https_to_http(folder, monkeypatch, there):
    monkeypatch.setattr(stages, "Client", Scripted)
    monkeypatch.setattr(
        Scripted,
        "table",
        {"https://a.example/a": (301, (("Location", there),), b""), there: (200, (("Content-Type", "text/html"),), b"<p>page")},
        raising=False,
    )
    runs = Runs(folder, Agenda(AGENT, Limits(delay_seconds=0.01), (Listed("a", urls=("https://a.example/a",)),)))
    runs.run()
    (line,) = lines_in(folder)
    assert (line.fate, "https to http" in line.why, line.until) == (Fate.FAILED, True, None)
    assert pages_in(folder) == {}


def test_what_redirects_lead_to_is_fetched_once(web, site, folder):
    """A site that sends its readers to the front page, or to the new address of an article that is announced as well."""
    first, second, third, fourth = site.articles
    for page in (third, fourth):
        site.behave("redirect", path=page, to="/about.html")
    site.behave("redirect", path=second, to=first.removeprefix(site.url))
    runs = feed_runs(folder, site)
    outcome = runs.run()
    assert pages_in(folder) == {first: 1, site.url + "/about.html": 1}
    assert (outcome[Fate.FETCHED], outcome[Fate.SEEN]) == (3, 1)
    runs.later = 2 * HOUR
    site.feed_items = 0
    Runs(folder, agenda_of(listed(site, feeds=(), urls=(site.url + "/about.html",)))).run()
    assert len([each for each in web.log if each.path == "/about.html"]) == 1
    check(web, runs)
