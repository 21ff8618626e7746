"""Joining a scheduler with certificates, and clusters that are started from a file."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import dask
import pytest
import yaml
from distributed import get_worker

import tasks
from flows.runners import check_cluster, choose_cluster, open_client
from tasks.errors import FixTheRun
from tasks.turns import Turns
from tests.faults.processes import DaskCluster, until
from tests.flows.command_line import run
from tests.servers.certificates import Authority
from tests.servers.ssh import SshServer

SOURCES = Path(next(iter(tasks.__path__))).parent
CLUSTERS = SOURCES / "infra" / "clusters"


class SecureCluster(DaskCluster):
    """The same with certificates, as the README starts it."""

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def certificates(self, name: str) -> list[str]:
        folder = self.folder / "certs"
        return [
            "--tls-ca-file",
            str(folder / "ca.pem"),
            "--tls-cert",
            str(folder / f"{name}.pem"),
            "--tls-key",
            str(folder / f"{name}.key"),
        ]

    def start(self) -> None:
        log = self.folder / "scheduler.log"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--protocol", "tls"]
        self._start(log, "scheduler", *options, *self.certificates("scheduler"))
        found = until(lambda: re.search(r"Scheduler at:\s+tls://127.0.0.1:(\d+)", log.read_text()))
        self.port = int(found[1])  # type: ignore[index]
        worker = ["worker", self.address, "--nthreads", "1", "--no-dashboard"]
        self._start(self.folder / "worker.log", *worker, *self.certificates("worker"))


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secure")
    if shutil.which("openssl"):
        (commands,) = re.findall(r"^```sh\n(.*?)^```", (SOURCES / "infra" / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        subprocess.run(["sh", "-ec", commands], cwd=folder, check=True, capture_output=True)
    else:
        authority = Authority(folder / "certs")
        for name in ("scheduler", "worker", "client"):
            authority.sign(name)
    with SecureCluster(folder, str(SOURCES)) as cluster:
        cluster.start()
        yield cluster


def with_certificates(secure: SecureCluster, folder: Path) -> Path:
    """The file of infra/clusters, with this cluster's address and the certificates of a folder beside it."""
    text = (CLUSTERS / "scheduler-tls.yaml").read_text().replace("tls://scheduler:8786", secure.address)
    file = folder / "cluster.yaml"
    file.write_text(text + "dask: {distributed.comm.timeouts.connect: 3s}\n")
    return file


def where() -> str:
    address: str = get_worker().address
    return address


def test_with_certificates_all_is_encrypted(secure):
    choice = choose_cluster(str(with_certificates(secure, secure.folder)), None)
    check_cluster(choice)
    with open_client(choice) as client:
        assert client.submit(where).result().startswith("tls://")
        assert client.scheduler.address.startswith("tls://")


def test_without_a_certificate_a_run_is_refused_in_one_line(secure, tmp_path):
    refused = run("backfill", SOURCES / "tests" / "demo", "--into", tmp_path / "corpus", "--cluster", secure.address)
    assert refused.returncode == 2
    assert "wants certificates: name them in a file like infra/clusters/scheduler-tls.yaml" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_certificates_of_another_authority_are_refused(secure, tmp_path):
    other = Authority(tmp_path / "certs", "somebody-else")
    other.sign("client")
    with pytest.raises(FixTheRun, match="certificates and yours are of one authority"):
        check_cluster(choose_cluster(str(with_certificates(secure, tmp_path)), None))
    # Even who trusts the right authority has to be signed by it.
    shutil.copy(secure.folder / "certs" / "ca.pem", tmp_path / "certs" / "ca.pem")
    with pytest.raises(FixTheRun, match="certificates and yours are of one authority"):
        check_cluster(choose_cluster(str(with_certificates(secure, tmp_path)), None))


def test_a_key_that_is_not_of_its_certificate_is_named(secure, tmp_path):
    shutil.copytree(secure.folder / "certs", tmp_path / "certs")
    shutil.copy(secure.folder / "certs" / "worker.key", tmp_path / "certs" / "client.key")
    with pytest.raises(FixTheRun, match="do not fit together"):
        check_cluster(choose_cluster(str(with_certificates(secure, tmp_path)), None))


def test_plain_traffic_to_a_secure_scheduler_is_refused(secure, tmp_path):
    file = tmp_path / "cluster.yaml"
    file.write_text(f"address: {secure.address.replace('tls', 'tcp')}\ndask: {{distributed.comm.timeouts.connect: 2s}}\n")
    with pytest.raises(FixTheRun, match="if it speaks TLS, say tls://"):
        check_cluster(choose_cluster(str(file), None))


def spilling() -> tuple[object, object]:
    return dask.config.get("distributed.worker.memory.target"), dask.config.get("distributed.worker.memory.spill")


def test_local_workers_spill_no_page_and_speak_tls_where_the_file_says_so(secure):
    file = secure.folder / "local.yaml"
    tls = "tls: {ca: certs/ca.pem, cert: certs/client.pem, key: certs/client.key}\n"
    file.write_text((CLUSTERS / "local.yaml").read_text().replace("workers: 2", "workers: 1").replace(":8787", ":0") + tls)
    with open_client(choose_cluster(str(file), None)) as client:
        assert client.submit(spilling).result() == (False, False)
        assert client.submit(where).result().startswith("tls://")
        assert {info["memory_limit"] for info in client.scheduler_info()["workers"].values()} <= {4 * 2**30}


def sleep_a_little(_: int) -> None:
    time.sleep(0.3)


def test_an_adaptive_cluster_grows_while_shards_wait_and_shrinks_when_none_is_left(tmp_path):
    file = tmp_path / "adaptive.yaml"
    text = (CLUSTERS / "adaptive.yaml").read_text()
    file.write_text(text.replace("interval: 2s", "interval: 200ms").replace("maximum: 4", "maximum: 2"))
    with open_client(choose_cluster(str(file), None)) as client:
        turns = Turns(client, "a-run", 0)
        assert len(client.nthreads()) == 1
        # As a run does it: no more shards at Dask than workers, and the others wait at home.
        turns.is_ours(is_waiting=True)
        until(
            lambda: (
                client.gather(client.map(sleep_a_little, range(len(client.nthreads())), pure=False)) and len(client.nthreads()) == 2
            )
        )
        time.sleep(1)
        assert len(client.nthreads()) == 2
        turns.is_ours(is_waiting=False)
        until(lambda: len(client.nthreads()) == 1)


def test_machines_by_ssh(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(SOURCES))
    with SshServer(tmp_path) as server:
        described = yaml.safe_load((CLUSTERS / "ssh.yaml").read_text())
        options = described["options"]
        options |= {"hosts": ["127.0.0.1"] * 2, "remote_python": sys.executable, "connect_options": server.client_options}
        options["worker_options"] |= {"n_workers": 1, "memory_limit": "1GiB"}
        options["scheduler_options"] |= {"port": 0, "dashboard_address": "127.0.0.1:0"}
        file = tmp_path / "ssh.yaml"
        file.write_text(yaml.safe_dump(described))
        with open_client(choose_cluster(str(file), None)) as client:
            assert client.submit(spilling).result() == (False, False)
            assert list(client.nthreads().values()) == [1]
            (worker,) = client.run(lambda dask_worker: (dask_worker.lifetime, dask_worker.lifetime_restart)).values()
            assert worker[0] > 36_000
            assert worker[1] is True
            assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures) == 3
    assert sum("distributed.cli.dask_spec" in command for command in server.commands) == 2
