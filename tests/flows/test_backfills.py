"""Backfills as people run them: CC-NEWS and Common Crawl from a mirror, pages and texts, order, memory, calendar, forecast."""

import json
import re
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.faults.processes import DaskCluster, Run, until
from tests.flows.command_line import article_page, objects, run, write_archive
from tests.mirror import Page, write_ccnews, write_crawl
from tests.servers.web import WebServer

pytestmark = pytest.mark.usefixtures("prefect")
FIRST = datetime(2024, 12, 1, 6, tzinfo=UTC)


def write_week(folder: Path, days: int = 6, without: int = 3) -> list[str]:
    """An archive a day of ten pages of two hosts, but for one day."""
    moments = [FIRST + timedelta(days=number) for number in range(days) if number != without]
    files = {
        moment: [(f"https://{HOSTS[n % 2]}/{moment:%d}/{n}", article_page(100 * moment.day + n)) for n in range(10)]
        for moment in moments
    }
    return write_ccnews(folder, files)


HOSTS = ("www.example.org", "other.example")
WEEK = ("--since", "2024-12-01", "--until", "2024-12-07")


@pytest.fixture
def web(tmp_path):
    write_week(tmp_path / "mirror")
    with WebServer(tmp_path / "mirror") as server:
        yield server


def rows(root: Path, *columns: str) -> list[dict]:
    found = [row for path in sorted((root / "articles").rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return [{name: row[name] for name in columns} for row in found]


def manifests(root: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted((root / "runs").rglob("manifest.json"))]


def test_ccnews_planned_pressed_widened_and_on_the_calendar(tmp_path, web):
    root = tmp_path / "corpus"
    base = ("--base", web.url, "--into", root, "--workers", 2)
    plan = run("plan", "ccnews", *WEEK, *base)
    assert plan.returncode == 0, plan.stderr
    assert "5 archives to press" in plan.stdout
    assert "2024-12-04  the archives of 2024-12-04" in plan.stdout
    assert "a first guess" in plan.stdout
    assert not root.exists()
    assert run("plan", "ccnews", *WEEK, *base, "--gaps", "fail").returncode == 1
    first = run("backfill", "ccnews", "--since", "2024-12-01", "--until", "2024-12-03", *base)
    assert first.returncode == 0, first.stderr
    kept = objects(root)
    web.log.clear()
    wider = run("backfill", "ccnews", *WEEK, *base, "--newest-first", "--gaps", "fail")
    assert wider.returncode == 1
    assert "1 gaps upstream" in wider.stderr
    assert kept.items() <= objects(root).items()
    fetched = [each.path[-12:] for each in web.log if each.path.endswith(".warc.gz") and each.method == "GET"]
    assert len(set(fetched)) == 3
    assert manifests(root)[-1]["gaps"][0]["when"] == "2024-12-04"
    assert len(manifests(root)[-1]["done_before"]) == 2
    dates = rows(root, "warc_name_date", "captured_at", "source")
    assert {row["source"] for row in dates} == {"ccnews"}
    assert {row["warc_name_date"] for row in dates} == {FIRST + timedelta(days=n) for n in (0, 1, 2, 4, 5)}
    calendar = run("calendar", root).stdout
    assert "2024-12  ###-##" in calendar
    assert re.search(r"2024-12-04 +0 +0 +0 +0 +the archives of 2024-12-04", calendar)
    listed = run("backfills", root).stdout
    assert "ccnews: ccnews, 2024-12-01 to 2024-12-06" in listed
    assert "5 archives planned" in listed
    assert "2 runs" in listed
    assert "learned from" in run("plan", "ccnews", *WEEK, *base).stdout
    assert "the sum closes" in run("audit", root).stdout


def test_only_some_hosts_and_only_what_was_published_since(tmp_path, web):
    root, hosts = tmp_path / "corpus", tmp_path / "hosts.txt"
    hosts.write_text("# wanted\nexample.org\n")
    arguments = ("backfill", "ccnews", *WEEK, "--base", web.url, "--into", root, "--workers", 1)
    done = run(*arguments, "--only-hosts", hosts, "--limit", 2)
    assert done.returncode == 0, done.stderr
    assert re.search(r"other_host +10\b", done.stdout)
    assert re.search(r"articles +10\b", done.stdout)
    assert "3 more archives lie beyond --limit 2" in done.stdout
    assert "the sum closes" in run("audit", root, "--deep").stdout
    hosts.write_text("example.org\nhttps://example.net/\n\nno host\n")
    refused = run(*arguments, "--only-hosts", hosts)
    assert refused.returncode == 2
    assert "lines 2, 4" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("index", ["columnar", "cdx"])
def test_common_crawl_by_its_index(tmp_path, index):
    pages = [Page(f"https://{host}/{n}", body=article_page(n)) for host in HOSTS for n in range(12)]
    write_crawl(tmp_path / "mirror", "CC-MAIN-2024-51", pages)
    hosts, root = tmp_path / "hosts.txt", tmp_path / "corpus"
    hosts.write_text("example.org\n")
    with WebServer(tmp_path / "mirror") as web:
        arguments = ("common-crawl", "--crawl", "CC-MAIN-2024-51", "--hosts", hosts, "--index", index, "--base", web.url)
        done = run("backfill", *arguments, "--into", root, "--workers", 1)
        assert done.returncode == 0, done.stderr
        assert re.search(r"articles +12\b", done.stdout)
        assert "nothing to do" in run("backfill", *arguments, "--into", root).stdout
        assert "the sum closes" in run("audit", root, "--deep").stdout
        shown = run("show", "https://www.example.org/3", "--in", root).stdout
        assert f"{web.url}/crawl-data/CC-MAIN-2024-51/segments/" in shown


def test_pages_texts_and_tables_become_articles_of_one_schema(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.html").write_bytes(article_page(1))
    (folder / "b.txt").write_text(
        "Ferry fares\n\nMonday, December 2, 2024\n\n" + "The ferry company raised its fares on Monday.\n\n" * 4
    )
    table = tmp_path / "texts.jsonl"
    table.write_text(
        json.dumps({"body": "The board met on Monday and said nothing about it. " * 4, "link": "https://example.org/x"}) + "\n"
    )
    root = tmp_path / "corpus"
    refused = run("backfill", table, "--into", root)
    assert refused.returncode == 2
    assert "'body', 'link'" in refused.stderr
    done = run("backfill", folder, table, "--column", "text=body", "--column", "url=link", "--into", root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert {row["text_source"] for row in rows(root, "text_source")} == {"page", "plain"}
    assert {row["source"] for row in rows(root, "source")} == {"page_files", "table_files"}
    assert "3 captures read = 3 articles" in run("audit", root, "--deep").stdout


def test_what_failed_and_only_that_then_all_of_it_again(tmp_path):
    crawl, root = tmp_path / "crawl", tmp_path / "corpus"
    for number in range(3):
        write_archive(crawl / f"part-{number}.warc.gz", 20, first=100 * number)
    (crawl / "table.jsonl").write_text('{"text": "x", "url": "y"}\n')
    arguments = ("backfill", crawl, "--into", root, "--workers", 1)
    assert run(*arguments, "--limit", 1, "--name", "mine").returncode == 0
    # A receipt that is no receipt, where one shard's lease is, cannot be had; a folder in the way of its parts fails it.
    blocked = root / "articles" / "warc_files" / "2026-01"
    name = next(path.stem for path in (root / "receipts").rglob("*.json"))
    wanted = {path.name.removesuffix(".warc.gz") for path in crawl.glob("*.gz")} - {name[:6]}
    victim = sorted(wanted)[0]
    plan = run("plan", crawl / f"{victim}.warc.gz", "--into", root)
    assert "1 archives to press" in plan.stdout
    from tasks.shards import shard_name

    (blocked / shard_name(str(crawl / f"{victim}.warc.gz"))).write_text("in the way")
    failed = run(*arguments, "--name", "mine")
    assert failed.returncode == 1
    assert "1 of 3 shards failed" in failed.stderr
    assert "1 failed" in run("backfills", root).stdout
    assert f"failed: {victim}" in run("calendar", root).stdout
    (blocked / shard_name(str(crawl / f"{victim}.warc.gz"))).unlink()
    again = run(*arguments, "--name", "mine", "--reprocess", "failed")
    assert again.returncode == 0, again.stderr
    assert "1 archives to press" in again.stdout
    assert "4 done, 0 failed" in run("backfills", root).stdout
    before = {path: path.stat().st_mtime_ns for path in (root / "articles").rglob("*.parquet")}
    everything = run(*arguments[:-2], "--workers", 2, "--name", "mine", "--reprocess", "all", "--at-once", 1)
    assert everything.returncode == 0, everything.stderr
    assert "4 archives to press" in everything.stdout
    assert all(path.stat().st_mtime_ns > moment for path, moment in before.items())
    spans = sorted(_span(path) for path in (root / "receipts").rglob("*.json"))
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert "the sum closes" in run("audit", root).stdout


def _span(receipt: Path) -> tuple[str, str]:
    run = json.loads(receipt.read_text())["run"]
    return run["started_at"], run["finished_at"]


def test_one_big_archive_is_split_over_the_workers_to_the_same_rows(tmp_path):
    archive = write_archive(tmp_path / "big.warc.gz", 300)
    for name, megabytes in (("whole", 0), ("split", archive.stat().st_size / 4.1e6)):
        done = run("backfill", archive, "--into", tmp_path / name, "--workers", 2, "--split-mb", megabytes)
        assert done.returncode == 0, done.stderr
    columns = ("id", "text", "warc_offset", "recipe")
    both = [sorted(rows(tmp_path / name, *columns), key=lambda row: row["warc_offset"]) for name in ("whole", "split")]
    assert both[0] == both[1]
    assert len(list((tmp_path / "split" / "receipts").rglob("*.json"))) == 4
    assert "1 archives planned" in run("backfills", tmp_path / "split").stdout
    assert "300 captures read = 300 articles" in run("audit", tmp_path / "split", "--deep").stdout


def test_a_higher_priority_goes_first_on_a_shared_cluster(tmp_path):
    """Two backfills wait for one worker: that of higher priority, which came later, is done first."""
    from distributed import Client

    for name in ("low", "high"):
        for number in range(6):
            write_archive(tmp_path / name / f"{number}.warc.gz", 300, first=1_000 * number)
    arguments = {name: (tmp_path / name, "--into", tmp_path / f"corpus-{name}") for name in ("low", "high")}
    # A lambda travels by value: the scheduler does not know these tests.
    waiting = lambda dask_scheduler: sum(name.startswith("Client-") for name in dask_scheduler.clients)  # noqa: E731
    with DaskCluster(tmp_path) as cluster:
        cluster.start_scheduler()
        with Client(cluster.address) as client:
            low = Run(tmp_path / "low.log", *arguments["low"], "--cluster", cluster.address)
            until(lambda: low.named("run_backfill"))
            high = Run(tmp_path / "high.log", *arguments["high"], "--cluster", cluster.address, "--priority", 10)
            until(lambda: high.named("run_backfill"))
            # The commands look in at the scheduler before their flows come to stay.
            until(lambda: stays(lambda: client.run_on_scheduler(waiting) == 3))
            cluster.start_worker()
            assert (high.wait(), low.wait()) == (0, 0)
    assert _last_end(tmp_path / "corpus-high") < _last_end(tmp_path / "corpus-low")


def stays(what: Callable[[], bool], seconds: float = 2) -> bool:
    """Whether it is true now and for some time."""
    end = time.monotonic() + seconds
    while what():
        if time.monotonic() > end:
            return True
        time.sleep(0.1)
    return False


def _last_end(root: Path) -> str:
    return max(json.loads(path.read_text())["run"]["finished_at"] for path in (root / "receipts").rglob("*.json"))


def test_a_mirror_that_loses_an_archive_in_between_fails_that_one_alone(tmp_path, web):
    shutil.rmtree(tmp_path / "corpus", ignore_errors=True)
    paths = sorted((tmp_path / "mirror").rglob("CC-NEWS-*.warc.gz"))
    web.answers["/" + str(paths[1].relative_to(tmp_path / "mirror"))] = 404
    arguments = ("backfill", "ccnews", *WEEK, "--base", web.url, "--into", tmp_path / "corpus", "--workers", 1)
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "2 gaps upstream" in done.stdout
    assert re.search(r"articles +40\b", done.stdout)
    web.answers.clear()
    again = run(*arguments)
    assert "1 gaps upstream" in again.stdout
    assert "1 archives to press" in again.stdout
    assert "2024-12  ###-##" in run("calendar", tmp_path / "corpus").stdout
