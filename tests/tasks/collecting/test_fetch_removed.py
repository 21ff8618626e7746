"""What was taken out is not fetched again, and said so."""

from dataclasses import replace
from datetime import UTC, datetime

from tasks.collecting.finding import last_line
from tasks.collecting.ledger import Fate
from tasks.removals import removal_of
from tests.tasks.collecting.runs import check, fates_in, feed_runs, looks_in, pages_in


def test_an_address_that_was_taken_out_is_not_asked_for(web, site, folder):
    out = site.articles[1]
    removal = replace(removal_of((out,), (), ()), asked_at="2026")
    removal.write(folder)
    runs = feed_runs(folder, site)
    assert runs.run()[Fate.REMOVED] == 1
    assert out not in {visit.url for visit in web.visits(site)}
    assert out not in pages_in(folder)
    line = last_line(folder, out)
    assert (line.fate, line.why, line.until) == ("removed", f"removal {removal.id}", None)
    runs.change(all_before=datetime.now(UTC).isoformat())
    site.publish(1)
    outcome = runs.run()
    assert (outcome[Fate.FETCHED], outcome[Fate.SEEN], outcome.get(Fate.REMOVED)) == (1, 4, None)
    check(web, runs)


def test_a_redirect_does_not_lead_there(web, site, folder):
    start, out = site.articles[3], site.articles[1]
    site.behave("redirect", path=start, to=out)
    removal_of((out,), (), ()).write(folder)
    runs = feed_runs(folder, site)
    runs.run()
    assert out not in {visit.url for visit in web.visits(site)}
    assert fates_in(folder)[start] == Fate.REMOVED
    check(web, runs)


def test_nothing_of_a_host_is_asked_for(web, site, folder):
    removal = removal_of((), (site.url.split("/")[2].split(":")[0],), ())
    removal.write(folder)
    runs = feed_runs(folder, site)
    assert runs.run()["sources removed"] == 1
    assert web.visits(site) == []
    assert looks_in(folder)[site.feed_url].problem == f"taken out by removal {removal.id}"
