"""A real scheduler with workers that are whole, foreign, threaded, old, without keys, and frozen."""

import signal

import psutil

from tasks.storage import open_store
from tests.faults.processes import DaskCluster, until
from tests.flows.doctor_visit import Doctor
from tests.flows.test_same_code import SOURCES, older

PLANTED = "planted-secret-5d0c"


def test_a_cluster_first_whole_then_with_threads_old_code_and_wrong_keys(bucket, tmp_path, monkeypatch, capsys):
    with DaskCluster(tmp_path, str(SOURCES)) as cluster:
        cluster.start_scheduler()
        nobody = Doctor(capsys, "--cluster", cluster.address)
        assert nobody.problems == [("cluster", "workers")]
        assert "dask worker tcp://" in nobody.says("cluster", "workers")
        first = cluster.start_worker()
        until(lambda: "Registered to" in (tmp_path / "worker.log").read_text())
        whole = Doctor(capsys, bucket, "--cluster", cluster.address)
        assert whole.problems == [], whole.output
        assert "1 on 1 host:" in whole.says("cluster", "workers")
        assert "read by a worker of each of 1 host" in whole.says("cluster", "store")
        assert "the same Pressrun at 2 places" in whole.says("cluster", "code")
        assert "2 clocks and this one agree" in whole.says("cluster", "clock")
        assert "worker-ttl is 300 s" in whole.says("cluster", "settings")
        assert "spill" in whole.says("cluster", "settings")
        with monkeypatch.context() as other:
            other.setattr("platform.python_version", lambda: "3.99.1")
            foreign = Doctor(capsys, "--cluster", cluster.address)
        assert foreign.problems == [("cluster", "python")]
        assert "3.99.1 here: take the same" in foreign.says("cluster", "python")
        first.terminate()
        first.wait(30)
        cluster.environ |= {"PYTHONPATH": older(tmp_path / "older"), "AWS_SECRET_ACCESS_KEY": PLANTED}
        cluster.start_worker("2")
        until(lambda: (tmp_path / "worker.log").read_text().count("Registered to") == 2)
        broken = Doctor(capsys, bucket, "--cluster", cluster.address)
        for each in psutil.Process(cluster.started[-1].pid).children(recursive=True):
            each.send_signal(signal.SIGSTOP)
        frozen = Doctor(capsys, "--cluster", cluster.address)
    assert frozen.problems == [("cluster", "workers")]
    assert "1 of 1 do not answer" in frozen.says("cluster", "workers")
    assert broken.exit_code == 1
    assert broken.problems == [("cluster", "threads"), ("cluster", "code"), ("cluster", "store")]
    assert "--nthreads 1" in broken.says("cluster", "threads")
    assert "1 of 2 run another Pressrun" in broken.says("cluster", "code")
    assert "check AWS_ACCESS_KEY_ID" in broken.says("cluster", "store")
    assert PLANTED not in broken.output
    assert list(open_store(bucket).list("")) == []


def test_clusters_that_are_not_there_or_start_with_a_run(tmp_path, capsys):
    file = tmp_path / "cluster.yaml"
    file.write_text("address: tcp://127.0.0.1:9\ndask: {distributed.comm.timeouts.connect: 500ms}\n")
    gone = Doctor(capsys, "--cluster", file)
    assert gone.problems == [("cluster", "scheduler")]
    assert "does not answer" in gone.says("cluster", "scheduler")
    assert Doctor(capsys, "--cluster", "local").problems == []
    assert Doctor(capsys, "--cluster", SOURCES / "infra" / "clusters" / "local.yaml").problems == []
    assert Doctor(capsys, "--cluster", "no-such-file").problems == [("cluster", "scheduler")]
