"""What is wrong with a cluster file is said in one line, before anything is started."""

import sys

import pytest

from flows import cluster_options
from flows.runners import check_cluster, choose_cluster
from tasks.errors import FixTheRun

LOCAL = "class: distributed.LocalCluster\n"


def choose(tmp_path, text: str, workers: int | None = None):
    path = tmp_path / "cluster.yaml"
    path.write_text(text)
    return choose_cluster(str(path), workers)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a list\n", "valid dictionary"),
        ("", "valid dictionary"),
        ("class: [\n", "expected"),
        ("options: {}\n", "either `class`"),
        (LOCAL + "address: tcp://a:1\n", "either `class`"),
        (LOCAL + "worker: 2\n", "worker: "),
        (LOCAL + "workers: many\n", "workers: "),
        (LOCAL + "workers: 0\n", "workers: "),
        (LOCAL + "workers: 2\nadaptive: {maximum: 4}\n", "one of them"),
        (LOCAL + "adaptive: {minimum: 5, maximum: 4}\n", "maximum is less"),
        (LOCAL + "adaptive: {minimum: 0, maximum: 4}\n", "adaptive.minimum"),
        (LOCAL + "options: [a]\n", "options: "),
        (LOCAL + "options: {thread_per_worker: 1}\n", "'threads_per_worker'?"),
        (LOCAL + "options: {no_such_thing: 1}\n", "no option 'no_such_thing'"),
        (LOCAL + "dask: {distributed.worker.memory.taget: 1}\n", "no setting 'distributed.worker.memory.taget'"),
        (LOCAL + "dask: {distributed.worker: {memory: 1}}\n", "dask.distributed.worker"),
        ("class: distributed.NoCluster\n", "no class 'distributed.NoCluster'"),
        ("class: LocalCluster\n", "no class 'LocalCluster'"),
        ("class: no_such_package.Cluster\n", "no class"),
        ("class: distributed.SSHCluster\nworkers: 3\n", "of its hosts"),
        ("class: distributed.SSHCluster\noptions: {worker_options: {nthread: 1}}\n", "do you mean 'nthreads'?"),
        ("class: distributed.SSHCluster\noptions: {scheduler_options: 8786}\n", "has to be a mapping"),
        ("class: dask_jobqueue.SLURMCluster\noptions: {wall_time: 1}\n", "'walltime'?"),
        ("class: dask_kubernetes.operator.KubeCluster\noptions: {images: x}\n", "'image'?"),
        ("class: dask_kubernetes.operator.KubeCluster\nadaptive: {maximum: 4}\n", "say `workers`"),
        ("class: dask_kubernetes.operator.KubeCluster\ntls: {ca: a, cert: b, key: c}\n", "takes no certificates"),
        ("address: scheduler:8786\n", "address: "),
        ("address: tcp://scheduler:8786\nworkers: 2\n", "this one has an address"),
        ("address: tls://scheduler:8786\n", "needs `tls`"),
        ("address: tls://scheduler:8786\ntls: {ca: a, cert: b}\n", "tls.key"),
        ("address: tls://scheduler:8786\ntls: {ca: a, cert: b, key: c}\n", "no file"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, says):
    with pytest.raises(FixTheRun) as refused:
        choose(tmp_path, text)
    assert says in str(refused.value)
    assert str(tmp_path / "cluster.yaml") in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("class_path", "package"),
    [("dask_jobqueue.SLURMCluster", "dask-jobqueue"), ("distributed.SSHCluster", "asyncssh")],
)
def test_a_package_that_is_missing_is_named(tmp_path, monkeypatch, class_path, package):
    monkeypatch.setattr(cluster_options, "find_spec", lambda _: None)
    with pytest.raises(FixTheRun, match=f"pip install {package}"):
        choose(tmp_path, f"class: {class_path}\n")


def test_a_machine_without_the_command_of_its_queue_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    choice = choose(tmp_path, "class: dask_jobqueue.SLURMCluster\noptions: {cores: 1, memory: 4GiB}\nworkers: 1\n")
    with pytest.raises(FixTheRun, match="needs the command sbatch"):
        check_cluster(choice)
    (tmp_path / "sbatch").write_text("#!/bin/sh\n")
    (tmp_path / "sbatch").chmod(0o755)
    check_cluster(choice)


def test_a_machine_without_kubernetes_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    choice = choose(tmp_path, "class: dask_kubernetes.operator.KubeCluster\nworkers: 1\n")
    with pytest.raises(FixTheRun, match="where kubectl works"):
        check_cluster(choice)
    (tmp_path / "config").touch()
    check_cluster(choice)


def test_a_class_of_somebody_else_may_take_anything(tmp_path, monkeypatch):
    (tmp_path / "our_clusters.py").write_text("class OurCluster:\n    def __init__(self, **anything): ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert choose(tmp_path, "class: our_clusters.OurCluster\noptions: {size: 3}\n").options == (("size", 3),)
    del sys.modules["our_clusters"]


def test_the_number_of_workers(tmp_path):
    assert choose(tmp_path, LOCAL).workers == 1
    assert choose(tmp_path, LOCAL + "workers: 3\n").workers == 3
    assert choose(tmp_path, LOCAL + "workers: 3\n", 5).workers == 5
    assert choose(tmp_path, LOCAL + "adaptive: {maximum: 4}\n").adaptive == (1, 4)
    fixed = choose(tmp_path, LOCAL + "adaptive: {maximum: 4}\n", 2)
    assert (fixed.adaptive, fixed.workers) == (None, 2)
    for text in ("address: tcp://scheduler:8786\n", "class: distributed.SSHCluster\noptions: {hosts: [a, b]}\n"):
        with pytest.raises(FixTheRun, match="--workers"):
            choose(tmp_path, text, 2)


def test_a_module_that_breaks_while_it_is_imported_is_named(tmp_path, monkeypatch):
    (tmp_path / "a_broken_module.py").write_text("raise RuntimeError('a secret')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FixTheRun, match=r"cluster\.yaml: a_broken_module cannot be imported \(RuntimeError\)") as refused:
        choose(tmp_path, "class: a_broken_module.Any\nworkers: 2\n")
    assert "a secret" not in str(refused.value)
