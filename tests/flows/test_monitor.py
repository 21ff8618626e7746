"""What a colleague sees in the Prefect UI of a run, asked for as the UI asks."""

import json
from datetime import UTC, datetime

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import events
from tasks.collecting.orders import SourceNote, VisitOrder, VisitReceipt
from tasks.manifests import Manifest
from tasks.shards import Counts
from tests.flows.command_line import run, write_archive
from tests.servers.prefect_api import ask, started_since, wait_for


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, prefect_server):
    """A corpus out of one archive that is good and one that breaks off; when its run began, and the server."""
    folder = tmp_path_factory.mktemp("seen")
    write_archive(folder / "crawl" / "good.warc.gz", 60)
    broken = write_archive(folder / "crawl" / "cut.warc.gz", 3)
    broken.write_bytes(broken.read_bytes()[:-40])
    began = datetime.now(UTC)
    done = run("backfill", folder / "crawl", "--into", folder / "corpus", "--part-articles", 20, **prefect_server.environ)
    assert done.returncode == 0, done.stderr
    return folder / "corpus", began, prefect_server


def artifacts(corpus):
    _, began, server = corpus
    runs = {"flow_runs": started_since(began), "flows": {"name": {"any_": ["backfill"]}}}
    return {found["key"]: found for found in ask(server.api, "artifacts/filter", **runs)}


def test_a_run_leaves_its_sums_its_hosts_and_its_report(corpus):
    root, _, _ = corpus
    left = artifacts(corpus)
    assert {"progress", "progress-now", "summary", "hosts"} <= left.keys()
    (report,) = root.glob("runs/*/report.html")
    assert f"report: `{report}`" in left["summary"]["data"]
    assert "| damaged_record | 1 |" in left["summary"]["data"]
    assert "captures read = " in left["summary"]["data"]
    rows = json.loads(left["hosts"]["data"])
    assert sum(row["articles"] for row in rows) >= 60
    assert rows == sorted(rows, key=lambda row: -row["articles"])
    assert "| archives | 2 of 2 |" in left["progress-now"]["data"]
    assert left["progress"]["data"] == 100


def test_each_part_has_a_line_in_the_log_of_its_own_archive(corpus):
    _, began, server = corpus
    runs = {"flow_runs": started_since(began), "task_runs": {"name": {"like_": "good-"}}}
    (shard,) = wait_for(lambda: ask(server.api, "task_runs/filter", **runs))
    logs = {"logs": {"task_run_id": {"any_": [shard["id"]]}}, "sort": "TIMESTAMP_ASC"}
    lines = [line["message"] for line in ask(server.api, "logs/filter", **logs)]
    assert [line.split(":")[0] for line in lines if line.startswith("part ")] == ["part 1", "part 2", "part 3"]
    assert any(line.startswith("shard=good-") for line in lines)


def test_prefect_keeps_no_copy_of_the_orders(corpus):
    """It refuses runs whose parameters are larger than 512 KiB, and keeps all of them."""
    _, began, server = corpus
    (window,) = ask(server.api, "flow_runs/filter", flow_runs=started_since(began), flows={"name": {"any_": ["window"]}})
    assert window["parameters"] == {"number": 1, "archives": 2, "window": "<Batch>"}


def told(server, event, began):
    """Messages of one of our events, since then."""
    since = {"occurred": {"since": began.isoformat(), "until": "2100-01-01T00:00:00Z"}, "event": {"name": [event]}}
    return [found["payload"]["message"] for found in ask(server.api, "events/filter", filter=since)["events"]]


def test_what_alarms_are_made_of_reaches_the_server(prefect_server):
    from prefect import flow

    counts = Counts(200, 10, {"not_html": 150, "too_short": 40})
    manifest = Manifest("r1", "", "", {}, counts, (), (), (), {})
    few = Manifest("r2", "", "", {}, Counts(99, 0, {"not_html": 99}), (), (), (), {})
    order = VisitOrder("/c", "r1", "discover", 1, (), datetime.now(UTC), "collect")
    notes = tuple(
        SourceNote(site, f"https://{site}.example/rss", what)
        for site, what in (("a", "silent: nothing"), ("b", "404"), ("c", "silent: no"))
    )
    receipt = VisitReceipt(order, {}, notes=notes)

    @flow
    def tell() -> None:
        events.tell_of_rejections(manifest, 0.9)
        events.tell_of_rejections(manifest, 0.96)
        events.tell_of_rejections(few, 0.1)
        events.tell_of_silence([receipt], "r1")
        patience = events.Patience("r1", 600)
        for elapsed in (1_000, 1_501, 1_502):
            patience.look(elapsed)
        events.Patience("r2", 0).look(1e9)

    began = datetime.now(UTC)
    with temporary_settings({PREFECT_API_URL: prefect_server.api}):
        tell()
    wait_for(lambda: told(prefect_server, events.RUN_OVERDUE, began))
    assert told(prefect_server, events.REJECTIONS_HIGH, began) == [
        "95% of 200 captures were rejected, not_html is the reason for 150"
    ]
    assert told(prefect_server, events.SOURCE_SILENT, began) == ["a: https://a.example/rss: silent: nothing, and 1 more"]
    assert told(prefect_server, events.RUN_OVERDUE, began) == ["25 min and not done, where 10 min were expected"]
