"""CC-NEWS from a mirror: ranges of days, listings, gaps."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from tasks.errors import BrokenShard, FixTheRun
from tasks.memory import Memory
from tasks.selection import Found, Selection
from tasks.sources.ccnews import find
from tasks.storage import open_store
from tests.archives import PAGE
from tests.mirror import write_ccnews
from tests.servers.web import WebServer

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def write_days(folder, *moments: str) -> list[str]:
    return write_ccnews(folder, {day(moment): [(f"https://news.example.org/{moment}", PAGE)] for moment in moments})


def found(base, since: str, until: str | None, root, **asked) -> Found:
    asked = {"now": NOW, **asked}
    until_day = day(until) if until else None
    return find(Memory(open_store(str(root))), Selection(("ccnews",), base=str(base), since=day(since), until=until_day, **asked))


def days(result: Found) -> list[str]:
    return [shard.day for shard in result.shards]


def gaps(result: Found) -> list[str]:
    return [gap.when for gap in result.gaps]


def test_a_range_takes_its_first_day_and_not_its_last(tmp_path):
    write_days(tmp_path / "cc", "2024-11-30T23:59:59", "2024-12-01", "2024-12-01T12:00:00", "2024-12-02", "2024-12-03")
    result = found(tmp_path / "cc", "2024-12-01", "2024-12-03", tmp_path / "corpus")
    assert days(result) == ["2024-12-01", "2024-12-01", "2024-12-02"]
    assert not result.gaps
    shard = result.shards[0]
    assert (shard.name, shard.source, shard.reader) == ("CC-NEWS-20241201000000-00001", "ccnews", "warc_files")
    assert shard.size_bytes > 0


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2024-01-31", "2024-03-01", ["2024-01", "2024-02"]),
        ("2024-02-29", "2024-03-01", ["2024-02"]),
        ("2023-12-31", "2024-01-02", ["2023-12", "2024-01"]),
        ("2024-01-31", "2024-06-30", ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06"]),
        ("2024-05-15", "2024-06-01", ["2024-05"]),
    ],
)
def test_no_month_is_skipped_whatever_its_length(tmp_path, since, until, months):
    first, last = day(since), day(until)
    every = [first + timedelta(days=number) for number in range((last - first).days)]
    write_days(tmp_path / "cc", *(f"{one:%Y-%m-%dT08:00:00}" for one in every))
    result = found(tmp_path / "cc", since, until, tmp_path / "corpus")
    assert days(result) == [f"{one:%Y-%m-%d}" for one in every]
    assert sorted({one[:7] for one in days(result)}) == months
    assert not result.gaps


def test_a_day_without_a_file_and_a_month_without_a_listing_are_gaps(tmp_path):
    write_days(tmp_path / "cc", "2024-11-29", "2024-12-01", "2024-12-03")
    with WebServer(tmp_path / "cc") as web:
        result = found(web.url, "2024-11-29", "2024-12-04", tmp_path / "corpus")
        assert gaps(result) == ["2024-11-30", "2024-12-02"]
        web.answers["/crawl-data/CC-NEWS/2024/11/warc.paths.gz"] = 403
        result = found(web.url, "2024-11-29", "2024-12-04", tmp_path / "corpus")
        assert gaps(result) == ["2024-11", "2024-12-02"]
        assert days(result) == ["2024-12-01", "2024-12-03"]
        assert gaps(found(web.url, "2024-12-03", "2025-01-03", tmp_path / "corpus"))[-2:] == ["2024-12-31", "2025-01"]
        assert gaps(found(web.url, "2025-01-01", "2025-01-03", tmp_path / "corpus")) == ["2025-01"]


def test_an_empty_listing_is_a_gap_and_a_damaged_one_an_error(tmp_path):
    write_days(tmp_path / "cc", "2024-12-01")
    listing = tmp_path / "cc" / "crawl-data/CC-NEWS/2024/12/warc.paths.gz"
    listing.write_bytes(gzip.compress(b""))
    assert gaps(found(tmp_path / "cc", "2024-12-01", "2024-12-02", tmp_path / "corpus")) == ["2024-12"]
    listing.write_bytes(b"<html>not what you asked for</html>")
    with pytest.raises(BrokenShard, match=r"warc\.paths\.gz is damaged"):
        found(tmp_path / "cc", "2024-12-01", "2024-12-02", tmp_path / "corpus")


@pytest.mark.parametrize("status", [403, 404])
def test_a_file_that_is_listed_and_not_there_is_a_gap(tmp_path, status):
    paths = write_days(tmp_path / "cc", "2024-12-01", "2024-12-02")
    with WebServer(tmp_path / "cc") as web:
        web.answers[f"/{paths[0]}"] = status
        result = found(web.url, "2024-12-01", "2024-12-03", tmp_path / "corpus")
    assert days(result) == ["2024-12-02"]
    assert gaps(result) == ["2024-12-01"]
    assert result.gaps[0].what == "CC-NEWS-20241201000000-00000.warc.gz"


def test_now_ends_the_range_and_a_day_in_progress_is_no_gap(tmp_path):
    write_days(tmp_path / "cc", "2024-12-01T01:00:00", "2024-12-02T01:00:00", "2024-12-02T13:00:00")
    result = found(tmp_path / "cc", "2024-12-01", None, tmp_path / "corpus", now=day("2024-12-02T12:00:00"))
    assert days(result) == ["2024-12-01", "2024-12-02"]
    assert not found(tmp_path / "cc", "2024-12-01", "2025-02-01", tmp_path / "corpus", now=day("2024-12-03T00:30:00")).gaps


def test_a_bucket_without_a_list_is_listed_beyond_a_thousand_keys(bucket, tmp_path, monkeypatch):
    store = open_store(f"{bucket}/mirror")
    moments = [day("2024-12-01") + timedelta(seconds=30 * number) for number in range(1_100)]
    from concurrent.futures import ThreadPoolExecutor

    keys = [f"crawl-data/CC-NEWS/2024/12/CC-NEWS-{one:%Y%m%d%H%M%S}-{n:05d}.warc.gz" for n, one in enumerate(moments)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: store.write(key, b"x"), keys))
    result = found(f"{bucket}/mirror", "2024-12-01", "2024-12-02", tmp_path / "corpus")
    assert len(result.shards) == 1_100


def test_a_limit_looks_up_no_more_than_it_needs(tmp_path):
    write_days(tmp_path / "cc", "2024-12-01", "2024-12-02", "2024-12-03")
    with WebServer(tmp_path / "cc") as web:
        result = found(web.url, "2024-12-01", "2024-12-04", tmp_path / "corpus", limit=1, newest_first=True)
        assert days(result) == ["2024-12-03"]
        assert sum("warc.gz" in each.path for each in web.log) == 1
    assert "2 more archives" in result.notes[0]


def test_a_range_that_is_none_is_refused(tmp_path):
    with pytest.raises(FixTheRun, match="--since"):
        find(Memory(open_store(str(tmp_path))), Selection(("ccnews",), now=NOW))
    with pytest.raises(FixTheRun, match="is empty"):
        found(tmp_path, "2024-12-02", "2024-12-02", tmp_path / "corpus")
    with pytest.raises(FixTheRun, match="is empty"):
        found(tmp_path, "2027-12-02", None, tmp_path / "corpus")
