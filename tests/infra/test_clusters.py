"""Every cluster file against the real classes; where a cluster cannot be had, against what would be sent to it."""

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import Any

import dask
import jsonschema
import kubernetes_validate
import pytest
import yaml
from dask_jobqueue import SLURMCluster
from distributed import SSHCluster

from flows.cluster_options import find_class
from flows.runners import choose_cluster
from tests.servers.certificates import Authority

CLUSTERS = Path(__file__).parents[2] / "infra" / "clusters"
FILES = sorted(path.name for path in CLUSTERS.glob("*.yaml"))
OPERATORS_SCHEMA = "operator/deployment/helm/dask-kubernetes-operator/crds/daskcluster.yaml"
ON_KUBERNETES = ("kubernetes.yaml", "spot.yaml")


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CLUSTERS / name).read_text())
    return found


def test_there_is_a_file_for_each_way():
    ways = "adaptive kubernetes local scheduler scheduler-tls slurm spot ssh"
    assert sorted(f"{way}.yaml" for way in ways.split()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_read_and_its_class_takes_its_options(name, tmp_path):
    path = tmp_path / name
    path.write_text((CLUSTERS / name).read_text())
    Authority(tmp_path / "certs").sign("client")
    choice = choose_cluster(str(path), None)
    assert choice.class_path == read(name).get("class", "")
    if choice.class_path:
        assert callable(find_class(choice.class_path))


@pytest.mark.parametrize("name", ["local.yaml", "adaptive.yaml"])
def test_local_workers_have_one_thread_and_a_limit(name):
    options = read(name)["options"]
    assert (options["threads_per_worker"], options["memory_limit"]) == (1, "4GiB")
    assert "127.0.0.1" in options["dashboard_address"]


def test_slurm_is_sent_a_script_with_one_thread_a_limit_and_a_lifetime(tmp_path):
    options = {**read("slurm.yaml")["options"], "log_directory": str(tmp_path), "interface": "lo"}
    with dask.config.set({"distributed.comm.timeouts.connect": "5s"}), SLURMCluster(**options) as cluster:
        script = cluster.job_script()
    for wanted in (
        "--nthreads 1 ",
        "--memory-limit 4.00GiB",
        "--lifetime 7h --lifetime-stagger 30m",
        "--death-timeout 120",
        "--nanny",
    ):
        assert wanted in script
    for wanted in ("-p normal", "--cpus-per-task=1", "--mem=4G", "-t 08:00:00", "--requeue"):
        assert f"#SBATCH {wanted}" in script
    assert "export DASK_DISTRIBUTED__WORKER__MEMORY__SPILL=False" in script


def test_ssh_starts_workers_with_one_thread_on_all_hosts_but_the_first():
    async def described() -> Any:
        return SSHCluster(**read("ssh.yaml")["options"], asynchronous=True)  # nothing is started before it is awaited

    cluster = asyncio.run(described())
    assert cluster.scheduler_spec["options"]["address"] == "node-0"
    assert [spec["options"]["address"] for spec in cluster.worker_spec.values()] == ["node-1", "node-2"]
    for spec in cluster.worker_spec.values():
        started = spec["cls"]("tcp://node-0:8786", **spec["options"])
        assert started.n_workers == 8
        assert (started.kwargs["nthreads"], started.kwargs["memory_limit"]) == (1, "4GiB")


@pytest.mark.parametrize("name", ON_KUBERNETES)
def test_the_operator_is_sent_what_its_schema_and_that_of_pods_allow(name):
    spec = read(name)["options"]["custom_cluster_spec"]
    crd = yaml.safe_load(files("dask_kubernetes").joinpath(OPERATORS_SCHEMA).read_text())
    (version,) = [version for version in crd["spec"]["versions"] if version["name"] == "v1"]
    jsonschema.validate(spec, version["schema"]["openAPIV3Schema"])
    for part in ("scheduler", "worker"):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": part}, "spec": spec["spec"][part]["spec"]}
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "scheduler"},
        "spec": spec["spec"]["scheduler"]["service"],
    }
    kubernetes_validate.validate(service, kubernetes_validate.latest_version(), strict=True)
    # The operator finds the scheduler by these labels.
    assert spec["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"] == spec["metadata"]["name"]


@pytest.mark.parametrize("name", ON_KUBERNETES)
def test_pods_are_nobody_have_limits_and_one_thread(name):
    spec = read(name)["options"]["custom_cluster_spec"]["spec"]
    for part in ("scheduler", "worker"):
        pod = spec[part]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        assert "memory" in container["resources"]["limits"]
    args = spec["worker"]["spec"]["containers"][0]["args"]
    assert args[args.index("--nthreads") + 1] == "1"
    assert dask.utils.parse_bytes(args[args.index("--memory-limit") + 1]) < 4608 * 2**20
    assert {"--lifetime", "--lifetime-stagger", "--lifetime-restart"} <= set(args)


def test_a_spot_worker_that_is_lost_is_not_held_against_its_archive():
    spec = read("spot.yaml")["options"]["custom_cluster_spec"]["spec"]
    environ = {each["name"]: each.get("value") for each in spec["scheduler"]["spec"]["containers"][0]["env"]}
    assert environ["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] == "10"
    assert "nodeSelector" in spec["worker"]["spec"]
    assert "nodeSelector" not in spec["scheduler"]["spec"]
