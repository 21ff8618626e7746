"""Scheduler, workers, store and flow on hosts of their own, one of which is cut off in the middle."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.processes import Run, until
from tests.flows.command_line import run, write_archive
from tests.flows.test_backfill import ask
from tests.servers.namespaces import LoopbackHost, Network
from tests.servers.prefect_server import PrefectServer
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.timeout(300)

BUCKET = "hosts"
PARTS = ("--part-articles", 50)
# A host that is silent is missed after seconds here, and after two minutes elsewhere.
SOON = {
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s",  # no less is taken
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
}


@dataclass
class Hosts:
    """Five hosts at work; the tests stand at that of the flow."""

    scheduler: LoopbackHost
    workers: list[LoopbackHost]
    store: LoopbackHost
    desk: LoopbackHost
    s3: S3Server
    prefect: PrefectServer
    folder: Path

    @property
    def cluster(self) -> str:
        return f"tcp://{self.scheduler.address}:8786"

    def holder(self, root: str) -> LoopbackHost | None:
        """The host of a worker that is at a shard of which it has committed a part, if there is one."""
        for key in self.keys(f"{root}/articles/"):
            leases = self.read(f"{root}/state/leases/warc_files/{key.split('/')[-2]}/").values()
            pids = [json.loads(lease)["pid"] for lease in leases]
            if found := [host for host in self.workers for pid in pids if host.is_home_of(pid)]:
                return found[0]
        return None

    @property
    def environ(self) -> dict[str, str]:
        return {**self.s3.environ, **self.prefect.environ}

    def arguments(self, root: str) -> tuple[object, ...]:
        return (f"s3://{BUCKET}/warc/", "--into", f"s3://{BUCKET}/{root}", "--cluster", self.cluster, *PARTS)

    def start_cluster(self) -> None:
        where = ["--host", self.scheduler.address, "--port", "8786", "--no-dashboard"]
        command = [sys.executable, "-m", "dask", "scheduler", *where]
        self.scheduler.start(command, self.folder / "scheduler.log", **SOON)
        for host in self.workers:
            self.start_worker(host)

    def start_worker(self, host: LoopbackHost) -> None:
        options = ["--host", host.address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
        command = [sys.executable, "-m", "dask", "worker", self.cluster, *options]
        host.start(command, self.folder / f"{host.name}.log", **self.s3.environ)

    def fill_bucket(self) -> None:
        with self.desk.inside():
            self.s3.make_bucket(BUCKET)
            for number in range(2):
                archive = write_archive(self.folder / f"long-{number}.warc.gz", 1_000, first=1_000 * number)
                self.s3.client().put_object(Bucket=BUCKET, Key=f"warc/{archive.name}", Body=archive.read_bytes())

    def keys(self, prefix: str) -> list[str]:
        with self.desk.inside():
            found = self.s3.client().list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def read(self, prefix: str) -> dict[str, bytes]:
        """What is there; an object that went meanwhile is not."""
        found, client = {}, self.s3.client()
        with self.desk.inside():
            for key in self.keys(prefix):
                with suppress(client.exceptions.NoSuchKey):
                    found[key] = client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return found

    def objects(self, root: str) -> dict[str, bytes]:
        """Articles and rejections below a root."""
        found = {**self.read(f"{root}/articles/"), **self.read(f"{root}/rejections/")}
        return {key.removeprefix(root): content for key, content in found.items()}

    def resumed_parts(self, root: str) -> list[int]:
        """Of each shard, how many of its parts an earlier worker had committed."""
        return [json.loads(receipt)["run"]["resumed_parts"] for receipt in self.read(f"{root}/receipts/").values()]

    def ask(self, what: str, **body: object) -> list[dict]:
        with self.desk.inside():
            return ask(self.prefect, what, **body)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory) -> Iterator[Hosts]:
    folder, home = tmp_path_factory.mktemp("hosts"), tmp_path_factory.mktemp("prefect-there")
    with Network("scheduler", "worker-b", "worker-c", "store", "desk") as (scheduler, b, c, store, desk), ExitStack() as stack:
        with store.inside():
            s3 = stack.enter_context(S3Server(store.address))
        store.processes.append(s3.process)
        with desk.inside():
            prefect = stack.enter_context(PrefectServer(home))
        hosts = Hosts(scheduler, [b, c], store, desk, s3, prefect, folder)
        hosts.start_cluster()
        hosts.fill_bucket()
        yield hosts


@pytest.fixture(scope="module")
def undisturbed(hosts) -> dict[str, bytes]:
    with hosts.desk.inside():
        done = run("backfill", *hosts.arguments("undisturbed"), **hosts.environ)
    assert done.returncode == 0, done.stderr
    return hosts.objects("undisturbed")


@pytest.fixture
def started(hosts, undisturbed, tmp_path, request):
    """A run that has committed its first parts, into a root of its own."""
    root = request.node.name
    with hosts.desk.inside():
        going = Run(tmp_path / "log", *hosts.arguments(root), **hosts.environ)
    until(lambda: len(hosts.keys(f"{root}/articles/")) >= 2)
    yield going, root
    for host in (hosts.store, *hosts.workers):
        host.come_back()
    going.process.kill()
    going.process.wait()


def assert_whole(hosts: Hosts, root: str, undisturbed: dict[str, bytes]) -> None:
    assert hosts.objects(root) == undisturbed
    with hosts.desk.inside():
        audited = run("audit", f"s3://{BUCKET}/{root}", "--deep", **hosts.environ)
    assert "2,000 captures read = 2,000 articles + 0 rejections: the sum closes" in audited.stdout, audited
    assert not hosts.keys(f"{root}/state/leases/")
    unended = {"state": {"type": {"any_": ["RUNNING", "PENDING", "SCHEDULED"]}}}
    until(lambda: not hosts.ask("task_runs/filter", task_runs=unended))
    assert not hosts.ask("flow_runs/filter", flow_runs=unended)


def test_a_worker_s_host(hosts, started, undisturbed):
    going, root = started
    lost = until(lambda: hosts.holder(root))
    lost.cut_off()
    until(lambda: any(key.endswith("00000002.json") for key in hosts.keys(f"{root}/state/leases/")))
    # It comes back while another presses its shard, finds that it was followed, and must not spoil what is done meanwhile.
    lost.come_back()
    assert going.wait(120) == 0, going.output
    # Its worker ends by itself; whoever started it starts it again.
    lost.processes[-1].wait(60)
    hosts.start_worker(lost)
    assert_whole(hosts, root, undisturbed)
    assert max(hosts.resumed_parts(root)) >= 1


def test_the_store_s_host(hosts, started, undisturbed):
    going, root = started
    hosts.store.cut_off()
    time.sleep(5)
    assert going.process.poll() is None, going.output
    hosts.store.come_back()
    assert going.wait(120) == 0, going.output
    assert_whole(hosts, root, undisturbed)
