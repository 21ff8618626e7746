"""Curate as a person runs it: real Prefect server, real Dask workers in processes of their own, folder and S3."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pyarrow.dataset as ds
import pytest

from tasks.audit_editions import audit_editions
from tasks.editions import read_edition
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, edited, text_of
from tests.faults.processes import Run, kill, until
from tests.flows.command_line import run, run_until, write_archive
from tests.servers.prefect_api import ask, started_since

pytestmark = pytest.mark.usefixtures("prefect")

SHARDS, ARTICLES = 8, 400


def made_shard(store, number: int) -> None:
    """A shard of articles over some months, a tenth of them edited copies of others."""
    first = number * ARTICLES
    texts = {one: edited(text_of(one - 7), 0.05, one) if one % 10 == 9 else text_of(one) for one in range(first, first + ARTICLES)}
    articles = [article(one, text, captured_at=NOON + timedelta(minutes=50 * one)) for one, text in texts.items()]
    add_shard(store, f"s{number}", articles)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """What is copied by each test that changes it."""
    root = tmp_path_factory.mktemp("made")
    for number in range(SHARDS):
        made_shard(open_store(str(root)), number)
    return root


@pytest.fixture
def root(corpus, tmp_path) -> Path:
    """A corpus of one's own."""
    for path in corpus.rglob("*"):
        if path.is_file():
            place = tmp_path / "corpus" / path.relative_to(corpus)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(path)
    return tmp_path / "corpus"


@pytest.fixture(scope="module")
def undisturbed(corpus, prefect_server) -> dict[str, bytes]:
    """The edition of a run to which nothing happened, by two workers."""
    done = run("curate", corpus, "--workers", 2, **prefect_server.environ)
    assert done.returncode == 0, done.stderr
    found = files_of(corpus)
    for path in [*(corpus / "curated").rglob("*"), *(corpus / "state").rglob("*")]:
        if path.is_file():
            path.unlink()
    return found


def files_of(root: Path, name: str = "main") -> dict[str, bytes]:
    folder = root / "curated" / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


def assert_whole(root: Path, undisturbed: dict[str, bytes]) -> None:
    assert files_of(root) == undisturbed
    assert audit_editions(open_store(str(root)), SHARDS * ARTICLES, deep=True) == ([], [])
    # A write that was killed leaves a hidden file, which is no object.
    kept = [path for name in ("rows", "work") for path in (root / "state" / "curated" / name).rglob("*") if path.is_file()]
    left = [path for path in kept if not path.name.startswith(".")]
    assert left == list((root / "state" / "leases").rglob("*.json")) == []


def test_one_worker_and_two_make_the_same_bytes_and_again_is_nothing(root, undisturbed, prefect):
    began = datetime.now(UTC)
    done = run("curate", root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert "3,200 articles read = 3,200 kept + 0 set aside" in done.stdout
    assert "320 stories have copies, 640 articles among them" in done.stdout
    assert_whole(root, undisturbed)
    runs = ask(prefect.api, "flow_runs/filter", flow_runs=started_since(began))
    names = {found["name"] for found in runs}
    assert {"look at articles: 1", "find copies: 19", "make clusters: 1"} <= names
    assert {found["state_type"] for found in runs} == {"COMPLETED"}
    (curated,) = (found for found in runs if found["name"].startswith("curate corpus main 20"))
    left = ask(prefect.api, "artifacts/filter", flow_runs={"id": {"any_": [curated["id"]]}})
    told = {one["key"]: one["data"] for one in left}
    assert "**3,200 articles read = 3,200 kept + 0 set aside**" in told["edition-summary"]
    assert "| find copies |" in told["edition-now"]
    again = run("curate", root)
    assert (again.returncode, "nothing to do" in again.stdout) == (0, True)


def test_more_articles_and_other_rules_on_s3(bucket):
    store = open_store(f"{bucket}/corpus")
    made_shard(store, 0)
    assert run("curate", store.url, "--workers", 2).returncode == 0
    made_shard(store, 1)
    done = run("curate", store.url, "--keep", "originals", "--workers", 2, "--filter", "min_chars=400")
    assert done.returncode == 0, done.stderr
    edition = read_edition(store, "main")
    assert (edition.counts.read, edition.counts.set_aside) == (800, {"copy": 80})
    other = run("curate", store.url, "--edition", "other", "--keep", "originals", "--filter", "min_chars=400", "--workers", 1)
    assert other.returncode == 0, other.stderr
    assert [file.sha256 for file in read_edition(store, "other").files] == [file.sha256 for file in edition.files]
    assert audit_editions(store, 2 * ARTICLES, deep=True) == ([], [])


def started(root: Path, log: Path, *, when: str) -> Run:
    """A run that has come so far."""
    going = Run(log, root, "--workers", 2, kind="curate")
    until(lambda: any((root / "state" / "curated").glob(when)) or any(root.glob(when)))
    return going


@pytest.mark.parametrize("when", ["rows/*/*.parquet", "joins/*/0*.parquet", "curated/main/articles/*/*.parquet"])
def test_the_flow_is_killed_and_the_same_command_goes_on(root, tmp_path, undisturbed, when):
    going = started(root, tmp_path / "log", when=when)
    kill(going.flow)
    assert going.wait() != 0
    done = run("curate", root, "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert_whole(root, undisturbed)


def test_a_killed_worker_costs_its_order(root, tmp_path, undisturbed):
    going = started(root, tmp_path / "log", when="rows/*/*.parquet")
    kill(going.workers[0])
    assert going.wait() == 0, going.output
    assert_whole(root, undisturbed)


def test_ctrl_c_and_again(root, undisturbed):
    rows = root / "state" / "curated" / "rows"
    code, output, seconds = run_until(lambda: any(rows.glob("*/*.parquet")), signal.SIGINT, "curate", root, "--workers", 2)
    assert code == 130, output
    assert seconds < 30
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(root) in " ".join(each.info["cmdline"] or [])]
    assert run("curate", root, "--workers", 2).returncode == 0
    assert_whole(root, undisturbed)


def test_two_at_once_are_one_too_many(root, tmp_path):
    going = started(root, tmp_path / "log", when="rows/*/*.parquet")
    second = run("curate", root, "--workers", 1)
    assert second.returncode == 2
    assert "another run curates" in second.stderr
    assert going.wait() == 0


def test_from_archives_to_an_edition_that_tools_read(tmp_path):
    write_archive(tmp_path / "crawl" / "a.warc.gz", 30)
    assert run("backfill", tmp_path / "crawl", "--into", tmp_path / "corpus", "--workers", 1).returncode == 0
    assert run("curate", tmp_path / "corpus", "--workers", 1).returncode == 0
    table = ds.dataset(tmp_path / "corpus" / "curated" / "main" / "articles", partitioning="hive").to_table()
    assert table.num_rows == 30
    assert set(table.column("month").to_pylist()) == {"2026-01"}
    manifest = json.loads((tmp_path / "corpus" / "curated" / "main" / "manifest.json").read_text())
    assert manifest["counts"]["read"] == 30
    assert "the sum closes" in run("audit", tmp_path / "corpus", "--deep").stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--filter", "min_chars"), "name=option"),
        (("--filter", "nonsense=1"), "there is no 'nonsense' among the filters"),
        (("--overrules", "/nowhere/lines.toml"), "there is no file /nowhere/lines.toml"),
        (("--edition", "../up"), "edition"),
        (("--cluster", "tcp://127.0.0.1:9"), "does not answer"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(corpus, options, says):
    refused = run("curate", corpus, *options)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
