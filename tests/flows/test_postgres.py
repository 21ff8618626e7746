"""Prefect's history in PostgreSQL, for where SQLite has no hand free any more."""

from datetime import UTC, datetime

import pytest

from tests.flows.command_line import run, write_archive
from tests.servers.postgres import PostgresServer, binaries
from tests.servers.prefect_api import ask, wait_for
from tests.servers.prefect_server import PrefectServer


@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed here")
def test_runs_stand_in_a_database_of_postgresql(tmp_path):
    for number in range(3):
        write_archive(tmp_path / "crawl" / f"part-{number}.warc.gz", 5, first=10 * number)
    began = datetime.now(UTC).isoformat()
    with PostgresServer() as database, PrefectServer(tmp_path, database.url) as server:
        done = run("backfill", tmp_path / "crawl", "--into", tmp_path / "corpus", "--workers", 2, **server.environ)
        assert done.returncode == 0, done.stderr
        runs = ask(server.api, "flow_runs/filter", flow_runs={"start_time": {"after_": began}})
        assert {found["state_type"] for found in runs} == {"COMPLETED"}
        assert {found["name"] for found in runs} == {"backfill crawl", "window 1: 3 archives"}
        shards = {"task_runs": {"name": {"like_": "part-"}, "state": {"type": {"any_": ["COMPLETED"]}}}}
        wait_for(lambda: ask(server.api, "task_runs/count", **shards) == 3)
    assert not (tmp_path / "prefect.db").exists()
