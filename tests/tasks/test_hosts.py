"""Hosts of a recipe: read from a file, kept on the store, and every other page is a rejection before the costly step."""

import pytest

from tasks.errors import BrokenShard, FixTheRun
from tasks.hosts import hosts_digest, keep_hosts, read_hosts_file, wanted_hosts
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
from tests.archives import gzip_members, http_answer, warc_record
from tests.corpora import html


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "corpus"))


def test_a_file_with_bad_lines_is_refused_by_its_name(tmp_path):
    path = tmp_path / "hosts.txt"
    with pytest.raises(FixTheRun, match="there is no list of hosts at"):
        read_hosts_file(str(path))
    path.write_text("example.org\nhttp://example.net\n")
    with pytest.raises(FixTheRun, match=r"hosts\.txt: no hosts in line 2"):
        read_hosts_file(str(path))
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FixTheRun, match="not UTF-8"):
        read_hosts_file(str(path))


def test_pages_of_other_hosts_are_rejections_and_no_duplicates_of_them(store, tmp_path):
    urls = ["https://other.example/1", "https://www.example.org/1", "https://example.org/1", "https://notexample.org/2"]
    records = [warc_record(url=url, block=http_answer(body=html(1 if url.endswith("1") else 2))) for url in urls]
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(records))
    recipe = Recipe(only_hosts=hosts_digest(("example.org",)))
    keep_hosts(store, ("example.org",))
    (order,) = plan_archives(store, Selection((str(tmp_path / "a.warc.gz"),)), recipe).orders
    receipt = press_shard(store, order, Watch())
    assert receipt.counts.articles == 1
    assert receipt.counts.rejections == {"duplicate_payload": 1, "other_host": 2}


def test_another_list_is_another_recipe_and_a_lost_one_is_told(store):
    assert hosts_digest(()) == ""
    assert Recipe(only_hosts=hosts_digest(("a.example",))).id != Recipe(only_hosts=hosts_digest(("b.example",))).id
    assert wanted_hosts(store, "") is None
    with pytest.raises(BrokenShard, match="start the backfill again"):
        wanted_hosts(store, hosts_digest(("never.example",)))
