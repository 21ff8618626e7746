"""Sources lead to other sources: home pages, indexes and moves, and what the agenda names no more."""

from datetime import UTC, datetime, timedelta

from tests.servers.visits import Visit
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    check,
    listed,
    looks_in,
    pages_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(web, url) -> list[Visit]:
    return [each for each in web.log if each.url == url]


def test_an_index_that_is_as_it_was_hides_no_news_of_its_sitemaps(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, feeds=(), sitemaps=(site.index_url,))))
    runs.run()
    assert set(pages_in(folder)) == set(site.articles)
    (new,) = site.publish(1)
    runs.later = 3 * HOUR
    runs.run()
    assert asked(web, site.index_url)[-1].status == 304
    assert new in pages_in(folder)
    check(web, runs)


def test_a_home_page_and_robots_txt_lead_to_feeds_and_sitemaps(web, site, folder):
    runs = Runs(folder, agenda_of(listed(site, feeds=(), home=site.home_url)))
    outcome = runs.run()
    kinds = {url: look.kind for url, look in looks_in(folder).items()}
    assert kinds[site.home_url] == "home"
    assert {kinds[url] for url in (site.feed_url, site.atom_url, site.json_feed_url)} == {"feed"}
    assert {kinds[url] for url in (site.index_url, site.sitemap_url)} == {"sitemap"}
    assert looks_in(folder)[site.sitemap_url].depth == 2
    assert set(pages_in(folder)) == set(site.articles)
    assert outcome["fetched"] == 4
    check(web, runs)


def test_a_chain_of_indexes_ends(web, site, folder):
    for number, url in enumerate(("/s0.xml", "/s1.xml", "/s2.xml", "/s3.xml", "/s4.xml")):
        text = f'<sitemapindex xmlns="x"><sitemap><loc>{site.url}/s{number + 1}.xml</loc></sitemap></sitemapindex>'
        site_texts(site)[url] = text
    runs = Runs(folder, agenda_of(listed(site, feeds=(), sitemaps=(f"{site.url}/s0.xml",))))
    runs.run()
    assert [each.path for each in web.log if each.path.startswith("/s")] == ["/s0.xml", "/s1.xml", "/s2.xml", "/s3.xml"]
    check(web, runs)


def test_indexes_that_name_each_other_are_asked_once(web, site, folder):
    for here, there in (("/s0.xml", "/s1.xml"), ("/s1.xml", "/s0.xml")):
        site_texts(site)[here] = f'<sitemapindex xmlns="x"><sitemap><loc>{site.url}{there}</loc></sitemap></sitemapindex>'
    runs = Runs(folder, agenda_of(listed(site, feeds=(), sitemaps=(f"{site.url}/s0.xml",))))
    runs.run()
    assert [each.path for each in web.log if each.path.startswith("/s")] == ["/s0.xml", "/s1.xml"]
    check(web, runs)


def test_what_an_index_says_has_changed_is_asked_in_the_same_run(web, site, folder):
    """Its address comes before the index's, and it is not due."""
    index = '<sitemapindex xmlns="x"><sitemap><loc>{}/news-sitemap.xml</loc><lastmod>{}</lastmod></sitemap></sitemapindex>'
    site_texts(site)["/s0.xml"] = index.format(site.url, (datetime.now(UTC) - HOUR).isoformat())
    runs = Runs(folder, agenda_of(listed(site, feeds=(), sitemaps=(f"{site.url}/s0.xml",))))
    runs.run()
    (new,) = site.publish(1)
    site_texts(site)["/s0.xml"] = index.format(site.url, (datetime.now(UTC) + timedelta(minutes=30)).isoformat())
    runs.later = timedelta(minutes=40)
    assert not looks_in(folder)[site.sitemap_url].is_due(runs.now() - timedelta(minutes=10))
    runs.run()
    assert new in pages_in(folder)
    check(web, runs)


def site_texts(site) -> dict[str, str]:
    """Texts of a site by path, beside what it has; more may be put there."""
    from tests.servers.news_replies import page

    if not hasattr(site, "more"):
        site.more, usual = {}, site._resource
        site._resource = lambda path: page(site.more[path], "application/xml") if path in site.more else usual(path)
    return site.more


def test_a_source_that_moved_to_another_domain_is_read_there(web, site, folder):
    there = web.sites[1]
    site.behave("redirect", path=site.feed_url, to=there.feed_url)
    runs = Runs(folder, agenda_of(listed(site)))
    outcome = runs.run()
    assert outcome["sources moved"] == 1
    assert outcome["sources read"] == 1
    assert set(pages_in(folder)) == set(there.articles)
    assert looks_in(folder)[there.feed_url].parent == site.feed_url
    there.publish(1)
    runs.later = 2 * HOUR
    runs.run()
    assert set(pages_in(folder)) == set(there.articles)
    check(web, runs)


def test_a_source_that_moved_at_its_domain_is_read_there(web, site, folder):
    site.behave("redirect", path=site.feed_url, hops=2)
    runs = Runs(folder, agenda_of(listed(site)))
    assert runs.run()["fetched"] == 4
    check(web, runs)


def test_what_the_agenda_does_not_name_any_more_is_not_asked(web, site, folder):
    other = web.sites[1]
    both = agenda_of(listed(site, feeds=(site.feed_url, site.atom_url), sitemaps=(site.index_url,)), listed(other))
    runs = Runs(folder, both)
    runs.discover()
    runs.agenda, runs.later = agenda_of(listed(site)), 2 * DAY
    before = len(web.log)
    runs.discover()
    assert {each.url for each in web.log[before:]} == {site.robots_url, site.feed_url}
    check(web, runs)
