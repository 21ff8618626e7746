"""Workers that join a running cluster with other code: sent away before they are given a shard, and told once."""

import logging
import shutil
import time
from pathlib import Path

import pytest
from distributed import get_worker

import tasks
from flows.runners import choose_cluster, open_client
from flows.same_code import code_digest
from tasks.errors import FixTheRun
from tests.faults.processes import DaskCluster, until

WITHOUT_PRESSRUN = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"flows", "tasks"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Lacking())
"""
SOURCES = Path(next(iter(tasks.__path__))).parent


def work(_: int) -> str:
    """A shard that takes a while; who did it."""
    time.sleep(0.1)
    return get_worker().address


def older(folder: Path) -> str:
    """The path of Pressrun as it was before somebody changed a comment."""
    for package in ("tasks", "flows"):
        shutil.copytree(SOURCES / package, folder / package)
    with (folder / "tasks" / "errors.py").open("a") as source:
        source.write("\n# an older one\n")
    return str(folder)


def lacking(folder: Path) -> str:
    """The path of a machine without Pressrun."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WITHOUT_PRESSRUN)
    return str(folder)


@pytest.fixture
def cluster(tmp_path):
    with DaskCluster(tmp_path, str(SOURCES)) as started:
        started.start_scheduler()
        yield started


def test_a_late_worker_with_other_code_gets_no_shard_and_blames_none(tmp_path, cluster, caplog):
    caplog.set_level(logging.WARNING)
    cluster.start_worker()
    with open_client(choose_cluster(cluster.address, None)) as client:
        (first,) = client.nthreads()
        # More than one worker can do, so that a late one is given shards the moment it joins.
        futures = client.map(work, range(1_000), pure=False)
        late = []
        for make in (older, lacking):
            cluster.environ["PYTHONPATH"] = make(tmp_path / make.__name__)
            late.append(cluster.start_worker())
        until(lambda: "another Pressrun" in caplog.text and "no Pressrun" in caplog.text)
        assert [process.wait(30) for process in late] == [0, 0]
        assert {future.result() for future in futures if future.done()} == {first}
        # As many failures as were counted against the shards: none, though the late ones had been given some.
        blamed = client.run_on_scheduler(lambda dask_scheduler: [ts.suspicious for ts in dask_scheduler.tasks.values()])
        assert set(blamed) == {0}
        assert list(client.nthreads()) == [first]
    assert len([line for line in caplog.messages if "was refused" in line]) == 2
    assert "update it and start it again" in caplog.text


def test_a_late_worker_with_threads_is_refused_and_the_next_run_says_why_there_is_none(tmp_path, cluster, caplog):
    worker = cluster.start_worker()
    with open_client(choose_cluster(cluster.address, None)):
        cluster.start_worker("2")
        until(lambda: "more than one thread: start it with --nthreads 1" in caplog.text)
    worker.terminate()
    worker.wait(30)
    file = tmp_path / "cluster.yaml"
    file.write_text(f"address: {cluster.address}\nwait_seconds: 0.5\n")
    with pytest.raises(FixTheRun, match=r"no workers: the worker at .* was refused"), open_client(choose_cluster(str(file), None)):
        pytest.fail("there is no worker")


def test_equal_code_has_equal_digests():
    assert code_digest() == code_digest() != ""
    assert len(code_digest()) == 64
