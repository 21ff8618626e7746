"""The backfill as a person runs it: real Prefect server, real Dask workers in processes of their own, real S3."""

import json
import re
import shutil
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tasks
from tests.demo.archive import ARCHIVE
from tests.faults.processes import DaskCluster
from tests.flows.command_line import objects, run, run_until, write_archive
from tests.flows.watching import Watch
from tests.servers import prefect_api

pytestmark = pytest.mark.usefixtures("prefect")


def ask(server, path: str, **body: object) -> list[dict]:
    return prefect_api.ask(server.api, path, **body)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory) -> Path:
    """Four small archives."""
    folder = tmp_path_factory.mktemp("crawl")
    for number in range(4):
        write_archive(folder / f"part-{number}.warc.gz", 60, first=100 * number)
    return folder


def test_the_main_job_then_nothing_to_do_then_only_what_is_new(tmp_path, crawl):
    root, folder = tmp_path / "corpus", tmp_path / "crawl"
    write_archive(folder / "a.warc.gz", 30)
    began = time.monotonic()
    first = run("backfill", folder, "--into", root, "--workers", 2)
    first_seconds = time.monotonic() - began
    assert first.returncode == 0, first.stderr
    assert re.search(r"captures read +30\b", first.stdout)
    assert "pressrun audit" in first.stdout
    before = objects(root)
    began = time.monotonic()
    second = run("backfill", folder, "--into", root)
    assert second.returncode == 0
    assert "nothing to do" in second.stdout
    assert time.monotonic() - began < first_seconds / 2  # neither a server nor workers were started for it
    write_archive(folder / "b.warc.gz", 5, first=50)
    third = run("backfill", folder, "--into", root, "--workers", 1)
    assert "1 archives to press" in third.stdout
    assert before.items() <= objects(root).items()
    assert "35 captures read = 35 articles + 0 rejections: the sum closes" in run("audit", root).stdout
    assert "35" in run("status", root).stdout


def test_one_worker_and_two_give_the_same_bytes(tmp_path, crawl):
    for workers in (1, 2):
        done = run("backfill", crawl, "--into", tmp_path / str(workers), "--workers", workers, "--part-articles", 25)
        assert done.returncode == 0, done.stderr
    one, two = objects(tmp_path / "1"), objects(tmp_path / "2")
    assert len(one) == 4 * 3 * 2
    assert one == two


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_at_once_and_the_next_goes_on_to_the_same_bytes(tmp_path, stop):
    archive = write_archive(tmp_path / "long.warc.gz", 1_200)
    arguments = ("backfill", archive, "--workers", 1, "--part-articles", 100)
    root = tmp_path / "stopped"
    code, output, seconds = run_until(lambda: len(objects(root)) >= 4, stop, *arguments, "--into", root)
    assert code == 130, output
    assert "goes on after the last parts" in output
    assert "Traceback" not in output
    assert seconds < 20
    assert not list((root / "receipts").rglob("*.json"))
    assert "unfinished" in run("audit", root).stdout
    kept = {name: Path(root, name).stat().st_mtime_ns for name in objects(root)}
    assert run(*arguments, "--into", root).returncode == 0
    receipt = json.loads(next((root / "receipts").rglob("*.json")).read_text())
    assert receipt["run"]["resumed_parts"] >= 2
    assert all(Path(root, name).stat().st_mtime_ns == moment for name, moment in kept.items() if name.startswith("articles"))
    assert run(*arguments, "--into", tmp_path / "whole").returncode == 0
    assert objects(root) == objects(tmp_path / "whole")


def test_a_failed_shard_fails_the_run_after_the_others_are_done(tmp_path, crawl, prefect, monkeypatch):
    from dataclasses import replace

    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows import backfill as flow_module
    from flows.parameters import BackfillOrder
    from tasks.errors import BrokenShard
    from tasks.plans import plan_archives

    def with_a_lost_archive(*arguments):
        plan = plan_archives(*arguments)
        lost = replace(plan.orders[1], shard=replace(plan.orders[1].shard, url=str(tmp_path / "lost.warc.gz")))
        return replace(plan, orders=(plan.orders[0], lost, *plan.orders[2:]))

    monkeypatch.setattr(flow_module, "plan_archives", with_a_lost_archive)
    order, began = BackfillOrder(archives=[str(crawl)], into=str(tmp_path / "corpus"), workers=2), datetime.now(UTC)
    with temporary_settings({PREFECT_API_URL: prefect.api}), pytest.raises(BrokenShard, match="1 of 4 shards failed"):
        flow_module.backfill(order)
    assert len(list((tmp_path / "corpus" / "receipts").rglob("*.json"))) == 3
    manifest = json.loads(next((tmp_path / "corpus" / "runs").rglob("manifest.json")).read_text())
    assert [re.sub("-[0-9a-f]{8}$", "", name) for name in manifest["failed"]] == ["part-1"]
    assert "lost.warc.gz" in next(iter(manifest["failed"].values()))
    assert manifest["counts"]["captures"] == 180
    runs = ask(prefect, "flow_runs/filter", flow_runs=prefect_api.started_since(began))
    assert len(runs) == 2
    assert {run["state_type"] for run in runs} == {"FAILED"}
    states = [each["state_type"] for each in _task_runs(prefect, runs, 4)]
    assert sorted(states) == ["COMPLETED", "COMPLETED", "COMPLETED", "FAILED"]
    monkeypatch.undo()
    assert run("backfill", crawl, "--into", tmp_path / "corpus", "--workers", 1, PREFECT_API_URL=prefect.api).returncode == 0


def _task_runs(server, runs: list[dict], count: int) -> list[dict]:
    """Task runs of these flow runs; the server writes them some seconds later."""
    ids = {"id": {"any_": [each["id"] for each in runs]}}
    for _ in range(40):
        found = [each for each in ask(server, "task_runs/filter", flow_runs=ids) if each["name"].startswith("part-")]
        if len(found) >= count and all(each["state_type"] in {"COMPLETED", "FAILED"} for each in found):
            return found
        time.sleep(0.5)
    raise AssertionError(found)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and workers of one's own; ``cluster.environ`` is theirs."""
    with DaskCluster(tmp_path) as started:
        yield started


def assert_refused_in_one_line(refused, says: str) -> None:
    assert refused.returncode == 2
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_standing_scheduler(tmp_path, crawl, cluster):
    cluster.start_scheduler()
    cluster.start_worker()
    done = run("backfill", crawl, "--into", tmp_path / "corpus", "--cluster", cluster.address)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "corpus" / "receipts").rglob("*.json"))) == 4


def test_a_worker_with_threads_is_refused_in_one_line(tmp_path, crawl, cluster):
    cluster.start_scheduler()
    cluster.start_worker("2")
    assert_refused_in_one_line(run("backfill", crawl, "--into", tmp_path / "corpus", "--cluster", cluster.address), "--nthreads 1")


def test_a_cluster_with_other_code_is_refused_in_one_line(tmp_path, crawl, cluster):
    source = Path(next(iter(tasks.__path__))).parent
    for package in ("tasks", "flows"):
        shutil.copytree(source / package, tmp_path / "older" / package)
    (tmp_path / "older" / "tasks" / "errors.py").open("a").write("\n# an older one\n")
    cluster.environ["PYTHONPATH"] = str(tmp_path / "older")
    cluster.start_scheduler()
    cluster.start_worker()
    assert_refused_in_one_line(
        run("backfill", crawl, "--into", tmp_path / "corpus", "--cluster", cluster.address), "another Pressrun"
    )


WITHOUT_PRESSRUN = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"flows", "tasks"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Lacking())
"""


@pytest.mark.parametrize("who", ["workers", "scheduler"])
def test_a_cluster_without_this_code_is_refused_in_one_line(tmp_path, crawl, cluster, who):
    (tmp_path / "lacking").mkdir()
    (tmp_path / "lacking" / "sitecustomize.py").write_text(WITHOUT_PRESSRUN)
    own = dict(cluster.environ)
    cluster.environ["PYTHONPATH"] = str(tmp_path / "lacking")
    cluster.start_scheduler()
    cluster.environ = own if who == "scheduler" else cluster.environ
    cluster.start_worker()
    refused = run("backfill", crawl, "--into", tmp_path / "corpus", "--cluster", cluster.address)
    assert_refused_in_one_line(refused, "lack this code" if who == "workers" else "the scheduler at")


def test_a_cluster_file(tmp_path, crawl):
    file = Path(__file__).parents[2] / "infra" / "clusters" / "local.yaml"
    done = run("backfill", crawl, "--into", tmp_path / "corpus", "--cluster", file)
    assert done.returncode == 0, done.stderr


def test_the_embedded_server_needs_no_setting(tmp_path, monkeypatch):
    for name in ("PREFECT_API_URL", "DO_NOT_TRACK"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    watch = Watch(tmp_path / "watched")
    done = run("backfill", ARCHIVE, "--into", tmp_path / "corpus", "--workers", 1, **watch.environ)
    assert done.returncode == 0, done.stderr
    assert not list(watch.outside())
    assert re.search(r"captures read +12\b", done.stdout)
    shown = run("show", "https://www.tidewater-post.example/local/harbour-bridge-reopens", "--in", tmp_path / "corpus")
    assert "Maren Holt" in shown.stdout
    assert "warc_offset" in shown.stdout
    gone = run("show", "https://rails.example/gone", "--in", tmp_path / "corpus")
    assert "client_error" in gone.stdout
