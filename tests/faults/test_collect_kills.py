"""Collect under kill -9 and beside itself: no site notices, nothing that was announced is lost."""

import os
import signal
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.collected import article_urls, breaches, lines_of, write_sources
from tests.faults.processes import Run, kill, until
from tests.flows.command_line import run
from tests.servers.news_web import NewsWeb

pytestmark = [pytest.mark.usefixtures("prefect"), pytest.mark.timeout(400)]


@pytest.fixture
def web():
    """Sites that take some ten seconds each."""
    with NewsWeb(sites=16, articles=40) as web:
        for site in web.sites[:4]:
            site.robots = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.3\n"
        web.sites[4].behave("retry_after", seconds=2, count=1, path=web.sites[4].articles[20])
        yield web


def start(tmp_path: Path, web: NewsWeb, name: str) -> Run:
    sources = write_sources(tmp_path / "sources.toml", web.sites, minutes=3)
    return Run(tmp_path / name, sources, "--into", tmp_path / "corpus", "--workers", 2, kind="collect")


def assert_all_there(tmp_path: Path, web: NewsWeb) -> None:
    """Everything announced is an article once, or has a date on which it is asked for."""
    root = tmp_path / "corpus"
    announced = {url for site in web.sites for url in site.articles}
    put_off = {line["url"] for line in lines_of(root) if line["until"]}
    found = article_urls(root)
    assert announced - put_off <= set(found)
    assert not breaches(web)
    assert "the sum closes" in run("audit", root, "--deep").stdout


def fetched(web: NewsWeb) -> Counter[str]:
    articles = {url for site in web.sites for url in site.articles}
    return Counter(visit.url for visit in web.log if visit.url in articles)


def test_two_runs_at_once_and_a_killed_worker(tmp_path, web):
    first = start(tmp_path, web, "first")
    until(lambda: len(fetched(web)) > 60)
    second = start(tmp_path, web, "second")
    until(lambda: len(fetched(web)) > 250)
    kill(first.workers[0])
    assert first.wait(300) == 0, first.output
    assert second.wait(300) == 0, second.output
    assert_all_there(tmp_path, web)


def test_the_command_and_all_below_it(tmp_path, web):
    going = start(tmp_path, web, "log")
    until(lambda: len(fetched(web)) > 120)
    below = psutil.Process(going.process.pid).children(recursive=True)
    for process in (psutil.Process(going.process.pid), *below):
        kill(process)
    going.process.wait()
    again = start(tmp_path, web, "again")
    assert again.wait(300) == 0, again.output
    assert_all_there(tmp_path, web)


def test_a_worker_that_sleeps_and_wakes_asks_for_nothing_more(tmp_path, web):
    going = start(tmp_path, web, "log")
    until(lambda: len(fetched(web)) > 120)
    workers = going.workers
    below = psutil.Process(going.process.pid).children(recursive=True)
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    for process in (psutil.Process(going.process.pid), *(one for one in below if one not in workers)):
        kill(process)
    going.process.wait()
    # The sleepers' processes are there: their lanes are theirs until they have been silent for long enough.
    again = start(tmp_path, web, "again")
    until(lambda: "starting" in again.output)
    for worker in workers:
        os.kill(worker.pid, signal.SIGCONT)
    assert again.wait(390) == 0, again.output
    for worker in workers:
        kill(worker)
    assert not breaches(web)
