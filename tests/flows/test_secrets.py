"""Secrets of the environment turn up nowhere, those that are typed are refused; a run calls nobody outside, and nobody can call it."""

import base64
import gzip
import io
import json
import secrets
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from flows.cli import main
from tests.collected import write_sources
from tests.faults.processes import DaskCluster, until
from tests.flows.command_line import run, write_archive
from tests.flows.test_backfill import ask
from tests.flows.watching import Watch
from tests.servers.news_web import NewsWeb
from tests.servers.s3 import SECRET_KEY

pytestmark = pytest.mark.timeout(300)

DIRECTLY = "from flows.command import run_backfill; run_backfill()"


def forms(secret: str) -> set[bytes]:
    """A secret as it is, as a URL spells it, and what base64 makes of both, wherever in a longer text they stand."""
    found = {secret.encode(), quote(secret, safe="").encode()}
    for plain in list(found):
        for before, cut in ((0, 0), (1, 2), (2, 3)):
            encoded = base64.b64encode(b"\0" * before + plain)[cut:-4]
            found |= {encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def opened(name: str, content: bytes) -> bytes:
    """An object with what its compression hides."""
    if name.endswith(".gz"):
        return content + gzip.decompress(content)
    if name.endswith(".parquet"):
        table = pq.read_table(io.BytesIO(content))
        return content + str([table.schema.metadata, table.to_pylist()]).encode()
    return content


def rows_of(database: Path) -> bytes:
    """All rows of an SQLite database: in the file itself a long text is not in one piece."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        return b"\n".join(str(row).encode() for table in tables for row in connection.execute(f'select * from "{table}"'))


@dataclass
class Traces:
    """What runs left: places, each with all that stands there; and how the runs ended."""

    planted: dict[str, str]
    watch: Watch
    places: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def places_with_secrets(self) -> list[str]:
        return [
            f"{what} in {place}"
            for place, content in self.places.items()
            for what, secret in self.planted.items()
            if any(form in content for form in forms(secret))
        ]


def plant() -> dict[str, str]:
    # Characters that a URL and base64 spell in their own way.
    planted = {name: f"planted/{secrets.token_hex(8)}+x" for name in ("wrong key", "webhook", "database", "proxy")}
    return {**planted, "key": SECRET_KEY}


def environ_of(planted: dict[str, str]) -> dict[str, str]:
    database = f"postgresql+asyncpg://press:{quote(planted['database'], safe='')}@127.0.0.1:9/prefect"
    proxy = f"http://press:{quote(planted['proxy'], safe='')}@127.0.0.1:9"
    return {
        "PRESSRUN_WEBHOOK_URL": f"https://hooks.example/{planted['webhook']}",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database,
        "PREFECT_API_DATABASE_CONNECTION_URL": database,
        **{name: proxy for kind in ("http_proxy", "https_proxy") for name in (kind, kind.upper())},
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
    }


class Runs:
    """Runs on a bucket with secrets in the environment of all their processes."""

    def __init__(self, traces: Traces, bucket: str, environ: dict[str, str]) -> None:
        self.traces, self.bucket, self.environ = traces, bucket, environ

    def __call__(self, name: str, *arguments: object, **environ: str) -> None:
        done = run(*arguments, **{**self.environ, **environ})
        self.traces.places[f"output of {name}"] = (done.stdout + done.stderr).encode()
        self.traces.codes[name] = done.returncode

    def directly(self, name: str, order: dict[str, object]) -> None:
        """A flow whose order nobody looked at before, as one that is started from a form."""
        command = [sys.executable, "-c", DIRECTLY, json.dumps(order)]
        done = subprocess.run(command, capture_output=True, env=self.environ, timeout=120, check=False)
        self.traces.places[f"output of {name}"] = done.stdout + done.stderr
        self.traces.codes[name] = done.returncode

    def make(self, sources: Path, cluster: DaskCluster) -> None:
        warc, good, bad = f"{self.bucket}/warc/", f"{self.bucket}/corpus", f"{self.bucket}/failing"
        cluster.environ.update(self.environ)
        cluster.start_scheduler()
        worker = cluster.start_worker()
        self("backfill", "backfill", warc, "--into", good, "--workers", 1)
        self("collect", "collect", sources, "--into", good, "--cluster", cluster.address)
        self("report", "report", good)
        self("audit", "audit", good, "--deep")
        self("backfill again", "backfill", warc, "--into", good)
        worker.terminate()
        worker.wait(30)
        wrong = {"AWS_SECRET_ACCESS_KEY": self.traces.planted["wrong key"]}
        cluster.environ.update(wrong)
        cluster.start_worker()
        self("refused backfill", "backfill", warc, "--into", bad, "--cluster", cluster.address)
        self("refused collect", "collect", sources, "--into", bad, "--cluster", cluster.address)
        self("refused command", "backfill", warc, "--into", bad, **wrong)
        self("no bucket", "collect", sources, "--into", "s3://no-such-bucket/corpus")
        self.directly("no bucket at all", {"archives": [warc], "into": "s3://no-such-bucket/corpus", "workers": 1})


@pytest.fixture(scope="module")
def traces(s3, prefect_server, tmp_path_factory) -> Traces:
    folder, name = tmp_path_factory.mktemp("secrets"), f"secrets-{secrets.token_hex(4)}"
    traces = Traces(plant(), Watch(folder / "watched"))
    s3.make_bucket(name)
    archive = write_archive(folder / "a.warc.gz", 30)
    s3.client().put_object(Bucket=name, Key="warc/a.warc.gz", Body=archive.read_bytes())
    own = {**s3.environ, **prefect_server.environ, **environ_of(traces.planted), **traces.watch.environ}
    with pytest.MonkeyPatch.context() as patch, NewsWeb(sites=2) as web, DaskCluster(folder) as cluster:
        for variable, value in own.items():
            patch.setenv(variable, value)
        Runs(traces, f"s3://{name}", own).make(write_sources(folder / "sources.toml", web.sites), cluster)
    unended = {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}
    until(lambda: not ask(prefect_server, "task_runs/filter", task_runs=unended))
    for entry in s3.client().list_objects_v2(Bucket=name)["Contents"]:
        body = s3.client().get_object(Bucket=name, Key=entry["Key"])["Body"].read()
        traces.places[entry["Key"]] = opened(entry["Key"], body)
    traces.places |= {path.name: path.read_bytes() for path in folder.glob("*.log")}
    traces.places |= {str(path): path.read_bytes() for path in prefect_server.folder.rglob("*") if path.is_file()}
    traces.places["rows"] = rows_of(prefect_server.folder / "prefect.db")
    traces.places["what processes do"] = traces.watch.text.encode()
    return traces


def test_the_runs_ended_as_they_should(traces):
    done, failed, refused = 0, 1, 2
    assert traces.codes == {
        "backfill": done,
        "collect": done,
        "report": done,
        "audit": done,
        "backfill again": done,
        "refused backfill": failed,
        "refused collect": failed,
        "refused command": refused,
        "no bucket": refused,
        "no bucket at all": refused,
    }
    assert b"the sum closes" in traces.places["output of audit"]
    assert b"nothing to do" in traces.places["output of backfill again"]
    assert {"articles", "captures", "receipts", "runs", "state"} <= {
        key.split("/")[1] for key in traces.places if key.count("/") > 1
    }
    assert any(key.endswith("report.html") for key in traces.places)


def test_no_secret_is_anywhere(traces):
    assert not traces.places_with_secrets()


def test_what_failed_is_told_and_the_search_sees_it(traces):
    """The search would find a secret in these places, for it finds what stands beside one."""
    for place in ("rows", "what processes do"):
        assert b"failing" in traces.places[place]
    for place in ("rows", "output of refused backfill", "output of refused collect", "output of refused command"):
        assert b"SignatureDoesNotMatch" in traces.places[place]
    for place in ("rows", "output of no bucket", "output of no bucket at all"):
        assert b"no-such-bucket" in traces.places[place]
    assert any(b"harbour board" in content for key, content in traces.places.items() if key.startswith("corpus/articles/"))


@pytest.mark.parametrize("place", ["a.parquet", "a.warc.gz", "a.json", "encoded", "in a url"])
def test_the_search_can_fail(tmp_path, place):
    import pyarrow as pa

    secret = plant()["proxy"]
    text = f"and so on: {secret} and so on"
    content = {"encoded": base64.b64encode(text.encode()), "in a url": quote(text, safe="").encode()}.get(place, text.encode())
    if place.endswith("gz"):
        content = gzip.compress(content)
    if place.endswith("parquet"):
        pq.write_table(pa.table({"text": [text]}), tmp_path / "a.parquet", compression="zstd")
        content = (tmp_path / "a.parquet").read_bytes()
    found = Traces({"proxy": secret}, Watch(tmp_path / "watch"), {place: opened(place, content)})
    assert found.places_with_secrets() == [f"proxy in {place}"]


def test_a_run_listens_on_loopback_alone_and_calls_nobody_outside(traces):
    assert "127.0.0.1" in traces.watch.did("socket.bind")
    assert "127.0.0.1" in traces.watch.did("socket.connect")
    assert not list(traces.watch.outside())


TYPED = "planted-8f1d"
WITH_SECRET = f"s3://key:{TYPED}@bucket/a"


@pytest.mark.parametrize(
    "arguments",
    [
        ["backfill", f"{WITH_SECRET}.warc.gz", "--into", "corpus"],
        ["backfill", f"https://me:{TYPED}@host.example/a.warc.gz", "--into", "corpus"],
        ["backfill", f"{WITH_SECRET}/", "--into", "corpus", "--access", "anonymous"],
        ["backfill", f"https://me:{TYPED}@host.example/a", "--into", "corpus", "--access", "anonymous"],
        ["backfill", "crawl", "--into", WITH_SECRET],
        ["backfill", "crawl", "--into", "corpus", "--cluster", f"tcp://me:{TYPED}@127.0.0.1:1"],
        ["backfill", "ccnews", "--into", "corpus", "--base", WITH_SECRET, "--since", "2024-12-01", "--until", "2024-12-02"],
        ["plan", f"{WITH_SECRET}/*.warc.gz", "--into", "corpus"],
        ["collect", f"{WITH_SECRET}/sources.toml", "--into", "corpus"],
        ["collect", "sources.toml", "--into", WITH_SECRET],
        ["sources", "check", f"{WITH_SECRET}/sources.toml"],
        ["sources", "check", f"https://me:{TYPED}@host.example/"],
        *([name, WITH_SECRET] for name in ("audit", "status", "calendar", "backfills", "report", "rejections", "replay")),
        ["show", "x", "--in", WITH_SECRET],
        ["diff", WITH_SECRET, "--recipe", "fast", "balanced"],
    ],
    ids=lambda arguments: " ".join(arguments[:2])[:20],
)
def test_a_typed_secret_is_refused_in_one_line_that_does_not_repeat_it(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    write_archive(tmp_path / "crawl" / "a.warc.gz", 1)
    (tmp_path / "sources.toml").write_text(
        "[agent]\nname='examplebot'\ncontact='https://example.org/bot'\n[[site]]\nname='a'\nurls=['https://a.example/']\n"
    )
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert TYPED not in printed.out + printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TYPED.encode() in path.read_bytes()]
