"""Collect as a person runs it: a real web of misbehaving sites, real Prefect server, real Dask workers, folder and S3."""

import signal
from collections import Counter
from datetime import UTC, datetime

import pytest

from tasks.urls import domain_of, lane_of
from tests.collected import article_urls, breaches, lines_of, rows, write_sources
from tests.flows.command_line import run, run_until
from tests.flows.test_backfill import ask
from tests.servers.news_web import NewsWeb
from tests.servers.prefect_api import started_since

pytestmark = pytest.mark.usefixtures("prefect")


def runs_since(prefect, began):
    """The flow runs of a test, whatever else its server has seen."""
    return ask(prefect, "flow_runs/filter", flow_runs=started_since(began))


def test_what_is_new_becomes_articles_and_the_next_run_takes_only_what_is_newer(tmp_path, prefect):
    root, began = tmp_path / "corpus", datetime.now(UTC)
    with NewsWeb(sites=6) as web:
        sources = write_sources(tmp_path / "sources.toml", web.sites)
        first = run("collect", sources, "--into", root, "--workers", 2)
        assert first.returncode == 0, first.stderr
        announced = {url for site in web.sites for url in site.articles}
        assert article_urls(root) == Counter(announced)
        requests = len(web.log)
        # An hour has not passed: the sites are left in peace.
        second = run("collect", sources, "--into", root, "--workers", 1)
        assert second.returncode == 0, second.stderr
        assert "12 not due" in second.stdout
        assert len(web.log) == requests
        new = {url for site in web.sites for url in site.publish(2)}
        third = run("collect", sources, "--into", root, "--workers", 1, "--every-source")
        assert third.returncode == 0, third.stderr
        assert article_urls(root) == Counter(announced | new)
        assert {visit.url for visit in web.log[requests:]} >= new
        assert not {visit.url for visit in web.log[requests:]} & announced
        assert not breaches(web)
    assert "the sum closes" in run("audit", root, "--deep").stdout
    (row, *_) = rows(root, "articles/collect/*/*/*.parquet")
    assert (row["source"], row["robots_allowed"]) == ("collect", True)
    names = {found["name"] for found in runs_since(prefect, began)}
    assert any(name.startswith("collect 20") for name in names)
    assert {"discover", "fetch"} <= names


def test_where_nothing_can_be_kept_no_page_is_asked_for_and_the_run_fails(tmp_path):
    root = tmp_path / "corpus"
    root.mkdir()
    (root / "captures").write_text("a file in the way of the folder")
    with NewsWeb(sites=2) as web:
        sources = write_sources(tmp_path / "sources.toml", web.sites)
        done = run("collect", sources, "--into", root, "--workers", 1)
        assert not {visit.url for visit in web.log} & {url for site in web.sites for url in site.articles}
    assert done.returncode == 1, done.stderr
    assert "captures/collect/" in done.stderr
    assert "cannot be made: a file is in its way; start the same command again" in done.stderr.splitlines()[-1]


def test_captures_and_corpus_lie_on_s3(tmp_path, bucket):
    with NewsWeb(sites=2) as web:
        sources = write_sources(tmp_path / "sources.toml", web.sites)
        done = run("collect", sources, "--into", f"{bucket}/corpus", "--workers", 1)
        assert done.returncode == 0, done.stderr
        assert not breaches(web)
    audited = run("audit", f"{bucket}/corpus", "--deep")
    assert f"{2 * 5} articles" in audited.stdout
    assert "the sum closes" in audited.stdout


def test_a_run_that_is_stopped_keeps_what_it_has_and_the_next_goes_on(tmp_path):
    root = tmp_path / "corpus"
    with NewsWeb(sites=3, articles=40) as web:
        sources = write_sources(tmp_path / "sources.toml", web.sites)
        arguments = ("collect", sources, "--into", root, "--workers", 1)
        code, output, seconds = run_until(lambda: len(web.log) > 30, signal.SIGINT, *arguments)
        assert code == 130, output
        assert seconds < 20
        assert "Traceback" not in output
        fetched = Counter(visit.url for visit in web.log)
        assert run(*arguments).returncode == 0
        announced = {url for site in web.sites for url in site.articles}
        assert article_urls(root) == Counter(announced)
        assert all(times == 1 for url, times in fetched.items() if url in announced)
        assert all(number == 1 for url, number in Counter(visit.url for visit in web.log).items() if url in announced)
        assert not breaches(web)
    assert "the sum closes" in run("audit", root).stdout


def test_every_misbehaviour_has_an_outcome_with_a_reason(tmp_path):
    root = tmp_path / "corpus"
    with NewsWeb(sites=8) as web:
        missing, gone, slow, mute, moved, paid, secret, private = web.sites
        missing.behave("status", code=404, path=missing.articles[0])
        gone.behave("status", code=410, path=gone.articles[0])
        slow.behave("retry_after", seconds=3600, code=503, path=slow.articles[0])
        mute.robots = "User-agent: *\nDisallow: /\n"
        moved.behave("redirect", to=paid.articles[0], path=moved.articles[0])
        secret.behave("header", name="X-Robots-Tag", value="noai", path=secret.articles[0])
        private.behave("redirect", to="http://169.254.169.254/latest/meta-data", path=private.articles[0])
        done = run("collect", write_sources(tmp_path / "sources.toml", web.sites), "--into", root, "--workers", 2)
        assert done.returncode == 0, done.stderr
        assert not breaches(web)
    fates = {line["url"]: line for line in lines_of(root)}
    assert (fates[missing.articles[0]]["fate"], fates[missing.articles[0]]["http_status"]) == ("failed", 404)
    assert fates[missing.articles[0]]["until"]
    assert fates[gone.articles[0]]["until"] is None
    assert fates[slow.articles[0]]["fate"] == "failed"
    later = [line for line in fates.values() if line["domain"] == fates[slow.articles[0]]["domain"] and line["fate"] == "deferred"]
    assert all((line["until"] - line["at"]).total_seconds() > 3_000 for line in later)
    assert not [url for url in fates if url.startswith(mute.url)]
    assert fates[secret.articles[0]]["fate"] == "opted_out"
    assert "robots.txt disallows it" in done.stdout
    shown = run("show", gone.articles[0], "--in", root)
    assert "client_error" in shown.stdout
    shown = run("show", secret.articles[0], "--in", root)
    assert "opted out: x-robots-tag:noai; not asked again" in shown.stdout
    assert "the sum closes" in run("audit", root, "--deep").stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "agent"),
        ('[agent]\nname = "bot"\ncontact = "me"\n', "agent.contact"),
        ('[agent]\nname = "bot"\ncontact = "https://example.org/bot"\n', "site"),
    ],
)
def test_a_file_that_cannot_work_is_one_line_and_starts_nothing(tmp_path, text, line):
    (tmp_path / "sources.toml").write_text(text)
    refused = run("collect", tmp_path / "sources.toml", "--into", tmp_path / "corpus")
    assert refused.returncode == 2
    assert line in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "corpus").exists()


def test_sources_are_checked_without_a_corpus(tmp_path):
    with NewsWeb(sites=3) as web:
        web.sites[1].behave("status", code=404, path=web.sites[1].feed_url)
        web.sites[2].robots = "User-agent: *\nDisallow: /\n"
        checked = run("sources", "check", write_sources(tmp_path / "sources.toml", web.sites))
        assert not breaches(web)
        assert not [visit for visit in web.log if visit.url in {url for site in web.sites for url in site.articles}]
    assert checked.returncode == 1
    assert checked.stdout.count("ok ") == 3
    assert "status 404" in checked.stdout
    assert checked.stdout.count("robots.txt: disallowed") == 2


def test_a_damaged_lane_costs_that_lane_and_turns_the_run_red(tmp_path, prefect):
    root, began = tmp_path / "corpus", datetime.now(UTC)
    with NewsWeb(sites=6) as web:
        sources = write_sources(tmp_path / "sources.toml", web.sites)
        assert run("collect", sources, "--into", root, "--workers", 1).returncode == 0
        lane = lane_of(domain_of(web.sites[0].url))
        (root / f"state/lanes/{lane:02d}/hosts.parquet").write_bytes(b"PAR1 no more")
        new = {url for site in web.sites for url in site.publish(1)}
        torn = {url for url in new if lane_of(domain_of(url)) == lane}
        failed = run("collect", sources, "--into", root, "--workers", 1, "--every-source")
        assert failed.returncode == 1
        assert f"state/lanes/{lane:02d}/hosts.parquet is damaged" in failed.stderr
        assert new & set(article_urls(root)) == new - torn != new
        (root / f"state/lanes/{lane:02d}/hosts.parquet").unlink()
        assert run("collect", sources, "--into", root, "--workers", 1, "--every-source").returncode == 0
        assert new <= set(article_urls(root))
    states = [found["state_type"] for found in runs_since(prefect, began)]
    # The run, and the stages in which the lane was met.
    assert states.count("FAILED") == 3
