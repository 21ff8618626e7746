"""kill -9 of everything: the run goes on, or goes on when it is started again, to the same bytes; Prefect is told the truth."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.faults.processes import DaskCluster, Run, kill, until
from tests.flows.command_line import objects, run, write_archive
from tests.flows.test_backfill import ask

pytestmark = [pytest.mark.usefixtures("prefect"), pytest.mark.timeout(400)]

PARTS = ("--part-articles", 50)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory) -> Path:
    """Two archives of some seconds each."""
    folder = tmp_path_factory.mktemp("crawl")
    for number in range(2):
        write_archive(folder / f"long-{number}.warc.gz", 600, first=1_000 * number)
    return folder


@pytest.fixture(scope="module")
def undisturbed(crawl, tmp_path_factory, prefect_server) -> dict[str, bytes]:
    """What a run to which nothing happened leaves."""
    root = tmp_path_factory.mktemp("undisturbed")
    done = run("backfill", crawl, "--into", root, "--workers", 2, *PARTS, **prefect_server.environ)
    assert done.returncode == 0, done.stderr
    return objects(root)


@pytest.fixture
def started(tmp_path, crawl):
    """A run that has committed its first parts."""
    going = Run(tmp_path / "log", crawl, "--into", tmp_path / "corpus", "--workers", 2, *PARTS)
    until(lambda: len(objects(tmp_path / "corpus")) >= 4)
    yield going
    for each in psutil.Process().children(recursive=True):
        if each.pid == going.process.pid:
            kill(each)
    going.process.wait()


def receipts(root: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in (root / "receipts").rglob("*.json")]


def fewest_parts(root: Path) -> int:
    shards = [len(list(folder.glob("*.parquet"))) for folder in (root / "articles").glob("*/*/*")]
    return min(shards) if len(shards) == 2 else 0


def assert_whole(root: Path, undisturbed: dict[str, bytes]) -> None:
    assert objects(root) == undisturbed
    assert "1,200 captures read = 1,200 articles + 0 rejections: the sum closes" in run("audit", root).stdout
    assert not [path for path in (root / "state").rglob("*") if path.is_file() and "backfills" not in path.parts]


def test_a_worker(started, tmp_path, undisturbed):
    kill(started.workers[0])
    assert started.wait() == 0, started.output
    assert_whole(tmp_path / "corpus", undisturbed)


def test_every_worker_one_after_the_other(started, tmp_path, undisturbed):
    # A shard is given up after four deaths without a part in between, so each has to commit one between two rounds.
    for parts in (1, 2, 3):
        until(lambda parts=parts: started.process.poll() is not None or fewest_parts(tmp_path / "corpus") >= parts)
        for worker in started.workers if started.process.poll() is None else []:
            kill(worker)
    assert started.wait() == 0, started.output
    assert_whole(tmp_path / "corpus", undisturbed)


def seconds_to_start() -> float:
    """CPU seconds that a page process takes before its first page."""
    before, start = os.times().children_user, "from tasks.pressing import Press; from tasks.recipe import Recipe; Press(Recipe())"
    subprocess.run([sys.executable, "-c", start], check=True, timeout=60)
    return os.times().children_user - before


def test_page_processes_again_and_again(tmp_path, crawl, undisturbed):
    # One that has hardly begun is left alone: a page that ends two processes in a row is rejected, as it should be.
    enough, killed = 1.2 * seconds_to_start() + 0.1, 0
    going = Run(tmp_path / "log", crawl, "--into", tmp_path / "corpus", "--workers", 2, *PARTS)
    while going.process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            for each in going.page_processes:
                if each.cpu_times().user > enough:
                    kill(each)
                    killed += 1
        time.sleep(0.05)
    assert killed
    assert going.wait() == 0, going.output
    assert_whole(tmp_path / "corpus", undisturbed)


def test_the_flow_and_then_the_same_command_again(started, tmp_path, crawl, undisturbed, prefect):
    flow, workers = started.flow, started.workers
    before = len(objects(tmp_path / "corpus")) // 2
    kill(flow)
    assert started.wait(60) != 0
    until(lambda: not any(worker.is_running() and worker.status() != "zombie" for worker in workers), 60)
    again = run("backfill", crawl, "--into", tmp_path / "corpus", "--workers", 2, *PARTS)
    assert again.returncode == 0, again.stderr
    assert_whole(tmp_path / "corpus", undisturbed)
    assert sum(each["run"]["resumed_parts"] for each in receipts(tmp_path / "corpus")) >= before - 2
    until(lambda: not ask(prefect, "task_runs/filter", task_runs={"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}))
    assert not ask(prefect, "flow_runs/filter", flow_runs={"state": {"type": {"any_": ["RUNNING", "PENDING"]}}})
    assert ask(prefect, "flow_runs/filter", flow_runs={"state": {"type": {"any_": ["CRASHED"]}}})


def test_the_command_itself(started, tmp_path, crawl, undisturbed):
    flow = started.flow
    started.process.kill()
    until(lambda: not flow.is_running() or flow.status() == "zombie", 60)
    again = run("backfill", crawl, "--into", tmp_path / "corpus", "--workers", 2, *PARTS)
    assert again.returncode == 0, again.stderr
    assert_whole(tmp_path / "corpus", undisturbed)


def test_the_prefect_server_comes_back(started, tmp_path, undisturbed, prefect):
    prefect.process.kill()
    prefect.process.wait()
    time.sleep(3)
    prefect.start()
    assert started.wait() == 0, started.output
    assert_whole(tmp_path / "corpus", undisturbed)
    until(lambda: not ask(prefect, "task_runs/filter", task_runs={"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}))


def test_a_scheduler_and_its_nannies(tmp_path, crawl, undisturbed):
    root = tmp_path / "corpus"
    with DaskCluster(tmp_path) as cluster:
        scheduler = cluster.start_scheduler()
        nannies = [cluster.start_worker() for _ in range(2)]
        going = Run(tmp_path / "log", crawl, "--into", root, "--cluster", cluster.address, *PARTS)
        until(lambda: len(objects(root)) >= 4)
        nannies[0].kill()
        until(lambda: len(objects(root)) >= 10)
        scheduler.kill()
        assert going.wait(60) == 1, going.output
        assert "scheduler went away" in going.output
        for nanny in nannies:
            nanny.wait(60)
        cluster.start_scheduler()
        cluster.start_worker()
        again = run("backfill", crawl, "--into", root, "--cluster", cluster.address, *PARTS)
        assert again.returncode == 0, again.stderr
    assert_whole(root, undisturbed)


def test_a_worker_that_is_cut_off(tmp_path, crawl, undisturbed, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL", "5s")
    root = tmp_path / "corpus"
    with DaskCluster(tmp_path) as cluster:
        cluster.start_scheduler()
        nannies = [cluster.start_worker() for _ in range(2)]
        going = Run(tmp_path / "log", crawl, "--into", root, "--cluster", cluster.address, *PARTS)
        until(lambda: len(objects(root)) >= 4)
        cut_off = [*psutil.Process(nannies[0].pid).children(recursive=True), psutil.Process(nannies[0].pid)]
        for each in cut_off:
            each.send_signal(signal.SIGSTOP)
        assert going.wait(120) == 0, going.output
        for each in cut_off:  # it comes back, finds that it was followed, and must not spoil what was done meanwhile
            each.send_signal(signal.SIGCONT)
        time.sleep(3)
    assert_whole(root, undisturbed)


POISON = """
import os, signal
try:
    from tasks import press
    _unpack = press.unpack
    def unpack(capture, *rest):
        if "long-1" in capture.at.warc_file and capture.url.endswith("/77"):
            os.kill(os.getpid(), signal.SIGKILL)
        return _unpack(capture, *rest)
    press.unpack = unpack
except ImportError:
    pass
"""


def test_a_shard_that_kills_its_workers_is_given_up_named_and_left_for_another_day(tmp_path, crawl):
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(POISON)
    root = tmp_path / "corpus"
    with DaskCluster(tmp_path, path=str(tmp_path / "poison")) as cluster:
        cluster.start_scheduler()
        cluster.start_worker()
        failed = run("backfill", crawl, "--into", root, "--cluster", cluster.address, *PARTS)
    assert failed.returncode == 1
    assert "long-1" in failed.stderr
    assert "ended its worker again and again" in failed.stderr
    assert len(receipts(root)) == 1
    next_day = run("backfill", crawl, "--into", root, "--workers", 1, *PARTS)
    assert next_day.returncode == 0
    assert "given up earlier: long-1" in next_day.stdout
    assert len(receipts(root)) == 1
    mended = run("backfill", crawl, "--into", root, "--workers", 1, "--reprocess", "failed", *PARTS)
    assert mended.returncode == 0, mended.stderr
    assert "1,200 captures read = 1,200 articles + 0 rejections: the sum closes" in run("audit", root).stdout


def test_two_runs_at_once_press_every_shard_once(tmp_path, crawl, undisturbed):
    root = tmp_path / "corpus"
    both = [Run(tmp_path / f"log-{number}", crawl, "--into", root, "--workers", 1, *PARTS) for number in range(2)]
    assert [each.wait() for each in both] == [0, 0], both[0].output + both[1].output
    assert_whole(root, undisturbed)
    assert len({each["run"]["run_id"] for each in receipts(root)}) >= 1
